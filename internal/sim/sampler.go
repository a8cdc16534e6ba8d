package sim

import (
	"context"
	"encoding/binary"
	"hash/fnv"
	"math"
	"strconv"
	"time"

	"accrue/internal/fleet"
	"accrue/internal/panel"
)

var _ panel.Sampler = (*driver)(nil)

// Samples returns what the counters of the machines that are on show. They are
// those of a guest that is busy by day and in bursts, and depend on nothing but
// the machine, what it was started with, and the time: they go on by themselves.
// An epoch begins when the machine is switched on or rebooted.
func (d *driver) Samples(ctx context.Context) ([]panel.Sample, error) {
	const operation = "read counters"
	if err := d.look(ctx); err != nil {
		return nil, d.named(operation, err)
	}
	placed, err := d.world.shelf.list(d.id)
	if err != nil {
		return nil, d.named(operation, err)
	}
	var samples []panel.Sample
	for _, p := range placed {
		if p.Defined && !p.Foreign && p.Power == fleet.PowerOn {
			samples = append(samples, d.world.SampleAt(p, d.world.now()))
		}
	}
	return samples, nil
}

// SampleAt is what the counters of a machine that is on show at an instant since
// it was switched on.
func (w *World) SampleAt(p Placed, at time.Time) panel.Sample {
	guest := w.guest(p)
	const mib = 1 << 20
	cpu := guest.work("cpu", p.Since, at)
	disk := guest.work("disk", p.Since, at)
	in, out := guest.transferred(p, at)
	s := panel.Sample{
		UID: p.UID, Epoch: strconv.FormatInt(p.Since.UnixNano(), 36), At: at.Unix(),
		CPUNanos:  int64(cpu * float64(p.Running.Size.VCPUs) * 1e9),
		MemoryMiB: int64(float64(p.Running.Size.MemoryMiB) * guest.memory(at)),
		DiskRead:  int64(disk * (1 + 4*guest.trait("read")) * mib),
		DiskWrite: int64(disk * (2 + 6*guest.trait("write")) * mib),
		NetIn:     in, NetOut: out, PacketsIn: in / 700, PacketsOut: out / 900,
	}
	s.DiskReads, s.DiskWrites = s.DiskRead/16384, s.DiskWrite/12288
	return s
}

// portUse is what a machine's port had let through when it was last limited to
// something else. The zero portUse is when the machine was switched on.
type portUse struct {
	At      time.Time
	In, Out int64
}

// guest is what a machine's guest is like.
type guest struct {
	uid  string
	seed uint64
}

func (w *World) guest(p Placed) guest { return guest{p.UID, w.seed} }

// trait is something of a guest, from 0 to 1, always the same.
func (g guest) trait(of string) float64 { return g.chance(of, 0) }

// chance is something of a guest at a turn, from 0 to 1.
func (g guest) chance(of string, turn int64) float64 {
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(g.uid + "\x00" + of)) // a hash takes everything
	_ = binary.Write(hash, binary.LittleEndian, [2]uint64{g.seed, uint64(turn)})
	return float64(mix(hash.Sum64())>>11) / (1 << 53)
}

// mix spreads a hash whose last bytes differ little: MurmurHash3's finalizer.
func mix(h uint64) uint64 {
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// work is how many seconds of full use something has come to between two
// instants. A guest is never busier than fully, and never quite idle.
func (g guest) work(what string, from, to time.Time) float64 {
	return g.worked(what, to) - g.worked(what, from)
}

// worked grows with time: by a little always, more by day, in one burst of equal
// work in each three hours, and a bit unevenly from minute to minute.
func (g guest) worked(what string, at time.Time) float64 {
	const (
		day, window = 86400.0, 10800.0
		idle        = 0.05
		burst       = 300.0 // seconds of full use
		uneven      = 2.0   // likewise, at most, and less than a minute's idling
	)
	t := float64(at.UnixNano()) / 1e9
	byDay := 0.05 + 0.25*g.trait(what+" by day")
	phase := day * (0.5 + 0.2*g.trait("time zone"))
	sum := idle*t + byDay/2*(t-day/(2*math.Pi)*math.Sin(2*math.Pi*(t-phase)/day))
	turn := math.Floor(t / window)
	length := 600 + 2400*g.chance(what+" burst", 2*int64(turn))
	begin := turn*window + (window-length)*g.chance(what+" burst", 2*int64(turn)+1)
	sum += burst * (turn + min(max((t-begin)/length, 0), 1))
	minute := math.Floor(t / 60)
	here, next := g.chance(what, int64(minute)), g.chance(what, int64(minute)+1)
	return sum + uneven*(here+(next-here)*(t/60-minute))
}

// memory is how much of its memory a guest uses, from 0 to 1.
func (g guest) memory(at time.Time) float64 {
	slow := math.Sin(2 * math.Pi * (float64(at.Unix())/86400 + g.trait("time zone")))
	return 0.3 + 0.35*g.trait("memory") + 0.05*slow
}

// transferred is what a machine received and sent since it was switched on. A
// port that is limited lets no more through than its limit, and evenly.
func (g guest) transferred(p Placed, at time.Time) (in, out int64) {
	since := p.Port
	if since.At.Before(p.Since) {
		since = portUse{At: p.Since}
	}
	const mib = 1 << 20
	fast := (0.2 + 2*g.trait("traffic")) * mib // bytes per second at full use
	sent := fast * g.work("network", since.At, at)
	if mbit := p.Limits.PortMbitPerS; mbit > 0 {
		const typical = 0.25
		sent = min(float64(mbit)*1e6/8, typical*fast) * at.Sub(since.At).Seconds()
	}
	received := sent * (0.2 + 0.4*g.trait("received"))
	return since.In + int64(received), since.Out + int64(sent)
}
