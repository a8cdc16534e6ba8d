package panel

import (
	"context"
	"fmt"
	"reflect"
	"strings"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/identity"
)

// Settings returns the provider's settings.
func (p *Panel) Settings(ctx context.Context) (s Settings, err error) {
	err = p.view(ctx, func(tx Tx) error {
		s, err = tx.Settings()
		return err
	})
	return s, err
}

// ChangeSettings puts other settings in force. Every account is judged by them
// at this instant: what turns true of it now follows now.
func (p *Panel) ChangeSettings(ctx context.Context, who identity.Who, change func(*Settings)) error {
	return p.change(ctx, who, identity.WriteSettings, func(tx Tx) error {
		before, err := tx.Settings()
		if err != nil {
			return err
		}
		after := before
		change(&after)
		if err := after.Validate(); err != nil {
			return err
		}
		if err := checkRescueImage(tx, before, after); err != nil {
			return err
		}
		if err := tx.SaveSettings(after); err != nil {
			return err
		}
		detail := changes(before, after)
		e := Event{Kind: EventSettingsChanged, Detail: detail, Actor: who.Actor(), At: tx.Now()}
		if err := tx.InsertEvent(e); err != nil {
			return err
		}
		if err := audit(tx, who, "settings.change", "settings", detail); err != nil {
			return err
		}
		if before.Thresholds == after.Thresholds {
			return nil
		}
		return tx.WakeAccounts(tx.Now())
	})
}

// changes names the settings that differ, with both values.
func changes(before, after Settings) string {
	var lines []string
	var compare func(b, a reflect.Value)
	compare = func(b, a reflect.Value) {
		for i := range b.NumField() {
			field := b.Type().Field(i)
			if field.Anonymous {
				compare(b.Field(i), a.Field(i))
				continue
			}
			if x, y := fmt.Sprint(b.Field(i)), fmt.Sprint(a.Field(i)); x != y {
				lines = append(lines, fmt.Sprintf("%s: %s -> %s", field.Name, x, y))
			}
		}
	}
	compare(reflect.ValueOf(before), reflect.ValueOf(after))
	return strings.Join(lines, "; ")
}

// Preview says what settings would do at once if they were put in force now.
type Preview struct {
	Low, Negative, Suspended, Resumed int64 // accounts that would get the notice

	Before, After AccountCounts     // accounts in each condition, now and then
	Affected      []AffectedAccount // accounts that would get a notice, by ID
}

// AffectedAccount is an account that other settings would do something to.
type AffectedAccount struct {
	Account   Account
	Balance   billing.Credits
	Notices   []billing.Notice
	Instances int64 // that would be suspended or resumed
}

// PreviewSettings judges every account by other settings without doing anything.
func (p *Panel) PreviewSettings(ctx context.Context, who identity.Who, change func(*Settings)) (effect Preview, err error) {
	err = p.look(ctx, who, identity.WriteSettings, func(tx Tx) error {
		effect = Preview{}
		settings, err := tx.Settings()
		if err != nil {
			return err
		}
		change(&settings)
		if err := settings.Validate(); err != nil {
			return err
		}
		return eachAccount(tx, func(a Account) error { return effect.judge(tx, settings, a) })
	})
	return effect, err
}

func (e *Preview) judge(tx Tx, settings Settings, a Account) error {
	open, err := tx.OpenSegments(a.ID)
	if err != nil {
		return err
	}
	balance, err := a.Position(open).Balance(max(tx.Now(), a.SeenAt))
	if err != nil {
		return err
	}
	after, notices := settings.Judge(a.Taken, balance)
	e.Before.count(a.Taken)
	e.After.count(after)
	if len(notices) == 0 {
		return nil
	}
	affected := AffectedAccount{Account: a, Balance: balance, Notices: notices}
	for _, notice := range notices {
		switch notice {
		case billing.BalanceLow:
			e.Low++
		case billing.BalanceNegative:
			e.Negative++
		case billing.AccountSuspended:
			e.Suspended++
		case billing.AccountResumed:
			e.Resumed++
		}
	}
	if after.Suspended != a.Taken.Suspended {
		if affected.Instances, err = countHeld(tx, a, fleet.HoldBilling); err != nil {
			return err
		}
	}
	e.Affected = append(e.Affected, affected)
	return nil
}

func (c *AccountCounts) count(t billing.Conditions) {
	c.All++
	for n, holds := range map[*int64]bool{&c.Low: t.Low, &c.Negative: t.Negative, &c.Suspended: t.Suspended} {
		if holds {
			*n++
		}
	}
}

// countHeld counts the instances that a hold of a kind on the whole account
// keeps from running, or would keep: those that nothing else holds.
func countHeld(tx Tx, a Account, kind fleet.HoldKind) (n int64, err error) {
	instances, err := tx.ListInstances(InstanceFilter{AccountID: a.ID, LiveOnly: true})
	for _, i := range instances {
		if i.Lifecycle == fleet.LifecycleActive && (a.Holds.Without(kind) | i.Holds).Empty() {
			n++
		}
	}
	return n, err
}

// eachAccount calls do with every account, a page at a time.
func eachAccount(tx Tx, do func(Account) error) error {
	const page = 500
	var after int64
	for {
		accounts, err := tx.ListAccounts("", after, page)
		if err != nil {
			return err
		}
		for _, a := range accounts {
			if err := do(a); err != nil {
				return fmt.Errorf("account %d: %w", a.ID, err)
			}
			after = a.ID
		}
		if len(accounts) < page {
			return nil
		}
	}
}
