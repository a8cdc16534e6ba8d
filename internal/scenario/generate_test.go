package scenario_test

import (
	"fmt"
	"math/big"
	"slices"
	"time"

	"pgregory.net/rapid"
)

// draft is a scenario that is being made up. The oracle lives it through as it
// grows, so that events can be put where it gets interesting.
type draft struct {
	*rapid.T
	paper  paper
	oracle *oracle
	until  int64
	next   *paperEvent // to happen at the same second
}

const (
	hour = int64(3600)
	day  = 24 * hour
)

// draftScenario makes up a scenario and what must come of it.
func draftScenario(t *rapid.T) (paper, prophecy) {
	d := &draft{T: t}
	d.provider()
	d.oracle = newOracle(d.paper)
	d.until = never
	d.shorten(d.paper.Settings.Settlement)
	for range d.below(40, "events") {
		at := d.oracle.now
		if d.next == nil {
			at = d.instant()
		}
		if at > d.until {
			break
		}
		d.oracle.advance(at)
		e := d.event()
		e.At = time.Unix(at, 0).UTC()
		d.oracle.happen(e)
		if e.Settings != nil && e.Settings.Settlement != nil {
			d.shorten(e.Settings.Settlement)
		}
		d.paper.Events = append(d.paper.Events, e)
	}
	end := min(d.instant(), d.until)
	d.oracle.advance(end)
	d.paper.End = time.Unix(end, 0).UTC()
	return d.paper, d.oracle.prophecy()
}

// shorten keeps scenarios short that are settled every hour: they take longer to
// run than all others together.
func (d *draft) shorten(settlement *string) {
	most := 70 * day
	if settlement == nil || *settlement == "hour" {
		most = 4 * day
	}
	d.until = min(d.until, d.oracle.now+most)
}

// below draws a number, each as often as the others; rapid's own favour the
// smallest.
func (d *draft) below(n int, name string) (drawn int) {
	for _, bit := range rapid.SliceOfN(rapid.Bool(), 10, 10).Draw(d.T, name) {
		drawn *= 2
		if bit {
			drawn++
		}
	}
	return drawn * n / 1024
}

func one[V any](d *draft, name string, of ...V) V { return of[d.below(len(of), name)] }

func (d *draft) chance(percent int, name string) bool { return d.below(100, name) >= 100-percent }

func (d *draft) number(least, most int64, name string) int64 {
	return rapid.Int64Range(least, most).Draw(d.T, name)
}

// provider draws all that a scenario starts with.
func (d *draft) provider() {
	start := one(d, "start", "2026-01-01T00:00:00Z", "2026-01-30T22:59:59Z", "2025-12-31T23:00:00Z", "2026-02-28T20:00:01Z", "2028-02-27T00:00:00Z", "2026-11-29T12:34:56Z")
	d.paper.Start, _ = time.Parse(time.RFC3339, start)
	d.paper.Settings = d.settings()
	if d.chance(70, "settled daily") {
		d.paper.Settings.Settlement = new("day")
	}
	d.paper.PlanGroups = []paperName{{"Standard"}}
	for n := range 1 + d.below(3, "currencies") {
		d.paper.Currencies = append(d.paper.Currencies, paperCurrency{
			Code: []string{"USD", "EUR", "JPY"}[n], Value: d.value(), Prefix: "$", Default: n == 0,
			Decimals: one(d, "decimals", nil, new(0), new(2), new(6)),
		})
	}
	for n := range 1 + d.below(2, "locations") {
		d.paper.Locations = append(d.paper.Locations, paperLocation{fmt.Sprintf("lab%d", n+1), d.hypervisors(n)})
	}
	for n := range 1 + d.below(4, "plans") {
		p := paperPlan{
			Name: fmt.Sprintf("p%d", n+1), Group: "Standard",
			VCPUs: d.number(1, 3, "vcpus"), Memory: 512 * d.number(1, 4, "memory"), Disk: 10 * d.number(1, 4, "disk"),
			Stopped: one(d, "stopped", nil, new(int64(0)), new(int64(50)), new(int64(100)), new(int64(1)), new(int64(33))),
		}
		p.Hourly, p.Monthly = d.price()
		if d.chance(10, "gpu plan") {
			p.GPUs = 1
		}
		if d.chance(10, "tagged plan") {
			p.Tags = []string{"nvme"}
		}
		d.paper.Plans = append(d.paper.Plans, p)
	}
	if d.chance(50, "priced snapshots") {
		d.paper.Snapshots = d.perGiB("")
	}
	for n := range 1 + d.below(3, "users") {
		d.paper.Users = append(d.paper.Users, paperUser{
			Name: []string{"alice", "bob", "carol"}[n], Credit: d.opening(),
			Currency: one(d, "currency", append([]paperCurrency{{}}, d.paper.Currencies...)...).Code,
		})
	}
}

func (d *draft) hypervisors(location int) (made []paperHypervisor) {
	for n := range 1 + d.below(4, "hypervisors") {
		h := paperHypervisor{
			Name:  fmt.Sprintf("hv%d%d", location+1, n+1),
			VCPUs: d.number(1, 6, "host vcpus"), Memory: 1024 * d.number(1, 8, "host memory"), Disk: 10 * d.number(2, 20, "host disk"),
			CPURatio: one(d, "ratio", "", "1", "1.5", "4", "2.25"),
		}
		if d.chance(50, "big host") {
			h.VCPUs, h.Memory, h.Disk = 32, 65536, 2000
		}
		if d.chance(15, "disabled") {
			h.Enabled = new(false)
		}
		if d.chance(30, "gpu host") {
			h.GPUs = d.number(1, 2, "gpus")
		}
		if d.chance(30, "tagged host") {
			h.Tags = []string{"nvme", "big"}
		}
		made = append(made, h)
	}
	return made
}

// settings draws some settings; the others stay what they are.
func (d *draft) settings() (s paperSettings) {
	if d.chance(50, "low") {
		s.Low = new(one(d, "low balance", "0", "1", "5", "50", "-2", "-15", "0.000001"))
	}
	if d.chance(40, "negative") {
		s.Negative = new(one(d, "negative balance", "0", "-0.000001", "-1", "-5", "-20"))
	}
	if d.chance(60, "suspension") {
		s.Suspension = new(one(d, "suspension balance", "0", "-1", "-5", "-10", "-30", "-1000", "-0.000001"))
	}
	if d.chance(30, "resume") {
		s.Resume = new(one(d, "resume balance", "0", "1", "10", "-1", "-5", "-20"))
	}
	if d.chance(40, "on negative") {
		s.CreateOnNegative = new(d.chance(60, "create on negative"))
	}
	if d.chance(30, "reserve") {
		s.ReserveHours = new(one[int64](d, "reserve hours", 0, 1, 2, 24))
	}
	if d.chance(30, "minimum") {
		s.MinimumSeconds = new(one[int64](d, "minimum seconds", 0, 1, 60, 3599, 3600, 86400))
	}
	if d.chance(10, "settlement") {
		s.Settlement = new(one(d, "settlement interval", "day", "hour"))
	}
	return s
}

func (d *draft) value() string {
	if d.chance(30, "odd value") {
		return big.NewRat(d.number(1, 3_000_000_000_000, "value"), 1_000_000_000_000).FloatString(12)
	}
	return one(d, "value", "0.01", "0.0092", "0.0101", "1", "1.53", "123.456789", "0.000001")
}

// price draws an hourly price, a monthly one, or both: a cap that is reached
// soon, in the middle of the month, or never.
func (d *draft) price() (hourly, monthly *string) {
	h := micro(one(d, "hourly", "0.75", "1", "0", "0.000001", "0.004761", "0.333333", "3", "7.2", "0.7", "250000.000001"))
	if d.chance(30, "odd hourly") {
		h = d.number(0, 5_000_000, "hourly micro")
	}
	m := h*one[int64](d, "cap hours", 730, 1, 2, 5, 24, 100, 400, 744) + one[int64](d, "cap more", 0, 1, -1, 333_333)
	m = min(max(m, 0), 10_000_000_000_000) // a price is never more
	switch one(d, "mode", "hourly", "capped", "monthly") {
	case "hourly":
		return new(credits(h)), nil
	case "capped":
		return new(credits(h)), new(credits(m))
	}
	return nil, new(credits(m))
}

func (d *draft) opening() string {
	switch one(d, "opening", "some", "some", "much", "much", "none", "tiny", "some", "debt") {
	case "none":
		return ""
	case "tiny":
		return credits(d.number(1, 3_000_000, "opening micro"))
	case "much":
		return one(d, "opening wealth", "10000", "3000", "900000000")
	case "debt":
		return one(d, "opening debt", "-1", "-5", "-40")
	}
	return one(d, "opening credit", "2", "10", "100", "50", "20")
}

// instant draws when the next thing happens, often where something else does.
func (d *draft) instant() int64 {
	now := d.oracle.now
	beside := func(t int64) int64 { return max(now, t+one[int64](d, "beside", 0, 1, -1)) }
	switch one(d, "gap", "none", "seconds", "minutes", "hours", "days", "crossing", "month", "minimum", "on the hour", "crossing", "cap") {
	case "seconds":
		return now + d.number(1, 10, "gap s")
	case "minutes":
		return now + d.number(1, 5000, "gap s")
	case "hours":
		return now + hour*d.number(1, 30, "gap h")
	case "days":
		return now + d.number(1, 12*day, "gap s")
	case "on the hour":
		return beside(now - now%hour + hour)
	case "month":
		return beside(endOf(monthOf(now)))
	case "crossing":
		if first, at := d.oracle.crossing(d.until); first != nil {
			return beside(at)
		}
	case "minimum":
		if _, s := d.instance(); s != nil {
			return beside(s.created + d.oracle.limits.minimumSeconds)
		}
	case "cap":
		if _, s := d.instance(); s != nil {
			return beside(s.exhausted(now))
		}
	}
	return now
}

// instance draws one that is not deleted, if there is one.
func (d *draft) instance() (*account, *server) {
	var owners []*account
	var all []*server
	for _, a := range d.oracle.accounts {
		for _, s := range a.servers {
			if s.deleted == 0 {
				owners, all = append(owners, a), append(all, s)
			}
		}
	}
	if len(all) == 0 {
		return nil, nil
	}
	n := d.below(len(all), "instance")
	return owners[n], all[n]
}

// exhausted is when an instance has cost all that it will cost this month.
func (s *server) exhausted(t int64) int64 {
	cost := func(t int64) (sum int64) {
		for _, r := range s.rows(t) {
			sum += r.amount
		}
		return sum
	}
	end := endOf(monthOf(t))
	for _, step := range []int64{day, hour, 60, 1} {
		for t+step < end && cost(t+step) < cost(end) {
			t += step
		}
	}
	return t + 1
}

// event draws what happens now.
func (d *draft) event() paperEvent {
	if e := d.next; e != nil {
		d.next = nil
		return *e
	}
	kind := one(d, "kind", "create", "create", "create", "resize", "resize", "power", "power", "power",
		"delete", "credit", "credit", "price", "price", "settings", "currency", "snapshot", "snapshot", "drop")
	switch kind {
	case "credit":
		a := one(d, "account", d.oracle.accounts...)
		return paperEvent{User: a.name, Credit: d.credit(a)}
	case "price":
		if d.chance(30, "of snapshots") {
			p := d.perGiB(one(d, "apply", "existing", "new", ""))
			p.Snapshots = true
			return paperEvent{Price: p}
		}
		p := paperPrice{Plan: one(d, "plan", d.paper.Plans...).Name, Apply: one(d, "apply", "existing", "new", "")}
		p.Hourly, p.Monthly = d.price()
		return paperEvent{Price: &p}
	case "settings":
		s := d.settings()
		if s == (paperSettings{}) {
			s.Suspension = new("-3")
		}
		return paperEvent{Settings: &s}
	case "currency":
		return paperEvent{Currency: &paperCurrency{Code: one(d, "changed", d.paper.Currencies...).Code, Value: d.value()}}
	}
	if kind == "drop" {
		if e := d.drop(); e != nil {
			return *e
		}
		kind = "snapshot"
	}
	a, s := d.instance()
	if a != nil && a.suspended && d.chance(40, "rescue") {
		return paperEvent{User: a.name, Credit: d.credit(a)}
	}
	if s == nil || kind == "create" {
		return d.create()
	}
	e, named := paperEvent{User: a.name}, &paperName{s.name}
	switch kind {
	case "resize":
		others := slices.DeleteFunc(slices.Clone(d.paper.Plans), func(p paperPlan) bool {
			return p.Name == s.plan.Name && s.plan.price == s.version // there is nothing to change
		})
		if len(others) == 0 {
			return d.create()
		}
		e.Resize = &paperCreate{Name: s.name, Plan: one(d, "plan", others...).Name}
		if p := d.oracle.plans[e.Resize.Plan]; p != s.plan && !a.suspended && d.oracle.room(s.host, p, s) && d.chance(30, "and back") {
			d.next = &paperEvent{User: a.name, Resize: &paperCreate{Name: s.name, Plan: s.plan.Name}}
		}
	case "power":
		if s.running != d.chance(15, "to no effect") {
			e.Stop = named
		} else {
			e.Start = named
		}
	case "snapshot":
		e.SnapshotCreate = d.shoot(a, s)
	default:
		e.Delete = named
	}
	return e
}

func (d *draft) create() paperEvent {
	a := one(d, "account", d.oracle.accounts...)
	var free []string
	for n := range len(a.servers) + 1 {
		name := fmt.Sprintf("web%d", n+1)
		if !slices.ContainsFunc(a.servers, func(s *server) bool { return s.name == name && s.deleted == 0 }) {
			free = append(free, name)
		}
	}
	return paperEvent{User: a.name, Create: &paperCreate{
		Name: one(d, "name", free...), Plan: one(d, "plan", d.paper.Plans...).Name,
		Location: one(d, "location", d.paper.Locations...).Name,
	}}
}

// credit draws a credit or a debit, often one that brings the account to a
// threshold or right beside it.
func (d *draft) credit(a *account) string {
	amount := one[int64](d, "credit", 100_000_000, 1_000_000, 10_000_000, -1_000_000, -20_000_000, -100_000_000, 1, -1)
	if d.chance(50, "to a threshold") {
		l := d.oracle.limits
		target := one(d, "threshold", l.low, l.negative, l.suspension, l.resume, 0)
		if d.chance(30, "to the gate") {
			target = d.oracle.needs(a, d.oracle.plans[one(d, "plan", d.paper.Plans...).Name].price)
		}
		amount = target + one[int64](d, "beside", 0, 1, -1) - a.balance(d.oracle.now)
	}
	if amount == 0 {
		amount = 5_000_000
	}
	const most = 1_000_000_000_000_000 // of one adjustment
	return credits(max(-most, min(amount, most)))
}
