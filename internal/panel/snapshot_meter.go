package panel

import (
	"context"
	"fmt"
	"slices"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/identity"
)

// metered says whether the snapshot has a segment: while it is there, has a price,
// and nothing holds its account.
func (s Snapshot) metered(account fleet.Holds) bool {
	return s.State == ImageReady && s.PriceID != 0 && account.Empty()
}

// meterSnapshot is meter for a snapshot, which is written down by the caller.
func (b *book) meterSnapshot(s *Snapshot) error {
	wanted := s.metered(b.account.Holds)
	at := slices.IndexFunc(b.open, func(open billing.Segment) bool { return open.Snapshot == s.ID })
	if at >= 0 {
		if wanted && b.open[at].Price.ID == s.PriceID {
			return nil
		}
		if err := b.closeSegment(at, b.now); err != nil {
			return err
		}
	}
	if !wanted {
		return nil
	}
	month := b.now.Month()
	earlier, err := b.tx.SnapshotSegments(s.ID, month.Start(), b.now)
	if err != nil {
		return fmt.Errorf("segments of snapshot %d: %w", s.ID, err)
	}
	price, err := b.tx.Price(s.PriceID)
	if err != nil {
		return fmt.Errorf("price %d: %w", s.PriceID, err)
	}
	return b.beginSegment(billing.Segment{Snapshot: s.ID, Price: price.Times(s.GiB()), Percent: 100}, earlier)
}

// meterSnapshots brings the meters of all snapshots of the account into line with
// its holds.
func (b *book) meterSnapshots() error {
	snapshots, err := b.tx.ListSnapshots(SnapshotFilter{AccountID: b.account.ID})
	if err != nil {
		return err
	}
	for _, s := range snapshots {
		if err := b.meterSnapshot(&s); err != nil {
			return err
		}
	}
	return nil
}

// SnapshotPrice is what a GiB of a snapshot costs now, or the zero version as long
// as the provider has set none: then snapshots cost nothing.
func (p *Panel) SnapshotPrice(ctx context.Context) (price PriceVersion, err error) {
	err = p.view(ctx, func(tx Tx) error {
		prices, err := tx.SnapshotPrices()
		price = first(prices)
		return err
	})
	return price, err
}

// SnapshotPriceHistory returns the prices of a GiB of a snapshot, the newest first.
func (p *Panel) SnapshotPriceHistory(ctx context.Context, who identity.Who) (prices []PriceVersion, err error) {
	err = p.look(ctx, who, identity.ReadSettings, func(tx Tx) error {
		prices, err = tx.SnapshotPrices()
		return err
	})
	return prices, err
}

// ChangeSnapshotPrice makes a new version of what a GiB of a snapshot costs. It
// applies to new snapshots, and with existing to all, from this second on.
func (p *Panel) ChangeSnapshotPrice(ctx context.Context, who identity.Who, in PriceInput, existing bool) (price billing.Price, err error) {
	if in.Traffic != 0 {
		return price, invalid("traffic", "snapshots send nothing")
	}
	err = p.change(ctx, who, identity.WriteCatalog, func(tx Tx) error {
		if price, err = insertPrice(tx, who, 0, in); err != nil {
			return err
		}
		e := Event{Kind: EventPriceChanged, Name: "Snapshots", Actor: who.Actor(), At: tx.Now()}
		if err := tx.InsertEvent(e); err != nil {
			return err
		}
		if err := audit(tx, who, "price.change", "snapshots", describePrice("snapshots", price, 0, existing)); err != nil {
			return err
		}
		if !existing {
			return nil
		}
		return repriceSnapshots(tx, price.ID)
	})
	return price, err
}

// repriceSnapshots moves every snapshot to a version of the price. Accounts are
// opened in the order of their IDs, as reprice does.
func repriceSnapshots(tx Tx, price billing.PriceID) error {
	snapshots, err := tx.ListSnapshots(SnapshotFilter{})
	if err != nil {
		return err
	}
	slices.SortStableFunc(snapshots, func(a, b Snapshot) int { return int(a.AccountID - b.AccountID) })
	for _, group := range chunk(snapshots) {
		b, err := openBook(tx, group[0].AccountID)
		if err != nil {
			return err
		}
		for _, s := range group {
			s.PriceID = price
			if err := b.meterSnapshot(&s); err != nil {
				return fmt.Errorf("snapshot %d: %w", s.ID, err)
			}
			if err := tx.UpdateSnapshot(s); err != nil {
				return err
			}
		}
		if err := b.close(); err != nil {
			return err
		}
	}
	return nil
}

// chunk cuts snapshots that are ordered by account into those of each account.
func chunk(snapshots []Snapshot) (groups [][]Snapshot) {
	for len(snapshots) > 0 {
		n := 1
		for n < len(snapshots) && snapshots[n].AccountID == snapshots[0].AccountID {
			n++
		}
		groups, snapshots = append(groups, snapshots[:n]), snapshots[n:]
	}
	return groups
}
