package api

import (
	"context"
	"fmt"
	"net/http"

	"accrue/client"
	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

const adminAccounts = "/v1/admin/accounts"

func (s *server) adminAccountOperations() {
	const tag = "Admin: accounts"
	list(s, operation{
		id: "list-accounts", tag: tag, path: adminAccounts, need: identity.ReadUsers, summary: "Accounts with their balances, by ID",
	}, func(a client.AdminAccount) int64 { return a.ID }, s.listAccounts)
	post(s, operation{
		id: "create-account", tag: tag, path: adminAccounts, need: identity.WriteUsers,
		summary: "Make a customer: an account and the person who signs in for it", status: http.StatusCreated,
	}, s.createAccount)
	get(s, operation{
		id: "get-account", tag: tag, path: adminAccounts + "/{id}", need: identity.ReadUsers, summary: "An account with its people",
	}, func(ctx context.Context, who identity.Who, in *ByID) (client.AccountDetail, error) {
		return s.accountDetail(ctx, who, in.ID)
	})
	get(s, operation{
		id: "get-account-usage", tag: tag, path: adminAccounts + "/{id}/usage", need: identity.ReadReports, summary: "What an account used in a month, line by line",
	}, func(ctx context.Context, who identity.Who, in *accountUsageQuery) (client.Usage, error) {
		r, err := s.usageReport(ctx, who, in.ID, &in.UsageQuery)
		return usage(r), err
	})
	post(s, operation{
		id: "place-hold", tag: tag, path: adminAccounts + "/{id}/holds", need: identity.WriteUsers,
		summary: "Forbid an account's instances to run", text: "They are switched off, and cost nothing while they are. A top-up does not lift it.", status: http.StatusCreated,
	}, s.placeHold)
	remove(s, operation{
		id: "lift-hold", tag: tag, path: adminAccounts + "/{id}/holds/{kind}", need: identity.WriteUsers,
		summary: "Lift a hold", text: "Each instance returns to what its owner wants.",
	}, s.liftHold)
}

// accountQuery selects accounts.
type accountQuery struct {
	Page
	Query string `query:"q" maxLength:"80" doc:"Only those whose name or e-mail contains it."`
}

func (s *server) listAccounts(ctx context.Context, who identity.Who, in *accountQuery, at span) ([]client.AdminAccount, error) {
	rows, err := s.Panel.ListAccounts(ctx, who, in.Query, at.from, at.limit)
	return each(rows, func(r panel.AccountRow) client.AdminAccount { return adminAccount(r.Summary, r.Email) }), err
}

func adminAccount(m panel.Summary, email string) client.AdminAccount {
	c := m.Currency
	return client.AdminAccount{
		Account: account(m.Account), Email: email, Balance: amount(c, m.Balance), PerHour: hourly(c, m.Burn), MonthUsed: amount(c, m.MonthUsed), Instances: m.Live,
	}
}

func (s *server) accountDetail(ctx context.Context, who identity.Who, id int64) (client.AccountDetail, error) {
	d, err := s.Panel.AccountDetail(ctx, who, id)
	if err != nil {
		return client.AccountDetail{}, err
	}
	out := client.AccountDetail{
		AdminAccount: adminAccount(d.Summary, ""), ZeroAt: moment(d.ZeroAt), SuspendAt: moment(d.SuspendAt),
		Users: each(d.Users, user), Sessions: each(d.Sessions, session), AllHolds: each(d.AllHolds, hold),
	}
	if len(d.Users) > 0 {
		out.Email = d.Users[0].Email
	}
	if d.ToLift != 0 {
		out.ToLift = given(amountUp(d.Currency, d.ToLift))
	}
	return out, nil
}

func hold(h panel.Hold) client.Hold {
	return client.Hold{
		ID: h.ID, Kind: h.Kind.String(), InstanceID: h.Instance, Reason: h.Reason, PlacedBy: h.PlacedBy, PlacedAt: h.PlacedAt.Time(), LiftedAt: moment(h.LiftedAt),
	}
}

// newAccountInput is a customer to be made.
type newAccountInput struct {
	Keyed
	Body client.NewAccount
}

func (s *server) createAccount(ctx context.Context, who identity.Who, in *newAccountInput) (out outcome[client.AccountDetail], err error) {
	b := in.Body
	var credit billing.Credits
	if b.Credits != "" {
		if credit, err = credits("credits", b.Credits); err != nil {
			return out, err
		}
	}
	a, _, err := s.Panel.CreateAccount(ctx, who, panel.NewAccount{
		Name: b.Name, Person: b.Person, Email: b.Email, Password: b.Password, Currency: b.Currency, Credit: credit,
	})
	if err != nil {
		return out, err
	}
	detail, err := s.accountDetail(ctx, who, a.ID)
	return created(fmt.Sprint(adminAccounts, "/", a.ID), detail), err
}

// accountUsageQuery names an account and a month.
type accountUsageQuery struct {
	ByID
	UsageQuery
}

// holdInput is a hold to be placed.
type holdInput struct {
	ByID
	Keyed
	Body client.NewHold
}

func (s *server) placeHold(ctx context.Context, who identity.Who, in *holdInput) (out outcome[client.AccountDetail], err error) {
	kind, err := fleet.ParseHoldKind(in.Body.Kind)
	if err != nil {
		return out, err
	}
	if err := s.Panel.PlaceHold(ctx, who, in.ID, kind, in.Body.Reason); err != nil {
		return out, err
	}
	detail, err := s.accountDetail(ctx, who, in.ID)
	return created(fmt.Sprint(adminAccounts, "/", in.ID), detail), err
}

// liftInput is a hold to be lifted.
type liftInput struct {
	ByID
	Kind string `path:"kind" enum:"admin,abuse,maintenance"`
}

func (s *server) liftHold(ctx context.Context, who identity.Who, in *liftInput) error {
	kind, err := fleet.ParseHoldKind(in.Kind)
	if err != nil {
		return err
	}
	return s.Panel.LiftHold(ctx, who, in.ID, kind)
}
