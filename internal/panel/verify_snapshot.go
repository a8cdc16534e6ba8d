package panel

import "accrue/internal/billing"

// snapshots checks that an account's snapshots are metered as their states ask for,
// at their price, times their size.
func (v *verification) snapshots(tx Tx, a Account, open []billing.Segment) error {
	metered := map[int64]billing.Segment{}
	for _, s := range open {
		if s.Snapshot != 0 {
			metered[s.Snapshot] = s
		}
	}
	snapshots, err := tx.ListSnapshots(SnapshotFilter{AccountID: a.ID})
	if err != nil || len(metered)+len(snapshots) == 0 {
		return err
	}
	for _, s := range snapshots {
		segment, running := metered[s.ID]
		delete(metered, s.ID)
		wanted := s.metered(a.Holds)
		right := wanted == running
		if wanted && running {
			price, err := tx.Price(s.PriceID)
			if err != nil {
				return err
			}
			right = segment.Price == price.Times(s.GiB()) && segment.Percent == 100
		}
		v.metered.check(1, right, "snapshot %d of account %d: metered is %t, should be %t, at its price", s.ID, a.ID, running, wanted)
	}
	v.metered.check(0, len(metered) == 0, "account %d is metered for %d snapshots that are not there", a.ID, len(metered))
	return nil
}
