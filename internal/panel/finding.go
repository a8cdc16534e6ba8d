package panel

import (
	"context"
	"fmt"

	"accrue/internal/billing"
	"accrue/internal/identity"
)

// FindingKind says what was found on a hypervisor.
type FindingKind string

// The discoveries: machines with the panel's mark that are where they should not
// be. They are listed, and nothing is ever done about them.
const (
	FindOrphan    FindingKind = "orphan"    // of no instance, or of one that is gone
	FindMisplaced FindingKind = "misplaced" // of an instance that is on another hypervisor
)

// The alarms.
const (
	AlarmMassChange  FindingKind = "mass-change" // too much has changed at once; nothing was done about any of it
	AlarmStranger    FindingKind = "stranger"    // another machine answers in the hypervisor's place
	AlarmUnreachable FindingKind = "unreachable" // the hypervisor does not answer any more
	AlarmLost        FindingKind = "lost"        // an instance's machine is gone
	AlarmCrashing    FindingKind = "crashing"    // a guest was restarted too often
	AlarmUnmetered   FindingKind = "unmetered"   // an instance runs and nobody is billed for it
)

// Finding is something that looks at a hypervisor have shown and that people
// should know. It goes when it is no longer so; until then somebody can say that
// they know.
type Finding struct {
	ID           int64
	Kind         FindingKind
	HypervisorID int64
	InstanceID   int64  // 0 if it is about none
	UID          string // of the machine; empty if it is about the hypervisor
	Detail       string // in words, for administrators
	FoundAt      billing.Instant
	GoneAt       billing.Instant // since when it is no longer so; 0 while it is
	ResolvedAt   billing.Instant // when somebody said that they know; 0: nobody has
	ResolvedBy   string
	Note         string          // what they said
	MailedAt     billing.Instant // when administrators were told by mail; 0: not yet
}

// Alarm says whether the finding is an alarm and not a discovery.
func (f Finding) Alarm() bool { return f.Kind != FindOrphan && f.Kind != FindMisplaced }

// Title says in a few words what was found.
func (k FindingKind) Title() string {
	switch k {
	case FindOrphan:
		return "Machine of no instance"
	case FindMisplaced:
		return "Machine on the wrong hypervisor"
	case AlarmMassChange:
		return "Too much changed at once"
	case AlarmStranger:
		return "Another machine answers"
	case AlarmUnreachable:
		return "A hypervisor does not answer"
	case AlarmLost:
		return "A machine is gone"
	case AlarmCrashing:
		return "A guest does not stay up"
	case AlarmUnmetered:
		return "Nobody is billed for it"
	}
	return string(k)
}

// FindingFilter selects findings, newest first.
type FindingFilter struct {
	HypervisorID int64 // 0: every one
	Present      bool  // only what is still so
	Open         bool  // only what is still so and nobody has resolved
	Unmailed     bool  // only what administrators were not told of by mail
	Before       int64
	Limit        int
}

// AdminAlarms returns alarms, newest first: those that are open, or with all also
// those that are over or were resolved.
func (p *Panel) AdminAlarms(ctx context.Context, who identity.Who, all bool) ([]Finding, error) {
	return p.findings(ctx, who, all, Finding.Alarm)
}

// AdminDiscoveries returns machines that are where they should not be, newest
// first: those that are open, or with all also those that are gone or resolved.
func (p *Panel) AdminDiscoveries(ctx context.Context, who identity.Who, all bool) ([]Finding, error) {
	return p.findings(ctx, who, all, func(f Finding) bool { return !f.Alarm() })
}

// OpenFindings counts the findings that are open.
func (p *Panel) OpenFindings(ctx context.Context, who identity.Who) (open int, err error) {
	found, err := p.findings(ctx, who, false, func(Finding) bool { return true })
	return len(found), err
}

// findingsShown is how many findings of the past are looked through.
const findingsShown = 1000

func (p *Panel) findings(ctx context.Context, who identity.Who, all bool, match func(Finding) bool) (found []Finding, err error) {
	err = p.look(ctx, who, identity.ReadFleet, func(tx Tx) error {
		found, err = visible(func() ([]Finding, error) {
			return tx.ListFindings(FindingFilter{Open: !all, Limit: findingsShown})
		}, match)
		return err
	})
	return found, err
}

// ResolveFinding says that somebody knows: it is not shown any more as long as it
// stays so. A mass change that is resolved is a true one, and the next look acts;
// a stranger that is resolved is the hypervisor from then on.
func (p *Panel) ResolveFinding(ctx context.Context, who identity.Who, id int64, note string) error {
	if len(note) > 500 {
		return invalid("note", "must be at most 500 characters")
	}
	return p.change(ctx, who, identity.WriteFleet, func(tx Tx) error {
		f, err := tx.Finding(id)
		if err != nil {
			return err
		}
		if f.GoneAt != 0 || f.ResolvedAt != 0 {
			return refuse(CodeConflict, "This is over or was resolved already.")
		}
		f.ResolvedAt, f.ResolvedBy, f.Note = tx.Now(), who.Actor(), note
		if err := tx.UpdateFinding(f); err != nil {
			return err
		}
		return audit(tx, who, "finding.resolve", fmt.Sprintf("finding:%d", id), string(f.Kind)+": "+f.Detail)
	})
}

// Sighting is what is remembered of an instance's machine between looks, if there
// is anything to remember.
type Sighting struct {
	InstanceID int64
	Missed     int64             // in how many looks it was not there, one after the other
	MissedAt   billing.Instant   // the last of them; 0 if none
	SeenAt     billing.Instant   // when it was last seen before them; 0 if none
	Restarts   []billing.Instant // when it was restarted lately
	GivenUp    bool              // it is not restarted any more
}

// empty says that there is nothing to remember.
func (s Sighting) empty() bool { return s.Missed == 0 && len(s.Restarts) == 0 && !s.GivenUp }
