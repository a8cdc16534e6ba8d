package panel

import (
	"cmp"
	"fmt"

	"accrue/internal/fleet"
)

// finding is something that the scan has found.
func (s *scan) finding(kind FindingKind, i Instance, detail string) Finding {
	return Finding{Kind: kind, HypervisorID: s.host.ID, InstanceID: i.ID, UID: i.UID, Detail: detail}
}

// findOut notes everything that people should know.
func (s *scan) findOut() error {
	for _, one := range s.sights {
		i := one.instance
		if one.remedy == fleet.RemedyLose || (one.Holds.Has(fleet.HoldLost) && one.Seen == fleet.PowerAbsent) {
			s.wanted = append(s.wanted, s.finding(AlarmLost, i, i.Name+" is gone from the hypervisor"))
		}
		if one.remedy == fleet.RemedyGiveUp || one.known.GivenUp {
			s.wanted = append(s.wanted, s.finding(AlarmCrashing, i, i.Name+" does not stay up and is not restarted any more"))
		}
	}
	if err := s.findUnmetered(); err != nil {
		return err
	}
	for _, m := range s.inventory.Machines {
		if s.expected[m.UID] || m.UID == TestMachineUID {
			continue
		}
		if err := s.discover(m); err != nil {
			return err
		}
	}
	return nil
}

// findUnmetered looks for instances that run and that nobody is billed for.
func (s *scan) findUnmetered() error {
	unmetered, err := s.tx.Unmetered(s.host.ID)
	if err != nil || len(unmetered) == 0 {
		return err
	}
	without := map[int64]bool{}
	for _, id := range unmetered {
		without[id] = true
	}
	for _, one := range s.sights {
		i := one.instance
		if !without[i.ID] || one.Seen != fleet.PowerOn || one.remedy != fleet.RemedyNone {
			continue
		}
		plan, err := s.tx.Plan(i.PlanID)
		if err != nil {
			return err
		}
		if one.BilledPercent(plan.StoppedPercent) > 0 {
			s.wanted = append(s.wanted, s.finding(AlarmUnmetered, i, i.Name+" runs and has no meter"))
		}
	}
	return nil
}

// discover notes a machine with our mark that is of no instance here, unless
// something is about to remove or to make it.
func (s *scan) discover(m Machine) error {
	found, err := s.tx.ListInstances(InstanceFilter{UID: m.UID, Limit: 1})
	if err != nil {
		return err
	}
	i := first(found)
	if i.ID != 0 {
		tasks, err := s.tx.ListTasks(TaskFilter{InstanceID: i.ID, OpenOnly: true})
		if err != nil {
			return err
		}
		for _, t := range tasks {
			if t.HypervisorID == s.host.ID {
				return nil
			}
		}
	}
	f := s.finding(FindOrphan, i, fmt.Sprintf("%s, %d vCPU, %d MiB, %s", cmp.Or(m.Name, "without a name"), m.Size.VCPUs, m.Size.MemoryMiB, m.Power))
	if f.UID = m.UID; i.Live() && i.HypervisorID != s.host.ID && i.ID != 0 {
		f.Kind = FindMisplaced
	}
	s.wanted = append(s.wanted, f)
	return nil
}

// report brings what is known of the hypervisor into line with what the scan has
// found.
func (s *scan) report(known []Finding) error {
	type key struct {
		kind FindingKind
		uid  string
	}
	still := map[key]bool{}
	for _, f := range s.wanted {
		still[key{f.Kind, f.UID}] = true
		if err := s.raise(known, f); err != nil {
			return err
		}
	}
	for _, f := range known {
		if still[key{f.Kind, f.UID}] {
			continue
		}
		if err := s.end(f); err != nil {
			return err
		}
	}
	return nil
}

// end says of a finding that it is no longer so.
func (s *scan) end(f Finding) error {
	f.GoneAt = s.tx.Now()
	return s.tx.UpdateFinding(f)
}

// answers ends the alarm that the hypervisor does not answer, if there is one.
func (s *scan) answers(known []Finding) error {
	for _, f := range known {
		if f.Kind == AlarmUnreachable {
			return s.end(f)
		}
	}
	return nil
}

// raise writes a finding down unless it is known.
func (s *scan) raise(known []Finding, f Finding) error {
	for _, k := range known {
		if k.Kind == f.Kind && k.UID == f.UID {
			return nil
		}
	}
	f.FoundAt = s.tx.Now()
	if _, err := s.tx.InsertFinding(f); err != nil {
		return fmt.Errorf("%s on hypervisor %d: %w", f.Kind, s.host.ID, err)
	}
	return nil
}

// isResolved says whether somebody has said that they know of a kind of thing
// about the hypervisor itself.
func isResolved(known []Finding, kind FindingKind) bool {
	for _, f := range known {
		if f.Kind == kind && f.UID == "" {
			return f.ResolvedAt != 0
		}
	}
	return false
}
