package bench

import (
	"context"
	"net"
	"net/http"
	"time"

	"accrue/internal/identity"
	"accrue/internal/panel"
)

// serve answers requests on loopback until the site is closed.
func (s *site) serve(handler http.Handler) (url string, err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}
	go server.Serve(listener) // until Close
	s.close = append(s.close, server.Close)
	return "http://" + listener.Addr().String(), nil
}

// password is everybody's.
const password = "bench bench bench"

// addUser makes a person who can sign in: of an account, or an administrator
// where that is 0.
func (s *site) addUser(ctx context.Context, account int64, email string) error {
	hash, err := identity.NewHasher(identity.TestParams, 1).Hash(password)
	if err != nil {
		return err
	}
	user := panel.User{AccountID: account, Email: email, Name: "Bench", Role: identity.RoleCustomer, PasswordHash: hash}
	if account == 0 {
		user.Role = identity.RoleAdministrator
	}
	return s.store.Update(ctx, func(tx panel.Tx) error {
		_, err := tx.InsertUser(user)
		return err
	})
}
