package libvirt

import (
	"context"
	"strings"

	"golang.org/x/sync/errgroup"

	"accrue/internal/fleet"
	"accrue/internal/libvirt/rpc"
	"accrue/internal/panel"
)

// asked is how many questions are put at once: libvirtd works on five of a client
// at a time.
const asked = 5

// Inventory lists the machines by the marks in their domains. The size of one
// that is on is what it was started with.
func (h *host) Inventory(ctx context.Context) (panel.Inventory, error) {
	var inventory panel.Inventory
	err := h.ask(ctx, "inventory", func(ctx context.Context, l *link) error {
		states, err := l.Stats(ctx, nil, rpc.StatsState, rpc.StatsNoWait)
		if err != nil {
			return err
		}
		domains := make([]*domainXML, len(states))
		group, ctx := errgroup.WithContext(ctx)
		group.SetLimit(asked)
		for n, s := range states {
			group.Go(func() error {
				x, err := l.domainXML(ctx, s.Domain, 0)
				if is(err, rpc.CodeNoDomain) {
					return nil // it has gone in between
				}
				domains[n] = &x
				return err
			})
		}
		if err := group.Wait(); err != nil {
			return err
		}
		for n, x := range domains {
			if x != nil {
				list(&inventory, *x, states[n].Params)
			}
		}
		return nil
	})
	return inventory, err
}

// list puts a domain into an inventory.
func list(inventory *panel.Inventory, x domainXML, state []rpc.Param) {
	size := fleet.Resources{VCPUs: x.VCPUs, MemoryMiB: x.Memory.mib()}
	switch {
	case strings.HasPrefix(x.Name, trialPrefix):
		return // gone in a moment
	case !x.ours():
		inventory.Foreign++
		inventory.Taken = inventory.Taken.Add(size)
		return
	}
	mark := x.Metadata.Mark
	size.DiskGiB = mark.DiskGiB
	power := powerOf(number(state, "state.state"), number(state, "state.reason"))
	if power == fleet.PowerCrashed && x.Metadata.Power != nil && x.Metadata.Power.Want == "off" {
		power = fleet.PowerOff
	}
	byGuest := power == fleet.PowerOff && number(state, "state.reason") == rpc.OffShutdown && x.wantedOn()
	inventory.Machines = append(inventory.Machines, panel.Machine{
		UID: mark.UID, Name: mark.Name, Generation: mark.Generation, Size: size, Power: power, ByGuest: byGuest,
	})
}

// powerOf says what libvirt's state of a domain means.
func powerOf(state, reason int64) fleet.Power {
	switch state {
	case rpc.StateRunning, rpc.StateBlocked, rpc.StateShutdown:
		return fleet.PowerOn
	case rpc.StatePaused, rpc.StateAsleep:
		return fleet.PowerPaused
	case rpc.StateCrashed:
		return fleet.PowerCrashed
	case rpc.StateOff:
		if reason == rpc.OffCrashed || reason == rpc.OffFailed {
			return fleet.PowerCrashed
		}
		return fleet.PowerOff
	}
	return fleet.PowerUnknown
}

// number returns a parameter, 0 if it is not there.
func number(params []rpc.Param, name string) int64 {
	for _, p := range params {
		if p.Name == name {
			return p.Number
		}
	}
	return 0
}

// mib returns an amount of memory.
func (a amountXML) mib() int64 {
	switch a.Unit {
	case "MiB":
		return a.Value
	case "GiB":
		return a.Value << 10
	case "b", "bytes":
		return a.Value >> 20
	}
	return a.Value >> 10 // KiB, which libvirt itself writes
}
