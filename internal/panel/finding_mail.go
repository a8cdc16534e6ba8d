package panel

import (
	"context"
	"fmt"
	"slices"

	"accrue/internal/billing"
)

// findingsApart is how far apart mails of findings are, in seconds, at least.
const findingsApart billing.Instant = 300

// findingsTold is how many findings a mail names; it counts what is beyond.
const findingsTold = 50

// MailFindings tells all administrators of the findings that are open and that they
// were not told of yet: in one mail to each, and in no more than one in five
// minutes. Of each finding they are told once.
func (p *Panel) MailFindings(ctx context.Context) error {
	var found []Finding
	err := p.view(ctx, func(tx Tx) (err error) {
		found, err = findingsToTell(tx)
		return err
	})
	if err != nil || len(found) == 0 {
		return err
	}
	return p.update(ctx, func(tx Tx) error {
		if err := tx.TakeTurn("findings.mail"); err != nil {
			return err
		}
		found, err := findingsToTell(tx) // another process may have told them meanwhile
		if err != nil || len(found) == 0 {
			return err
		}
		return mailFindings(tx, found)
	})
}

// findingsToTell are those that administrators are to be told of now, alarms first.
func findingsToTell(tx Tx) ([]Finding, error) {
	found, err := tx.ListFindings(FindingFilter{Open: true, Unmailed: true, Limit: findingsShown})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	last, err := tx.FindingsMailedAt()
	if err != nil || tx.Now()-last < findingsApart {
		return nil, err
	}
	alarms := slices.DeleteFunc(slices.Clone(found), func(f Finding) bool { return !f.Alarm() })
	return append(alarms, slices.DeleteFunc(found, Finding.Alarm)...), nil
}

// mailFindings puts the mails into the outbox.
func mailFindings(tx Tx, found []Finding) error {
	notice, err := noticeOfFindings(tx, found)
	if err != nil {
		return err
	}
	administrators, err := tx.ListUsers(0)
	if err != nil {
		return err
	}
	for _, u := range administrators {
		if u.Disabled || u.Email == "" {
			continue
		}
		if err := insertMail(tx, Mail{Kind: MailFindings, To: u.Email, Notice: notice}); err != nil {
			return err
		}
	}
	for _, f := range found {
		if err := tx.SetFindingMailed(f.ID, tx.Now()); err != nil {
			return err
		}
	}
	return nil
}

func noticeOfFindings(tx Tx, found []Finding) (Notice, error) {
	settings, err := tx.Settings()
	if err != nil {
		return Notice{}, err
	}
	n := Notice{Provider: settings.Provider, At: noticeTime(tx.Now()), FindingsURL: settings.link("/admin/findings")}
	for _, f := range found[:min(len(found), findingsTold)] {
		host, err := tx.Hypervisor(f.HypervisorID)
		if err != nil {
			return Notice{}, err
		}
		n.Found = append(n.Found, fmt.Sprintf("%s, on %s: %s", f.Kind.Title(), host.Name, f.Detail))
	}
	if more := len(found) - findingsTold; more > 0 {
		n.Found = append(n.Found, fmt.Sprintf("and %d more", more))
	}
	return n, nil
}
