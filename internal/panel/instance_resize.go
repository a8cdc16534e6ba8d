package panel

import (
	"context"
	"errors"
	"fmt"

	"accrue/internal/fleet"
	"accrue/internal/identity"
)

// ResizeInstance moves an instance to another plan on its own hypervisor. It
// costs the new plan's price from this second on.
func (p *Panel) ResizeInstance(ctx context.Context, who identity.Who, id, plan int64) (Instance, error) {
	return p.onInstance(ctx, who, id, fleet.CommandResize, func(b *book, i *Instance) error {
		target, err := b.checkResize(*i, plan)
		if err != nil {
			return err
		}
		if err := b.mayStart(); err != nil {
			return err
		}
		if err := b.makeRoom(*i, target); err != nil {
			return err
		}
		was, err := b.tx.Price(i.PriceID)
		if err != nil {
			return err
		}
		if err := b.spend(who, was.Price, target.Price); err != nil {
			return err
		}
		i.PlanID, i.PriceID = target.ID, target.Price.ID
		if err := b.event(Event{Kind: EventInstanceResized, InstanceID: i.ID, Name: i.Name, Detail: target.Name, Actor: who.Actor()}); err != nil {
			return err
		}
		if err := b.meter(i); err != nil {
			return err
		}
		if err := b.tx.UpdateInstance(*i); err != nil {
			return err
		}
		if err := b.order(*i, Task{Kind: TaskResize, RequestedBy: who.Actor()}); err != nil {
			return err
		}
		return b.judge()
	})
}

func (b *book) checkResize(i Instance, plan int64) (Plan, error) {
	target, err := b.tx.Plan(plan)
	if errors.Is(err, ErrNotFound) || (err == nil && (!target.Visible || target.Price.ID == 0)) {
		return Plan{}, invalid("plan", "choose one of the plans")
	}
	if err != nil {
		return Plan{}, err
	}
	if !target.OfferedAt(i.LocationID) {
		return Plan{}, invalidf("plan", "%s is not offered in this location", target.Name)
	}
	if target.ID == i.PlanID && target.Price.ID == i.PriceID {
		return Plan{}, invalidf("plan", "the instance is on %s already", target.Name)
	}
	return target, nil
}

// makeRoom exchanges an instance's reservation for that of another plan.
func (b *book) makeRoom(i Instance, target Plan) error {
	host, err := b.tx.Hypervisor(i.HypervisorID)
	if err != nil {
		return fmt.Errorf("hypervisor %d: %w", i.HypervisorID, err)
	}
	old, err := b.reserved(i)
	if err != nil {
		return err
	}
	noRoom := refuse(CodeNoCapacity, "The hypervisor of %s has no room for %s. Create a new instance on that plan instead.", i.Name, target.Name)
	if reason := host.RoomInPlace(old, target.Size); reason != fleet.RoomOK {
		return noRoom
	}
	if err := b.tx.MoveAllocation(i.ID, target.Size.Resources, host.Hypervisor); err != nil {
		if errors.Is(err, ErrNoRoom) {
			return noRoom
		}
		return fmt.Errorf("room of instance %d: %w", i.ID, err)
	}
	return nil
}

// reserved is what an instance asks of its hypervisor now.
func (b *book) reserved(i Instance) (fleet.Request, error) {
	allocated, err := b.tx.Allocation(i.ID)
	if err != nil {
		return fleet.Request{}, fmt.Errorf("room of instance %d: %w", i.ID, err)
	}
	plan, err := b.tx.Plan(i.PlanID)
	if err != nil {
		return fleet.Request{}, fmt.Errorf("plan of instance %d: %w", i.ID, err)
	}
	return fleet.Request{Resources: allocated.Size, Tags: plan.Size.Tags}, nil
}
