package libvirt

import (
	"context"

	"accrue/internal/libvirt/rpc"
	"accrue/internal/panel"
)

// SetPassword has the agent in the guest give root a password. What the agent, or
// libvirt for it, refuses is the guest's fault.
func (h *host) SetPassword(ctx context.Context, uid, hash string) error {
	return h.change(ctx, "set password", uid, func(ctx context.Context, l *link) error {
		d, err := l.machine(ctx, uid)
		if err != nil {
			return err
		}
		if err := l.wantRunning(ctx, d); err != nil {
			return err
		}
		err = l.SetPassword(ctx, d, "root", hash)
		if refused(err) && !is(err, rpc.CodeNoDomain, rpc.CodeOperationInvalid, rpc.CodeTimeout, rpc.CodeAborted) {
			err = &fault{panel.GuestFault, err}
		}
		return err
	})
}
