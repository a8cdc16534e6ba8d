package panel

import (
	"context"
	"errors"
	"fmt"

	"accrue/internal/fleet"
	"accrue/internal/identity"
)

// RetryInstance orders an instance again that could not be created, at the same
// price, with the same keys and user data, and on or off as it was to be. The one
// that failed is deleted; if the new order is refused, that is all that has
// happened.
func (p *Panel) RetryInstance(ctx context.Context, who identity.Who, id int64) (Instance, error) {
	if !who.May(identity.WriteInstances) {
		return Instance{}, ErrForbidden
	}
	var failed Instance
	var seed Seed
	err := p.view(ctx, func(tx Tx) (err error) {
		if failed, err = visibleInstance(tx, who, id); err != nil {
			return err
		}
		if failed.Lifecycle != fleet.LifecycleFailed {
			return refuse(CodeConflict, "There is nothing to try again.")
		}
		if seed, err = tx.Seed(id, SeedDisk); errors.Is(err, ErrNotFound) {
			return nil
		}
		return err
	})
	if err != nil {
		return Instance{}, err
	}
	if _, err := p.DeleteInstance(ctx, who, id); err != nil {
		return Instance{}, err
	}
	return p.CreateInstance(ctx, who, NewInstance{
		Name: failed.Name, PlanID: failed.PlanID, LocationID: failed.LocationID, ImageID: failed.ImageID, Price: failed.PriceID, Labels: failed.Labels,
		ClientRef: fmt.Sprintf("retry-%d", id), Off: failed.DesiredPower == fleet.PowerOff, seed: &seed,
	})
}
