package api

import (
	"context"
	"fmt"
	"net/http"

	"accrue/client"
	"accrue/internal/billing"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

func (s *server) paymentOperations() {
	list(s, operation{
		id: "list-payments", tag: "Payments", path: "/v1/billing/payments", need: identity.ReadBilling,
		summary: "The account's top-ups, newest first",
	}, func(p client.Payment) int64 { return p.ID }, s.listPayments)
	get(s, operation{
		id: "get-payment", tag: "Payments", path: "/v1/billing/payments/{id}", need: identity.ReadBilling,
		summary: "A top-up",
	}, func(ctx context.Context, who identity.Who, in *ByID) (client.Payment, error) {
		o, err := s.Panel.Order(ctx, who, in.ID)
		if err != nil {
			return client.Payment{}, err
		}
		return s.payment(ctx, o)
	})
	post(s, operation{
		id: "create-payment", tag: "Payments", path: "/v1/billing/payments", need: identity.WriteBilling,
		summary: "Announce a bank transfer",
		text:    "The credit that it becomes is fixed now; it is there when the provider has seen the money.",
		status:  http.StatusCreated,
	}, s.createPayment)
	post(s, operation{
		id: "cancel-payment", tag: "Payments", path: "/v1/billing/payments/{id}/cancel", need: identity.WriteBilling,
		summary: "Withdraw an announced transfer", status: http.StatusOK, errors: []int{http.StatusConflict},
	}, s.cancelPayment)
}

func (s *server) listPayments(ctx context.Context, who identity.Who, _ *Page, at span) ([]client.Payment, error) {
	if who.AccountID == 0 {
		return nil, newProblem(ctx, codeNotFound, "Administrators have no top-ups. Those of all accounts are at /v1/admin/payments.")
	}
	orders, err := s.Panel.Orders(ctx, who, at.from, at.limit)
	if err != nil {
		return nil, err
	}
	return s.payments(ctx, orders)
}

func (s *server) payments(ctx context.Context, orders []panel.Order) ([]client.Payment, error) {
	settings, err := s.Panel.Settings(ctx)
	if err != nil {
		return nil, err
	}
	currencies, err := s.Panel.Currencies(ctx)
	if err != nil {
		return nil, err
	}
	of := map[string]billing.Currency{}
	for _, c := range currencies {
		of[c.Code] = c.Currency
	}
	return each(orders, func(o panel.Order) client.Payment { return payment(of[o.Currency], settings, o) }), nil
}

func (s *server) payment(ctx context.Context, o panel.Order) (client.Payment, error) {
	all, err := s.payments(ctx, []panel.Order{o})
	if err != nil {
		return client.Payment{}, err
	}
	return all[0], nil
}

func payment(c billing.Currency, settings panel.Settings, o panel.Order) client.Payment {
	p := client.Payment{
		ID: o.ID, AccountID: o.AccountID, State: string(o.State), Reference: o.Reference, Currency: o.Currency, Amount: c.AmountUnits(o.Units),
		Credits: o.Credits.String(), Note: o.Note, CreatedAt: o.CreatedAt.Time(), DecidedAt: moment(o.DecidedAt),
	}
	if o.State == panel.OrderPending {
		p.HowToPay, p.BankTo = settings.PaymentText, settings.BankDetails
	}
	return p
}

// newPaymentInput announces a transfer.
type newPaymentInput struct {
	Keyed
	Body client.NewPayment
}

func (s *server) createPayment(ctx context.Context, who identity.Who, in *newPaymentInput) (out outcome[client.Payment], err error) {
	o, err := s.Panel.OrderTopUp(ctx, who, in.Body.Amount)
	if err != nil {
		return out, err
	}
	p, err := s.payment(ctx, o)
	return created(fmt.Sprintf("/v1/billing/payments/%d", o.ID), p), err
}

func (s *server) cancelPayment(ctx context.Context, who identity.Who, in *commandInput) (out outcome[client.Payment], err error) {
	o, err := s.Panel.CancelOrder(ctx, who, in.ID)
	if err != nil {
		return out, err
	}
	out.Body, err = s.payment(ctx, o)
	return out, err
}
