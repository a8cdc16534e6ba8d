package panel

import (
	"context"
	"fmt"

	"accrue/internal/fleet"
	"accrue/internal/identity"
)

// RebuildInstance gives an instance a new disk from an image; what is on the old
// one is lost. It keeps its name, addresses, plan and segment, is told the same
// as when it was created, and ends as on or off as its owner wants it, and out of
// its rescue system. Image 0 is the one it has.
func (p *Panel) RebuildInstance(ctx context.Context, who identity.Who, id, image int64) (Instance, error) {
	return p.onInstance(ctx, who, id, fleet.CommandRebuild, func(b *book, i *Instance) error {
		if image != 0 {
			i.ImageID = image
		}
		return b.renew(i, Task{Kind: TaskRebuild, RequestedBy: who.Actor()}, EventInstanceRebuilt)
	})
}

// renew orders a new disk for an instance, from the image that it has now.
func (b *book) renew(i *Instance, t Task, event string) error {
	if i.Protection.Rebuild {
		return refuse(CodeProtected, "%s is protected from being rebuilt. Take the protection away first.", i.Name)
	}
	if err := b.mayStart(); err != nil {
		return err
	}
	allocated, err := b.tx.Allocation(i.ID)
	if err != nil {
		return fmt.Errorf("room of instance %d: %w", i.ID, err)
	}
	if i.ImageID != 0 {
		image, err := b.checkImage(i.ImageID, allocated.Size)
		if err != nil {
			return err
		}
		if err := b.checkShelf(image, i.HypervisorID, i.Name); err != nil {
			return err
		}
	}
	i.Generation++
	if err := b.leaveRescue(i); err != nil {
		return err
	}
	if err := b.event(Event{Kind: event, InstanceID: i.ID, Name: i.Name, Actor: t.RequestedBy}); err != nil {
		return err
	}
	if err := b.tx.UpdateInstance(*i); err != nil {
		return err
	}
	return b.order(*i, t)
}
