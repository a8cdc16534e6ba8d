package api

import (
	"context"
	"net/http"

	"accrue/client"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

const adminPayments = "/v1/admin/payments"

func (s *server) adminPaymentOperations() {
	const tag = "Admin: payments"
	list(s, operation{
		id: "admin-list-payments", tag: tag, path: adminPayments, need: identity.WriteCredits, summary: "Top-ups of all accounts, newest first",
	}, func(p client.Payment) int64 { return p.ID }, s.adminListPayments)
	post(s, operation{
		id: "confirm-payment", tag: tag, path: adminPayments + "/{id}/confirm", need: identity.WriteCredits,
		summary: "Say that the money has come", text: "The credit is added, once.", status: http.StatusOK, errors: []int{http.StatusConflict},
	}, s.confirmPayment)
	post(s, operation{
		id: "reject-payment", tag: tag, path: adminPayments + "/{id}/reject", need: identity.WriteCredits,
		summary: "Say that the money will not come", status: http.StatusOK, errors: []int{http.StatusConflict},
	}, s.rejectPayment)
}

// paymentQuery selects top-ups.
type paymentQuery struct {
	Page
	State string `query:"state" enum:"pending,confirmed,rejected,canceled" doc:"Only those in that state."`
}

func (s *server) adminListPayments(ctx context.Context, who identity.Who, in *paymentQuery, at span) ([]client.Payment, error) {
	orders, err := s.Panel.AllOrders(ctx, who, panel.OrderState(in.State), at.from, at.limit)
	if err != nil {
		return nil, err
	}
	return s.payments(ctx, orders)
}

func (s *server) confirmPayment(ctx context.Context, who identity.Who, in *commandInput) (out outcome[client.Payment], err error) {
	o, err := s.Panel.ConfirmOrder(ctx, who, in.ID)
	if err != nil {
		return out, err
	}
	out.Body, err = s.payment(ctx, o)
	return out, err
}

// rejectInput says why a top-up is not expected any more.
type rejectInput struct {
	ByID
	Keyed
	Body client.Rejection
}

func (s *server) rejectPayment(ctx context.Context, who identity.Who, in *rejectInput) (out outcome[client.Payment], err error) {
	o, err := s.Panel.RejectOrder(ctx, who, in.ID, in.Body.Note)
	if err != nil {
		return out, err
	}
	out.Body, err = s.payment(ctx, o)
	return out, err
}
