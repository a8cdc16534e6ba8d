package panel

import (
	"context"
	"errors"
	"fmt"

	"accrue/internal/identity"
)

// CountAccounts counts all accounts, and those in each condition.
func (p *Panel) CountAccounts(ctx context.Context, who identity.Who) (counts AccountCounts, err error) {
	err = p.look(ctx, who, identity.ReadUsers, func(tx Tx) error {
		counts, err = tx.CountAccounts()
		return err
	})
	return counts, err
}

// Administrators returns the people who run the panel.
func (p *Panel) Administrators(ctx context.Context, who identity.Who) (users []User, err error) {
	err = p.look(ctx, who, identity.ReadUsers, func(tx Tx) error {
		users, err = tx.ListUsers(0)
		return err
	})
	return users, err
}

// SetPassword gives a person of an account another password and signs them out
// everywhere.
func (p *Panel) SetPassword(ctx context.Context, who identity.Who, account, user int64, password string) error {
	if !who.May(identity.WriteUsers) {
		return ErrForbidden
	}
	hash, err := p.hashPassword("password", password)
	if err != nil {
		return err
	}
	return p.changeUser(ctx, who, account, user, "user.password", func(u *User) { u.PasswordHash = hash })
}

// SetDisabled keeps a person of an account from signing in, or lets them again.
// Tokens of theirs stop working at once, too.
func (p *Panel) SetDisabled(ctx context.Context, who identity.Who, account, user int64, disabled bool) error {
	action := "user.enable"
	if disabled {
		action = "user.disable"
	}
	return p.changeUser(ctx, who, account, user, action, func(u *User) { u.Disabled = disabled })
}

// changeUser changes a person of an account and ends their sessions.
func (p *Panel) changeUser(ctx context.Context, who identity.Who, account, user int64, action string, change func(*User)) error {
	return p.change(ctx, who, identity.WriteUsers, func(tx Tx) error {
		u, err := tx.User(user)
		if err != nil {
			return err
		}
		if u.AccountID != account {
			return ErrNotFound
		}
		if u.ID == who.UserID {
			return refuse(CodeConflict, "You cannot do this to yourself.")
		}
		change(&u)
		if err := tx.UpdateUser(u); err != nil {
			return err
		}
		if err := tx.DeleteSession(u.ID, 0); err != nil {
			return err
		}
		return audit(tx, who, action, fmt.Sprintf("account:%d", account), u.Email)
	})
}

// EndSession signs a person of an account out in one place.
func (p *Panel) EndSession(ctx context.Context, who identity.Who, account, session int64) error {
	return p.change(ctx, who, identity.WriteUsers, func(tx Tx) error {
		users, err := tx.ListUsers(account)
		if err != nil {
			return err
		}
		for _, u := range users {
			sessions, err := tx.ListSessions(u.ID)
			if err != nil {
				return err
			}
			for _, s := range sessions {
				if s.ID != session {
					continue
				}
				if err := tx.DeleteSession(u.ID, s.ID); err != nil {
					return err
				}
				return audit(tx, who, "session.end", fmt.Sprintf("account:%d", account), u.Email)
			}
		}
		return ErrNotFound
	})
}

// aliveSessions returns where people are signed in.
func aliveSessions(tx Tx, users []User) (alive []Session, err error) {
	for _, u := range users {
		all, err := tx.ListSessions(u.ID)
		if err != nil {
			return nil, err
		}
		for _, s := range all {
			if identity.SessionAlive(int64(s.CreatedAt), int64(s.SeenAt), int64(tx.Now())) {
				alive = append(alive, s)
			}
		}
	}
	return alive, nil
}

// AccountNames returns what some accounts are called. Those that do not exist
// are left out.
func (p *Panel) AccountNames(ctx context.Context, who identity.Who, ids ...int64) (names map[int64]string, err error) {
	err = p.look(ctx, who, identity.ReadUsers, func(tx Tx) error {
		names = map[int64]string{}
		for _, id := range ids {
			if _, known := names[id]; known || id <= 0 {
				continue
			}
			a, err := tx.Account(id)
			if err != nil && !errors.Is(err, ErrNotFound) {
				return err
			}
			if err == nil {
				names[id] = a.Name
			}
		}
		return nil
	})
	return names, err
}
