package panel

import (
	"context"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/identity"
)

// Snapshot is the disk of an instance as it was at an instant. It is an image, from
// which disks are made on the hypervisor that it is on, and outlives its instance.
// Description is what its owner calls it, Bytes what it takes, VirtualGiB the size
// of the disk.
type Snapshot struct {
	Image
	UID          string          // a UUID; its name on its hypervisor
	InstanceID   int64           // whose disk it is of; that may be gone
	HypervisorID int64           // where it is; 0 once it is deleted
	PriceID      billing.PriceID // of a GiB, the version that its next segment uses; 0: it costs nothing
	Protected    bool            // from being deleted by mistake
	DeletedAt    billing.Instant // when deleting was asked for; 0 before
}

// Name is what its owner calls it.
func (s Snapshot) Name() string { return s.Description }

// GiB is the size that it is charged for: each GiB that it has begun.
func (s Snapshot) GiB() int64 { return billing.GiBOf(s.Bytes) }

// SnapshotFilter selects snapshots, oldest first.
type SnapshotFilter struct {
	AccountID    int64 // 0: every account
	InstanceID   int64 // 0: of every instance
	HypervisorID int64 // 0: on every hypervisor
	Gone         bool  // also those that have been deleted
}

// SnapshotView is a snapshot with what its pages say of it.
type SnapshotView struct {
	Snapshot
	Of        Instance // whose disk it is of
	Location  Location
	Price     billing.Price   // of all of it; the zero price if it costs nothing
	MonthUsed billing.Credits // since the month began
}

// Snapshots returns snapshots that are not gone, oldest first. Customers see their
// own account's.
func (p *Panel) Snapshots(ctx context.Context, who identity.Who, f SnapshotFilter) (views []SnapshotView, err error) {
	if f.AccountID != who.AccountID && !who.May(identity.ReadFleet) {
		return nil, ErrNotFound
	}
	err = p.look(ctx, who, identity.ReadInstances, func(tx Tx) error {
		f.Gone = false
		found, err := tx.ListSnapshots(f)
		if err != nil {
			return err
		}
		views, err = viewSnapshots(tx, found...)
		return err
	})
	return views, err
}

// Snapshot returns one snapshot of the caller's account, or of any account for an
// administrator.
func (p *Panel) Snapshot(ctx context.Context, who identity.Who, id int64) (view SnapshotView, err error) {
	err = p.look(ctx, who, identity.ReadInstances, func(tx Tx) error {
		s, err := visibleSnapshot(tx, who, id)
		if err != nil {
			return err
		}
		views, err := viewSnapshots(tx, s)
		view = first(views)
		return err
	})
	return view, err
}

func viewSnapshots(tx Tx, snapshots ...Snapshot) (views []SnapshotView, err error) {
	now := tx.Now()
	for _, s := range snapshots {
		v := SnapshotView{Snapshot: s}
		if v.Of, err = tx.Instance(s.InstanceID); err != nil {
			return nil, err
		}
		if v.Location, err = tx.Location(v.Of.LocationID); err != nil {
			return nil, err
		}
		if s.PriceID != 0 {
			price, err := tx.Price(s.PriceID)
			if err != nil {
				return nil, err
			}
			v.Price = price.Times(s.GiB())
		}
		used, err := tx.SnapshotSegments(s.ID, now.Month().Start(), now)
		if err != nil {
			return nil, err
		}
		for _, segment := range used {
			v.MonthUsed += segment.Charge(now.Month().Start(), now)
		}
		views = append(views, v)
	}
	return views, nil
}

// QuotedSnapshot is what a snapshot would cost at most, if it took as much as the
// disk that it is of, and whether it would be taken.
type QuotedSnapshot struct {
	billing.Quote
	PerGiB   billing.Price // the zero version if snapshots cost nothing
	GiB      int64         // at most
	Currency billing.Currency
	Refused  error // *Refusal: why CreateSnapshot would refuse it now
}

// QuoteSnapshot prices a snapshot of an instance by the function that will bill it.
func (p *Panel) QuoteSnapshot(ctx context.Context, who identity.Who, instance int64) (q QuotedSnapshot, err error) {
	err = p.look(ctx, who, identity.ReadInstances, func(tx Tx) error {
		i, err := visibleInstance(tx, who, instance)
		if err != nil {
			return err
		}
		b, err := readBook(tx, i.AccountID)
		if err != nil {
			return err
		}
		if q.Currency, err = currencyOf(tx, b.account.Currency); err != nil {
			return err
		}
		activity, err := activityOf(tx, i.ID)
		if err != nil {
			return err
		}
		if q.Refused = b.may(i, fleet.CommandSnapshot, activity); q.Refused != nil {
			return nil
		}
		if q.PerGiB, q.GiB, err = b.snapshotOrder(i); err != nil {
			return err
		}
		most := q.PerGiB.Times(q.GiB)
		q.Refused = b.maySnapshot(i, most)
		rules := b.settings.Rules()
		rules.MinimumSeconds = 0 // there is none for snapshots
		q.Quote, err = billing.NewQuote(b.position(), b.settings.Thresholds, b.account.Taken, billing.Order{Price: most, Count: 1}, rules, b.now)
		return err
	})
	return q, err
}

// ExplainSnapshot returns every piece of a snapshot's charges, as the rules make
// them. It may be gone.
func (p *Panel) ExplainSnapshot(ctx context.Context, who identity.Who, id int64) (steps []billing.Step, err error) {
	err = p.look(ctx, who, identity.ReadBilling, func(tx Tx) error {
		s, err := tx.Snapshot(id)
		if err == nil && !who.Admin() && s.AccountID != who.AccountID {
			err = ErrNotFound
		}
		if err != nil {
			return err
		}
		segments, err := tx.SnapshotSegments(id, 0, billing.Never)
		steps = billing.Explain(segments, tx.Now())
		return err
	})
	return steps, err
}
