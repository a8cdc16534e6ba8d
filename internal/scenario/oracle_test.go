package scenario_test

import (
	"math/big"
	"slices"
	"time"
)

// This file is the billing rules read a second time, as naively as can be: no
// package of ours, no index, no settlement. Every balance is worked out again
// from the first segment on, and a crossing is found by looking for it.
// TestOracleAgrees compares it with the program.

// version is a row of section 2: what a plan costs, by the hour, by the month,
// or by the hour up to so much a month.
type version struct {
	number          int    // in the order of their making
	plan            *plan  // nil: of snapshots
	hourly, monthly *int64 // microcredits
}

type plan struct {
	paperPlan
	stopped int64
	price   *version // of new instances
}

// segment is a row of section 3. An open one ends never.
type segment struct {
	from, to int64
	version  *version
	percent  int64
}

const never = int64(1) << 62

// server is an instance, or a snapshot: that is of one, has GiB, and is on.
type server struct {
	name     string
	of       *server
	gib      int64
	plan     *plan
	host     *host
	first    *version
	version  *version // nil: it costs nothing
	created  int64
	running  bool // as its owner wants it
	deleted  int64
	minimum  int64
	segments []segment
}

type account struct {
	name     string
	currency *currency
	entries  int64 // of the ledger, without usage
	servers  []*server
	shots    []*server

	low, negative, suspended bool // the conditions as they were last judged
}

type host struct {
	paperHypervisor
	ratio *big.Rat
}

type place struct {
	hosts []*host
	last  int // used last; -1 before
}

type currency struct {
	code     string
	decimals int
	values   []dated
}

type dated struct {
	from  int64
	value *big.Rat
}

type limits struct {
	low, negative, suspension, resume int64
	createOnNegative                  bool
	reserveHours, minimumSeconds      int64
}

// oracle knows what must come out.
type oracle struct {
	start, now int64
	limits     limits
	currencies []*currency
	usual      *currency
	places     map[string]*place
	plans      map[string]*plan
	perGiB     *version // nil: snapshots cost nothing
	versions   int
	accounts   []*account
	timeline   []map[string]any
}

// foretell works out a whole scenario.
func foretell(p paper) prophecy {
	o := newOracle(p)
	for _, e := range p.Events {
		o.advance(e.At.Unix())
		o.happen(e)
	}
	o.advance(p.End.Unix())
	return o.prophecy()
}

func newOracle(p paper) *oracle {
	o := &oracle{
		start: p.Start.Unix(), now: p.Start.Unix(), limits: limits{reserveHours: 1, minimumSeconds: 3600},
		places: map[string]*place{}, plans: map[string]*plan{}, timeline: []map[string]any{},
	}
	o.set(p.Settings)
	for _, c := range p.Currencies {
		made := &currency{code: c.Code, decimals: 2}
		if c.Decimals != nil {
			made.decimals = *c.Decimals
		}
		made.values = []dated{{o.now, rational(c.Value)}}
		o.currencies = append(o.currencies, made)
		if c.Default || o.usual == nil {
			o.usual = made
		}
	}
	for _, l := range p.Locations {
		made := &place{last: -1}
		for _, h := range l.Hypervisors {
			ratio := rational("4")
			if h.CPURatio != "" {
				ratio = rational(h.CPURatio)
			}
			made.hosts = append(made.hosts, &host{h, ratio})
		}
		o.places[l.Name] = made
	}
	for _, pp := range p.Plans {
		made := &plan{paperPlan: pp, stopped: 100}
		if pp.Stopped != nil {
			made.stopped = *pp.Stopped
		}
		o.plans[pp.Name] = made
		made.price = o.version(made, pp.Hourly, pp.Monthly)
	}
	if s := p.Snapshots; s != nil {
		o.perGiB = o.version(nil, s.Hourly, s.Monthly)
	}
	for _, u := range p.Users {
		o.open(u)
	}
	return o
}

// open makes an account. Its first judgement, after its opening credit, takes
// the conditions without anything happening.
func (o *oracle) open(u paperUser) {
	a := &account{name: u.Name, currency: o.usual}
	if u.Currency != "" {
		a.currency = o.currency(u.Currency)
	}
	if u.Credit != "" && micro(u.Credit) != 0 {
		a.entries = micro(u.Credit)
		o.say(a, "credit.added", "credits", credits(a.entries))
	}
	o.accounts = append(o.accounts, a)
	a.low, a.negative, a.suspended = o.conditions(a, o.now)
}

func (o *oracle) currency(code string) *currency {
	return o.currencies[slices.IndexFunc(o.currencies, func(c *currency) bool { return c.code == code })]
}

func (o *oracle) account(name string) *account {
	return o.accounts[slices.IndexFunc(o.accounts, func(a *account) bool { return a.name == name })]
}

// say adds to the timeline.
func (o *oracle) say(a *account, event string, more ...string) {
	line := map[string]any{"at": stamp(o.now), "account": nil, "event": event}
	if a != nil {
		line["account"] = a.name
	}
	for n := 0; n < len(more); n += 2 {
		line[more[n]] = more[n+1]
	}
	o.timeline = append(o.timeline, line)
}

// advance lets time pass. Between events a balance can only fall, so that a
// condition of section 6 that is not true at a second was not true before.
func (o *oracle) advance(to int64) {
	for {
		first, at := o.crossing(to)
		if first == nil {
			o.now = to
			return
		}
		o.now = at
		o.judge(first)
	}
}

// crossing finds the account that is first to cross a threshold, until then.
func (o *oracle) crossing(to int64) (first *account, at int64) {
	at = never
	for _, a := range o.accounts {
		if t := o.crossingOf(a, to); t < at {
			first, at = a, t
		}
	}
	return first, at
}

// crossingOf goes through time in steps, as far as nothing is due at their end,
// and then in smaller ones.
func (o *oracle) crossingOf(a *account, to int64) int64 {
	if !o.due(a, to) {
		return never
	}
	if o.due(a, o.now) { // as another account was, at this second
		return o.now
	}
	t := o.now
	for _, step := range []int64{20 * 86400, 86400, 3600, 60, 1} {
		for t+step <= to && !o.due(a, t+step) {
			t += step
		}
	}
	return t + 1
}

func (o *oracle) due(a *account, t int64) bool {
	low, negative, suspended := o.conditions(a, t)
	return low && !a.low || negative && !a.negative || suspended && !a.suspended
}

func (o *oracle) conditions(a *account, t int64) (low, negative, suspended bool) {
	b := a.balance(t)
	return b <= o.limits.low, b < 0 && b <= o.limits.negative, b < o.limits.suspension
}

// judge compares an account with the thresholds, now.
func (o *oracle) judge(a *account) {
	low, negative, suspended := o.conditions(a, o.now)
	if low && !a.low {
		o.say(a, "balance.low")
	}
	if negative && !a.negative {
		o.say(a, "balance.negative")
	}
	a.low, a.negative = low, negative
	switch b := a.balance(o.now); {
	case !a.suspended && suspended:
		a.suspended = true
		o.say(a, "account.suspended")
	case a.suspended && b >= o.limits.resume && b >= o.limits.suspension:
		a.suspended = false
		o.say(a, "account.resumed")
	default:
		return
	}
	for _, s := range a.all() {
		o.meter(a, s)
	}
}

// all returns what an account pays for: instances, and then snapshots.
func (a *account) all() []*server { return slices.Concat(a.servers, a.shots) }

// meter closes the open segment of an instance and opens the one that its state
// now asks for.
func (o *oracle) meter(a *account, s *server) {
	if n := len(s.segments); n > 0 && s.segments[n-1].to == never {
		s.segments[n-1].to = o.now
	}
	percent := int64(100)
	if !s.running {
		percent = s.plan.stopped
	}
	if a.suspended || s.deleted > 0 || s.version == nil {
		percent = 0
	}
	if percent > 0 {
		s.segments = append(s.segments, segment{o.now, never, s.version, percent})
	}
}

func (a *account) balance(t int64) int64 {
	b := big.NewInt(a.entries)
	for _, s := range a.all() {
		for _, r := range s.rows(t) {
			b.Sub(b, big.NewInt(r.amount))
		}
	}
	return whole(b)
}

// row is a line of section 4.
type row struct {
	month           time.Time
	version         *version
	percent         int64
	seconds, amount int64
	minimum         bool
}

// rows walks the segments of an instance, cut at the ends of months.
func (s *server) rows(until int64) (rows []row) {
	var month time.Time
	var limit, counted int64
	for _, piece := range s.segments {
		to := min(piece.to, until)
		for from := piece.from; from < to; {
			if m := monthOf(from); m != month {
				month, limit, counted = m, 0, 0
			}
			cut := min(to, endOf(month))
			n := slices.IndexFunc(rows, func(r row) bool {
				return r.month == month && r.version == piece.version && r.percent == piece.percent
			})
			if n < 0 {
				n = len(rows)
				rows = append(rows, row{month: month, version: piece.version, percent: piece.percent})
			}
			r := &rows[n]
			delta := r.full(r.seconds+cut-from) - r.full(r.seconds)
			if piece.version.monthly != nil {
				limit = max(limit, *piece.version.monthly)
				delta = min(delta, limit-counted)
				counted += delta
			}
			r.seconds += cut - from
			r.amount += delta
			from = cut
		}
	}
	if s.minimum > 0 && s.deleted <= until {
		rows = append(rows, row{month: monthOf(s.deleted), version: s.first, amount: s.minimum, minimum: true})
	}
	return rows
}

// full is what n seconds of a line cost.
func (r row) full(n int64) int64 {
	if r.version.hourly != nil {
		return ratio(100*3600, *r.version.hourly, r.percent, n)
	}
	return ratio(100*(endOf(r.month)-r.month.Unix()), *r.version.monthly, r.percent, n)
}

// ratio is the product, divided and rounded down.
func ratio(by int64, factors ...int64) int64 {
	product := big.NewInt(1)
	for _, f := range factors {
		product.Mul(product, big.NewInt(f))
	}
	return whole(product.Div(product, big.NewInt(by)))
}
