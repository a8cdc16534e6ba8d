package panel

import (
	"errors"
	"fmt"

	"accrue/internal/billing"
	"accrue/internal/fleet"
)

// scan is a complete look at a hypervisor that is compared with what is known of
// its instances, in one transaction.
type scan struct {
	tx        Tx
	began     billing.Instant // no later than the look
	facts     Facts
	inventory Inventory
	changes   []Change

	host     Hypervisor
	rebooted bool
	there    map[string]Machine // with our mark, by UID
	sights   []sight
	expected map[string]bool // the UIDs of instances that belong here
	wanted   []Finding       // what should be known, whether it is already or not
}

// sight is what a scan shows of an instance, and what is to be done about it.
type sight struct {
	fleet.Sight
	instance Instance
	known    Sighting
	remedy   fleet.Remedy
}

// missesApart is how far apart looks are, in seconds, that count as several.
const missesApart billing.Instant = 10

// compare writes down what the look shows, and returns those that something is to
// be done about: nobody, when so much is new that looking is more likely at fault.
func (s *scan) compare(id int64) (act []sight, err error) {
	if s.host, err = s.tx.Hypervisor(id); err != nil {
		return nil, err
	}
	if s.host.Stock.At > s.began {
		return nil, nil // a later look has been compared already
	}
	known, err := s.tx.ListFindings(FindingFilter{HypervisorID: id, Present: true})
	if err != nil {
		return nil, err
	}
	if s.host.HostUID != "" && s.facts.UID != s.host.HostUID && !isResolved(known, AlarmStranger) {
		return nil, s.refuseStranger(known)
	}
	s.rebooted = s.host.Stock.Facts.BootID != "" && s.host.Stock.Facts.BootID != s.facts.BootID
	if err := s.look(); err != nil {
		return nil, err
	}
	if err := sawAlive(s.tx, id); err != nil {
		return nil, err
	}
	if surprises, many := s.surprises(); many && !isResolved(known, AlarmMassChange) {
		detail := fmt.Sprintf("%d of %d machines have changed at once; nothing was done about it", surprises, len(s.sights))
		return nil, errors.Join(s.answers(known), s.raise(known, s.finding(AlarmMassChange, Instance{}, detail)))
	}
	for n := range s.sights {
		if err := s.record(&s.sights[n]); err != nil {
			return nil, fmt.Errorf("instance %d: %w", s.sights[n].instance.ID, err)
		}
		if s.sights[n].remedy != fleet.RemedyNone {
			act = append(act, s.sights[n])
		}
	}
	if err := s.findOut(); err != nil {
		return nil, err
	}
	if err := s.report(known); err != nil {
		return nil, err
	}
	s.host.HostUID, s.host.Taken = s.facts.UID, s.inventory.Taken
	s.host.Stock = Stock{At: s.tx.Now(), Facts: s.facts, Foreign: s.inventory.Foreign}
	return act, s.tx.SetStock(s.host)
}

// refuseStranger believes nothing of a machine that is not the hypervisor.
func (s *scan) refuseStranger(known []Finding) error {
	detail := fmt.Sprintf("%s answers with the identity %s; it was %s", s.host.Name, s.facts.UID, s.host.HostUID)
	if err := s.raise(known, s.finding(AlarmStranger, Instance{}, detail)); err != nil {
		return err
	}
	return s.tx.SetHeartbeat(s.host.ID, false, Heartbeat{SeenAt: s.host.Heartbeat.SeenAt, Error: detail})
}

// look finds out what the machines of the hypervisor's instances do, and what is
// to be done about it.
func (s *scan) look() error {
	s.there, s.expected = map[string]Machine{}, map[string]bool{}
	for _, m := range s.inventory.Machines {
		s.there[m.UID] = m
	}
	instances, err := s.tx.ListInstances(InstanceFilter{HypervisorID: s.host.ID, LiveOnly: true})
	if err != nil {
		return err
	}
	sightings, err := s.tx.ListSightings(s.host.ID)
	if err != nil {
		return err
	}
	known := map[int64]Sighting{}
	for _, seen := range sightings {
		known[seen.InstanceID] = seen
	}
	holds := map[int64]fleet.Holds{}
	for _, i := range instances {
		s.expected[i.UID] = i.Lifecycle != fleet.LifecycleFailed
		if i.Lifecycle != fleet.LifecycleActive || i.ObservedAt > s.began {
			continue // nothing is known of it yet, or more than this look can say
		}
		if _, asked := holds[i.AccountID]; !asked {
			account, err := s.tx.Account(i.AccountID)
			if err != nil {
				return err
			}
			holds[i.AccountID] = account.Holds
		}
		one := sight{instance: i, known: known[i.ID]}
		one.known.InstanceID = i.ID
		one.Seen, one.Rebooted = fleet.PowerAbsent, s.rebooted
		if m, ok := s.there[i.UID]; ok {
			one.Seen = m.Power
			one.ByGuest = m.ByGuest && i.Observed == fleet.PowerOn // later it may be wanted on again
		}
		for _, c := range s.changes {
			one.ByGuest = one.ByGuest || (c.ByGuest && c.UID == i.UID)
		}
		if err := one.judge(s.tx, holds[i.AccountID]); err != nil {
			return err
		}
		s.sights = append(s.sights, one)
	}
	return nil
}

// judge decides what is to be done, given the account's holds. Whether something
// is at work on the instance is asked only when it matters.
func (o *sight) judge(tx Tx, holds fleet.Holds) (err error) {
	now := tx.Now()
	o.Facts = o.instance.Facts(holds, "", false)
	o.Missed, o.GivenUp, o.Restarts = o.known.Missed, o.known.GivenUp, nil
	o.TooSoon = o.known.MissedAt != 0 && now-o.known.MissedAt < missesApart
	for _, at := range o.known.Restarts {
		o.Restarts = append(o.Restarts, int64(at))
	}
	if o.remedy = o.Remedy(int64(now)); o.remedy == fleet.RemedyNone {
		return nil
	}
	if o.Busy, err = isBusy(tx, o.instance.ID, o.remedy); err != nil {
		return err
	}
	o.remedy = o.Remedy(int64(now))
	return nil
}

// isBusy says whether something is at work on an instance, or will be. A power
// task that waits does not keep the owner's own wish from being heard, and nothing
// that waits for a machine but to make it anew says that there is one.
func isBusy(tx Tx, instance int64, remedy fleet.Remedy) (bool, error) {
	tasks, err := tx.ListTasks(TaskFilter{InstanceID: instance, OpenOnly: true})
	for _, t := range tasks {
		waits := t.State != TaskRunning
		switch remedy {
		case fleet.RemedyAdopt:
			waits = waits && t.Kind == TaskPower
		case fleet.RemedyMiss, fleet.RemedyLose:
			waits = waits && t.Kind != TaskRebuild
		default:
			waits = false
		}
		if !waits {
			return true, err
		}
	}
	return false, err
}

// surprises counts what is new and nothing explains, and says whether that is too
// much at once.
func (s *scan) surprises() (n int64, many bool) {
	for _, one := range s.sights {
		if one.Surprising(one.remedy) {
			n++
		}
	}
	return n, fleet.TooMany(n, int64(len(s.sights)))
}

// record writes down what was seen of an instance, if that is new.
func (s *scan) record(one *sight) error {
	i, known, now := one.instance, &one.known, s.tx.Now()
	shown := one.Seen
	if known.GivenUp && shown == fleet.PowerOff {
		shown = fleet.PowerCrashed // which it was before somebody switched it off
	}
	if shown != fleet.PowerAbsent && shown != i.Observed {
		if err := s.tx.SetObserved(i.ID, shown, now); err != nil {
			return err
		}
	}
	before := *known
	known.Restarts = known.Restarts[len(known.Restarts)-len(one.Recent(int64(now))):]
	if one.Seen != fleet.PowerAbsent {
		known.Missed, known.MissedAt, known.SeenAt = 0, 0, 0
	}
	if one.Seen == fleet.PowerOn && known.GivenUp {
		known.GivenUp, known.Restarts = false, nil
	}
	if one.remedy == fleet.RemedyMiss {
		if known.Missed == 0 {
			known.SeenAt = max(s.host.Stock.At, i.ObservedAt, i.ActivatedAt)
		}
		known.Missed, known.MissedAt = known.Missed+1, now
	}
	switch {
	case known.Missed == before.Missed && known.GivenUp == before.GivenUp && len(known.Restarts) == len(before.Restarts):
		return nil
	case known.empty():
		return s.tx.DeleteSighting(i.ID)
	}
	return s.tx.SaveSighting(*known)
}
