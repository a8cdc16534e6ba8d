package scenario

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/panel"
)

// setUp builds the provider and its customers at the scenario's start. The
// timeline begins with the customers.
func (r *run) setUp(ctx context.Context) error {
	for _, build := range []struct {
		part string
		do   func(context.Context) error
	}{
		{"currencies", r.addCurrencies},
		{"settings", func(ctx context.Context) error { return r.changeSettings(ctx, r.scenario.Settings) }},
		{"locations", r.addLocations},
		{"plans", r.addPlans},
		{"snapshots", r.priceSnapshots},
	} {
		if err := build.do(ctx); err != nil {
			return fmt.Errorf("%s: %s", build.part, reason(err))
		}
	}
	events, err := r.panel.Events(ctx, r.who, panel.EventFilter{Limit: 1})
	if err != nil {
		return err
	}
	for _, e := range events {
		r.lastEvent = e.ID
	}
	for n, u := range r.scenario.Users {
		if err := r.addUser(ctx, n, u); err != nil {
			return fmt.Errorf("user %q: %s", u.Name, reason(err))
		}
	}
	return r.record(ctx)
}

func (r *run) addCurrencies(ctx context.Context) error {
	var first, rest []currency // the default one is added first, because the first is it
	for _, c := range r.scenario.Currencies {
		if c.Default {
			first = append(first, c)
		} else {
			rest = append(rest, c)
		}
	}
	for _, c := range append(first, rest...) {
		v, err := billing.ParseValue(string(c.Value))
		if err != nil {
			return fmt.Errorf("%s: value_per_credit: %w", c.Code, err)
		}
		dated := panel.DatedCurrency{Default: c.Default}
		dated.Currency = billing.Currency{Code: c.Code, Prefix: c.Prefix, Suffix: c.Suffix, Decimals: 2, Value: v}
		if c.Decimals != nil {
			dated.Decimals = *c.Decimals
		}
		if err := r.panel.AddCurrency(ctx, r.who, dated); err != nil {
			return fmt.Errorf("%s: %s", c.Code, reason(err))
		}
	}
	return nil
}

func (r *run) addLocations(ctx context.Context) error {
	for n, l := range r.scenario.Locations {
		if r.locations[l.Name] != 0 {
			return fmt.Errorf("there are two locations %q", l.Name)
		}
		saved, err := r.panel.SaveLocation(ctx, r.who, panel.Location{Slug: "l" + strconv.Itoa(n+1), Name: l.Name, Visible: true, Position: int64(n)})
		if err != nil {
			return fmt.Errorf("%q: %s", l.Name, reason(err))
		}
		r.locations[l.Name] = saved.ID
		for m, h := range l.Hypervisors {
			if err := r.addHypervisor(ctx, saved.ID, int64(m), h); err != nil {
				return fmt.Errorf("hypervisor %q: %s", h.Name, reason(err))
			}
		}
	}
	return nil
}

func (r *run) addHypervisor(ctx context.Context, location, position int64, h hypervisor) error {
	host := panel.Hypervisor{LocationID: location, Position: position, Driver: "sim"}
	host.Name, host.Tags = h.Name, h.Tags
	host.Capacity = fleet.Resources{VCPUs: h.VCPUs, MemoryMiB: h.MemoryMiB, DiskGiB: h.DiskGiB, GPUs: h.GPUs}
	host.CPURatio = fleet.DefaultCPURatio
	if h.CPURatio != "" {
		ratio, err := fleet.ParseRatio(string(h.CPURatio))
		if err != nil {
			return fmt.Errorf("cpu_ratio: %w", err)
		}
		host.CPURatio = ratio
	}
	host.Enabled = h.Enabled == nil || *h.Enabled
	_, err := r.panel.SaveHypervisor(ctx, r.who, host)
	return err
}

func (r *run) addPlans(ctx context.Context) error {
	groups := map[string]int64{}
	for n, g := range r.scenario.PlanGroups {
		saved, err := r.panel.SavePlanGroup(ctx, r.who, panel.PlanGroup{Name: g.Name, Visible: true, Position: int64(n)})
		if err != nil {
			return fmt.Errorf("group %q: %s", g.Name, reason(err))
		}
		groups[g.Name] = saved.ID
	}
	for n, in := range r.scenario.Plans {
		group, known := groups[in.Group]
		if !known {
			return fmt.Errorf("%q: there is no plan group %q", in.Name, in.Group)
		}
		if err := r.addPlan(ctx, group, int64(n), in); err != nil {
			return fmt.Errorf("%q: %s", in.Name, reason(err))
		}
	}
	return nil
}

func (r *run) addPlan(ctx context.Context, group, position int64, in plan) error {
	p := panel.Plan{GroupID: group, Name: in.Name, StoppedPercent: 100, Visible: true, Position: position}
	p.Size.Resources = fleet.Resources{VCPUs: in.VCPUs, MemoryMiB: in.MemoryMiB, DiskGiB: in.DiskGiB, GPUs: in.GPUs}
	p.Size.Tags = in.Tags
	if in.StoppedPercent != nil {
		p.StoppedPercent = *in.StoppedPercent
	}
	for _, name := range in.Locations {
		id, known := r.locations[name]
		if !known {
			return fmt.Errorf("there is no location %q", name)
		}
		p.Locations = append(p.Locations, id)
	}
	entered, err := priceInput(in.Hourly, in.Monthly)
	if err != nil {
		return err
	}
	saved, err := r.panel.SavePlan(ctx, r.who, p, entered)
	r.plans[in.Name] = saved.ID
	return err
}

func priceInput(hourly, monthly *decimal) (in panel.PriceInput, err error) {
	if in.Hourly, err = optional(hourly); err != nil {
		return in, fmt.Errorf("hourly: %w", err)
	}
	if in.Monthly, err = optional(monthly); err != nil {
		return in, fmt.Errorf("monthly: %w", err)
	}
	return in, nil
}

func optional(d *decimal) (*billing.Credits, error) {
	if d == nil {
		return nil, nil
	}
	amount, err := d.credits()
	return &amount, err
}

func (r *run) addUser(ctx context.Context, n int, u user) error {
	if _, twice := r.users[u.Name]; twice {
		return fmt.Errorf("there are two of that name")
	}
	credit, err := u.Credit.credits()
	if err != nil {
		return fmt.Errorf("credit: %w", err)
	}
	email := fmt.Sprintf("user-%d@scenario.invalid", n+1)
	account, _, err := r.panel.CreateAccount(ctx, r.who, panel.NewAccount{
		Name: u.Name, Email: email, Password: strings.Repeat("scenario ", 2), Currency: u.Currency, Credit: credit,
	})
	if err != nil {
		return err
	}
	who, err := r.panel.UserWho(ctx, email)
	r.users[u.Name], r.accounts[account.ID] = who, u.Name
	return err
}

func (r *run) changePrice(ctx context.Context, in price) error {
	id, known := r.plans[in.Plan]
	switch {
	case in.Snapshots && in.Plan != "":
		return errors.New("snapshots: name a plan, or snapshots, not both")
	case !in.Snapshots && !known:
		return fmt.Errorf("there is no plan %q", in.Plan)
	}
	if in.Apply != "" && in.Apply != "new" && in.Apply != "existing" {
		return fmt.Errorf("apply: %q is neither new nor existing", in.Apply)
	}
	entered, err := priceInput(in.Hourly, in.Monthly)
	if err != nil {
		return err
	}
	if in.Snapshots {
		_, err = r.panel.ChangeSnapshotPrice(ctx, r.who, entered, in.Apply == "existing")
		return err
	}
	_, err = r.panel.ChangePrice(ctx, r.who, id, entered, in.Apply == "existing")
	return err
}

func (r *run) changeCurrency(ctx context.Context, in value) error {
	v, err := billing.ParseValue(string(in.Value))
	if err != nil {
		return fmt.Errorf("value_per_credit: %w", err)
	}
	all, err := r.panel.Currencies(ctx)
	if err != nil {
		return err
	}
	for _, c := range all {
		if c.Code == in.Code {
			c.Value = v
			return r.panel.ChangeCurrency(ctx, r.who, c.Currency)
		}
	}
	return fmt.Errorf("there is no currency %q", in.Code)
}

// changeSettings puts those settings in force that the file names.
func (r *run) changeSettings(ctx context.Context, in settings) error {
	var problem error
	amount := func(to *billing.Credits, from *decimal, field string) {
		if from == nil || problem != nil {
			return
		}
		parsed, err := from.credits()
		if err != nil {
			problem = fmt.Errorf("%s: %w", field, err)
		}
		*to = parsed
	}
	change := func(s *panel.Settings) {
		amount(&s.Low, in.Low, "low_balance")
		amount(&s.Negative, in.Negative, "negative_balance")
		amount(&s.Suspension, in.Suspension, "suspension_balance")
		amount(&s.Resume, in.Resume, "resume_balance")
		set(&s.CreateOnNegative, in.CreateOnNegative)
		set(&s.ReserveHours, in.ReserveHours)
		set(&s.MinimumSeconds, in.MinimumSeconds)
		if in.Settlement != nil {
			s.SettlementInterval = panel.SettlementInterval(*in.Settlement)
		}
	}
	trial := panel.DefaultSettings()
	if change(&trial); problem != nil {
		return problem
	}
	return r.panel.ChangeSettings(ctx, r.who, change)
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}
