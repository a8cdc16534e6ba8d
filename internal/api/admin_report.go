package api

import (
	"context"
	"fmt"
	"slices"

	"accrue/client"
	"accrue/internal/billing"
	"accrue/internal/export"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

func (s *server) adminReportOperations() {
	const tag = "Admin: reports"
	get(s, operation{
		id: "get-overview", tag: tag, path: "/v1/admin/overview", need: identity.ReadReports, summary: "The provider at a glance",
	}, s.overview)
	get(s, operation{
		id: "get-health", tag: tag, path: "/v1/admin/health", need: identity.ReadAudit, summary: "How the panel itself is",
	}, func(ctx context.Context, _ identity.Who, _ *struct{}) (client.Health, error) {
		h, err := s.Panel.Health(ctx)
		return health(h), err
	})
	get(s, operation{
		id: "get-revenue", tag: tag, path: "/v1/admin/usage", need: identity.ReadReports,
		summary: "What everyone used in a month: by account, by plan group and by day",
		text:    "In the default currency, at the value it had in the month. The three add up to the same total.",
	}, s.revenue)
	csv(s, operation{
		id: "export-revenue", tag: tag, path: "/v1/admin/usage.csv", need: identity.ReadReports,
		summary: "What everyone used in a month, as a table", text: "A row for each account that used something.",
	}, s.exportRevenue)
	listBy(s, operation{
		id: "admin-list-ledger", tag: tag, path: "/v1/admin/ledger", need: identity.ReadReports, summary: "The ledger of all accounts, newest first",
	}, func(e client.Entry) place { return place{e.ID, e.AccountID} }, s.adminListLedger)
	csv(s, operation{
		id: "admin-export-ledger", tag: tag, path: "/v1/admin/ledger.csv", need: identity.ReadReports,
		summary: "The ledger of all accounts, as a table", text: fmt.Sprintf("The newest %d entries at most.", export.MostEntries),
	}, s.adminExportLedger)
	list(s, operation{
		id: "admin-list-events", tag: tag, path: "/v1/admin/events", need: identity.ReadAudit, summary: "What happened, newest first",
	}, func(e client.Event) int64 { return e.ID }, func(ctx context.Context, who identity.Who, in *adminEventQuery, at span) ([]client.Event, error) {
		return s.events(ctx, who, panel.EventFilter{AccountID: in.Account, InstanceID: in.Instance, Before: at.from, Limit: at.limit})
	})
	list(s, operation{
		id: "list-audit", tag: tag, path: "/v1/admin/audit", need: identity.ReadAudit, summary: "What administrators and the panel did, newest first",
	}, func(e client.AuditEntry) int64 { return e.ID }, func(ctx context.Context, who identity.Who, _ *Page, at span) ([]client.AuditEntry, error) {
		all, err := s.Panel.Audit(ctx, who, at.from, at.limit)
		return each(all, func(e panel.AuditEntry) client.AuditEntry {
			return client.AuditEntry{ID: e.ID, Actor: e.Actor, Action: e.Action, Subject: e.Subject, Detail: e.Detail, At: e.At.Time()}
		}), err
	})
}

func (s *server) overview(ctx context.Context, who identity.Who, _ *struct{}) (client.Overview, error) {
	o, err := s.Panel.Overview(ctx, who)
	if err != nil {
		return client.Overview{}, err
	}
	c := o.Currency.Currency
	out := client.Overview{
		Accounts: conditions(o.Accounts), Instances: map[string]int64{}, Billed: o.Billed,
		PerHour: hourly(c, o.Money.RunRate), Today: amount(c, o.Money.Today), Month: amount(c, o.Money.Month),
		Owed: amount(c, o.Money.Outstanding), Held: amount(c, o.Money.Held), Payments: o.Orders, Health: health(o.Health),
	}
	for life, n := range o.Instances {
		out.Instances[string(life)] = n
	}
	out.Locations = each(o.Locations, func(l panel.LocationLoad) client.LocationLoad {
		return client.LocationLoad{
			Location: client.Ref{ID: l.ID, Name: l.Name}, Limit: resources(l.Limit), Used: resources(l.Used), Instances: l.Instances, PerHour: hourly(c, l.RunRate),
		}
	})
	return out, nil
}

func health(h panel.Health) client.Health {
	out := client.Health{
		At: billing.Instant(h.Now).Time(), Alive: h.Alive(), Overdue: h.Overdue, OldestTask: h.OldestTask, Tasks: map[string]int64{}, Unsent: h.Unsent,
	}
	for state, n := range h.Tasks {
		out.Tasks[string(state)] = n
	}
	out.Workers = each(h.Workers, func(b panel.Beat) client.Worker {
		return client.Worker{Name: b.Worker, StartedAt: b.StartedAt.Time(), SeenAt: b.SeenAt.Time()}
	})
	return out
}

// MonthQuery says which month.
type MonthQuery struct {
	Month string `query:"month" pattern:"^[0-9]{4}-(0[1-9]|1[0-2])$" example:"2026-11" doc:"The month; the one that runs if it is absent."`
}

func (s *server) revenue(ctx context.Context, who identity.Who, in *MonthQuery) (out client.Revenue, err error) {
	month, err := s.month(ctx, in.Month)
	if err != nil {
		return out, err
	}
	c, err := s.currencyOf(ctx, month, "")
	if err != nil {
		return out, err
	}
	r, err := s.Panel.Revenue(ctx, who, month)
	if err != nil {
		return out, err
	}
	units, total := c.Apportion(r.Totals())
	out = client.Revenue{
		Month: month.String(), Until: r.Until.Time(), Running: r.Running, Total: inUnits(c, r.Total, total), Posted: amount(c, r.Posted),
		Accounts: []client.AccountUsage{}, Days: daysOf(c, r.Month, r.Until, r.Daily),
	}
	for n, a := range r.Accounts {
		out.Accounts = append(out.Accounts, client.AccountUsage{
			Account: client.Ref{ID: a.Account.ID, Name: a.Account.Name}, Email: a.Email, Instances: a.Instances, Seconds: a.Seconds,
			Total: inUnits(c, a.Total, units[n]), Posted: amount(c, a.Posted),
		})
	}
	out.Groups = each(r.Groups, func(g panel.GroupUsage) client.GroupUsage {
		return client.GroupUsage{PlanGroup: client.Ref{ID: g.Group.ID, Name: g.Group.Name}, Total: amount(c, g.Total)}
	})
	return out, nil
}

func (s *server) exportRevenue(ctx context.Context, who identity.Who, in *revenueQuery) (t export.Table, err error) {
	month, err := s.month(ctx, in.Month)
	if err != nil {
		return t, err
	}
	c, err := s.currencyOf(ctx, month, in.Currency)
	if err != nil {
		return t, err
	}
	r, err := s.Panel.Revenue(ctx, who, month)
	return export.Revenue(r, c), err
}

// currencyOf is a currency with the value that it had in a month; an empty code
// stands for the default one.
func (s *server) currencyOf(ctx context.Context, month billing.Month, code string) (billing.Currency, error) {
	all, err := s.Panel.CurrenciesOf(ctx, month)
	if err != nil {
		return billing.Currency{}, err
	}
	at := slices.IndexFunc(all, func(c panel.DatedCurrency) bool { return c.Code == code || code == "" && c.Default })
	if at < 0 {
		return billing.Currency{}, &panel.Invalid{Field: "currency", Message: "there is no currency " + code}
	}
	return all[at].Currency, nil
}

// revenueQuery says which month, and in which currency.
type revenueQuery struct {
	MonthQuery
	Currency string `query:"currency" maxLength:"8" example:"EUR" doc:"The code of a currency; the default one if it is absent."`
}

// EntryQuery selects entries.
type EntryQuery struct {
	Account int64  `query:"account_id" minimum:"0" doc:"Only that account's."`
	Kind    string `query:"kind" enum:"top-up,adjustment,voucher,usage,refund,reversal" doc:"Only entries of that kind."`
}

// adminLedgerQuery selects a page of entries.
type adminLedgerQuery struct {
	Page
	EntryQuery
}

func (s *server) adminExportLedger(ctx context.Context, who identity.Who, in *EntryQuery) (t export.Table, err error) {
	entries, err := export.Entries(ctx, s.Panel, who, panel.LedgerFilter{
		AccountID: in.Account, Kind: panel.TransactionKind(in.Kind), Limit: export.MostEntries,
	})
	if err != nil {
		return t, err
	}
	return export.EveryLedger(ctx, s.Panel, who, entries)
}

// adminEventQuery selects events.
type adminEventQuery struct {
	Page
	Account  int64 `query:"account_id" minimum:"0" doc:"Only that account's."`
	Instance int64 `query:"instance_id" minimum:"0" doc:"Only that instance's."`
}

func (s *server) adminListLedger(ctx context.Context, who identity.Who, in *adminLedgerQuery, at span) ([]client.Entry, error) {
	c, err := s.defaultCurrency(ctx)
	if err != nil {
		return nil, err
	}
	entries, err := s.Panel.Ledger(ctx, who, panel.LedgerFilter{
		AccountID: in.Account, Kind: panel.TransactionKind(in.Kind), Before: at.from, After: at.within, Limit: at.limit,
	})
	return each(entries, func(e panel.Entry) client.Entry { return entry(c, who, e) }), err
}
