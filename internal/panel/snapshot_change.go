package panel

import (
	"context"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/google/uuid"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/identity"
)

// NewSnapshot is an order for a snapshot.
type NewSnapshot struct {
	Name   string
	Price  billing.PriceID // the version that the customer was shown; 0: whatever is in force
	Labels fleet.Labels
}

// snapshotExpiry is how long taking a snapshot may wait for its hypervisor.
const snapshotExpiry billing.Instant = 60 * 60

// CreateSnapshot keeps an instance's disk as it is. It costs nothing before it has
// been taken. Errors are those of CreateInstance, but for no_capacity, and conflict
// when the instance has as many snapshots as it may have.
func (p *Panel) CreateSnapshot(ctx context.Context, who identity.Who, instance int64, order NewSnapshot) (made Snapshot, err error) {
	uid, err := uuid.NewV7()
	if err != nil {
		return made, fmt.Errorf("snapshot id: %w", err)
	}
	_, err = p.onInstance(ctx, who, instance, fleet.CommandSnapshot, func(b *book, i *Instance) error {
		made, err = b.takeSnapshot(*i, order, uid.String(), who)
		return err
	})
	return made, err
}

func (b *book) takeSnapshot(i Instance, order NewSnapshot, uid string, who identity.Who) (s Snapshot, err error) {
	if err := checkSnapshotWords(order.Name, order.Labels); err != nil {
		return s, err
	}
	price, size, err := b.snapshotOrder(i)
	if err != nil {
		return s, err
	}
	if order.Price != 0 && order.Price != price.ID {
		return s, refuse(CodeConflict, "The price of snapshots has changed. Look at the new price and order again.")
	}
	if err := b.maySnapshot(i, price.Times(size)); err != nil {
		return s, err
	}
	if err := b.spend(who, billing.Price{}, price.Times(size)); err != nil {
		return s, err
	}
	s = Snapshot{
		Image: Image{
			Kind: ImageSnapshot, AccountID: b.account.ID, Description: order.Name, Arch: DefaultArch, VirtualGiB: size,
			State: ImageCreating, Labels: order.Labels, CreatedAt: b.now,
		},
		UID: uid, InstanceID: i.ID, HypervisorID: i.HypervisorID, PriceID: price.ID,
	}
	if s.ID, err = b.tx.InsertSnapshot(s); err != nil {
		return s, fmt.Errorf("snapshot of %s: %w", i.Name, err)
	}
	return s, b.order(i, Task{Kind: TaskSnapshot, ImageID: s.ID, ExpiresAt: b.now + snapshotExpiry, RequestedBy: who.Actor()})
}

// snapshotOrder is what a GiB of a new snapshot of an instance costs, and how many
// it can have at most: those of its disk.
func (b *book) snapshotOrder(i Instance) (price billing.Price, size int64, err error) {
	prices, err := b.tx.SnapshotPrices()
	if err != nil {
		return price, 0, err
	}
	allocated, err := b.tx.Allocation(i.ID)
	if err != nil {
		return price, 0, fmt.Errorf("room of instance %d: %w", i.ID, err)
	}
	return first(prices).Price, allocated.Size.DiskGiB, nil
}

// maySnapshot asks the balance as an order for an instance does, and whether the
// instance may have another snapshot.
func (b *book) maySnapshot(i Instance, most billing.Price) error {
	if err := b.mayCreate(most); err != nil {
		return err
	}
	has, err := b.tx.ListSnapshots(SnapshotFilter{InstanceID: i.ID})
	if err != nil {
		return err
	}
	if int64(len(has)) >= b.settings.SnapshotLimit {
		return refuse(CodeConflict, "%s has %d snapshots, and there can be %d. Delete one first.", i.Name, len(has), b.settings.SnapshotLimit)
	}
	return nil
}

func checkSnapshotWords(name string, labels fleet.Labels) error {
	if name == "" || len(name) > 100 || !utf8.ValidString(name) {
		return invalid("name", "give a name of at most 100 characters")
	}
	return checkLabels(labels)
}

// onSnapshot does one thing to a snapshot of the caller's account. Those of other
// accounts, and those that are gone, are not found.
func (p *Panel) onSnapshot(ctx context.Context, who identity.Who, id int64, do func(*book, *Snapshot) error) (changed Snapshot, err error) {
	if !who.May(identity.WriteInstances) {
		return changed, ErrForbidden
	}
	err = p.view(ctx, func(tx Tx) error {
		changed, err = visibleSnapshot(tx, who, id)
		return err
	})
	if err != nil {
		return Snapshot{}, err
	}
	err = p.onAccount(ctx, changed.AccountID, func(b *book) error {
		if changed, err = visibleSnapshot(b.tx, who, id); err != nil {
			return err
		}
		if changed.State == ImageDeleting {
			return refuse(CodeConflict, "The snapshot is being deleted; it costs nothing any more.")
		}
		return do(b, &changed)
	})
	return changed, err
}

// visibleSnapshot returns a snapshot that is not gone, if it is the caller's, or if
// the caller is an administrator.
func visibleSnapshot(tx Tx, who identity.Who, id int64) (Snapshot, error) {
	s, err := tx.Snapshot(id)
	if err == nil && (s.State == ImageRetired || !who.Admin() && s.AccountID != who.AccountID) {
		return Snapshot{}, ErrNotFound
	}
	return s, err
}

// EditSnapshot changes what is only said of a snapshot: its name, its labels, and
// whether it is protected from being deleted.
func (p *Panel) EditSnapshot(ctx context.Context, who identity.Who, id int64, change func(*Snapshot)) (Snapshot, error) {
	return p.onSnapshot(ctx, who, id, func(b *book, s *Snapshot) error {
		edited := *s
		change(&edited)
		if err := checkSnapshotWords(edited.Description, edited.Labels); err != nil {
			return err
		}
		protects := edited.Protected != s.Protected
		s.Description, s.Labels, s.Protected = edited.Description, edited.Labels, edited.Protected
		if err := b.tx.UpdateSnapshot(*s); err != nil || !protects {
			return err
		}
		return b.snapshotEvent(EventSnapshotProtected, *s, who.Actor())
	})
}

// DeleteSnapshot removes a snapshot. It costs nothing from this second on, even if
// its hypervisor cannot be reached. Disks that were made from it stay.
func (p *Panel) DeleteSnapshot(ctx context.Context, who identity.Who, id int64) (Snapshot, error) {
	return p.onSnapshot(ctx, who, id, func(b *book, s *Snapshot) error {
		if err := b.mayDrop(*s); err != nil {
			return err
		}
		s.State, s.DeletedAt = ImageDeleting, b.now
		if err := b.meterSnapshot(s); err != nil {
			return err
		}
		if err := b.tx.UpdateSnapshot(*s); err != nil {
			return err
		}
		if err := b.snapshotEvent(EventSnapshotDeleted, *s, who.Actor()); err != nil {
			return err
		}
		t := Task{
			Kind: TaskDropSnapshot, AccountID: s.AccountID, InstanceID: s.InstanceID, HypervisorID: s.HypervisorID, ImageID: s.ID,
			RequestedBy: who.Actor(),
		}
		if err := insertTask(b.tx, t, b.now); err != nil {
			return err
		}
		return b.judge()
	})
}

// mayDrop refuses to delete what is being made, what disks are being made from,
// and what is protected.
func (b *book) mayDrop(s Snapshot) error {
	switch {
	case s.State == ImageCreating:
		return refuse(CodeConflict, "The snapshot is being taken. Delete it when that is done.")
	case s.Protected:
		return refuse(CodeProtected, "%s is protected from being deleted. Take the protection away first.", s.Name())
	}
	tasks, err := b.tx.ListTasks(TaskFilter{AccountID: b.account.ID, OpenOnly: true, Instances: true})
	if err != nil {
		return err
	}
	for _, t := range tasks {
		if !t.Kind.makesDisk() {
			continue
		}
		i, err := b.tx.Instance(t.InstanceID)
		if err != nil {
			return err
		}
		if i.ImageID == s.ID && i.Live() {
			return refuse(CodeConflict, "The disk of %s is being made from the snapshot. Delete it when that is done.", i.Name)
		}
	}
	return nil
}

// RestoreSnapshot gives an instance a disk as it was when the snapshot was taken;
// what is on its disk now is lost. It is RebuildInstance from the snapshot.
func (p *Panel) RestoreSnapshot(ctx context.Context, who identity.Who, instance, snapshot int64) (Instance, error) {
	return p.onInstance(ctx, who, instance, fleet.CommandRestore, func(b *book, i *Instance) error {
		s, err := b.tx.Snapshot(snapshot)
		if errors.Is(err, ErrNotFound) || err == nil && s.AccountID != b.account.ID {
			return invalid("snapshot", "choose one of the snapshots")
		}
		if err != nil {
			return err
		}
		i.ImageID = s.ID
		return b.renew(i, Task{Kind: TaskRestore, RequestedBy: who.Actor()}, EventInstanceRestored)
	})
}

// checkShelf refuses an image that is not to be had on a hypervisor: a snapshot
// stays where it was taken.
func (b *book) checkShelf(image Image, hypervisor int64, name string) error {
	if image.Kind != ImageSnapshot {
		return nil
	}
	s, err := b.tx.Snapshot(image.ID)
	if err == nil && s.HypervisorID != hypervisor {
		return invalidf("image", "%s is on another hypervisor than %s; create an instance from it instead", s.Name(), name)
	}
	return err
}

// apartFrom returns the hypervisors of a location that cannot make a disk from an
// image: for a snapshot all but its own.
func (b *book) apartFrom(image, location int64) (others []int64, err error) {
	if image == 0 {
		return nil, nil
	}
	s, err := b.tx.Snapshot(image)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	hosts, err := b.tx.ListHypervisors(location)
	here := false
	for _, host := range hosts {
		here = here || host.ID == s.HypervisorID
		if host.ID != s.HypervisorID {
			others = append(others, host.ID)
		}
	}
	if err == nil && !here {
		err = invalidf("location", "%s is not in this location; choose the one in which it was taken", s.Name())
	}
	return others, err
}
