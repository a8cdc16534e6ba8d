package panel

import (
	"context"
	"fmt"
	"reflect"
	"strings"

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
}

// PreviewSettings judges every account by other settings without doing anything.
func (p *Panel) PreviewSettings(ctx context.Context, who identity.Who, change func(*Settings)) (effect Preview, err error) {
	err = p.look(ctx, who, identity.WriteSettings, func(tx Tx) error {
		settings, err := tx.Settings()
		if err != nil {
			return err
		}
		change(&settings)
		if err := settings.Validate(); err != nil {
			return err
		}
		return eachAccount(tx, func(a Account) error {
			open, err := tx.OpenSegments(a.ID)
			if err != nil {
				return err
			}
			balance, err := a.Position(open).Balance(max(tx.Now(), a.SeenAt))
			if err != nil {
				return err
			}
			after, _ := settings.Judge(a.Taken, balance)
			effect.count(a.Taken.Low, after.Low, &effect.Low)
			effect.count(a.Taken.Negative, after.Negative, &effect.Negative)
			effect.count(a.Taken.Suspended, after.Suspended, &effect.Suspended)
			effect.count(after.Suspended, a.Taken.Suspended, &effect.Resumed)
			return nil
		})
	})
	return effect, err
}

func (*Preview) count(before, after bool, n *int64) {
	if after && !before {
		*n++
	}
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
