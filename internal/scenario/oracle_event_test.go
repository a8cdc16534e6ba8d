package scenario_test

import (
	"math/big"
	"slices"
)

// happen does what an event says, at the second that advance has reached.
func (o *oracle) happen(e paperEvent) {
	switch {
	case e.Create != nil:
		o.create(o.account(e.User), e.Create)
	case e.Resize != nil:
		o.resize(o.account(e.User), e.Resize)
	case e.Start != nil:
		o.power(o.account(e.User), e.Start.Name, true)
	case e.Stop != nil:
		o.power(o.account(e.User), e.Stop.Name, false)
	case e.Delete != nil:
		o.remove(o.account(e.User), e.Delete.Name)
	case e.SnapshotCreate != nil:
		o.shoot(o.account(e.User), e.SnapshotCreate)
	case e.SnapshotDelete != nil:
		o.drop(o.account(e.User), e.SnapshotDelete.Name)
	case e.Credit != "":
		a := o.account(e.User)
		a.entries += micro(e.Credit)
		o.say(a, "credit.added", "credits", credits(micro(e.Credit)))
		o.judge(a)
	case e.Price != nil:
		o.reprice(e.Price)
	case e.Settings != nil:
		o.set(*e.Settings)
		o.say(nil, "settings.changed")
		for _, a := range o.accounts {
			o.judge(a)
		}
	case e.Currency != nil:
		c := o.currency(e.Currency.Code)
		c.values = append(c.values, dated{o.now, rational(e.Currency.Value)})
		o.say(nil, "currency.changed", "code", c.code)
	}
}

func (o *oracle) set(s paperSettings) {
	for _, c := range []struct {
		from *string
		to   *int64
	}{
		{s.Low, &o.limits.low}, {s.Negative, &o.limits.negative},
		{s.Suspension, &o.limits.suspension}, {s.Resume, &o.limits.resume},
	} {
		if c.from != nil {
			*c.to = micro(*c.from)
		}
	}
	if s.CreateOnNegative != nil {
		o.limits.createOnNegative = *s.CreateOnNegative
	}
	if s.ReserveHours != nil {
		o.limits.reserveHours = *s.ReserveHours
	}
	if s.MinimumSeconds != nil {
		o.limits.minimumSeconds = *s.MinimumSeconds
	}
}

// version makes a version of a plan's price, or of that of a GiB.
func (o *oracle) version(p *plan, hourly, monthly *string) *version {
	o.versions++
	made := &version{number: o.versions, plan: p}
	if hourly != nil {
		made.hourly = new(micro(*hourly))
	}
	if monthly != nil {
		made.monthly = new(micro(*monthly))
	}
	return made
}

func (o *oracle) reprice(e *paperPrice) {
	if e.Snapshots {
		o.repriceShots(e)
		return
	}
	p := o.plans[e.Plan]
	p.price = o.version(p, e.Hourly, e.Monthly)
	o.say(nil, "price.changed", "plan", p.Name)
	if e.Apply != "existing" {
		return
	}
	for _, a := range o.accounts {
		for _, s := range a.servers {
			if s.plan == p && s.deleted == 0 {
				s.version = p.price
				o.meter(a, s)
			}
		}
	}
}

// find returns the instance that has the name now.
func (a *account) find(name string) *server {
	return a.servers[slices.IndexFunc(a.servers, func(s *server) bool { return s.name == name && s.deleted == 0 })]
}

// create asks the three questions of section 7.
func (o *oracle) create(a *account, e *paperCreate) {
	p, where := o.plans[e.Plan], o.places[e.Location]
	reject := func(reason string) { o.say(a, "instance.rejected", "instance", e.Name, "reason", reason) }
	if o.stands(a) {
		reject("account_suspended")
		return
	}
	if !o.limits.createOnNegative && !o.affords(a, p.price) {
		reject("insufficient_credit")
		return
	}
	for n := range where.hosts {
		next := (where.last + 1 + n) % len(where.hosts)
		h := where.hosts[next]
		if h.Enabled != nil && !*h.Enabled || !o.room(h, p, nil) {
			continue
		}
		where.last = next
		s := &server{name: e.Name, plan: p, host: h, first: p.price, version: p.price, created: o.now, running: true}
		a.servers = append(a.servers, s)
		o.say(a, "instance.created", "instance", s.name, "hypervisor", h.Name)
		o.meter(a, s)
		return
	}
	reject("no_capacity")
}

// stands says whether the account stands still.
func (o *oracle) stands(a *account) bool {
	return a.suspended || a.balance(o.now) < o.limits.suspension
}

func (o *oracle) affords(a *account, v *version) bool { return a.balance(o.now) >= o.needs(a, v) }

// needs is what an account must have to create one more, at a price.
func (o *oracle) needs(a *account, v *version) int64 {
	var sum int64
	if v != nil {
		sum = o.hourly(v, 100)
	}
	for _, s := range a.all() {
		if n := len(s.segments); n > 0 && s.segments[n-1].to == never {
			sum += o.hourly(s.segments[n-1].version, s.segments[n-1].percent)
		}
	}
	return ratio(1, sum, o.limits.reserveHours)
}

// hourly is the hourly equivalent of a price at a percent, rounded down once
// and for each instance, as what an hour costs.
func (o *oracle) hourly(v *version, percent int64) int64 {
	return row{month: monthOf(o.now), version: v, percent: percent}.full(3600)
}

// room says whether a hypervisor has room for a plan, in place of an instance.
func (o *oracle) room(h *host, p *plan, instead *server) bool {
	vcpus, memory, disk, gpus := p.VCPUs, p.Memory, p.Disk, p.GPUs
	for _, a := range o.accounts {
		for _, s := range a.servers {
			if s.host == h && s.deleted == 0 && s != instead {
				vcpus, memory, disk, gpus = vcpus+s.plan.VCPUs, memory+s.plan.Memory, disk+s.plan.Disk, gpus+s.plan.GPUs
			}
		}
	}
	for _, tag := range p.Tags {
		if !slices.Contains(h.Tags, tag) {
			return false
		}
	}
	most := new(big.Rat).Mul(h.ratio, big.NewRat(h.VCPUs, 1)) // n <= floor(x) is n <= x
	return p.VCPUs <= h.VCPUs && big.NewRat(vcpus, 1).Cmp(most) <= 0 &&
		memory <= h.Memory && disk <= h.Disk && gpus <= h.GPUs
}

func (o *oracle) resize(a *account, e *paperCreate) {
	s, p := a.find(e.Name), o.plans[e.Plan]
	switch {
	case o.stands(a):
		o.say(a, "instance.rejected", "instance", e.Name, "reason", "account_suspended")
	case !o.room(s.host, p, s):
		o.say(a, "instance.rejected", "instance", e.Name, "reason", "no_capacity")
	default:
		s.plan, s.version = p, p.price
		o.say(a, "instance.resized", "instance", s.name, "plan", p.Name)
		o.meter(a, s)
	}
}

func (o *oracle) power(a *account, name string, on bool) {
	s := a.find(name)
	switch {
	case on && o.stands(a):
		o.say(a, "instance.rejected", "instance", name, "reason", "account_suspended")
		return
	case s.running == on:
		return
	case on:
		o.say(a, "instance.started", "instance", name)
	default:
		o.say(a, "instance.stopped", "instance", name)
	}
	s.running = on
	o.meter(a, s)
}

// remove deletes an instance, and charges what is missing to the minimum.
func (o *oracle) remove(a *account, name string) {
	s := a.find(name)
	var charged int64
	for _, r := range s.rows(o.now) {
		charged += r.amount
	}
	s.deleted = o.now
	o.meter(a, s)
	var least int64
	if s.first.hourly != nil {
		least = ratio(3600, *s.first.hourly, o.limits.minimumSeconds)
	} else {
		month := monthOf(s.created)
		least = ratio(endOf(month)-month.Unix(), *s.first.monthly, o.limits.minimumSeconds)
	}
	if s.first.monthly != nil {
		least = min(least, *s.first.monthly)
	}
	s.minimum = max(0, least-charged)
	o.say(a, "instance.deleted", "instance", name)
	o.judge(a)
}
