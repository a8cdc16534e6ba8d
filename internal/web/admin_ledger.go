package web

import (
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"accrue/internal/export"
	"accrue/internal/panel"
)

const entriesPerPage = 50

// adminKinds are the kinds of entries in words, and what marks them.
var adminKinds = []struct {
	kind       panel.TransactionKind
	text, mark string
}{
	{panel.Usage, "Usage", ""},
	{panel.TopUp, "Top-up", "ok"},
	{panel.Adjustment, "Adjustment", "info"},
	{panel.Voucher, "Voucher", "ok"},
	{panel.Refund, "Refund", "warn"},
	{panel.Reversal, "Reversal", "warn"},
}

func (s *server) adminLedger(w http.ResponseWriter, v *visit) error {
	transactions, sum, err := s.Panel.LedgerTotals(v.Context())
	if err != nil {
		return err
	}
	now, err := s.Panel.Now(v.Context())
	if err != nil {
		return err
	}
	view := AdminLedgerView{
		Query: v.field("q"), Account: v.field("account"), Kinds: []Option{{Text: "Every kind"}},
		Sum: sum.String(), Proven: sum == 0, Checked: "checked at " + clock(now) + " UTC, " + grouped(transactions) + " transactions",
		Exports: []Link{{"CSV", query("/admin/ledger.csv", "q", v.field("q"), "account", v.field("account"), "kind", v.field("kind"))}},
	}
	for _, k := range adminKinds {
		view.Kinds = append(view.Kinds, Option{Value: string(k.kind), Text: k.text, Selected: string(k.kind) == v.field("kind")})
	}
	page := func(before int64) string {
		return query("/admin/ledger", "q", view.Query, "account", view.Account, "kind", v.field("kind"), "before", text(before))
	}
	before := number(v.field("before"))
	if before > 0 {
		view.Pager.Newer = page(0)
	}
	entries, older, err := s.findEntries(v, before, entriesPerPage)
	if err != nil {
		return err
	}
	if older > 0 {
		view.Pager.Older = page(older)
	}
	if view.Entries, err = s.adminEntries(v, entries); err != nil {
		return err
	}
	return s.adminShow(w, v, http.StatusOK, "Ledger", func(p Page) templ.Component { return AdminLedgerPage(p, view) })
}

// findEntries returns the newest entries before one that fit the filter, and the
// transaction before which the next page begins; 0 when there is none. The
// entries of one transaction are never divided between two pages.
func (s *server) findEntries(v *visit, before int64, limit int) (found []panel.Entry, older int64, err error) {
	fits, err := s.entryFilter(v)
	if err != nil {
		return nil, 0, err
	}
	const batch = 500
	filter := panel.LedgerFilter{AccountID: number(v.field("account")), Kind: panel.TransactionKind(v.field("kind")), Before: before, Limit: batch}
	for {
		entries, err := s.Panel.Ledger(v.Context(), v.who, filter)
		if err != nil {
			return nil, 0, err
		}
		more := len(entries) == filter.Limit
		if more {
			whole := wholeTransactions(entries)
			if len(whole) == 0 {
				filter.Limit *= 10
				continue
			}
			entries, filter.Limit = whole, batch
		}
		for n, e := range entries {
			if len(found) >= limit && e.ID != entries[max(n, 1)-1].ID {
				return found, entries[max(n, 1)-1].ID, nil
			}
			if fits(e) {
				found = append(found, e)
			}
			filter.Before = e.ID
		}
		switch {
		case !more:
			return found, 0, nil
		case len(found) >= limit:
			return found, filter.Before, nil
		}
	}
}

// wholeTransactions leaves out the last transaction, which may go on.
func wholeTransactions(entries []panel.Entry) []panel.Entry {
	end := len(entries)
	for end > 0 && entries[end-1].ID == entries[len(entries)-1].ID {
		end--
	}
	return entries[:end]
}

// entryFilter says whether an entry is what is searched for: its account's name
// or e-mail, or its description.
func (s *server) entryFilter(v *visit) (func(panel.Entry) bool, error) {
	words := strings.ToLower(v.field("q"))
	if words == "" {
		return func(panel.Entry) bool { return true }, nil
	}
	accounts := map[int64]bool{}
	rows, err := s.Panel.ListAccounts(v.Context(), v.who, v.field("q"), 0, 200)
	for _, row := range rows {
		accounts[row.Account.ID] = true
	}
	return func(e panel.Entry) bool {
		return accounts[e.AccountID] || strings.Contains(strings.ToLower(e.Reason), words)
	}, err
}

// adminEntries are rows of the ledger, as administrators see them.
func (s *server) adminEntries(v *visit, entries []panel.Entry) (rows []EntryRow, err error) {
	c, err := s.defaultCurrency(v)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, e := range entries {
		ids = append(ids, e.AccountID)
	}
	names, err := s.Panel.AccountNames(v.Context(), v.who, ids...)
	for n, e := range entries {
		row := EntryRow{
			ID: text(e.ID) + "-" + text(e.AccountID), At: when(e.At), Text: adminEntryText(e.Transaction), Account: accountLink(names, e.AccountID),
			Amount: signed(c, e.Amount), Credit: e.Amount > 0, Balance: amount(c, e.Balance), By: "by " + actor(e.Actor),
		}
		for _, k := range adminKinds {
			if k.kind == e.Kind {
				row.Kind = Badge{k.mark, k.text}
			}
		}
		if e.Kind == panel.Usage {
			row.Text, row.By = export.Description(e, olderOf(e, entries[n+1:])), ""
		}
		if e.Paid != "" {
			row.Ref = Link{Text: e.Paid}
		}
		if reversible(e.Transaction) {
			row.Reverse = "/admin/ledger/" + text(e.ID) + "/reverse"
		}
		rows = append(rows, row)
	}
	return rows, err
}

// olderOf picks out the entries of the same account.
func olderOf(e panel.Entry, older []panel.Entry) (same []panel.Entry) {
	for _, o := range older {
		if o.AccountID == e.AccountID {
			return []panel.Entry{o}
		}
	}
	return nil
}

// adminEntryText says what an entry is for.
func adminEntryText(t panel.Transaction) string {
	if t.Reason != "" {
		return t.Reason
	}
	return sentenceStart(string(t.Kind))
}
