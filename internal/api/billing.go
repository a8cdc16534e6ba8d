package api

import (
	"context"
	"time"

	"accrue/client"
	"accrue/internal/billing"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

func (s *server) billingOperations() {
	get(s, operation{
		id: "get-balance", tag: "Billing", path: "/v1/billing/balance", need: identity.ReadBilling,
		summary: "The balance to the second, and how long it lasts",
	}, func(ctx context.Context, who identity.Who, _ *struct{}) (client.Balance, error) {
		m, err := s.Panel.Summary(ctx, who, who.AccountID)
		return balance(m), err
	})
	list(s, operation{
		id: "list-ledger", tag: "Billing", path: "/v1/billing/ledger", need: identity.ReadBilling,
		summary: "The account's ledger, newest first",
	}, func(e client.Entry) int64 { return e.ID }, s.listLedger)
	get(s, operation{
		id: "get-usage", tag: "Billing", path: "/v1/billing/usage", need: identity.ReadBilling,
		summary: "What was used in a month, line by line",
	}, func(ctx context.Context, who identity.Who, in *UsageQuery) (client.Usage, error) {
		r, err := s.usageReport(ctx, who, who.AccountID, in)
		return usage(r), err
	})
	get(s, operation{
		id: "get-daily-usage", tag: "Billing", path: "/v1/billing/usage/daily", need: identity.ReadBilling,
		summary: "What each day of a month cost",
	}, func(ctx context.Context, who identity.Who, in *UsageQuery) (client.UsageDays, error) {
		r, err := s.usageReport(ctx, who, who.AccountID, in)
		return usageDays(r), err
	})
}

func balance(m panel.Summary) client.Balance {
	c := m.Currency
	b := client.Balance{
		At: m.Now.Time(), Balance: amount(c, m.Balance), PerHour: hourly(c, m.Burn), MonthUsed: amount(c, m.MonthUsed), LastUsed: amount(c, m.LastUsed),
		ZeroAt: moment(m.ZeroAt), SuspendAt: moment(m.SuspendAt),
		Thresholds: client.Thresholds{
			Low: amount(c, m.Thresholds.Low), Negative: amount(c, m.Thresholds.Negative),
			Suspension: amount(c, m.Thresholds.Suspension), Resume: amount(c, m.Thresholds.Resume),
		},
	}
	if m.ToLift != 0 {
		b.ToLift = given(amountUp(c, m.ToLift))
	}
	return b
}

// ledgerQuery selects entries.
type ledgerQuery struct {
	Page
	Kind string `query:"kind" enum:"top-up,adjustment,voucher,usage,refund,reversal" doc:"Only entries of that kind."`
}

func (s *server) listLedger(ctx context.Context, who identity.Who, in *ledgerQuery, at span) ([]client.Entry, error) {
	if who.AccountID == 0 {
		return nil, newProblem(ctx, codeNotFound, "Administrators have no ledger of their own. That of all accounts is at /v1/admin/ledger.")
	}
	c, err := s.currency(ctx)
	if err != nil {
		return nil, err
	}
	entries, err := s.Panel.Ledger(ctx, who, panel.LedgerFilter{
		AccountID: who.AccountID, Kind: panel.TransactionKind(in.Kind), Before: at.from, Limit: at.limit,
	})
	return each(entries, func(e panel.Entry) client.Entry { return entry(c, who, e) }), err
}

func entry(c billing.Currency, who identity.Who, e panel.Entry) client.Entry {
	out := client.Entry{
		ID: e.ID, AccountID: e.AccountID, At: e.At.Time(), Kind: string(e.Kind), Month: e.Month.String(), Description: e.Reason,
		Paid: e.Paid, Amount: small(c, e.Amount), Balance: amount(c, e.Balance), Corrects: e.Corrects,
	}
	if who.Admin() {
		out.Actor = e.Actor
	}
	return out
}

// UsageQuery says which month, and in what currency.
type UsageQuery struct {
	Month    string `query:"month" pattern:"^[0-9]{4}-(0[1-9]|1[0-2])$" example:"2026-11" doc:"The month; the one that runs if it is absent."`
	Currency string `query:"currency" maxLength:"8" example:"EUR" doc:"The code of a currency; the account's own if it is absent."`
}

func (s *server) usageReport(ctx context.Context, who identity.Who, account int64, in *UsageQuery) (r panel.UsageReport, err error) {
	month, err := s.month(ctx, in.Month)
	if err != nil {
		return r, err
	}
	if account == 0 {
		return r, panel.ErrNotFound
	}
	if in.Currency != "" {
		if err := s.knownCurrency(ctx, in.Currency); err != nil {
			return r, err
		}
	}
	return s.Panel.Usage(ctx, who, account, month, in.Currency)
}

// month reads the name of a month; no name stands for the one that runs.
func (s *server) month(ctx context.Context, name string) (billing.Month, error) {
	if name != "" {
		month, err := billing.ParseMonth(name)
		if err != nil {
			return 0, &panel.Invalid{Field: "month", Message: err.Error()}
		}
		return month, nil
	}
	now, err := s.Panel.Now(ctx)
	return now.Month(), err
}

func (s *server) knownCurrency(ctx context.Context, code string) error {
	all, err := s.Panel.Currencies(ctx)
	if err != nil {
		return err
	}
	for _, c := range all {
		if c.Code == code {
			return nil
		}
	}
	return &panel.Invalid{Field: "currency", Message: "there is no currency " + code}
}

func usage(r panel.UsageReport) client.Usage {
	c := r.Currency
	u := client.Usage{
		AccountID: r.Account.ID, Month: r.Month.String(), Until: r.Until.Time(), Closed: r.Closed, Currency: c.Code,
		Total: inUnits(c, r.Total, r.Units), Posted: amount(c, r.Posted), Expected: amount(c, r.Expected),
		Months: each(r.Months, billing.Month.String),
	}
	u.Lines = each(r.Lines, func(l panel.UsageLine) client.UsageLine {
		var snapshot *client.Ref
		if l.Snapshot.ID != 0 {
			snapshot = &client.Ref{ID: l.Snapshot.ID, Name: l.Snapshot.Name()}
		}
		return client.UsageLine{
			Snapshot: snapshot,
			Instance: client.Ref{ID: l.Instance.ID, Name: l.Instance.Name}, Plan: l.Plan, Location: l.Location, Kind: string(l.Kind),
			Price: price(c, l.Price), Percent: l.Percent, Seconds: l.Seconds, Bytes: l.Bytes, Capped: l.Capped, Amount: inUnits(c, l.Line.Amount, l.Units),
		}
	})
	return u
}

func usageDays(r panel.UsageReport) client.UsageDays {
	return client.UsageDays{
		AccountID: r.Account.ID, Month: r.Month.String(), Total: inUnits(r.Currency, r.Total, r.Units), Days: daysOf(r.Currency, r.Month, r.Until, r.Daily),
	}
}

// daysOf are the days of a month that have begun, with what each of them cost.
func daysOf(c billing.Currency, month billing.Month, until billing.Instant, daily []billing.Credits) []client.UsageDay {
	days := []client.UsageDay{}
	for n, cost := range daily {
		day := month.Start() + billing.Instant(n)*billing.Day
		if day < until {
			days = append(days, client.UsageDay{Day: day.Time().Format(time.DateOnly), Amount: small(c, cost)})
		}
	}
	return days
}
