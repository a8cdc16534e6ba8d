package panel

import (
	"context"
	"errors"

	"accrue/internal/billing"
	"accrue/internal/identity"
)

// Revenue is what everyone used in a month.
type Revenue struct {
	Month    billing.Month
	Until    billing.Instant // the month's end, or now while it runs
	Running  bool            // the month is not over
	Accounts []AccountUsage  // those with none left out
	Groups   []GroupUsage    // by plan group, those with none left out
	Total    billing.Credits
	Posted   billing.Credits   // the ledger's usage for the month
	Daily    []billing.Credits // one figure for each day of the month
}

// Totals are what each account used, in the order of Accounts.
func (r Revenue) Totals() (totals []billing.Credits) {
	for _, a := range r.Accounts {
		totals = append(totals, a.Total)
	}
	return totals
}

// AccountUsage is a row of the report of everyone.
type AccountUsage struct {
	Account   Account
	Email     string
	Instances int64
	Seconds   int64
	Total     billing.Credits
	Posted    billing.Credits // the ledger's usage for the month
}

// GroupUsage is what all plans of a group have earned, or all snapshots.
type GroupUsage struct {
	Group PlanGroup // of snapshots: one without a number
	Total billing.Credits
}

// UsageOfEveryone returns what every account used in a month, those with none
// left out.
func (p *Panel) UsageOfEveryone(ctx context.Context, who identity.Who, month billing.Month) (rows []AccountUsage, err error) {
	r, err := p.Revenue(ctx, who, month)
	return r.Accounts, err
}

// Revenue returns what everyone used in a month: by account, by plan group and
// by day. The three add up to the same total, to the microcredit.
func (p *Panel) Revenue(ctx context.Context, who identity.Who, month billing.Month) (r Revenue, err error) {
	err = p.look(ctx, who, identity.ReadReports, func(tx Tx) error {
		now := tx.Now()
		r = Revenue{Month: month, Until: min(now, month.End()), Running: now < month.End(), Daily: make([]billing.Credits, month.Days())}
		names, err := loadNames(tx)
		if err != nil {
			return err
		}
		groups := map[int64]billing.Credits{}
		if err := eachAccount(tx, func(a Account) error { return r.add(tx, a, names, groups) }); err != nil {
			return err
		}
		all, err := tx.ListPlanGroups()
		all = append(all, PlanGroup{Name: "Snapshots"})
		for _, g := range all {
			if groups[g.ID] != 0 {
				r.Groups = append(r.Groups, GroupUsage{Group: g, Total: groups[g.ID]})
			}
		}
		return err
	})
	return r, err
}

func (r *Revenue) add(tx Tx, a Account, n names, groups map[int64]billing.Credits) error {
	until := min(max(tx.Now(), a.SeenAt), r.Month.End())
	segments, oneOffs, err := monthUse(tx, a.ID, r.Month)
	if err != nil || len(segments)+len(oneOffs) == 0 {
		return err
	}
	lines, err := tx.Statement(a.ID, r.Month)
	if errors.Is(err, ErrNotFound) {
		lines, err = billing.LinesOf(segments, oneOffs, r.Month, until), nil
	}
	if err != nil || len(lines) == 0 {
		return err
	}
	row := AccountUsage{Account: a, Instances: countInstances(lines)}
	if row.Total, err = billing.Total(lines); err != nil {
		return err
	}
	for _, line := range lines {
		row.Seconds += line.Seconds
		groups[n.plans[n.prices[line.Price].PlanID].GroupID] += line.Amount
	}
	for day, cost := range billing.Daily(segments, oneOffs, r.Month, until) {
		r.Daily[day] += cost
	}
	users, err := tx.ListUsers(a.ID)
	if err != nil {
		return err
	}
	row.Email = first(users).Email
	if row.Posted, err = tx.UsagePosted(a.ID, r.Month); err != nil {
		return err
	}
	r.Accounts = append(r.Accounts, row)
	r.Posted += row.Posted
	r.Total, err = r.Total.Add(row.Total)
	return err
}

func countInstances(lines []billing.Line) (n int64) {
	seen := map[int64]bool{}
	for _, line := range lines {
		if line.Instance != 0 && !seen[line.Instance] {
			seen[line.Instance] = true
			n++
		}
	}
	return n
}

// DailyRevenue returns what each of the last days earned, today last.
func (p *Panel) DailyRevenue(ctx context.Context, who identity.Who, days int) (earned []billing.Credits, err error) {
	err = p.look(ctx, who, identity.ReadReports, func(tx Tx) error {
		earned, err = dailyUse(tx, 0, days)
		return err
	})
	return earned, err
}

// dailyUse is what each of the last days cost an account, or all of them with 0,
// today last.
func dailyUse(tx Tx, account int64, days int) (use []billing.Credits, err error) {
	now := tx.Now()
	for month := (now - billing.Instant(days-1)*billing.Day).Month(); month <= now.Month(); month++ {
		segments, oneOffs, err := monthUse(tx, account, month)
		if err != nil {
			return nil, err
		}
		daily := billing.Daily(segments, oneOffs, month, now)
		if month == now.Month() {
			daily = daily[:(now-month.Start())/billing.Day+1]
		}
		use = append(use, daily...)
	}
	return use[max(0, len(use)-days):], nil
}
