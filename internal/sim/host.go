package sim

import (
	"cmp"
	"errors"
	"fmt"

	"accrue/internal/fleet"
	"accrue/internal/panel"
)

// host is a hypervisor itself. The zero host is one to which nothing has happened.
type host struct {
	UID   string // unless it is the one that was there first
	Boots int64  // how often it was booted since
}

// facts is what a hypervisor says of itself.
func (h host) facts(hypervisor int64) panel.Facts {
	return panel.Facts{
		UID:     cmp.Or(h.UID, fmt.Sprintf("sim-%d", hypervisor)),
		BootID:  fmt.Sprintf("boot-%d", h.Boots+1),
		Version: "simulated",
		Arch:    "x86_64",
	}
}

// Crash makes the guest of a machine that is on die, on every hypervisor that
// has it.
func (w *World) Crash(uid string) error {
	return w.goDown("crash", uid, panel.Change{Power: fleet.PowerCrashed})
}

// ShutDown lets the guest of a machine that is on switch itself off, as its owner
// told it to.
func (w *World) ShutDown(uid string) error {
	return w.goDown("shut down", uid, panel.Change{Power: fleet.PowerOff, ByGuest: true})
}

// Destroy switches a machine that is on off by force, as somebody at the
// hypervisor's own console can.
func (w *World) Destroy(uid string) error {
	return w.goDown("destroy", uid, panel.Change{Power: fleet.PowerOff})
}

func (w *World) goDown(doing, uid string, change panel.Change) error {
	dead, err := w.turnOff(everywhere, change.Power, func(p *Placed) bool { return p.UID == uid })
	if err == nil && dead == 0 {
		err = errors.New("it is not on")
	}
	if err != nil {
		return fmt.Errorf("%s machine %s: %w", doing, uid, err)
	}
	change.UID = uid
	w.tell(everywhere, change)
	return nil
}

// Vanish makes a machine and its disk disappear from every hypervisor.
func (w *World) Vanish(uid string) error {
	machines, err := w.shelf.list(everywhere)
	for _, machine := range machines {
		if err == nil && machine.UID == uid {
			err = w.shelf.change(machine.Hypervisor, uid, func(p *Placed) error {
				*p = Placed{}
				return nil
			})
		}
	}
	if err != nil {
		return fmt.Errorf("vanish machine %s: %w", uid, err)
	}
	w.tell(everywhere, panel.Change{UID: uid, Power: fleet.PowerAbsent})
	return nil
}

// AddForeign makes a machine that is not the panel's and runs.
func (w *World) AddForeign(hypervisor int64, name string, size fleet.Resources) error {
	err := w.shelf.change(hypervisor, "foreign/"+name, func(p *Placed) error {
		p.Name, p.Size, p.Defined, p.Foreign = name, size, true, true
		p.Disks = map[int64]Disk{0: {GiB: size.DiskGiB}}
		p.turn(fleet.PowerOn, w.now())
		return nil
	})
	if err != nil {
		return fmt.Errorf("add foreign machine %s to hypervisor %d: %w", name, hypervisor, err)
	}
	w.tell(hypervisor, panel.Change{})
	return nil
}

// RestartHost cuts the power of a hypervisor for a moment: it boots, and all its
// machines are off afterwards, as they are where nothing starts them by itself.
func (w *World) RestartHost(hypervisor int64) error {
	_, err := w.turnOff(hypervisor, fleet.PowerOff, func(*Placed) bool { return true })
	if err == nil {
		err = w.shelf.changeHost(hypervisor, func(h *host) { h.Boots++ })
	}
	if err != nil {
		return fmt.Errorf("restart hypervisor %d: %w", hypervisor, err)
	}
	w.tell(hypervisor, panel.Change{})
	return nil
}

// ReplaceHost puts another machine in a hypervisor's place, which has its disks
// and answers in its stead. An empty uid puts the first one back.
func (w *World) ReplaceHost(hypervisor int64, uid string) error {
	if err := w.shelf.changeHost(hypervisor, func(h *host) { h.UID = uid }); err != nil {
		return fmt.Errorf("replace hypervisor %d: %w", hypervisor, err)
	}
	return nil
}
