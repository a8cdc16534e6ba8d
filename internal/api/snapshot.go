package api

import (
	"context"
	"net/http"

	"accrue/client"
	"accrue/internal/billing"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

const snapshots = "/v1/snapshots"

func (s *server) snapshotOperations() {
	const tag = "Snapshots"
	whole(s, operation{
		id: "list-snapshots", tag: tag, path: snapshots, need: identity.ReadInstances, summary: "The account's snapshots, oldest first",
	}, s.listSnapshots)
	get(s, operation{
		id: "get-snapshot", tag: tag, path: snapshots + "/{id}", need: identity.ReadInstances, summary: "A snapshot",
	}, func(ctx context.Context, who identity.Who, in *ByID) (client.Snapshot, error) {
		return s.snapshot(ctx, who, in.ID)
	})
	patch(s, operation{
		id: "change-snapshot", tag: tag, path: snapshots + "/{id}", need: identity.WriteInstances,
		summary: "Change a snapshot's name, labels or protection", errors: []int{http.StatusConflict},
	}, s.changeSnapshot)
	remove(s, operation{
		id: "delete-snapshot", tag: tag, path: snapshots + "/{id}", need: identity.WriteInstances,
		summary: "Delete a snapshot", text: "It costs nothing from this second on. Disks that were made from it stay.",
		errors: []int{http.StatusConflict, http.StatusLocked},
	}, func(ctx context.Context, who identity.Who, in *ByID) error {
		_, err := s.Panel.DeleteSnapshot(ctx, who, in.ID)
		return err
	})
	get(s, operation{
		id: "quote-snapshot", tag: tag, path: "/v1/instances/{id}/snapshot-quote", need: identity.ReadInstances,
		summary: "What a snapshot of an instance would cost at most, and whether it would be taken",
	}, s.quoteSnapshot)
	post(s, s.command("snapshot", "Take a snapshot of an instance's disk",
		"The instance goes on. The snapshot costs nothing before it has been taken, and by its size from then on, also when the instance is gone."), s.takeSnapshot)
	post(s, s.command("restore", "Give an instance a disk as it was when a snapshot was taken",
		"What is on its disk is lost. The snapshot must be on the instance's hypervisor. Name, addresses, plan and price stay."), s.restore)

	whole(s, operation{
		id: "list-snapshot-prices", tag: "Admin: plans", path: "/v1/admin/snapshot-prices", need: identity.ReadSettings,
		summary: "What a GiB of a snapshot costs, the newest price first", text: "As long as there is none, snapshots cost nothing.",
	}, s.listSnapshotPrices)
	post(s, operation{
		id: "change-snapshot-price", tag: "Admin: plans", path: "/v1/admin/snapshot-prices", need: identity.WriteCatalog,
		summary: "Give a GiB of a snapshot another price, from this second on", text: "What has accrued stays as it is.", status: http.StatusCreated,
	}, s.changeSnapshotPrice)
}

// snapshotQuery selects snapshots.
type snapshotQuery struct {
	Instance int64 `query:"instance_id" minimum:"0" doc:"Only those of that instance."`
}

func (s *server) listSnapshots(ctx context.Context, who identity.Who, in *snapshotQuery) ([]client.Snapshot, error) {
	if who.AccountID == 0 {
		return nil, newProblem(ctx, codeNotFound, "Administrators have no snapshots.")
	}
	views, err := s.Panel.Snapshots(ctx, who, panel.SnapshotFilter{AccountID: who.AccountID, InstanceID: in.Instance})
	if err != nil {
		return nil, err
	}
	c, err := s.currency(ctx)
	return each(views, func(v panel.SnapshotView) client.Snapshot { return snapshotOf(c, v) }), err
}

func (s *server) snapshot(ctx context.Context, who identity.Who, id int64) (client.Snapshot, error) {
	v, err := s.Panel.Snapshot(ctx, who, id)
	if err != nil {
		return client.Snapshot{}, err
	}
	c, err := s.currency(ctx)
	return snapshotOf(c, v), err
}

func snapshotOf(c billing.Currency, v panel.SnapshotView) client.Snapshot {
	return client.Snapshot{
		ID: v.ID, Name: v.Name(), State: string(v.State), Instance: client.Ref{ID: v.Of.ID, Name: v.Of.Name},
		Location: client.Ref{ID: v.Location.ID, Name: v.Location.Name}, Bytes: v.Bytes, GiB: v.GiB(), DiskGiB: v.VirtualGiB,
		Price: price(c, v.Price), PerMonth: amount(c, v.Price.PerMonth()), MonthUsed: amount(c, v.MonthUsed),
		Protected: v.Protected, Labels: labels(v.Labels), Failure: v.Failure, CreatedAt: v.CreatedAt.Time(),
	}
}

// snapshotChange is a change of a snapshot.
type snapshotChange struct {
	ByID
	Body client.SnapshotChange
}

func (s *server) changeSnapshot(ctx context.Context, who identity.Who, in *snapshotChange) (client.Snapshot, error) {
	if _, err := s.Panel.EditSnapshot(ctx, who, in.ID, func(to *panel.Snapshot) {
		put(&to.Description, in.Body.Name)
		put(&to.Protected, in.Body.Protected)
		if in.Body.Labels != nil {
			to.Labels = *in.Body.Labels
		}
	}); err != nil {
		return client.Snapshot{}, err
	}
	return s.snapshot(ctx, who, in.ID)
}

func (s *server) quoteSnapshot(ctx context.Context, who identity.Who, in *ByID) (out client.SnapshotQuote, err error) {
	q, err := s.Panel.QuoteSnapshot(ctx, who, in.ID)
	if err != nil {
		return out, err
	}
	c := q.Currency
	out = client.SnapshotQuote{
		PerGiB: price(c, q.PerGiB), GiB: q.GiB, PerMonth: amount(c, q.PerGiB.Times(q.GiB).PerMonth()), Balance: amount(c, q.Balance),
		Needed: amountUp(c, q.Needed), Before: outlook(c, q.BurnBefore, q.ZeroAtNow, q.SuspendAtNow), After: outlook(c, q.BurnAfter, q.ZeroAt, q.SuspendAt),
		Acceptable: q.Refused == nil, Reasons: []client.Problem{},
	}
	if q.Refused != nil {
		p := s.problemOf(ctx, q.Refused)
		if p.Status == http.StatusInternalServerError {
			return out, q.Refused
		}
		out.Reasons = append(out.Reasons, p.Problem)
	}
	return out, nil
}

// newSnapshotInput is a snapshot to be taken.
type newSnapshotInput struct {
	ByID
	Keyed
	Body client.NewSnapshot
}

func (s *server) takeSnapshot(ctx context.Context, who identity.Who, in *newSnapshotInput) (out outcome[client.TakenSnapshot], err error) {
	made, err := s.Panel.CreateSnapshot(ctx, who, in.ID, panel.NewSnapshot{
		Name: in.Body.Name, Price: billing.PriceID(in.Body.PriceID), Labels: in.Body.Labels,
	})
	if err != nil {
		return out, err
	}
	ordered, err := s.ordered(ctx, who, in.ID, 0)
	if err != nil {
		return out, err
	}
	out.Status, out.Location, out.Body.Action = ordered.Status, ordered.Location, ordered.Body.Action
	out.Body.Snapshot, err = s.snapshot(ctx, who, made.ID)
	return out, err
}

// restoreInput names the snapshot that a disk is made from.
type restoreInput struct {
	ByID
	Keyed
	Body client.Restore
}

func (s *server) restore(ctx context.Context, who identity.Who, in *restoreInput) (outcome[client.Ordered], error) {
	return s.commanded(ctx, who, in.ID, func(ctx context.Context) error {
		_, err := s.Panel.RestoreSnapshot(ctx, who, in.ID, in.Body.SnapshotID)
		return err
	})
}

func (s *server) listSnapshotPrices(ctx context.Context, who identity.Who, _ *struct{}) ([]client.PriceVersion, error) {
	c, err := s.defaultCurrency(ctx)
	if err != nil {
		return nil, err
	}
	versions, err := s.Panel.SnapshotPriceHistory(ctx, who)
	return each(versions, func(v panel.PriceVersion) client.PriceVersion { return priceVersion(c, v) }), err
}

// snapshotPriceInput is another price of a GiB.
type snapshotPriceInput struct {
	Keyed
	Body client.NewPrice
}

func (s *server) changeSnapshotPrice(ctx context.Context, who identity.Who, in *snapshotPriceInput) (out outcome[client.PriceVersion], err error) {
	amounts, err := priceInput(in.Body.NewAmount)
	if err != nil {
		return out, err
	}
	if _, err := s.Panel.ChangeSnapshotPrice(ctx, who, amounts, in.Body.Existing); err != nil {
		return out, err
	}
	version, err := s.Panel.SnapshotPrice(ctx)
	if err != nil {
		return out, err
	}
	c, err := s.defaultCurrency(ctx)
	return created("/v1/admin/snapshot-prices", priceVersion(c, version)), err
}
