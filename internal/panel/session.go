package panel

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"accrue/internal/billing"
	"accrue/internal/identity"
)

// SignIn checks a password and opens a session. It says the same, and takes the
// same time, whether the e-mail or the password is wrong. Throttling is the
// door's.
func (p *Panel) SignIn(ctx context.Context, email, password, address, agent string) (identity.SessionSecret, error) {
	user, err := p.userByEmail(ctx, email)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return "", err
	}
	if err != nil || user.Disabled {
		p.hasher.VerifyNothing(password)
		return "", ErrUnauthorized
	}
	ok, rehash, err := p.hasher.Verify(user.PasswordHash, password)
	if err != nil {
		return "", fmt.Errorf("verify password of user %d: %w", user.ID, err)
	}
	if !ok {
		return "", ErrUnauthorized
	}
	if rehash {
		if user.PasswordHash, err = p.hasher.Hash(password); err != nil {
			return "", fmt.Errorf("hash password: %w", err)
		}
	}
	secret, err := identity.NewSessionSecret()
	if err != nil {
		return "", err
	}
	err = p.update(ctx, func(tx Tx) error {
		now := tx.Now()
		s := Session{UserID: user.ID, Hash: secret.Hash(), CreatedAt: now, SeenAt: now, Address: address, Agent: clip(agent, 200)}
		if _, err := tx.InsertSession(s); err != nil {
			return err
		}
		if rehash {
			return tx.UpdateUser(user)
		}
		return nil
	})
	return secret, err
}

func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}

func (p *Panel) userByEmail(ctx context.Context, email string) (user User, err error) {
	normal, err := identity.NormalizeEmail(email)
	if err != nil {
		return User{}, ErrNotFound
	}
	err = p.view(ctx, func(tx Tx) error {
		user, err = tx.UserByEmail(normal)
		return err
	})
	return user, err
}

// sessionTouch is how old a session's last sign of life may grow before it is
// written again, so that reading pages does not write.
const sessionTouch billing.Instant = 300

// SessionWho returns who is signed in with a secret, or ErrUnauthorized.
func (p *Panel) SessionWho(ctx context.Context, secret identity.SessionSecret) (who identity.Who, session Session, err error) {
	var stale bool
	err = p.view(ctx, func(tx Tx) error {
		session, err = tx.SessionByHash(secret.Hash())
		if err != nil {
			return asUnauthorized(err)
		}
		now := tx.Now()
		if !identity.SessionAlive(int64(session.CreatedAt), int64(session.SeenAt), int64(now)) {
			return ErrUnauthorized
		}
		stale = now-session.SeenAt > sessionTouch
		who, err = whoOf(tx, session.UserID, identity.ViaSession, "")
		return err
	})
	if err == nil && stale {
		err = p.store.Update(ctx, func(tx Tx) error { return tx.TouchSession(session.ID, tx.Now()) })
	}
	return who, session, err
}

func asUnauthorized(err error) error {
	if errors.Is(err, ErrNotFound) {
		return ErrUnauthorized
	}
	return err
}

func whoOf(tx Tx, user int64, via string, scope identity.Scope) (identity.Who, error) {
	u, err := tx.User(user)
	if err != nil {
		return identity.Who{}, asUnauthorized(err)
	}
	if u.Disabled {
		return identity.Who{}, ErrUnauthorized
	}
	return identity.Who{UserID: u.ID, AccountID: u.AccountID, Name: u.Name, Email: u.Email, Role: u.Role, Via: via, Scope: scope}, nil
}

// SignOut ends one of the caller's sessions; 0 ends all of them.
func (p *Panel) SignOut(ctx context.Context, who identity.Who, session int64) error {
	return p.change(ctx, who, identity.WriteCredentials, func(tx Tx) error {
		return tx.DeleteSession(who.UserID, session)
	})
}

// MySessions returns where the caller is signed in, the newest first.
func (p *Panel) MySessions(ctx context.Context, who identity.Who) (sessions []Session, err error) {
	err = p.look(ctx, who, identity.ReadAccount, func(tx Tx) error {
		all, err := tx.ListSessions(who.UserID)
		for _, s := range all {
			if identity.SessionAlive(int64(s.CreatedAt), int64(s.SeenAt), int64(tx.Now())) {
				sessions = append(sessions, s)
			}
		}
		return err
	})
	return sessions, err
}

// ChangePassword sets another password and signs out everywhere else.
func (p *Panel) ChangePassword(ctx context.Context, who identity.Who, keep int64, old, password string) error {
	if !who.May(identity.WriteCredentials) {
		return ErrForbidden
	}
	var user User
	err := p.view(ctx, func(tx Tx) (err error) {
		user, err = tx.User(who.UserID)
		return err
	})
	if err != nil {
		return err
	}
	if ok, _, err := p.hasher.Verify(user.PasswordHash, old); err != nil || !ok {
		return invalid("old_password", "is not your present password")
	}
	if user.PasswordHash, err = p.hashPassword("password", password); err != nil {
		return err
	}
	return p.update(ctx, func(tx Tx) error {
		sessions, err := tx.ListSessions(user.ID)
		if err != nil {
			return err
		}
		for _, s := range sessions {
			if s.ID == keep {
				continue
			}
			if err := tx.DeleteSession(user.ID, s.ID); err != nil {
				return err
			}
		}
		return tx.UpdateUser(user)
	})
}

// UserWho returns a user as the caller of use cases on the panel's own machine:
// the command line acts in a user's name without a password.
func (p *Panel) UserWho(ctx context.Context, email string) (who identity.Who, err error) {
	user, err := p.userByEmail(ctx, email)
	if err != nil {
		return identity.Who{}, err
	}
	err = p.view(ctx, func(tx Tx) error {
		who, err = whoOf(tx, user.ID, identity.ViaCLI, "")
		return err
	})
	return who, err
}
