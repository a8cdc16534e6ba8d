package bench

import (
	"context"
	"fmt"
	"math/rand/v2"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

// customers are what a database is filled with.
type customers struct {
	accounts, instances int
	credit              func(n int, p billing.Position) billing.Credits // opening credit of the nth account, by what it has used and uses
	room                int                                             // for so many more instances
	uncapped            bool                                            // everything is on the plan that always costs something
}

// plenty lasts for years.
func plenty(int, billing.Position) billing.Credits { return 10_000_000 * billing.Credit }

// perHost is how many instances a hypervisor has.
const perHost = 1000

// size is what every instance takes; plans differ in price.
var size = fleet.Resources{VCPUs: 1, MemoryMiB: 1024, DiskGiB: 10}

// filling writes customers, their instances and their segments as if all had
// happened since the month began.
type filling struct {
	site     *site
	random   *rand.Rand
	at       billing.Instant
	settings panel.Settings
	plans    []panel.Plan
	location int64

	accounts, hosts, instances, segments, transactions int64 // the last numbers so far
	hostsBefore, instancesBefore                       int64 // that were there already

	rows map[string][][]any // by table, not loaded yet
}

// tables are the columns that are filled, in an order in which each table comes
// after those that it refers to.
var tables = []struct{ name, columns string }{
	{"hypervisors", "id, location_id, position, name, vcpus, memory_mib, disk_gib, gpus, cpu_ratio, tags, enabled, online, " +
		"used_vcpus, used_memory_mib, used_disk_gib, used_gpus, instances, driver, endpoint, seen_at, error"},
	{"accounts", "id, name, currency, created_at, holds, credited, posted, charged, since, used_at, settled_at, " +
		"taken_low, taken_negative, taken_suspended, judged, next_event_at, seen_at"},
	{"instances", "id, uid, account_id, name, location_id, hypervisor_id, plan_id, price_id, client_ref, lifecycle, desired_power, " +
		"observed, observed_at, holds, created_at, first_price_id, activated_at, deleted_at, failure"},
	{"allocations", "instance_id, hypervisor_id, vcpus, memory_mib, disk_gib, gpus"},
	{"segments", "id, account_id, instance_id, price_id, mode, hourly, monthly, percent, starts_at, ends_at, " +
		"carry_seconds, carry_capped, carry_cap"},
	{"transactions", "id, key, kind, at, month, actor, reason, paid"},
	{"postings", "account_id, transaction_id, amount, credited, used"},
}

// fill adds customers to a site, and the provider if there is none. The site's
// clock is within a month, and everything of theirs began in it.
func (s *site) fill(ctx context.Context, seed uint64, c customers) error {
	f := &filling{site: s, random: rand.New(rand.NewPCG(seed, 2)), at: s.clock.instant(), rows: map[string][][]any{}}
	if err := f.begin(ctx); err != nil {
		return fmt.Errorf("catalogue: %w", err)
	}
	if c.uncapped {
		f.plans = f.plans[:1]
	}
	if err := s.ground.unload(ctx); err != nil {
		return err
	}
	f.addHosts(c.instances, c.room)
	const batch = 1000
	for first := 0; first < c.accounts; first += batch {
		var credit billing.Credits
		postings := [][]any{}
		f.transactions++
		for n := first; n < min(first+batch, c.accounts); n++ {
			id, opening, err := f.addAccount(n, c)
			if err != nil {
				return err
			}
			credit += opening
			postings = append(postings, []any{id, f.transactions, int64(opening), int64(opening), int64(0)})
		}
		f.row("transactions", f.transactions, fmt.Sprintf("opening/%d", f.transactions), string(panel.Adjustment), int64(f.at), int64(f.at.Month()),
			"bench", "opening credit", "")
		f.rows["postings"] = append(postings, []any{panel.BookAdjustments, f.transactions, int64(-credit), int64(0), int64(0)})
		if err := f.flush(ctx); err != nil {
			return err
		}
	}
	return s.ground.loaded(ctx)
}

// begin finds out what is there already, and makes what every customer needs.
func (f *filling) begin(ctx context.Context) (err error) {
	for table, last := range map[string]*int64{
		"accounts": &f.accounts, "hypervisors": &f.hosts, "instances": &f.instances, "segments": &f.segments, "transactions": &f.transactions,
	} {
		if *last, err = f.site.ground.number(ctx, `SELECT COALESCE(MAX(id), 0) FROM `+table); err != nil {
			return err
		}
	}
	f.hostsBefore, f.instancesBefore = f.hosts, f.instances
	if f.settings, err = f.site.Settings(ctx); err != nil {
		return err
	}
	if f.hosts == 0 {
		if err := f.catalogue(ctx); err != nil {
			return err
		}
	}
	if f.plans, err = f.site.Plans(ctx); err != nil {
		return err
	}
	locations, err := f.site.Locations(ctx)
	if err == nil {
		f.location = locations[0].ID
	}
	return err
}

func (f *filling) row(table string, values ...any) {
	f.rows[table] = append(f.rows[table], values)
}

func (f *filling) flush(ctx context.Context) error {
	if err := f.site.ground.load(ctx, f.rows); err != nil {
		return fmt.Errorf("fill: %w", err)
	}
	for table := range f.rows {
		f.rows[table] = f.rows[table][:0]
	}
	return nil
}

const dollar = "USD"

// catalogue makes what the provider sells: one plan for each kind of price.
func (f *filling) catalogue(ctx context.Context) error {
	s, who := f.site, identity.System("bench")
	value, err := billing.ParseValue("0.01")
	if err != nil {
		return err
	}
	currency := panel.DatedCurrency{Currency: billing.Currency{Code: dollar, Prefix: "$", Decimals: 2, Value: value}}
	if err := s.AddCurrency(ctx, who, currency); err != nil {
		return err
	}
	if _, err := s.SaveLocation(ctx, who, panel.Location{Slug: "here", Name: "Here", Visible: true}); err != nil {
		return err
	}
	group, err := s.SavePlanGroup(ctx, who, panel.PlanGroup{Name: "General", Visible: true})
	if err != nil {
		return err
	}
	for n, price := range prices {
		plan := panel.Plan{GroupID: group.ID, Name: fmt.Sprintf("Plan %d", n+1), Size: fleet.Request{Resources: size}, StoppedPercent: 100, Visible: true}
		if _, err := s.SavePlan(ctx, who, plan, asInput(price)); err != nil {
			return err
		}
	}
	return nil
}

func asInput(price billing.Price) (in panel.PriceInput) {
	if price.Mode != billing.Monthly {
		in.Hourly = &price.Hourly
	}
	if price.Mode != billing.Hourly {
		in.Monthly = &price.Monthly
	}
	return in
}

// addHosts adds hypervisors that have just the room for the instances, and a last
// one that has room for more.
func (f *filling) addHosts(instances, room int) {
	for left := instances; left >= 0; left -= perHost {
		f.hosts++
		used := int64(min(left, perHost))
		spare := used
		if left < perHost {
			spare = used + int64(room)
		}
		f.row("hypervisors", f.hosts, f.location, f.hosts, fmt.Sprintf("hv%d", f.hosts),
			spare*size.VCPUs, spare*size.MemoryMiB, spare*size.DiskGiB, int64(0), int64(fleet.DefaultCPURatio), "[]", true, true,
			used*size.VCPUs, used*size.MemoryMiB, used*size.DiskGiB, int64(0), used, "sim", "", int64(f.at), "")
	}
}

// addAccount adds the nth account with its instances: one tenth of the accounts
// has half of the instances.
func (f *filling) addAccount(n int, c customers) (id int64, opening billing.Credits, err error) {
	f.accounts++
	id = f.accounts
	a := panel.Account{ID: id, Name: fmt.Sprintf("Customer %d", id), Since: f.at.Month().Start(), SeenAt: f.at, Judged: true}
	var open []billing.Segment
	for range share(n, c) {
		open = append(open, f.addInstance(&a))
	}
	a.Credited = c.credit(n, a.Position(open))
	position := a.Position(open)
	balance, err := position.Balance(f.at)
	if err != nil {
		return 0, 0, err
	}
	a.Taken = f.settings.Holds(balance)
	end := a.Since.Month().End()
	a.NextEventAt = min(end, f.settings.NextCrossing(a.Taken, position, f.at, end))
	f.row("accounts", id, a.Name, dollar, int64(a.Since), int64(0), int64(a.Credited), int64(0), int64(a.Charged), int64(a.Since), int64(a.UsedAt),
		int64(0), a.Taken.Low, a.Taken.Negative, a.Taken.Suspended, true, int64(a.NextEventAt), int64(a.SeenAt))
	return id, a.Credited, nil
}

// share is how many instances the nth account has.
func share(n int, c customers) int {
	upTo := func(n int) int {
		large := (n + 9) / 10 // every tenth account, from the first one on
		return int(int64(c.instances) * int64(large*9+(n-large)) / int64(larges(c.accounts)*9+(c.accounts-larges(c.accounts))))
	}
	return upTo(n+1) - upTo(n)
}

func larges(accounts int) int { return (accounts + 9) / 10 }

// addInstance adds an instance of an account, and returns its open segment. One
// in eight was resized on its way, and so has a closed segment and a carry.
func (f *filling) addInstance(a *panel.Account) billing.Segment {
	f.instances++
	plan := f.plans[f.random.IntN(len(f.plans))]
	elapsed := int64(f.at - a.Since)
	from := a.Since + billing.Instant(f.random.Int64N(elapsed))
	s := billing.Segment{Instance: f.instances, Price: plan.Price, Percent: 100, From: from, To: billing.Never}
	first, host := plan.Price.ID, f.hostsBefore+(f.instances-f.instancesBefore-1)/perHost+1
	if f.random.IntN(8) == 0 {
		s.To = from + billing.Instant(f.random.Int64N(int64(f.at-from)))
		f.addSegment(a.ID, s)
		a.Charged += s.Charge(a.Since, s.To)
		a.UsedAt = max(a.UsedAt, s.To)
		plan = f.plans[f.random.IntN(len(f.plans))]
		carry := billing.CarryAt([]billing.Segment{s}, plan.Price.ID, 100, s.To)
		s = billing.Segment{Instance: f.instances, Price: plan.Price, Percent: 100, From: s.To, To: billing.Never, Carry: carry}
	}
	f.row("instances", f.instances, fmt.Sprintf("00000000-0000-7000-8000-%012x", f.instances), a.ID, fmt.Sprintf("vm%d", f.instances), f.location, host,
		plan.ID, int64(plan.Price.ID), "", string(fleet.LifecycleActive), string(fleet.PowerOn), string(fleet.PowerOn), int64(f.at), int64(0),
		int64(from), int64(first), int64(from), int64(0), "")
	f.row("allocations", f.instances, host, size.VCPUs, size.MemoryMiB, size.DiskGiB, int64(0))
	f.addSegment(a.ID, s)
	return s
}

func (f *filling) addSegment(account int64, s billing.Segment) {
	f.segments++
	f.row("segments", f.segments, account, s.Instance, int64(s.Price.ID), int64(s.Price.Mode), int64(s.Price.Hourly), int64(s.Price.Monthly),
		s.Percent, int64(s.From), int64(s.To), s.Carry.Seconds, int64(s.Carry.Capped), int64(s.Carry.Cap))
}
