package sim

import (
	"context"
	"fmt"

	"accrue/internal/panel"
)

// Examine finds everything in order on a hypervisor that answers. One that has no
// ID yet is not there before it is registered, and will be like all others.
func (w *World) Examine(ctx context.Context, h panel.Hypervisor) (e panel.Examination) {
	say := func(name panel.CheckName, detail string) {
		e.Checks = append(e.Checks, panel.Check{Name: name, State: panel.CheckPassed, Detail: detail})
	}
	if h.ID != 0 {
		facts, err := (&driver{world: w, id: h.ID, name: h.Name}).Probe(ctx)
		if err != nil {
			e.Checks = []panel.Check{{Name: panel.CheckReach, State: panel.CheckFailed, Detail: err.Error(), Fix: "Switch the fault off that was switched on on its page."}}
			return e
		}
		e.Facts = facts
	}
	e.Facts.Capacity = h.Capacity
	e.Facts.Networks, e.Pools = []string{"simulated"}, []string{"simulated"}
	say(panel.CheckReach, "It is simulated: nothing of it is on any machine.")
	say(panel.CheckVersions, "The simulation of this version of the panel.")
	if h.Capacity.VCPUs > 0 {
		say(panel.CheckCapacity, fmt.Sprintf("%d processors, %d MiB of memory, as it is registered.", h.Capacity.VCPUs, h.Capacity.MemoryMiB))
	}
	say(panel.CheckConsole, "Both are simulated.")
	return e
}

var _ panel.Examiner = (*World)(nil)
