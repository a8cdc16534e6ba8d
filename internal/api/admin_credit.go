package api

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"

	"accrue/client"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

func (s *server) adminCreditOperations() {
	post(s, operation{
		id: "create-credit", tag: "Admin: credits", path: "/v1/admin/credits", need: identity.WriteCredits,
		summary: "Give an account credit, or take some away",
		text:    "Whoever is not sure whether a request has arrived sends it again with its key: the credit is posted once, however late that is.",
		status:  http.StatusCreated,
	}, s.createCredit)
	post(s, operation{
		id: "preview-credit", tag: "Admin: credits", path: "/v1/admin/credits/preview", need: identity.WriteCredits,
		summary: "What a change of a balance would do", status: http.StatusOK,
	}, s.previewCredit)
	get(s, operation{
		id: "get-transaction", tag: "Admin: credits", path: "/v1/admin/credits/{id}", need: identity.ReadReports,
		summary: "A transaction of the ledger with all its postings",
	}, func(ctx context.Context, who identity.Who, in *ByID) (client.Transaction, error) {
		t, err := s.Panel.Transaction(ctx, who, in.ID)
		if err != nil {
			return client.Transaction{}, err
		}
		return s.transaction(ctx, t)
	})
	post(s, operation{
		id: "reverse-credit", tag: "Admin: credits", path: "/v1/admin/credits/{id}/reverse", need: identity.WriteCredits,
		summary: "Take a transaction back by another that names it",
		text:    "It can be done once. Usage cannot be reversed; adjust instead.",
		status:  http.StatusCreated, errors: []int{http.StatusConflict},
	}, s.reverse)
}

// newCreditInput is a change of a balance.
type newCreditInput struct {
	KeyRequired
	Body client.NewCredit
}

func (s *server) createCredit(ctx context.Context, who identity.Who, in *newCreditInput) (out outcome[client.Transaction], err error) {
	x, err := credits("credits", in.Body.Credits)
	if err != nil {
		return out, err
	}
	request, err := once(who, in)
	if err != nil {
		return out, err
	}
	t, err := s.Panel.AddCredit(ctx, who, in.Body.AccountID, panel.Credit{
		Kind: panel.TransactionKind(cmp.Or(in.Body.Kind, string(panel.Adjustment))), Amount: x, Reason: in.Body.Reason, Paid: in.Body.Paid,
		Request: request,
	})
	if err != nil {
		return out, err
	}
	body, err := s.transaction(ctx, t)
	return created(fmt.Sprintf("/v1/admin/credits/%d", t.ID), body), err
}

// once names a request for the ledger, where it stays longer than its answer: by
// who sent it, its key and what it asks for.
func once(who identity.Who, in *newCreditInput) (string, error) {
	sent, err := json.Marshal(in)
	hash := sha256.Sum256(sent)
	return fmt.Sprintf("api-%d-%x", who.UserID, hash), err
}

// reverseInput takes a transaction back.
type reverseInput struct {
	ByID
	Keyed
	Body client.NewReversal
}

func (s *server) reverse(ctx context.Context, who identity.Who, in *reverseInput) (out outcome[client.Transaction], err error) {
	t, err := s.Panel.Reverse(ctx, who, in.ID, in.Body.Reason)
	if err != nil {
		return out, err
	}
	body, err := s.transaction(ctx, t)
	return created(fmt.Sprintf("/v1/admin/credits/%d", t.ID), body), err
}

// transaction is a transaction with its amounts in the default currency.
func (s *server) transaction(ctx context.Context, t panel.Transaction) (client.Transaction, error) {
	c, err := s.defaultCurrency(ctx)
	out := client.Transaction{
		ID: t.ID, Kind: string(t.Kind), At: t.At.Time(), Month: t.Month.String(), Actor: t.Actor, Reason: t.Reason, Paid: t.Paid, Corrects: t.Corrects,
	}
	out.Postings = each(t.Postings, func(p panel.Posting) client.Posting {
		return client.Posting{AccountID: p.AccountID, Amount: amount(c, p.Amount)}
	})
	return out, err
}

// creditPreviewInput is a change of a balance to be looked at.
type creditPreviewInput struct {
	Keyed
	Body client.NewPreview
}

func (s *server) previewCredit(ctx context.Context, who identity.Who, in *creditPreviewInput) (out outcome[client.CreditPreview], err error) {
	x, err := credits("credits", in.Body.Credits)
	if err != nil {
		return out, err
	}
	p, err := s.Panel.PreviewCredit(ctx, who, in.Body.AccountID, x)
	if err != nil {
		return out, err
	}
	c, err := s.Panel.CurrencyOf(ctx, who, in.Body.AccountID)
	out.Body = client.CreditPreview{Before: amount(c, p.Before), After: amount(c, p.After), Notices: notices(p.Notices), Instances: p.Instances}
	return out, err
}
