package sim

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"accrue/internal/panel"
)

var faults = []panel.Fault{panel.FaultUnreachable, panel.FaultHang, panel.FaultError, panel.FaultReplyLost}

// Faults returns what is wrong with a hypervisor, in the order in which package
// panel declares the faults.
func (w *World) Faults(hypervisor int64) ([]panel.Fault, error) {
	set, err := w.shelf.faults(hypervisor)
	if err != nil {
		return nil, fmt.Errorf("read faults of hypervisor %d: %w", hypervisor, err)
	}
	var on []panel.Fault
	for _, fault := range faults {
		if set[fault] {
			on = append(on, fault)
		}
	}
	return on, nil
}

// SetFault switches a fault on or off. It holds for calls that begin afterwards,
// from every World on the file, until it is switched off again.
//
// A hypervisor that loses its replies loses those to changes only, and one that
// refuses refuses changes only, so that who looks sees what was done. Of several
// faults the one that keeps most from happening counts: unreachable, hang,
// error, reply-lost.
func (w *World) SetFault(hypervisor int64, fault panel.Fault, on bool) error {
	if !slices.Contains(faults, fault) {
		return fmt.Errorf("%q is no fault; there are %q", fault, faults)
	}
	if err := w.shelf.setFault(hypervisor, fault, on); err != nil {
		return fmt.Errorf("set fault %s of hypervisor %d: %w", fault, hypervisor, err)
	}
	return nil
}

var (
	errUnreachable = errors.New("no route to host")
	errRefused     = errors.New("the hypervisor refuses to change anything")
	errReplyLost   = errors.New("the connection was lost before the answer came")
	errHang        = errors.New("no answer")
)

// gate lets a call through to the hypervisor, or fails it as the hypervisor's
// faults want. It reports whether the reply to a change will be lost.
func (d *driver) gate(ctx context.Context, changes bool) (lost bool, err error) {
	if err := ctx.Err(); err != nil {
		return false, refusal(panel.Unreachable, err)
	}
	on, err := d.world.shelf.faults(d.id)
	switch {
	case err != nil:
		return false, err
	case on[panel.FaultUnreachable]:
		return false, refusal(panel.Unreachable, errUnreachable)
	case on[panel.FaultHang]:
		return false, refusal(panel.UnknownOutcome, d.world.hang(ctx))
	case on[panel.FaultError] && changes:
		return false, refusal(panel.HostFault, errRefused)
	}
	return on[panel.FaultReplyLost] && changes, nil
}
