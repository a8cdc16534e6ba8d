package smtp

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"strings"

	gomail "github.com/wneessen/go-mail"
	gosmtp "github.com/wneessen/go-mail/smtp"

	"accrue/internal/panel"
)

// PermanentError says that the server will never take this message: it refuses
// the recipient or what is written. Every other error of Send is worth another
// try, be it only after somebody has mended the configuration.
type PermanentError struct {
	Code int // the server's, 500 to 599; 0 when the message never got that far
	Err  error
}

func (e *PermanentError) Error() string { return e.Err.Error() }
func (e *PermanentError) Unwrap() error { return e.Err }

// Permanent returns true: the panel does not try again.
func (e *PermanentError) Permanent() bool { return true }

// Send hands a message to the server and returns nil when the server has said
// that it has taken it. It gives up when ctx ends or the configured timeout has
// passed. After an error the server may still have it: a server that dies
// before it answers leaves that open, and receivers know a message that comes
// twice by its ID.
func (m *Mailer) Send(ctx context.Context, message panel.Message) error {
	if m.config == nil {
		return ErrNotConfigured
	}
	mail, err := m.compose(message)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, m.config.Timeout)
	defer cancel()
	if err := m.deliver(ctx, mail); err != nil {
		if ctx.Err() != nil {
			err = fmt.Errorf("%w: %w", ctx.Err(), err)
		}
		return fmt.Errorf("hand message to %s: %w", m.config.address(), err)
	}
	return nil
}

// compose writes the message as it travels.
func (m *Mailer) compose(message panel.Message) (*gomail.Msg, error) {
	mail := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := mail.From(cmp.Or(message.From, m.config.From)); err != nil {
		return nil, fmt.Errorf("sender: %w", err)
	}
	if err := mail.To(message.To); err != nil {
		return nil, &PermanentError{Err: fmt.Errorf("recipient: %w", err)}
	}
	if message.ID == "" || strings.ContainsFunc(message.ID, func(r rune) bool { return r <= ' ' || r > '~' || r == '<' || r == '>' }) {
		return nil, &PermanentError{Err: fmt.Errorf("%q can be no message ID", message.ID)}
	}
	mail.SetMessageIDWithValue(message.ID)
	mail.SetDate()
	mail.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: nobody's holiday answers it
	mail.Subject(oneLine(message.Subject))
	mail.SetBodyString(gomail.TypeTextPlain, message.Text)
	mail.AddAlternativeString(gomail.TypeTextHTML, message.HTML)
	return mail, nil
}

// deliver has one conversation with the server. When ctx ends it hangs up,
// wherever the conversation is.
func (m *Mailer) deliver(ctx context.Context, mail *gomail.Msg) error {
	conn, err := m.dial(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	client, err := m.client(conn)
	if err != nil {
		return err
	}
	session, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return fmt.Errorf("greeting: %w", err)
	}
	if err := transfer(session, mail); err != nil {
		return err
	}
	_ = session.Quit() // taken is taken, however the farewell goes
	return nil
}

// transfer hands over one message. A message that cannot be written to its end
// is left without its end, so that the server never takes half of it.
func transfer(session *gosmtp.Client, mail *gomail.Msg) error {
	from, err := mail.GetSender(false)
	if err != nil {
		return fmt.Errorf("sender: %w", err)
	}
	to, err := mail.GetRecipients()
	if err != nil {
		return fmt.Errorf("recipient: %w", err)
	}
	if err := session.Mail(from); err != nil {
		return fmt.Errorf("sender: %w", err)
	}
	for _, recipient := range to {
		if err := session.Rcpt(recipient); err != nil {
			return refused("recipient", err)
		}
	}
	body, err := session.Data()
	if err != nil {
		return refused("message", err)
	}
	if _, err := mail.WriteTo(body); err != nil {
		return fmt.Errorf("message: %w", err)
	}
	if err := body.Close(); err != nil {
		return refused("message", err)
	}
	return nil
}

// refused tells a refusal for good from all else that can go wrong.
func refused(what string, err error) error {
	var reply *textproto.Error
	err = fmt.Errorf("%s: %w", what, err)
	if errors.As(err, &reply) && reply.Code >= 500 && reply.Code <= 599 {
		return &PermanentError{Code: reply.Code, Err: err}
	}
	return err
}

// dial connects, with TLS from the first byte where that is configured.
func (m *Mailer) dial(ctx context.Context) (net.Conn, error) {
	if m.config.Security == TLS {
		dialer := tls.Dialer{Config: m.tls()}
		return dialer.DialContext(ctx, "tcp", m.config.address())
	}
	var dialer net.Dialer
	return dialer.DialContext(ctx, "tcp", m.config.address())
}

func (m *Mailer) tls() *tls.Config {
	return &tls.Config{ServerName: m.config.Host, RootCAs: m.roots, MinVersion: tls.VersionTLS12}
}

// client speaks SMTP over conn.
func (m *Mailer) client(conn net.Conn) (*gomail.Client, error) {
	policy := gomail.NoTLS
	if m.config.Security == StartTLS {
		policy = gomail.TLSMandatory
	}
	options := []gomail.Option{
		gomail.WithTimeout(2 * m.config.Timeout), // never: the context ends first
		gomail.WithTLSConfig(m.tls()),
		gomail.WithTLSPolicy(policy),
		gomail.WithDialContextFunc(func(context.Context, string, string) (net.Conn, error) { return conn, nil }),
	}
	if m.config.Username != "" {
		options = append(options,
			gomail.WithUsername(m.config.Username),
			gomail.WithPassword(m.config.Password),
			gomail.WithOpportunisticSMTPAuth(
				gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthSCRAMSHA1, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin))
	}
	return gomail.NewClient(m.config.Host, options...)
}
