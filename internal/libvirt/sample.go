package libvirt

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"accrue/internal/libvirt/rpc"
	"accrue/internal/panel"
)

// Ready says that the guest has come up when its agent is there, when it has sent
// something into its network, which firmware never does as it boots from disks
// only, or, for one that has neither, when it has run for half a minute since it
// was first seen.
func (h *host) Ready(ctx context.Context, uid string) (ready bool, err error) {
	err = h.ask(ctx, "look at guest", func(ctx context.Context, l *link) error {
		d, err := l.machine(ctx, uid)
		if err != nil {
			return err
		}
		stats, err := l.Stats(ctx, []rpc.Domain{d}, rpc.StatsState|rpc.StatsInterface, rpc.StatsNoWait)
		if err != nil || len(stats) == 0 {
			return err
		}
		params := stats[0].Params
		if s := number(params, "state.state"); s != rpc.StateRunning && s != rpc.StateBlocked {
			return nil
		}
		if sent(params) {
			ready = true
			return nil
		}
		e, err := l.epoch(ctx, d)
		if err != nil {
			return err
		}
		if time.Since(e.seen) > upWithoutWord {
			ready = true
			return nil
		}
		x, err := l.domainXML(ctx, d, 0)
		ready = err == nil && x.agent()
		return err
	})
	return ready, err
}

// upWithoutWord is how long a guest that says nothing is taken to boot.
const upWithoutWord = 30 * time.Second

// sent says whether a guest has sent a packet.
func sent(params []rpc.Param) bool {
	for _, p := range params {
		if strings.HasPrefix(p.Name, "net.") && strings.HasSuffix(p.Name, ".tx.pkts") && p.Number > 0 {
			return true
		}
	}
	return false
}

// Samples reads the counters of all machines that are on. What a busy machine
// cannot say at once is left out of its sample: it is not there then.
func (h *host) Samples(ctx context.Context) ([]panel.Sample, error) {
	var samples []panel.Sample
	err := h.ask(ctx, "read counters", func(ctx context.Context, l *link) error {
		const groups = rpc.StatsVCPU | rpc.StatsBalloon | rpc.StatsInterface | rpc.StatsBlock
		stats, err := l.Stats(ctx, nil, groups, rpc.StatsOfActive|rpc.StatsNoWait)
		if err != nil {
			return err
		}
		at := time.Now().Unix()
		for _, s := range stats {
			uid, ours := strings.CutPrefix(s.Domain.Name, prefix)
			if !ours || s.Domain.UUID.String() != uid || !whole(s.Params) {
				continue
			}
			e, err := l.epoch(ctx, s.Domain)
			if is(err, rpc.CodeNoDomain) {
				continue
			}
			if err != nil {
				return err
			}
			sample := sampleOf(s.Params)
			sample.UID, sample.Epoch, sample.At = uid, e.name, at
			samples = append(samples, sample)
		}
		return nil
	})
	return samples, err
}

// whole says whether a machine could say everything: what its disks do comes from
// QEMU itself.
func whole(params []rpc.Param) bool {
	return slices.ContainsFunc(params, func(p rpc.Param) bool { return p.Name == "block.0.rd.bytes" })
}

func sampleOf(params []rpc.Param) panel.Sample {
	var s panel.Sample
	balloon := map[string]int64{}
	for _, p := range params {
		group, rest, _ := strings.Cut(p.Name, ".")
		index, name, _ := strings.Cut(rest, ".")
		switch group {
		case "vcpu":
			if name == "time" {
				s.CPUNanos += p.Number
			}
		case "net":
			addTo(map[string]*int64{"rx.bytes": &s.NetIn, "tx.bytes": &s.NetOut, "rx.pkts": &s.PacketsIn, "tx.pkts": &s.PacketsOut}, name, p.Number)
		case "block":
			addTo(map[string]*int64{"rd.bytes": &s.DiskRead, "wr.bytes": &s.DiskWrite, "rd.reqs": &s.DiskReads, "wr.reqs": &s.DiskWrites}, name, p.Number)
		case "balloon":
			balloon[index] = p.Number
		}
	}
	free, ok := balloon["usable"]
	if !ok {
		free, ok = balloon["unused"]
	}
	if all := balloon["available"]; ok && all > free {
		s.MemoryMiB = (all - free) >> 10
	}
	return s
}

func addTo(counters map[string]*int64, name string, n int64) {
	if counter := counters[name]; counter != nil {
		*counter += n
	}
}

// epoch is a run of a domain, from a start to a stop.
type epoch struct {
	id   int32 // the domain's, which changes with each start
	name string
	seen time.Time // by this connection, first
}

// epoch returns the run that a domain is in. Its name is made of the domain's ID
// and the nonce of our last start, as IDs begin anew with the hypervisor.
func (l *link) epoch(ctx context.Context, d rpc.Domain) (epoch, error) {
	l.mu.Lock()
	e, known := l.epochs[d.UUID]
	l.mu.Unlock()
	if known && e.id == d.ID {
		return e, nil
	}
	x, err := l.domainXML(ctx, d, 0)
	if err != nil {
		return e, err
	}
	start := ""
	if x.Metadata.Power != nil {
		start = x.Metadata.Power.Start
	}
	e = epoch{id: d.ID, name: fmt.Sprintf("%s-%d", start, d.ID), seen: time.Now()}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.epochs[d.UUID] = e
	return e, nil
}
