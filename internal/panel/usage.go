package panel

import (
	"context"
	"errors"
	"fmt"

	"accrue/internal/billing"
	"accrue/internal/identity"
)

// UsageReport is what an account used in a month.
type UsageReport struct {
	Account  Account
	Month    billing.Month
	Now      billing.Instant
	Until    billing.Instant // the month's end, or now while it runs
	Closed   bool            // the month is over and its lines are frozen
	Currency billing.Currency
	Lines    []UsageLine
	Total    billing.Credits
	Units    int64             // Total in the currency's smallest unit: the sum of the lines' units
	Daily    []billing.Credits // one figure for each day of the month
	Expected billing.Credits   // what the month comes to if nothing but time passes
	Posted   billing.Credits   // the ledger's usage for the month
	Settled  billing.Instant   // the ledger has what was used until here
	Agrees   bool              // and it has exactly that
	Months   []billing.Month   // months with usage, the newest first

	segments []billing.Segment
	oneOffs  []billing.OneOff
}

// DailyBy splits the daily figures by a key that a charge's subject and price
// give. Those of all keys add up to Daily, day by day.
func (r UsageReport) DailyBy(key func(subject billing.Subject, price billing.PriceID) string) map[string][]billing.Credits {
	segments, oneOffs := map[string][]billing.Segment{}, map[string][]billing.OneOff{}
	days := map[string][]billing.Credits{}
	for _, s := range r.segments {
		k := key(s.Subject(), s.Price.ID)
		segments[k], days[k] = append(segments[k], s), nil
	}
	for _, m := range r.oneOffs {
		k := key(billing.Subject{Instance: m.Instance}, m.Price)
		oneOffs[k], days[k] = append(oneOffs[k], m), nil
	}
	for k := range days {
		days[k] = billing.Daily(segments[k], oneOffs[k], r.Month, r.Until)
	}
	return days
}

// Unposted is what has accrued and is not in the ledger yet. It is 0 for a
// closed month, which proves that report and ledger agree.
func (r UsageReport) Unposted() billing.Credits { return r.Total - r.Posted }

// UsageLine is a line of a report with the names that people know.
type UsageLine struct {
	billing.Line
	Instance InstanceName // or whose disk the snapshot is of
	Snapshot Snapshot     // zero if it is of an instance
	Plan     string       // empty if it is of a snapshot
	Group    PlanGroup    // of the plan
	Location string
	Country  string        // of the location
	Price    billing.Price // for a snapshot that of all of it
	Units    int64         // the amount in the currency's smallest unit
}

// Name is what the line's instance or snapshot is called.
func (l UsageLine) Name() string {
	if l.Snapshot.ID != 0 {
		return l.Snapshot.Name()
	}
	return l.Instance.Name
}

// Usage returns the usage report of an account for a month, in a currency; an
// empty code stands for the account's own. Customers see their own account.
func (p *Panel) Usage(ctx context.Context, who identity.Who, account int64, month billing.Month, currency string) (report UsageReport, err error) {
	if account != who.AccountID && !who.May(identity.ReadReports) {
		return report, ErrNotFound
	}
	err = p.look(ctx, who, identity.ReadBilling, func(tx Tx) error {
		report, err = usageReport(tx, account, month, currency)
		return err
	})
	return report, err
}

// MonthTotal is what a month of an account had cost until an instant of it, with
// a currency as that month is shown in it. Customers see their own account.
func (p *Panel) MonthTotal(ctx context.Context, who identity.Who, account int64, month billing.Month, until billing.Instant, currency string) (total billing.Credits, c billing.Currency, err error) {
	if account != who.AccountID && !who.May(identity.ReadReports) {
		return 0, c, ErrNotFound
	}
	err = p.look(ctx, who, identity.ReadBilling, func(tx Tx) error {
		if c, err = currencyFor(tx, currency, month); err != nil {
			return err
		}
		if until >= month.End() {
			if total, err = tx.StatementTotal(account, month); !errors.Is(err, ErrNotFound) {
				return err
			}
		}
		total, err = usedSince(tx, account, month, min(until, month.End()))
		return err
	})
	return total, c, err
}

func usageReport(tx Tx, account int64, month billing.Month, currency string) (r UsageReport, err error) {
	if r.Account, err = tx.Account(account); err != nil {
		return r, err
	}
	if currency == "" {
		currency = r.Account.Currency
	}
	now := max(tx.Now(), r.Account.SeenAt)
	r.Month, r.Now, r.Until = month, now, min(now, month.End())
	r.Closed = r.Account.Since >= month.End() || (now >= month.End() && r.Account.NextEventAt == billing.Never)
	if r.Currency, err = currencyFor(tx, currency, month); err != nil {
		return r, err
	}
	segments, oneOffs, err := monthUse(tx, account, month)
	if err != nil {
		return r, err
	}
	lines, err := tx.Statement(account, month)
	if errors.Is(err, ErrNotFound) {
		lines, err = billing.LinesOf(segments, oneOffs, month, r.Until), nil
	}
	if err != nil {
		return r, err
	}
	if r.Total, err = billing.Total(lines); err != nil {
		return r, err
	}
	r.segments, r.oneOffs = segments, oneOffs
	r.Daily = billing.Daily(segments, oneOffs, month, r.Until)
	if err := r.compare(tx); err != nil {
		return r, err
	}
	if r.Months, err = tx.UsedMonths(account, now); err != nil {
		return r, err
	}
	return r, r.name(tx, lines)
}

// compare looks up what the ledger has, whether that is what was used until it
// was posted, and what the month comes to.
func (r *UsageReport) compare(tx Tx) (err error) {
	if r.Posted, err = tx.UsagePosted(r.Account.ID, r.Month); err != nil {
		return err
	}
	r.Expected, err = billing.Total(billing.LinesOf(r.segments, r.oneOffs, r.Month, r.Month.End()))
	if err != nil {
		return err
	}
	if r.Settled = r.Until; r.Closed {
		r.Agrees = r.Posted == r.Total
		return nil
	}
	r.Settled = min(max(r.Account.SettledAt, r.Account.BatchedAt), r.Until)
	settled, err := billing.Total(billing.LinesOf(r.segments, r.oneOffs, r.Month, r.Settled))
	r.Agrees = r.Posted == settled
	return err
}

// name joins lines with the names of what they are about, and shares the total
// out to them in the report's currency.
func (r *UsageReport) name(tx Tx, lines []billing.Line) error {
	names, err := loadNames(tx)
	if err != nil {
		return err
	}
	amounts := make([]billing.Credits, len(lines))
	for n, line := range lines {
		amounts[n] = line.Amount
	}
	units, total := r.Currency.Apportion(amounts)
	r.Units = total
	owned, err := tx.InstanceNames(r.Account.ID)
	if err != nil {
		return err
	}
	instances := make(map[int64]*InstanceName, len(owned))
	for n := range owned {
		instances[owned[n].ID] = &owned[n]
	}
	r.Lines = make([]UsageLine, 0, len(lines))
	for n, line := range lines {
		price, s := names.prices[line.Price], Snapshot{}
		if line.Snapshot != 0 {
			if s, err = tx.Snapshot(line.Snapshot); err != nil {
				return fmt.Errorf("line of snapshot %d: %w", line.Snapshot, err)
			}
			price.Price = price.Times(s.GiB())
		}
		i, known := instances[line.Instance+s.InstanceID] // one of them is 0
		if !known {
			return fmt.Errorf("line of instance %d, which account %d does not have", line.Instance, r.Account.ID)
		}
		r.Lines = append(r.Lines, UsageLine{
			Line:     line,
			Instance: *i,
			Snapshot: s,
			Plan:     names.plans[price.PlanID].Name,
			Group:    names.groups[names.plans[price.PlanID].GroupID],
			Location: names.locations[i.LocationID].Name,
			Country:  names.locations[i.LocationID].Country,
			Price:    price.Price,
			Units:    units[n],
		})
	}
	return nil
}

// names are the catalogue by ID.
type names struct {
	plans     map[int64]Plan
	prices    map[billing.PriceID]PriceVersion
	locations map[int64]Location
	images    map[int64]Image
	groups    map[int64]PlanGroup
}

func loadNames(tx Tx) (n names, err error) {
	n = names{map[int64]Plan{}, map[billing.PriceID]PriceVersion{}, map[int64]Location{}, map[int64]Image{}, map[int64]PlanGroup{}}
	plans, err := tx.ListPlans()
	if err != nil {
		return n, fmt.Errorf("plans: %w", err)
	}
	for _, plan := range plans {
		n.plans[plan.ID] = plan
	}
	groups, err := tx.ListPlanGroups()
	if err != nil {
		return n, fmt.Errorf("plan groups: %w", err)
	}
	for _, group := range groups {
		n.groups[group.ID] = group
	}
	prices, err := tx.ListPrices(0)
	if err != nil {
		return n, fmt.Errorf("prices: %w", err)
	}
	for _, price := range prices {
		n.prices[price.ID] = price
	}
	locations, err := tx.ListLocations()
	if err != nil {
		return n, fmt.Errorf("locations: %w", err)
	}
	for _, location := range locations {
		n.locations[location.ID] = location
	}
	images, err := tx.ListImages(ImageFilter{Kind: ImageSystem})
	for _, image := range images {
		n.images[image.ID] = image
	}
	return n, err
}

// Explain returns every piece of an instance's charges, as the rules make them.
func (p *Panel) Explain(ctx context.Context, who identity.Who, instance int64) (steps []billing.Step, err error) {
	err = p.look(ctx, who, identity.ReadBilling, func(tx Tx) error {
		i, err := visibleInstance(tx, who, instance)
		if err != nil {
			return err
		}
		segments, err := tx.ListSegments(i.AccountID, i.ID, 0, billing.Never)
		if err != nil {
			return err
		}
		steps = billing.Explain(segments, tx.Now())
		return nil
	})
	return steps, err
}
