package panel

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"strings"

	"accrue/internal/billing"
	"accrue/internal/identity"
)

// OrderTopUp announces a bank transfer of an amount in the account's currency.
// The value of a credit is frozen now; the credit comes when an administrator
// confirms that the money has arrived.
func (p *Panel) OrderTopUp(ctx context.Context, who identity.Who, amount string) (Order, error) {
	if !who.May(identity.WriteBilling) {
		return Order{}, ErrForbidden
	}
	var order Order
	err := p.update(ctx, func(tx Tx) error {
		account, err := tx.Account(who.AccountID)
		if err != nil {
			return err
		}
		c, err := currencyOf(tx, account.Currency)
		if err != nil {
			return err
		}
		order, err = newOrder(tx, account, c, strings.TrimSpace(amount))
		return err
	})
	return order, err
}

func newOrder(tx Tx, account Account, c billing.Currency, amount string) (Order, error) {
	units, err := c.Units(amount)
	if err != nil {
		return Order{}, asInvalid(err)
	}
	credits, err := c.CreditsOf(units)
	if err != nil {
		return Order{}, asInvalid(err)
	}
	settings, err := tx.Settings()
	if err != nil {
		return Order{}, err
	}
	if credits < settings.TopUpMinimum || credits <= 0 {
		return Order{}, invalidf("amount", "must be at least %s", c.FormatUp(max(settings.TopUpMinimum, 1)))
	}
	if credits > maxSetting {
		return Order{}, invalidf("amount", "must be at most %s", c.Format(maxSetting))
	}
	order := Order{
		AccountID: account.ID,
		Reference: newReference(account.ID),
		Currency:  c.Code,
		Units:     units,
		Value:     c.Value,
		Credits:   credits,
		State:     OrderPending,
		CreatedAt: tx.Now(),
	}
	order.ID, err = tx.InsertOrder(order)
	return order, err
}

// newReference makes what a customer writes on a transfer: the account's number
// and eight letters and digits that cannot be mistaken for each other.
func newReference(account int64) string {
	var random [5]byte
	_, _ = rand.Read(random[:]) // never fails
	return fmt.Sprintf("AC%d-%s", account, base32.StdEncoding.EncodeToString(random[:]))
}

// CancelOrder withdraws an order of the caller's that nobody has decided on.
func (p *Panel) CancelOrder(ctx context.Context, who identity.Who, id int64) (Order, error) {
	if !who.May(identity.WriteBilling) {
		return Order{}, ErrForbidden
	}
	var order Order
	err := p.update(ctx, func(tx Tx) (err error) {
		if order, err = tx.LockOrder(id); err != nil {
			return err
		}
		if order.AccountID != who.AccountID {
			return ErrNotFound
		}
		return decide(tx, &order, OrderCanceled, who, "")
	})
	return order, err
}

// ConfirmOrder adds the credit of an order whose money has arrived, once.
func (p *Panel) ConfirmOrder(ctx context.Context, who identity.Who, id int64) (Order, error) {
	if !who.May(identity.WriteCredits) {
		return Order{}, ErrForbidden
	}
	order, err := p.order(ctx, id)
	if err != nil {
		return Order{}, err
	}
	err = p.onAccount(ctx, order.AccountID, func(b *book) error {
		if order, err = b.tx.LockOrder(id); err != nil {
			return err
		}
		if order.State == OrderConfirmed {
			return nil
		}
		if err := decide(b.tx, &order, OrderConfirmed, who, ""); err != nil {
			return err
		}
		t := Transaction{
			Key:    fmt.Sprintf("payment/order-%d", order.ID),
			Kind:   TopUp,
			Actor:  who.Actor(),
			Reason: "Bank transfer " + order.Reference,
		}
		if t.Paid, err = paidOf(b.tx, order); err != nil {
			return err
		}
		if _, err := b.post(t, BookPayments, order.Credits); err != nil && !errors.Is(err, ErrExists) {
			return err
		}
		return audit(b.tx, who, "order.confirm", fmt.Sprintf("account:%d", order.AccountID), order.Reference)
	})
	return order, err
}

// paidOf writes what an order was paid with, such as "10.00 EUR".
func paidOf(tx Tx, o Order) (string, error) {
	c, err := currencyOf(tx, o.Currency)
	if err != nil {
		return "", err
	}
	return c.AmountUnits(o.Units) + " " + c.Code, nil
}

// RejectOrder closes an order whose money will not come.
func (p *Panel) RejectOrder(ctx context.Context, who identity.Who, id int64, note string) (Order, error) {
	var order Order
	err := p.change(ctx, who, identity.WriteCredits, func(tx Tx) (err error) {
		if order, err = tx.LockOrder(id); err != nil {
			return err
		}
		if err := decide(tx, &order, OrderRejected, who, note); err != nil {
			return err
		}
		return audit(tx, who, "order.reject", fmt.Sprintf("account:%d", order.AccountID), order.Reference+" "+note)
	})
	return order, err
}

func (p *Panel) order(ctx context.Context, id int64) (order Order, err error) {
	err = p.view(ctx, func(tx Tx) error {
		order, err = tx.Order(id)
		return err
	})
	return order, err
}

// decide closes a pending order.
func decide(tx Tx, o *Order, state OrderState, who identity.Who, note string) error {
	if o.State != OrderPending {
		return refuse(CodeConflict, "This order is %s already.", o.State)
	}
	o.State, o.DecidedAt, o.DecidedBy, o.Note = state, tx.Now(), who.Actor(), note
	return tx.UpdateOrder(*o)
}

// Order returns an order of the caller's account, or of any account for an
// administrator.
func (p *Panel) Order(ctx context.Context, who identity.Who, id int64) (order Order, err error) {
	err = p.look(ctx, who, identity.ReadBilling, func(tx Tx) error {
		if order, err = tx.Order(id); err != nil {
			return err
		}
		if order.AccountID != who.AccountID && !who.May(identity.WriteCredits) {
			return ErrNotFound
		}
		return nil
	})
	return order, err
}

// Orders returns the caller's orders, newest first.
func (p *Panel) Orders(ctx context.Context, who identity.Who, before int64, limit int) (orders []Order, err error) {
	err = p.look(ctx, who, identity.ReadBilling, func(tx Tx) error {
		orders, err = tx.ListOrders(who.AccountID, "", before, limit)
		return err
	})
	return orders, err
}

// AllOrders returns every account's orders in a state, newest first.
func (p *Panel) AllOrders(ctx context.Context, who identity.Who, state OrderState, before int64, limit int) (orders []Order, err error) {
	err = p.look(ctx, who, identity.WriteCredits, func(tx Tx) error {
		orders, err = tx.ListOrders(0, state, before, limit)
		return err
	})
	return orders, err
}
