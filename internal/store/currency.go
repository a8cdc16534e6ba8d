package store

import (
	"errors"
	"fmt"
	"slices"
	"sync/atomic"

	"accrue/internal/billing"
	"accrue/internal/panel"
)

// valueAt selects, of a currency c, the value in force at $1. Where there was
// none yet it is the first one that came.
const valueAt = `COALESCE(
	(SELECT v.id FROM currency_values v WHERE v.code = c.code AND v.starts_at <= $1 ORDER BY v.starts_at DESC, v.id DESC LIMIT 1),
	(SELECT v.id FROM currency_values v WHERE v.code = c.code ORDER BY v.starts_at, v.id LIMIT 1))`

const selectCurrencies = `
	SELECT c.code, c.prefix, c.suffix, c.decimals, c.is_default, n.value, n.starts_at
	FROM currencies c JOIN currency_values n ON n.id = ` + valueAt

func scanCurrency(r row) (c panel.DatedCurrency, err error) {
	err = r.Scan(&c.Code, &c.Prefix, &c.Suffix, &c.Decimals, &c.Default, &c.Value, &c.Since)
	return c, err
}

// InsertCurrency inserts a currency whose value is in force from c.Since.
func (t *tx) InsertCurrency(c panel.DatedCurrency, actor string) error {
	if err := t.yieldDefault(c); err != nil {
		return err
	}
	if _, err := one(t, scanInt, `
		INSERT INTO currencies (code, prefix, suffix, decimals, is_default) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT DO NOTHING RETURNING decimals`,
		c.Code, c.Prefix, c.Suffix, c.Decimals, c.Default); errors.Is(err, panel.ErrNotFound) {
		return t.fail(panel.ErrExists) // the other default has yielded already
	} else if err != nil {
		return err
	}
	return t.insertValue(c.Code, c.Value, c.Since, actor)
}

func (t *tx) UpdateCurrency(c panel.DatedCurrency, at billing.Instant, actor string) error {
	known, err := one(t, scanCurrency, selectCurrencies+` WHERE c.code = $2 /*pg: FOR NO KEY UPDATE OF c */`, at, c.Code)
	if err != nil {
		return err
	}
	if known.Default && !c.Default {
		return fmt.Errorf("%s is the default currency: %w", c.Code, panel.ErrInUse)
	}
	if err := t.yieldDefault(c); err != nil {
		return err
	}
	if err := t.must(`UPDATE currencies SET prefix = $2, suffix = $3, decimals = $4, is_default = $5 WHERE code = $1`,
		c.Code, c.Prefix, c.Suffix, c.Decimals, c.Default); err != nil || known.Value == c.Value {
		return err
	}
	return t.insertValue(c.Code, c.Value, at, actor)
}

// yieldDefault makes way for a currency that becomes the default.
func (t *tx) yieldDefault(to panel.DatedCurrency) error {
	if !to.Default {
		return nil
	}
	_, err := t.exec(`UPDATE currencies SET is_default = FALSE WHERE is_default AND code <> $1`, to.Code)
	return err
}

func (t *tx) insertValue(code string, value billing.Value, from billing.Instant, actor string) error {
	_, err := t.exec(`INSERT INTO currency_values (code, value, starts_at, actor) VALUES ($1, $2, $3, $4)`, code, value, from, actor)
	return err
}

// ListCurrencies has the default currency first, the others by code.
func (t *tx) ListCurrencies(at billing.Instant) ([]panel.DatedCurrency, error) {
	return many(t, scanCurrency, selectCurrencies+` ORDER BY c.is_default DESC, c.code`, at)
}

func (t *tx) ListCurrencyValues(code string) ([]panel.CurrencyValue, error) {
	return many(t, func(r row) (v panel.CurrencyValue, err error) {
		err = r.Scan(&v.Code, &v.Value, &v.From, &v.Actor)
		return v, err
	}, `SELECT code, value, starts_at, actor FROM currency_values WHERE code = $1 ORDER BY starts_at DESC, id DESC`, code)
}

// DeleteCurrency keeps the history of values, and the default currency.
func (t *tx) DeleteCurrency(code string) error {
	if _, err := one(t, scanInt, `SELECT decimals FROM currencies WHERE code = $1 AND is_default`, code); err == nil {
		return fmt.Errorf("%s is the default currency: %w", code, panel.ErrInUse)
	} else if !errors.Is(err, panel.ErrNotFound) {
		return err
	}
	return t.must(`DELETE FROM currencies WHERE code = $1`, code)
}

// Settings of a new database are the default ones; a setting that is younger
// than what was saved has its default.
func (t *tx) Settings() (panel.Settings, error) {
	content, err := one(t, scanString, `SELECT content FROM settings WHERE id = 1`)
	if errors.Is(err, panel.ErrNotFound) {
		return panel.DefaultSettings(), nil
	}
	if err != nil {
		return panel.Settings{}, err
	}
	settings, err := t.store.settings.decode(content)
	return settings, t.fail(err)
}

// settingsDecoder remembers what it has decoded last: settings are read in almost
// every transaction, and written once in a month.
type settingsDecoder struct {
	last atomic.Pointer[decodedSettings]
}

type decodedSettings struct {
	content  string
	settings panel.Settings
}

func (d *settingsDecoder) decode(content string) (panel.Settings, error) {
	known := d.last.Load()
	if known == nil || known.content != content {
		known = &decodedSettings{content, panel.DefaultSettings()}
		if err := (document{&known.settings}).Scan(content); err != nil {
			return panel.Settings{}, err
		}
		d.last.Store(known)
	}
	settings := known.settings
	settings.TopUpPresets = slices.Clone(settings.TopUpPresets)
	return settings, nil
}

func (t *tx) SaveSettings(s panel.Settings) error {
	_, err := t.exec(`
		INSERT INTO settings (id, content) VALUES (1, $1)
		ON CONFLICT (id) DO UPDATE SET content = excluded.content`, document{s})
	return err
}
