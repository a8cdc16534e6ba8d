package scenario

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// WriteTables writes the result for people.
func (r *Result) WriteTables(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "WHEN\tACCOUNT\tWHAT\t")
	for _, h := range r.Timeline {
		account := "-"
		if h.Account != nil {
			account = *h.Account
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", h.At, account, h.Event, strings.TrimSpace(h.details()))
	}
	fmt.Fprintln(t)
	if err := t.Flush(); err != nil {
		return err
	}
	for _, u := range r.Usage {
		if err := u.write(w); err != nil {
			return err
		}
	}
	return r.writeAccounts(w)
}

func (h Happening) details() string {
	var parts []string
	for _, part := range []struct{ label, text string }{
		{"", h.Instance}, {"snapshot ", h.Snapshot}, {"on ", h.Hypervisor}, {"to ", h.planFor("instance.resized")}, {"of ", h.planFor("price.changed")},
		{"", h.Credits}, {"", h.Code}, {"because of ", h.Reason},
	} {
		if part.text != "" {
			parts = append(parts, part.label+part.text)
		}
	}
	return strings.Join(parts, " ")
}

func (h Happening) planFor(event string) string {
	if h.Event != event {
		return ""
	}
	return h.Plan
}

func (u Usage) write(w io.Writer) error {
	fmt.Fprintf(w, "%s, %s\n", u.Account, u.Month)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "instance\tplan\tpercent\tseconds\tcredits\t%s\t\n", u.Currency)
	for _, l := range u.Lines {
		percent := fmt.Sprintf("%d %%", l.Percent)
		if l.Percent == 0 {
			percent = string(l.Kind)
		}
		name, plan := l.Instance, l.Plan
		if l.Snapshot != "" {
			name, plan = l.Snapshot+" of "+l.Instance, string(l.Kind)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%d\t%s\t%s\t\n", name, plan, percent, l.Seconds, l.Credits, l.Amount)
	}
	fmt.Fprintf(t, "\t\t\ttotal\t%s\t%s\t\n\n", u.TotalCredits, u.Total)
	return t.Flush()
}

func (r *Result) writeAccounts(w io.Writer) error {
	fmt.Fprintf(w, "At %s\n", r.End)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, user := range r.users {
		state := ""
		if r.Accounts[user].Suspended {
			state = "suspended"
		}
		fmt.Fprintf(t, "  %s\t%s credits\t%s\n", user, r.Accounts[user].Balance, state)
	}
	fmt.Fprintf(t, "  ledger\t%d transactions\tsum %s\n", r.Ledger.Transactions, r.Ledger.Sum)
	return t.Flush()
}
