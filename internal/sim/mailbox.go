package sim

import (
	"context"
	"sync"

	"accrue/internal/panel"
)

// Mailbox is a mail server that takes every message at once and keeps it. It is
// a panel.Mailer whose messages say only what they are about.
type Mailbox struct {
	mu   sync.Mutex
	sent []panel.Message
}

var _ panel.Mailer = (*Mailbox)(nil)

// Render names the notice as the subject.
func (*Mailbox) Render(m panel.Mail) (panel.Message, error) {
	return panel.Message{To: m.To, Subject: string(m.Kind)}, nil
}

// Send keeps the message.
func (b *Mailbox) Send(_ context.Context, m panel.Message) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sent = append(b.sent, m)
	return nil
}

// Sent returns what was sent so far, in order.
func (b *Mailbox) Sent() []panel.Message {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]panel.Message(nil), b.sent...)
}
