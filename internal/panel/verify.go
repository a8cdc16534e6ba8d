package panel

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"accrue/internal/billing"
	"accrue/internal/fleet"
)

// Law is something that always holds, and what was found when it was checked.
type Law struct {
	Name    string
	Checked int64    // how many things it was checked of
	Broken  []string // the things of which it does not hold, and why
}

// Verify proves that the records agree with each other: it replays every charge
// from its segments by the rules as they are written, and compares. It reads
// only, a hypervisor or some accounts at a time, so that it holds nothing up
// however much there is.
func (p *Panel) Verify(ctx context.Context) ([]Law, error) {
	v := verification{
		zero:     Law{Name: "every posting has its counterpart: the ledger sums to zero"},
		overlap:  Law{Name: "segments of an instance or a snapshot never overlap"},
		replay:   Law{Name: "replaying segments gives the charges that were derived"},
		traffic:  Law{Name: "traffic that was charged is what was counted, at its price"},
		frozen:   Law{Name: "frozen statements equal a replay of their month"},
		charged:  Law{Name: "accounts have been charged what their segments cost"},
		posted:   Law{Name: "ledger usage equals derived charges at the last settlement"},
		credited: Law{Name: "balances equal the sum of their ledger entries"},
		metered:  Law{Name: "what runs is metered and what does not is not"},
		room:     Law{Name: "reserved resources equal the sum of live instances"},
	}
	for _, prove := range []func(context.Context, *Panel) error{v.totals, v.hypervisors, v.accounts} {
		if err := prove(ctx, p); err != nil {
			return nil, err
		}
	}
	return []Law{v.zero, v.overlap, v.replay, v.traffic, v.frozen, v.charged, v.posted, v.credited, v.metered, v.room}, nil
}

type verification struct {
	zero, overlap, replay, traffic, frozen, charged, posted, credited, metered, room Law
}

func (l *Law) check(n int64, holds bool, format string, args ...any) {
	l.Checked += n
	if !holds {
		l.Broken = append(l.Broken, fmt.Sprintf(format, args...))
	}
}

// totals checks the ledger as a whole.
func (v *verification) totals(ctx context.Context, p *Panel) error {
	transactions, sum, err := p.LedgerTotals(ctx)
	v.zero.check(transactions, sum == 0, "the sum is %s credits", sum)
	return err
}

// accounts checks every account, batch by batch.
func (v *verification) accounts(ctx context.Context, p *Panel) error {
	for batch := int64(0); ; batch++ {
		err := p.view(ctx, func(tx Tx) (err error) {
			if batch, err = tx.NextBatch(batch); err != nil {
				return err
			}
			return v.batch(tx, batch)
		})
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (v *verification) batch(tx Tx, batch int64) error {
	first, last := BatchAccounts(batch)
	sums, err := tx.SumEntries(batch)
	if err != nil {
		return fmt.Errorf("entries of batch %d: %w", batch, err)
	}
	revenue := sums[BookRevenue]
	v.zero.check(1, revenue.Broken == 0, "the usage of settlement %d does not sum to its revenue", revenue.Broken)
	accounts, err := tx.ListAccounts("", first-1, int(last-first+1))
	if err != nil {
		return err
	}
	for _, a := range accounts {
		if a.ID > last {
			break
		}
		if err := v.account(tx, a, sums[a.ID]); err != nil {
			return fmt.Errorf("account %d: %w", a.ID, err)
		}
	}
	return nil
}

// account checks everything that concerns one account.
func (v *verification) account(tx Tx, a Account, sums LedgerSums) error {
	segments, err := tx.ListSegments(a.ID, 0, 0, billing.Never)
	if err != nil {
		return err
	}
	open := openOnly(segments)
	if a, err = a.Settled(open); err != nil {
		return err
	}
	oneOffs, err := tx.ListOneOffs(a.ID, 0, billing.Never)
	if err != nil {
		return err
	}
	if err := v.meters(tx, a, segments); err != nil {
		return err
	}
	if err := v.snapshots(tx, a, open); err != nil {
		return err
	}
	if err := v.counters(tx, a, oneOffs); err != nil {
		return err
	}
	now := max(tx.Now(), a.SeenAt)
	var cost, settled billing.Credits
	for _, own := range bySubject(segments) {
		v.segments(a, own, now)
		for _, s := range own {
			cost += s.Charge(s.From, now)
			settled += s.Charge(s.From, a.SettledAt)
		}
	}
	for _, m := range oneOffs {
		cost += m.Amount
		if m.At <= a.SettledAt {
			settled += m.Amount
		}
	}
	charges, err := a.Position(open).Charges(now)
	if err != nil {
		return err
	}
	v.charged.check(1, charges == cost, "account %d: charged %s, segments cost %s", a.ID, charges, cost)
	v.ledger(a, sums, settled)
	return v.statements(tx, a, segments, oneOffs, now)
}

func openOnly(segments []billing.Segment) (open []billing.Segment) {
	for _, s := range segments {
		if s.Open() {
			open = append(open, s)
		}
	}
	return open
}

func bySubject(segments []billing.Segment) map[billing.Subject][]billing.Segment {
	groups := map[billing.Subject][]billing.Segment{}
	for _, s := range segments {
		groups[s.Subject()] = append(groups[s.Subject()], s)
	}
	return groups
}

// segments replays the segments of one instance or snapshot.
func (v *verification) segments(a Account, own []billing.Segment, now billing.Instant) {
	for n := 1; n < len(own); n++ {
		v.overlap.check(1, own[n-1].To <= own[n].From, "segments %d and %d of %+v", own[n-1].ID, own[n].ID, own[n].Subject())
	}
	replayed := billing.Replay(own, now)
	var derived []billing.Line
	if len(replayed) > 0 {
		for month := own[0].From.Month(); month <= now.Month(); month++ {
			derived = append(derived, billing.LinesOf(own, nil, month, now)...)
		}
	}
	v.replay.check(int64(len(replayed)), slices.Equal(replayed, derived), "%+v of account %d", own[0].Subject(), a.ID)
}

// meters checks that an account's open segments are those its instances' states
// ask for.
func (v *verification) meters(tx Tx, a Account, segments []billing.Segment) error {
	open := map[int64]billing.Segment{}
	for _, s := range openOnly(segments) {
		open[s.Instance] = s
	}
	b := &book{tx: tx, account: a}
	instances, err := tx.ListInstances(InstanceFilter{AccountID: a.ID})
	if err != nil {
		return err
	}
	for _, i := range instances {
		s, metered := open[i.ID]
		active := i.Facts(a.Holds, "", false)
		wanted := active.BilledPercent(s.Percent)
		if active.Desired == fleet.PowerOn || active.Lifecycle != fleet.LifecycleActive {
			wanted, err = b.percent(i)
			if err != nil {
				return err
			}
		}
		right := wanted == s.Percent && (!metered || s.Price.ID == i.PriceID)
		v.metered.check(1, right, "instance %d of account %d: metered at %d%%, should be %d%%", i.ID, a.ID, s.Percent, wanted)
	}
	return nil
}

// ledger compares the account's figures with the sums of its entries.
func (v *verification) ledger(a Account, sums LedgerSums, settled billing.Credits) {
	v.posted.check(1, sums.Used == a.Posted && a.Posted == settled, "account %d: ledger %s, account %s, segments %s until %s", a.ID, sums.Used, a.Posted, settled, a.SettledAt)
	v.credited.check(1, sums.Other == a.Credited, "account %d: ledger %s, account %s", a.ID, sums.Other, a.Credited)
	v.credited.check(1, sums.Broken == 0, "account %d: the totals in transaction %d are not the sums of its entries", a.ID, sums.Broken)
}

// statements compares every closed month with a replay of it, and with what the
// ledger has for it.
func (v *verification) statements(tx Tx, a Account, segments []billing.Segment, oneOffs []billing.OneOff, now billing.Instant) error {
	months, err := tx.UsedMonths(a.ID, now)
	if err != nil {
		return err
	}
	for _, month := range months {
		if month.End() > a.Since {
			continue
		}
		lines, err := tx.Statement(a.ID, month)
		if err != nil {
			return fmt.Errorf("statement of %s: %w", month, err)
		}
		derived := billing.LinesOf(segments, oneOffs, month, month.End())
		v.frozen.check(1, slices.Equal(lines, derived), "account %d, month %s", a.ID, month)
		total, err := billing.Total(lines)
		if err != nil {
			return err
		}
		posted, err := tx.UsagePosted(a.ID, month)
		if err != nil {
			return err
		}
		v.posted.check(1, posted == total, "account %d, month %s: ledger %s, statement %s", a.ID, month, posted, total)
	}
	return nil
}

// hypervisors compares what each hypervisor has promised with the reservations,
// and those with the instances.
func (v *verification) hypervisors(ctx context.Context, p *Panel) error {
	ids, err := p.HypervisorIDs(ctx)
	for _, id := range ids {
		if err == nil {
			err = p.view(ctx, func(tx Tx) error { return v.hypervisor(tx, id) })
		}
	}
	return err
}

func (v *verification) hypervisor(tx Tx, id int64) error {
	host, err := tx.Hypervisor(id)
	if err != nil {
		return err
	}
	allocations, err := tx.ListAllocations(id)
	if err != nil {
		return err
	}
	instances, err := tx.ListInstances(InstanceFilter{HypervisorID: id})
	if err != nil {
		return err
	}
	there := make(map[int64]Instance, len(instances))
	for _, i := range instances {
		there[i.ID] = i
	}
	var reserved fleet.Resources
	for _, a := range allocations {
		reserved = reserved.Add(a.Size)
		i, here := there[a.InstanceID]
		right := here && i.Live() && i.Lifecycle != fleet.LifecycleFailed
		v.room.check(1, right, "instance %d (%s) has room on hypervisor %d", a.InstanceID, i.Lifecycle, id)
	}
	v.room.check(1, host.Used == reserved, "hypervisor %d: %+v used, %+v reserved", id, host.Used, reserved)
	return nil
}
