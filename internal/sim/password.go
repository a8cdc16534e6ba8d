package sim

import (
	"context"
	"errors"
	"fmt"
	"time"

	"accrue/internal/fleet"
	"accrue/internal/panel"
)

// SetPassword notes which password root has now. The guest takes one once it is up.
func (d *driver) SetPassword(ctx context.Context, uid, hash string) error {
	return d.change(ctx, "set password", uid, func(Placed) time.Duration { return 0 }, func(p *Placed) error {
		switch {
		case !p.Defined:
			return missing("there is no such machine")
		case p.Power != fleet.PowerOn:
			return refusal(panel.InvalidSpec, fmt.Errorf("the machine is %s", p.Power))
		case d.booting(*p) > 0:
			return refusal(panel.GuestFault, errors.New("the guest agent does not answer"))
		}
		p.Password = hash
		return nil
	})
}
