package panel

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"accrue/internal/billing"
	"accrue/internal/identity"
)

// NewAccount is a customer to be made: an account and the first person who
// signs in for it.
type NewAccount struct {
	Name     string // of the account
	Person   string // of the person; the account's name if empty
	Email    string
	Password string
	Currency string          // a code; the default currency if empty
	Credit   billing.Credits // to begin with; may be 0
}

// CreateAccount makes a customer, with its opening credit if there is any. The
// thresholds that it is beyond then count as taken: nobody is written to for
// having just begun.
func (p *Panel) CreateAccount(ctx context.Context, who identity.Who, n NewAccount) (Account, User, error) {
	if !who.May(identity.WriteUsers) {
		return Account{}, User{}, ErrForbidden
	}
	user, err := p.newUser(n.Email, n.Person, n.Password)
	if err != nil {
		return Account{}, User{}, err
	}
	n.Name = strings.TrimSpace(n.Name)
	if err := checkLabel("name", n.Name); err != nil {
		return Account{}, User{}, err
	}
	if user.Name == "" {
		user.Name = n.Name
	}
	user.Role = identity.RoleCustomer
	var account Account
	err = p.update(ctx, func(tx Tx) error {
		account, err = newAccount(tx, n)
		if err != nil {
			return err
		}
		user.AccountID = account.ID
		if user.ID, err = insertUser(tx, user); err != nil {
			return err
		}
		if account, err = openAccount(tx, account, n.Credit, who); err != nil {
			return err
		}
		return audit(tx, who, "account.create", fmt.Sprintf("account:%d", account.ID), n.Name)
	})
	return account, user, err
}

func newAccount(tx Tx, n NewAccount) (Account, error) {
	code := n.Currency
	if code == "" {
		c, err := defaultCurrency(tx)
		if err != nil {
			return Account{}, err
		}
		code = c.Code
	}
	if _, err := currencyOf(tx, code); err != nil {
		return Account{}, invalidf("currency", "there is no currency %s", code)
	}
	now := tx.Now()
	a := Account{
		Name:        n.Name,
		Currency:    code,
		CreatedAt:   now,
		Since:       now.Month().Start(),
		SettledAt:   now,
		SeenAt:      now,
		NextEventAt: billing.Never,
	}
	id, err := tx.InsertAccount(a)
	a.ID = id
	return a, err
}

// openAccount posts the opening credit and judges the account for the first time.
func openAccount(tx Tx, a Account, credit billing.Credits, who identity.Who) (Account, error) {
	b, err := openBook(tx, a.ID)
	if err != nil {
		return Account{}, err
	}
	if credit != 0 {
		t := Transaction{Key: fmt.Sprintf("adjustment/opening-%d", a.ID), Kind: Adjustment, Actor: who.Actor(), Reason: "Opening credit"}
		if _, err := b.post(t, BookAdjustments, credit); err != nil {
			return Account{}, err
		}
	} else if err := b.judge(); err != nil {
		return Account{}, err
	}
	return b.account, b.close()
}

// CreateAdministrator makes a person who runs the panel.
func (p *Panel) CreateAdministrator(ctx context.Context, who identity.Who, email, name, password string) (User, error) {
	user, err := p.newUser(email, name, password)
	if err != nil {
		return User{}, err
	}
	user.Role = identity.RoleAdministrator
	if user.Name == "" {
		user.Name = user.Email
	}
	err = p.change(ctx, who, identity.WriteUsers, func(tx Tx) error {
		if user.ID, err = insertUser(tx, user); err != nil {
			return err
		}
		return audit(tx, who, "user.create", fmt.Sprintf("user:%d", user.ID), user.Email)
	})
	return user, err
}

// newUser checks what was entered and hashes the password, outside of any
// transaction because that takes its time.
func (p *Panel) newUser(email, name, password string) (User, error) {
	normal, err := identity.NormalizeEmail(email)
	if err != nil {
		return User{}, invalid("email", err.Error())
	}
	name = strings.TrimSpace(name)
	if name != "" {
		if err := checkLabel("person", name); err != nil {
			return User{}, err
		}
	}
	hash, err := p.hashPassword("password", password)
	if err != nil {
		return User{}, err
	}
	return User{Email: normal, Name: name, PasswordHash: hash}, nil
}

func (p *Panel) hashPassword(field, password string) (string, error) {
	if err := identity.ValidatePassword(password); err != nil {
		return "", invalid(field, err.Error())
	}
	hash, err := p.hasher.Hash(password)
	if err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	return hash, nil
}

func insertUser(tx Tx, u User) (int64, error) {
	u.CreatedAt = tx.Now()
	id, err := tx.InsertUser(u)
	if errors.Is(err, ErrExists) {
		return 0, invalidf("email", "there is a user %s already", u.Email)
	}
	return id, err
}

// checkLabel accepts a name that people read: one line of 1 to 80 characters.
func checkLabel(field, label string) error {
	if label == "" || len([]rune(label)) > 80 || strings.ContainsFunc(label, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return invalid(field, "give a name of 1 to 80 characters on one line")
	}
	return nil
}

// MyAccount returns the caller's account.
func (p *Panel) MyAccount(ctx context.Context, who identity.Who) (a Account, err error) {
	err = p.look(ctx, who, identity.ReadAccount, func(tx Tx) error {
		a, err = tx.Account(who.AccountID)
		return err
	})
	return a, err
}

// RenameAccount changes what the account is called.
func (p *Panel) RenameAccount(ctx context.Context, who identity.Who, name string) error {
	if !who.May(identity.WriteAccount) {
		return ErrForbidden
	}
	name = strings.TrimSpace(name)
	if err := checkLabel("name", name); err != nil {
		return err
	}
	return p.onAccount(ctx, who.AccountID, func(b *book) error {
		b.account.Name = name
		return nil
	})
}

// ShowIn chooses the currency in which the account's people see amounts.
func (p *Panel) ShowIn(ctx context.Context, who identity.Who, code string) error {
	if !who.May(identity.WriteAccount) {
		return ErrForbidden
	}
	return p.onAccount(ctx, who.AccountID, func(b *book) error {
		if _, err := currencyOf(b.tx, code); err != nil {
			return invalidf("currency", "there is no currency %s", code)
		}
		b.account.Currency = code
		return nil
	})
}
