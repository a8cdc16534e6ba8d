package panel

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/identity"
)

// createExpiry is how long an order may wait for its hypervisor before it is
// given up and everything it held is released.
const createExpiry billing.Instant = 30 * 60

// CreateInstance sells an instance: it asks the balance, finds a hypervisor,
// reserves the room and orders the machine, all or nothing. Nothing is owed
// before the instance is up. Errors: *Invalid for a field, with name_taken for a name in
// use, *Refusal with account_suspended, insufficient_credit, no_capacity or spend_limit.
func (p *Panel) CreateInstance(ctx context.Context, who identity.Who, order NewInstance) (Instance, error) {
	if !who.May(identity.WriteInstances) {
		return Instance{}, ErrForbidden
	}
	uid, err := uuid.NewV7()
	if err != nil {
		return Instance{}, fmt.Errorf("instance id: %w", err)
	}
	var password identity.RootPassword
	if order.Password {
		if password, order.passwordHash, err = newRootPassword(); err != nil {
			return Instance{}, err
		}
	}
	var made Instance
	err = p.onAccount(ctx, who.AccountID, func(b *book) error {
		if order.ClientRef != "" {
			known, err := b.tx.ListInstances(InstanceFilter{AccountID: b.account.ID, ClientRef: order.ClientRef, Limit: 1})
			if err != nil || len(known) > 0 {
				made = first(known)
				return err
			}
		}
		made, err = b.create(order, uid.String(), who)
		made.RootPassword = password
		return err
	})
	return made, err
}

// first returns the first of some things, or the zero value of none.
func first[T any](things []T) (thing T) {
	if len(things) > 0 {
		thing = things[0]
	}
	return thing
}

func (b *book) create(order NewInstance, uid string, who identity.Who) (Instance, error) {
	ordered, err := b.checkOrder(order)
	if err != nil {
		return Instance{}, err
	}
	plan := ordered.plan
	if err := b.mayCreate(plan.Price); err != nil {
		return Instance{}, err
	}
	if err := b.spend(who, billing.Price{}, plan.Price); err != nil {
		return Instance{}, err
	}
	apart, err := b.apartFrom(order.ImageID, order.LocationID)
	if err != nil {
		return Instance{}, err
	}
	host, addresses, err := b.place(order.LocationID, plan.Size, nil, apart...)
	if err != nil {
		return Instance{}, err
	}
	i := Instance{
		UID:          uid,
		AccountID:    b.account.ID,
		Name:         order.Name,
		LocationID:   order.LocationID,
		HypervisorID: host.ID,
		PlanID:       plan.ID,
		PriceID:      plan.Price.ID,
		ImageID:      order.ImageID,
		ClientRef:    order.ClientRef,
		Lifecycle:    fleet.LifecyclePending,
		DesiredPower: fleet.PowerOn,
		Observed:     fleet.PowerAbsent,
		ObservedAt:   b.now,
		CreatedAt:    b.now,
		Labels:       order.Labels,
	}
	if order.Off {
		i.DesiredPower = fleet.PowerOff
	}
	if i.ID, err = b.tx.InsertInstance(i); err != nil {
		return Instance{}, fmt.Errorf("instance %s: %w", i.Name, err)
	}
	if !ordered.seed.Empty() {
		if err := b.tx.SaveSeed(i.ID, SeedDisk, ordered.seed); err != nil {
			return Instance{}, fmt.Errorf("seed of %s: %w", i.Name, err)
		}
	}
	if err := b.tx.InsertAllocation(Allocation{i.ID, host.ID, plan.Size.Resources}, host.Hypervisor); err != nil {
		return Instance{}, fmt.Errorf("room for %s: %w", i.Name, err)
	}
	if err := b.give(i, addresses); err != nil {
		return Instance{}, err
	}
	if err := b.event(Event{Kind: EventInstanceOrdered, InstanceID: i.ID, Name: i.Name, Detail: plan.Name, Actor: who.Actor()}); err != nil {
		return Instance{}, err
	}
	return i, b.order(i, Task{Kind: TaskCreate, ExpiresAt: b.now + createExpiry, RequestedBy: who.Actor()})
}

// mayCreate asks the balance, section 7 of the rules.
func (b *book) mayCreate(price billing.Price) error {
	return asRefusal(billing.MayCreate(b.position(), b.settings.Thresholds, b.account.Taken, b.settings.Rules(), price, b.now))
}

// asRefusal puts billing's refusal into words.
func asRefusal(err error) error {
	var no *billing.Refusal
	if !errors.As(err, &no) {
		return err
	}
	r := &Refusal{Code: Code(no.Code), Balance: no.Balance, Needed: no.Needed}
	switch r.Code {
	case CodeAccountSuspended:
		r.Message = "This account is suspended. Top up to at least " + no.Needed.Short() + " credits to go on."
	default:
		r.Message = "The balance of " + no.Balance.Short() + " credits is not enough: " + no.Needed.Short() + " are needed. Top up and order again."
	}
	return r
}

// placeIn finds a hypervisor by round robin and moves the location's turn on.
// The location stays locked, so that two orders never see the same turn.
func placeIn(tx Tx, location int64, need fleet.Request, except ...int64) (fleet.Hypervisor, error) {
	l, err := tx.LockLocation(location)
	if err != nil {
		return fleet.Hypervisor{}, fmt.Errorf("location %d: %w", location, err)
	}
	hosts, err := tx.ListHypervisors(location)
	if err != nil {
		return fleet.Hypervisor{}, fmt.Errorf("hypervisors of %s: %w", l.Name, err)
	}
	placed := fleet.Place(inOrder(hosts, except), l.LastHypervisor, need)
	if !placed.OK {
		return fleet.Hypervisor{}, refuse(CodeNoCapacity, "There is no room for this plan in %s right now. Choose another location or a smaller plan.", l.Name)
	}
	l.LastHypervisor = placed.Hypervisor.ID
	if err := tx.UpdateLocation(l); err != nil {
		return fleet.Hypervisor{}, fmt.Errorf("location %s: %w", l.Name, err)
	}
	return placed.Hypervisor, nil
}

// inOrder returns the hypervisors' facts in their order, those excepted disabled.
func inOrder(hosts []Hypervisor, except []int64) []fleet.Hypervisor {
	order := make([]fleet.Hypervisor, 0, len(hosts))
	for _, host := range hosts {
		for _, id := range except {
			host.Enabled = host.Enabled && host.ID != id
		}
		order = append(order, host.Hypervisor)
	}
	return order
}

// order writes a task for an instance.
func (b *book) order(i Instance, t Task) error {
	t.AccountID, t.InstanceID, t.HypervisorID = i.AccountID, i.ID, i.HypervisorID
	return insertTask(b.tx, t, b.now)
}

// insertTask queues a task to run at once, or not before its RunAt.
func insertTask(tx Tx, t Task, now billing.Instant) error {
	t.State, t.CreatedAt, t.RunAt = TaskQueued, now, max(t.RunAt, now)
	if t.ExpiresAt == 0 {
		t.ExpiresAt = billing.Never
	}
	if _, err := tx.InsertTask(t); err != nil {
		return fmt.Errorf("task %s: %w", t.Kind, err)
	}
	return nil
}
