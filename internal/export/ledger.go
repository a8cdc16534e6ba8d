package export

import (
	"context"

	"accrue/internal/billing"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

// Entries are the entries that fit a filter, the newest first: as many as its
// limit says, or all if that is 0.
func Entries(ctx context.Context, p *panel.Panel, who identity.Who, f panel.LedgerFilter) (all []panel.Entry, err error) {
	const chunk = 500
	most := f.Limit
	for f.Limit = chunk; ; {
		entries, err := p.Ledger(ctx, who, f)
		if err != nil {
			return nil, err
		}
		all = append(all, entries...)
		if most > 0 && len(all) >= most {
			return all[:most], nil
		}
		if len(entries) < chunk {
			return all, nil
		}
		last := entries[chunk-1]
		f.Before, f.After = last.ID, last.AccountID
	}
}

// Ledger is an account's ledger, a row for each of its entries, which come the
// newest first.
func Ledger(entries []panel.Entry) Table {
	t := Table{Name: "ledger", Rows: [][]string{{"id", "at", "kind", "description", "paid", "credits", "balance_credits", "corrects"}}}
	for n, e := range entries {
		t.Rows = append(t.Rows, []string{
			text(e.ID), e.At.String(), string(e.Kind), Description(e, entries[n+1:]), e.Paid, e.Amount.String(), e.Balance.String(), text(e.Corrects),
		})
	}
	return t
}

// Description says what an entry is for. Usage is for the time since the entry of
// usage before it, which is among the older ones.
func Description(e panel.Entry, older []panel.Entry) string {
	if e.Kind != panel.Usage {
		return e.Reason
	}
	for _, before := range older {
		switch {
		case before.Kind != panel.Usage:
		case before.At.Midnight() == e.At.Midnight():
			return "Usage from " + before.At.Time().Format("15:04") + " to " + e.At.Time().Format("15:04")
		default:
			return "Usage from " + shortly(before.At) + " to " + shortly(e.At)
		}
	}
	return "Usage until " + shortly(e.At)
}

func shortly(at billing.Instant) string { return at.Time().Format("2 Jan 15:04") }
