package scenario_test

import "slices"

// times is what so many GiB cost. No amount of it is more than a price may be.
func (v *version) times(gib int64) *version {
	if v == nil {
		return nil
	}
	scaled := *v
	for _, amount := range []**int64{&scaled.hourly, &scaled.monthly} {
		if *amount != nil {
			*amount = new(min(**amount*gib, 10_000_000_000_000))
		}
	}
	return &scaled
}

// shoot asks the first two of the questions of section 7, with the price of as
// many GiB as the disk has. There can be ten snapshots of an instance.
func (o *oracle) shoot(a *account, e *paperSnapshot) {
	s := a.find(e.Instance)
	has := 0
	for _, shot := range a.shots {
		if shot.of == s && shot.deleted == 0 {
			has++
		}
	}
	reason := ""
	switch {
	case o.stands(a):
		reason = "account_suspended"
	case !o.limits.createOnNegative && !o.affords(a, o.perGiB.times(s.plan.Disk)):
		reason = "insufficient_credit"
	case has >= 10:
		reason = "conflict"
	}
	if reason != "" {
		o.say(a, "snapshot.rejected", "instance", s.name, "snapshot", e.Name, "reason", reason)
		return
	}
	shot := &server{name: e.Name, of: s, gib: s.plan.Disk, created: o.now, running: true}
	if e.Bytes != nil {
		shot.gib = *e.Bytes >> 30
		if *e.Bytes > shot.gib<<30 {
			shot.gib++
		}
	}
	shot.version = o.perGiB.times(shot.gib)
	a.shots = append(a.shots, shot)
	o.say(a, "snapshot.taken", "instance", s.name, "snapshot", shot.name)
	o.meter(a, shot)
}

// drop deletes a snapshot. There is no minimum charge.
func (o *oracle) drop(a *account, name string) {
	shot := a.shots[slices.IndexFunc(a.shots, func(s *server) bool { return s.name == name && s.deleted == 0 })]
	shot.deleted = o.now
	o.meter(a, shot)
	o.say(a, "snapshot.deleted", "instance", shot.of.name, "snapshot", name)
	o.judge(a)
}

func (o *oracle) repriceShots(e *paperPrice) {
	o.perGiB = o.version(nil, e.Hourly, e.Monthly)
	o.say(nil, "price.changed", "plan", "Snapshots")
	if e.Apply != "existing" {
		return
	}
	for _, a := range o.accounts {
		for _, shot := range a.shots {
			if shot.deleted == 0 {
				shot.version = o.perGiB.times(shot.gib)
				o.meter(a, shot)
			}
		}
	}
}
