package smtp

import (
	"crypto/x509"
	"errors"

	"accrue/internal/panel"
)

// Mailer is a panel.Mailer. It keeps no connection between two messages, and is
// safe for use by several goroutines. The zero Mailer is Disabled.
type Mailer struct {
	config *Config
	roots  *x509.CertPool // who is trusted to vouch for the server; nil: whom the system trusts
}

var _ panel.Mailer = (*Mailer)(nil)

// ErrNotConfigured says that there is no mail server to hand a message to.
var ErrNotConfigured = errors.New("no mail server is configured")

// Disabled returns a Mailer for when there is no mail server. It renders mails,
// so that an administrator can read them in the outbox, and Send returns
// ErrNotConfigured, so that they stay there unsent.
func Disabled() *Mailer { return &Mailer{} }

// New returns a Mailer that sends through the server of config. It does not
// connect before there is something to send.
func New(config Config) *Mailer {
	config = config.withDefaults()
	return &Mailer{config: &config}
}
