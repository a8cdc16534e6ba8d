package panel

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/identity"
)

// Credit is a change of a balance by an administrator.
type Credit struct {
	Kind    TransactionKind // Adjustment unless it says otherwise: TopUp, Voucher, Refund
	Amount  billing.Credits // not zero; negative takes credit away
	Reason  string          // for the customer; required
	Request string          // the caller's key; posting twice under one key posts once
	Paid    string          // what was paid in money, if anything was
}

// bookOf is the other side of an entry that is not usage.
func bookOf(kind TransactionKind) int64 {
	switch kind {
	case TopUp, Refund:
		return BookPayments
	case Voucher:
		return BookVouchers
	default:
		return BookAdjustments
	}
}

// AddCredit changes an account's balance. The balance may cross thresholds by
// it; what follows is done in the same transaction. A request that was posted
// before moves nothing and returns the entry of that time.
func (p *Panel) AddCredit(ctx context.Context, who identity.Who, account int64, c Credit) (Transaction, error) {
	if !who.May(identity.WriteCredits) {
		return Transaction{}, ErrForbidden
	}
	if err := c.validate(); err != nil {
		return Transaction{}, err
	}
	var posted Transaction
	err := p.onAccount(ctx, account, func(b *book) error {
		t := Transaction{Key: string(c.kind()) + "/" + c.Request, Kind: c.kind(), Actor: who.Actor(), Reason: c.Reason, Paid: c.Paid}
		var err error
		posted, err = b.post(t, bookOf(t.Kind), c.Amount)
		if errors.Is(err, ErrExists) {
			return nil
		}
		if err != nil {
			return err
		}
		return audit(b.tx, who, "credit.add", fmt.Sprintf("account:%d", account), c.Amount.String()+" credits: "+c.Reason)
	})
	return posted, err
}

// CreditPreview is what a change of a balance would do.
type CreditPreview struct {
	Before, After billing.Credits
	Notices       []billing.Notice // that would follow, in order
	Instances     int64            // that would be suspended or resumed
}

// PreviewCredit says what changing an account's balance by an amount would do,
// without doing it.
func (p *Panel) PreviewCredit(ctx context.Context, who identity.Who, account int64, amount billing.Credits) (preview CreditPreview, err error) {
	if amount == 0 {
		return preview, invalid("amount", "must not be zero")
	}
	if amount > maxSetting || amount < -maxSetting {
		return preview, invalidf("amount", "must be between -%[1]s and %[1]s credits", maxSetting.Short())
	}
	err = p.look(ctx, who, identity.WriteCredits, func(tx Tx) error {
		b, err := readBook(tx, account)
		if err != nil {
			return err
		}
		if preview.Before, err = b.balance(); err != nil {
			return err
		}
		if preview.After, err = preview.Before.Add(amount); err != nil {
			return invalid("amount", "is more than an account can hold")
		}
		var after billing.Conditions
		after, preview.Notices = b.settings.Judge(b.account.Taken, preview.After)
		if after.Suspended != b.account.Taken.Suspended {
			preview.Instances, err = countHeld(tx, b.account, fleet.HoldBilling)
		}
		return err
	})
	return preview, err
}

// Transaction returns an entry of the ledger with all its postings.
func (p *Panel) Transaction(ctx context.Context, who identity.Who, id int64) (t Transaction, err error) {
	err = p.look(ctx, who, identity.ReadReports, func(tx Tx) error {
		t, err = tx.Transaction(id)
		return err
	})
	return t, err
}

func (c Credit) kind() TransactionKind {
	if c.Kind == "" {
		return Adjustment
	}
	return c.Kind
}

func (c Credit) validate() error {
	switch {
	case c.Amount == 0:
		return invalid("amount", "must not be zero")
	case c.Amount > maxSetting || c.Amount < -maxSetting:
		return invalidf("amount", "must be between -%[1]s and %[1]s credits", maxSetting.Short())
	case strings.TrimSpace(c.Reason) == "":
		return invalid("reason", "say why; the customer reads it in the ledger")
	case len(c.Reason) > 500:
		return invalid("reason", "must be at most 500 characters")
	case c.Request == "" || len(c.Request) > 200:
		return invalid("request", "give a key of at most 200 characters that is used for this change alone")
	}
	return nil
}

// Reverse corrects a transaction by one that takes it back and names it. It can
// be done once. Usage is derived and cannot be reversed; adjust instead.
func (p *Panel) Reverse(ctx context.Context, who identity.Who, transaction int64, reason string) (Transaction, error) {
	if !who.May(identity.WriteCredits) {
		return Transaction{}, ErrForbidden
	}
	if strings.TrimSpace(reason) == "" {
		return Transaction{}, invalid("reason", "say why; the customer reads it in the ledger")
	}
	var old Transaction
	err := p.view(ctx, func(tx Tx) (err error) {
		old, err = tx.Transaction(transaction)
		return err
	})
	if err != nil {
		return Transaction{}, err
	}
	if old.Kind == Usage || old.Kind == Reversal {
		return Transaction{}, refuse(CodeConflict, "Entries of kind %s cannot be reversed. Make an adjustment instead.", old.Kind)
	}
	var posted Transaction
	err = p.onAccount(ctx, old.Postings[0].AccountID, func(b *book) error {
		t := Transaction{Key: fmt.Sprintf("reversal/%d", old.ID), Kind: Reversal, Actor: who.Actor(), Reason: reason, Corrects: old.ID}
		var err error
		posted, err = b.post(t, old.Postings[1].AccountID, -old.Postings[0].Amount)
		if errors.Is(err, ErrExists) {
			return refuse(CodeConflict, "This entry has been reversed already.")
		}
		if err != nil {
			return err
		}
		return audit(b.tx, who, "credit.reverse", fmt.Sprintf("account:%d", b.account.ID), reason)
	})
	return posted, err
}

// PlaceHold forbids an account's instances to run, for a reason that its people
// read. A top-up does not lift it.
func (p *Panel) PlaceHold(ctx context.Context, who identity.Who, account int64, kind fleet.HoldKind, reason string) error {
	if err := checkHold(who, kind); err != nil {
		return err
	}
	if strings.TrimSpace(reason) == "" {
		return invalid("reason", "say why; the customer reads it")
	}
	return p.onAccount(ctx, account, func(b *book) error {
		if err := b.hold(kind, reason, who.Actor()); err != nil {
			return err
		}
		if err := b.settle(); err != nil {
			return err
		}
		if err := audit(b.tx, who, "account.hold", fmt.Sprintf("account:%d", account), kind.String()+": "+reason); err != nil {
			return err
		}
		return b.judge()
	})
}

// LiftHold takes back what PlaceHold did.
func (p *Panel) LiftHold(ctx context.Context, who identity.Who, account int64, kind fleet.HoldKind) error {
	if err := checkHold(who, kind); err != nil {
		return err
	}
	return p.onAccount(ctx, account, func(b *book) error {
		if err := b.lift(kind); err != nil {
			return err
		}
		if err := audit(b.tx, who, "account.lift", fmt.Sprintf("account:%d", account), kind.String()); err != nil {
			return err
		}
		return b.judge()
	})
}

func checkHold(who identity.Who, kind fleet.HoldKind) error {
	if !who.May(identity.WriteUsers) {
		return ErrForbidden
	}
	if kind == fleet.HoldBilling {
		return invalid("kind", "the billing hold follows the balance; add credit to lift it")
	}
	if kind == fleet.HoldLost {
		return invalid("kind", "an instance is lost when its hypervisor does not have it")
	}
	return nil
}
