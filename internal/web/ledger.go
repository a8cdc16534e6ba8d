package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"accrue/internal/billing"
	"accrue/internal/export"
	"accrue/internal/panel"
)

// ledgerRows is how many entries a page of the ledger has.
const ledgerRows = 30

// entryKinds are the kinds of entries, as people choose between them.
var entryKinds = []struct {
	kind        panel.TransactionKind
	one, plural string
	badge       string
}{
	{panel.Usage, "Usage", "Usage", ""},
	{panel.TopUp, "Top-up", "Top-ups", "ok"},
	{panel.Voucher, "Voucher", "Vouchers", "ok"},
	{panel.Adjustment, "Adjustment", "Adjustments", "info"},
	{panel.Refund, "Refund", "Refunds", "info"},
	{panel.Reversal, "Reversal", "Reversals", "warn"},
}

func (s *server) billing(w http.ResponseWriter, v *visit) error {
	m, err := s.Panel.Summary(v.Context(), v.who, v.who.AccountID)
	if err != nil {
		return err
	}
	kind := panel.TransactionKind(v.field("kind"))
	filter := panel.LedgerFilter{AccountID: v.who.AccountID, Kind: kind, Before: number(v.field("before")), Limit: ledgerRows + 1}
	entries, err := s.Panel.Ledger(v.Context(), v.who, filter)
	if err != nil {
		return err
	}
	view := BillingView{
		Balance: Stat{Label: "Balance", Value: amount(m.Currency, m.Balance), Note: postedNote(m)},
		Kinds:   kindOptions(kind),
		Exports: []Link{{Text: "CSV, all entries", URL: "/billing.csv"}, {Text: "JSON", URL: "/billing.json"}},
	}
	if m.Balance < 0 {
		view.Balance.Tone = "danger"
	}
	if view.Facts, err = s.moved(v, m); err != nil {
		return err
	}
	for n, e := range entries[:min(len(entries), ledgerRows)] {
		view.Entries = append(view.Entries, entryRow(m.Currency, e, entries[n+1:]))
	}
	view.Pager = ledgerPager(v, entries)
	p, err := s.page(w, v, "Credit and ledger")
	if err != nil {
		return err
	}
	return s.render(w, v, http.StatusOK, BillingPage(p, view))
}

// postedNote says how much of the balance is in the ledger.
func postedNote(m panel.Summary) string {
	posted := m.Account.PostedBalance()
	if posted == m.Balance {
		return "all of it posted"
	}
	return fmt.Sprintf("posted until %s, and %s accrued since", postedUntil(m.Account.SettledAt, m.Now), visibly(m.Currency, posted-m.Balance).Text)
}

func kindOptions(selected panel.TransactionKind) []Option {
	options := []Option{{Text: "All entries", Selected: selected == ""}}
	for _, k := range entryKinds {
		options = append(options, Option{Value: string(k.kind), Text: k.plural, Selected: k.kind == selected})
	}
	return options
}

// moved says what this month has moved: paid in, adjusted, used.
func (s *server) moved(v *visit, m panel.Summary) ([]Stat, error) {
	month := m.Now.Month().Start().Time().Format("January")
	facts := []Stat{}
	for _, group := range []struct {
		label, noun string
		kinds       []panel.TransactionKind
		always      bool
	}{
		{"Paid in, " + month, "top-up", []panel.TransactionKind{panel.TopUp}, true},
		{"Adjusted, " + month, "entry", []panel.TransactionKind{panel.Adjustment, panel.Voucher, panel.Refund, panel.Reversal}, false},
	} {
		var sum billing.Credits
		n := 0
		for _, kind := range group.kinds {
			entries, err := s.Panel.Ledger(v.Context(), v.who, panel.LedgerFilter{AccountID: v.who.AccountID, Kind: kind, Limit: 200})
			if err != nil {
				return nil, err
			}
			for _, e := range entries {
				if e.At.Month() == m.Now.Month() {
					sum += e.Amount
					n++
				}
			}
		}
		if n > 0 || group.always {
			facts = append(facts, Stat{Label: group.label, Value: amount(m.Currency, sum), Note: strings.ReplaceAll(count(n, group.noun), "entrys", "entries")})
		}
	}
	return append(facts, Stat{Label: "Used, " + month, Value: amount(m.Currency, m.MonthUsed), Note: "until now"}), nil
}

// entryRow is an entry as its owner reads it. older are those before it.
func entryRow(c billing.Currency, e panel.Entry, older []panel.Entry) EntryRow {
	row := EntryRow{
		ID:      text(e.ID),
		At:      when(e.At),
		Kind:    Badge{Text: string(e.Kind)},
		Text:    e.Reason,
		Amount:  signed(c, e.Amount),
		Credit:  e.Amount > 0,
		Balance: amount(c, e.Balance),
	}
	for _, k := range entryKinds {
		if k.kind == e.Kind {
			row.Kind = Badge{k.badge, k.one}
		}
	}
	switch {
	case e.Kind == panel.Usage:
		row.Text = export.Description(e, older)
		row.Ref = Link{Text: monthName(e.Month), URL: "/usage?month=" + e.Month.String()}
	case e.Corrects != 0:
		row.Ref = Link{Text: "Entry " + text(e.Corrects)}
	case strings.HasPrefix(e.Key, "payment/order-"):
		row.Ref = Link{Text: "Order", URL: "/billing/topup/" + strings.TrimPrefix(e.Key, "payment/order-")}
	}
	if row.Text == "" {
		row.Text = row.Kind.Text
	}
	if e.Paid != "" {
		row.Text += " (" + e.Paid + ")"
	}
	return row
}

// signed writes a change of a balance, with its sign.
func signed(c billing.Currency, x billing.Credits) Amount {
	shown := visibly(c, x)
	if x > 0 {
		shown.Text, shown.Exact = "+"+shown.Text, "+"+shown.Exact
	}
	return shown
}

// visibly writes an amount that is not zero so that it does not look like it:
// one below the currency's smallest unit gets more decimals.
func visibly(c billing.Currency, x billing.Credits) Amount {
	return Amount{Text: c.FormatSmall(x), Exact: exactly(x)}
}

// ledgerPager leads on to older entries, and back by the way one came.
func ledgerPager(v *visit, entries []panel.Entry) (p Pager) {
	address := func(before, way string) string {
		query := url.Values{}
		for name, value := range map[string]string{"kind": v.field("kind"), "before": before, "way": way} {
			if value != "" {
				query.Set(name, value)
			}
		}
		return strings.TrimSuffix("/billing?"+query.Encode(), "?")
	}
	here, way := v.field("before"), v.field("way")
	if here != "" {
		earlier, last := "", way
		if at := strings.LastIndex(way, "-"); at >= 0 {
			earlier, last = way[:at], way[at+1:]
		}
		p.Newer = address(last, earlier)
	}
	if len(entries) > ledgerRows {
		p.Older = address(text(entries[ledgerRows-1].ID), strings.TrimPrefix(way+"-"+here, "-"))
	}
	return p
}
