package panel

import (
	"fmt"
	"strings"

	"accrue/internal/billing"
	"accrue/internal/fleet"
)

// mailOf is the mail that tells of a notice.
var mailOf = map[billing.Notice]MailKind{
	billing.BalanceLow:       MailLow,
	billing.BalanceNegative:  MailNegative,
	billing.AccountSuspended: MailSuspended,
	billing.AccountResumed:   MailResumed,
}

// mail writes a notice to everybody who signs in for the account. Of several
// notices of one instant the caller passes the gravest; it says it all.
func (b *book) mail(notice billing.Notice) error {
	users, err := b.tx.ListUsers(b.account.ID)
	if err != nil || len(users) == 0 {
		return err
	}
	filled, err := b.notice(notice)
	if err != nil {
		return err
	}
	for _, u := range users {
		if u.Disabled || u.Email == "" {
			continue
		}
		if err := insertMail(b.tx, Mail{AccountID: b.account.ID, Kind: mailOf[notice], To: u.Email, Notice: filled}); err != nil {
			return err
		}
	}
	return nil
}

// insertMail puts a mail into the outbox, and the task that sends it.
func insertMail(tx Tx, m Mail) (err error) {
	m.CreatedAt = tx.Now()
	if m.ID, err = tx.InsertMail(m); err != nil {
		return err
	}
	t := Task{Kind: TaskMail, AccountID: m.AccountID, MailID: m.ID, ExpiresAt: m.CreatedAt + mailExpiry, RequestedBy: "accrue"}
	return insertTask(tx, t, m.CreatedAt)
}

// mailExpiry is how long a notice is worth sending.
const mailExpiry = 3 * billing.Day

// notice fills in what the mail says, in the account's own currency.
func (b *book) notice(notice billing.Notice) (Notice, error) {
	c, err := currencyAt(b.tx, b.account.Currency, b.now)
	if err != nil {
		return Notice{}, err
	}
	balance, err := b.balance()
	if err != nil {
		return Notice{}, err
	}
	instances, err := b.tx.ListInstances(InstanceFilter{AccountID: b.account.ID, LiveOnly: true})
	if err != nil {
		return Notice{}, err
	}
	n := Notice{
		Provider:  b.settings.Provider,
		Name:      b.account.Name,
		Balance:   c.Format(balance),
		Threshold: c.Format(b.threshold(notice)),
		Limit:     c.Format(b.settings.Suspension),
		At:        noticeTime(b.now),
		TopUpURL:  b.settings.link("/billing/topup"),
		UsageURL:  b.settings.link("/usage"),
	}
	for _, i := range instances {
		if i.Lifecycle == fleet.LifecycleActive {
			n.Instances++
		}
	}
	if b.account.Taken.Suspended {
		n.ToLift = c.FormatUp(toLift(b.settings.Thresholds, balance))
	} else if at := b.position().FirstBelow(b.settings.Suspension, b.now, b.now+366*billing.Day); at != billing.Never {
		n.SuspendAt = at.Time().Format("Mon 2 Jan 2006, 15:04 UTC")
	}
	return n, nil
}

// toLift is the least top-up that lifts a billing suspension.
func toLift(t billing.Thresholds, balance billing.Credits) billing.Credits {
	return max(0, max(t.Resume, t.Suspension)-balance)
}

func (b *book) threshold(notice billing.Notice) billing.Credits {
	switch notice {
	case billing.BalanceLow:
		return b.settings.Low
	case billing.BalanceNegative:
		return b.settings.Negative
	case billing.AccountSuspended:
		return b.settings.Suspension
	default:
		return max(b.settings.Resume, b.settings.Suspension)
	}
}

// noticeTime is an instant as mails tell it.
func noticeTime(at billing.Instant) string { return at.Time().Format("Mon 2 Jan 2006, 15:04:05 UTC") }

// link is where a page of the console is; nothing if that is not known.
func (s Settings) link(path string) string {
	if s.PublicURL == "" {
		return ""
	}
	return fmt.Sprint(strings.TrimSuffix(s.PublicURL, "/"), path)
}
