package scenario

import (
	"context"
	"encoding/json"
	"io"

	"accrue/internal/billing"
	"accrue/internal/panel"
)

// Result is what a scenario has come to, section 12 of the rules.
type Result struct {
	End      string             `json:"end"`
	Timeline []Happening        `json:"timeline"`
	Accounts map[string]Account `json:"accounts"`
	Usage    []Usage            `json:"usage"`
	Ledger   Ledger             `json:"ledger"`

	users []string // in the order of the file
}

// Happening is a line of the timeline.
type Happening struct {
	At         string  `json:"at"`
	Account    *string `json:"account"`
	Event      string  `json:"event"`
	Credits    string  `json:"credits,omitempty"`
	Instance   string  `json:"instance,omitempty"`
	Snapshot   string  `json:"snapshot,omitempty"`
	Hypervisor string  `json:"hypervisor,omitempty"`
	Reason     string  `json:"reason,omitempty"`
	Plan       string  `json:"plan,omitempty"`
	Code       string  `json:"code,omitempty"`
}

// Account is how an account stands at the end.
type Account struct {
	Balance   billing.Credits `json:"balance"`
	Suspended bool            `json:"suspended"`
}

// Usage is an account's usage report of a month.
type Usage struct {
	Account      string          `json:"account"`
	Month        string          `json:"month"`
	Currency     string          `json:"currency"`
	TotalCredits billing.Credits `json:"total_credits"`
	Total        string          `json:"total"`
	Lines        []Line          `json:"lines"`
}

// Line is a line of a usage report.
type Line struct {
	Instance string          `json:"instance"`
	Snapshot string          `json:"snapshot,omitempty"` // of the instance; empty for what is the instance's own
	Plan     string          `json:"plan"`
	Kind     billing.Kind    `json:"kind"`
	Percent  int64           `json:"percent"`
	Seconds  int64           `json:"seconds"`
	Credits  billing.Credits `json:"credits"`
	Amount   string          `json:"amount"`
}

// Ledger is the proof that no credit was made or lost.
type Ledger struct {
	Transactions int64           `json:"transactions"`
	Sum          billing.Credits `json:"sum"`
}

// WriteJSON writes the result as one object.
func (r *Result) WriteJSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	return encoder.Encode(r)
}

// record adds to the timeline what the feed has got since it was last read.
func (r *run) record(ctx context.Context) error {
	const page = 500
	for {
		events, err := r.panel.Events(ctx, r.who, panel.EventFilter{After: r.lastEvent, Limit: page})
		if err != nil {
			return err
		}
		for _, e := range events {
			r.lastEvent = e.ID
			if h, shown := r.happening(e); shown {
				r.timeline = append(r.timeline, h)
			}
		}
		if len(events) < page {
			return nil
		}
	}
}

// happening turns an event of the feed into a line of the timeline. Events that
// only follow from others are not shown.
func (r *run) happening(e panel.Event) (h Happening, shown bool) {
	h = Happening{At: e.At.String(), Event: e.Kind}
	if name, known := r.accounts[e.AccountID]; known {
		h.Account = &name
	}
	switch e.Kind {
	case panel.EventCreditAdded:
		h.Credits = e.Detail
	case panel.EventInstanceCreated:
		h.Instance, h.Hypervisor = e.Name, e.Detail
	case panel.EventInstanceStarted, panel.EventInstanceStopped, panel.EventInstanceDeleted:
		h.Instance = e.Name
	case panel.EventInstanceResized:
		h.Instance, h.Plan = e.Name, e.Detail
	case panel.EventSnapshotTaken, panel.EventSnapshotDeleted:
		h.Instance, h.Snapshot = e.Name, e.Detail
	case panel.EventPriceChanged:
		h.Plan = e.Name
	case panel.EventCurrencyChanged:
		h.Code = e.Name
	case panel.EventSettingsChanged, panel.EventBalanceLow, panel.EventBalanceNegative,
		panel.EventAccountSuspended, panel.EventAccountResumed:
	default:
		return h, false
	}
	return h, true
}

// reject adds a refusal to the timeline; nothing of it is in the feed.
func (r *run) reject(e event, instance string, code panel.Code) {
	h := Happening{At: r.now.String(), Account: &e.User, Event: "instance.rejected", Instance: instance, Reason: string(code)}
	if e.SnapshotCreate != nil {
		h.Event, h.Snapshot = "snapshot.rejected", e.SnapshotCreate.Name
	}
	r.timeline = append(r.timeline, h)
}

// result reads how everything stands now.
func (r *run) result(ctx context.Context) (*Result, error) {
	result := &Result{
		End:      r.now.String(),
		Timeline: append([]Happening{}, r.timeline...),
		Accounts: map[string]Account{},
		Usage:    []Usage{},
	}
	for _, u := range r.scenario.Users {
		who := r.users[u.Name]
		s, err := r.panel.Summary(ctx, who, who.AccountID)
		if err != nil {
			return nil, err
		}
		result.users = append(result.users, u.Name)
		result.Accounts[u.Name] = Account{Balance: s.Balance, Suspended: s.Account.Taken.Suspended}
		for month := r.scenario.Start.Month(); month <= r.now.Month(); month++ {
			report, err := r.panel.Usage(ctx, who, who.AccountID, month, "")
			if err != nil {
				return nil, err
			}
			if len(report.Lines) > 0 {
				result.Usage = append(result.Usage, usageOf(u.Name, report))
			}
		}
	}
	transactions, sum, err := r.panel.LedgerTotals(ctx)
	result.Ledger = Ledger{Transactions: transactions, Sum: sum}
	return result, err
}

func usageOf(user string, report panel.UsageReport) Usage {
	usage := Usage{
		Account:      user,
		Month:        report.Month.String(),
		Currency:     report.Currency.Code,
		TotalCredits: report.Total,
		Total:        report.Currency.AmountUnits(report.Units),
	}
	for _, l := range report.Lines {
		usage.Lines = append(usage.Lines, Line{
			Instance: l.Instance.Name,
			Snapshot: l.Snapshot.Name(),
			Plan:     l.Plan,
			Kind:     l.Kind,
			Percent:  l.Percent,
			Seconds:  l.Seconds,
			Credits:  l.Amount,
			Amount:   report.Currency.AmountUnits(l.Units),
		})
	}
	return usage
}
