package smtp

import (
	"context"
	"errors"

	"accrue/internal/panel"
)

// Mailer is a panel.Mailer. The zero Mailer knows no server; see Disabled.
type Mailer struct {
	config *Config
}

// ErrNotConfigured says that there is no mail server to hand a message to.
var ErrNotConfigured = errors.New("no mail server is configured")

var _ panel.Mailer = (*Mailer)(nil)

// Disabled returns a Mailer for when there is no mail server: it writes
// messages, so that the outbox can be read, and sends none.
func Disabled() *Mailer { return &Mailer{} }

// New returns a Mailer that sends through the server of config.
func New(config Config) *Mailer {
	config = config.withDefaults()
	return &Mailer{config: &config}
}

// Render writes the message of a mail.
func (m *Mailer) Render(mail panel.Mail) (panel.Message, error) {
	return panel.Message{}, errors.ErrUnsupported
}

// Send hands a message to the server.
func (m *Mailer) Send(ctx context.Context, message panel.Message) error {
	if m.config == nil {
		return ErrNotConfigured
	}
	return errors.ErrUnsupported
}
