package smtp

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"strings"
	"testing"
	"time"

	gosmtp "github.com/emersion/go-smtp"

	"accrue/internal/panel"
)

func message(t *testing.T) panel.Message {
	t.Helper()
	m := render(t, New(Config{From: "billing@example.com"}), everyMail()[0])
	m.Subject += " ✓"
	return m
}

// arrived is a mail as a reader sees it.
type arrived struct {
	header mail.Header
	parts  map[string]string // content by media type, in Unix lines
}

func parse(t *testing.T, data string) arrived {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	media, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || media != "multipart/alternative" {
		t.Fatalf("got %s (%v), want multipart/alternative", media, err)
	}
	got := arrived{header: m.Header, parts: map[string]string{}}
	for reader := multipart.NewReader(m.Body, params["boundary"]); ; {
		part, err := reader.NextRawPart()
		if errors.Is(err, io.EOF) {
			return got
		}
		if err != nil {
			t.Fatal(err)
		}
		media, _, err := mime.ParseMediaType(part.Header.Get("Content-Type"))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			t.Fatal(err)
		}
		got.parts[media] = strings.ReplaceAll(string(body), "\r\n", "\n")
	}
}

func TestDeliversOnceWithBothParts(t *testing.T) {
	for _, security := range []Security{None, StartTLS, TLS} {
		t.Run(string(security), func(t *testing.T) {
			server := start(t, security, nil)
			want := message(t)
			before := time.Now().Add(-time.Second)
			if err := server.mailer.Send(t.Context(), want); err != nil {
				t.Fatal(err)
			}
			taken := server.taken()
			if len(taken) != 1 {
				t.Fatalf("got %d messages, want 1", len(taken))
			}
			if got := taken[0]; got.from != "billing@example.com" || got.to != "ada@example.com" || got.encrypted != (security != None) {
				t.Errorf("got envelope %+v", got)
			}
			got := parse(t, taken[0].data)
			for name, value := range map[string]string{
				"Message-Id":     "<" + want.ID + ">",
				"Auto-Submitted": "auto-generated",
				"From":           want.From,
				"To":             "<ada@example.com>",
			} {
				if got.header.Get(name) != value {
					t.Errorf("got %s: %q, want %q", name, got.header.Get(name), value)
				}
			}
			subject, err := new(mime.WordDecoder).DecodeHeader(got.header.Get("Subject"))
			if err != nil || subject != want.Subject {
				t.Errorf("got subject %q (%v), want %q", subject, err, want.Subject)
			}
			if date, err := got.header.Date(); err != nil || date.Before(before) {
				t.Errorf("got date %v (%v)", date, err)
			}
			if got.parts["text/plain"] != want.Text || got.parts["text/html"] != want.HTML {
				t.Errorf("got parts\n%s\n%s", got.parts["text/plain"], got.parts["text/html"])
			}
		})
	}
}

func TestSignsIn(t *testing.T) {
	server := start(t, StartTLS, func(s *server) { s.password = "secret" })
	var permanent *PermanentError
	if err := server.mailer.Send(t.Context(), message(t)); err == nil || errors.As(err, &permanent) {
		t.Errorf("without a password: got %v, want an error to try again after", err)
	}
	server.mailer.config.Username, server.mailer.config.Password = "panel", "wrong"
	if err := server.mailer.Send(t.Context(), message(t)); err == nil || errors.As(err, &permanent) || strings.Contains(err.Error(), "wrong") {
		t.Errorf("with a wrong password: got %v, want an error to try again after", err)
	}
	server.mailer.config.Password = "secret"
	if err := server.mailer.Send(t.Context(), message(t)); err != nil {
		t.Error(err)
	}
	if len(server.taken()) != 1 {
		t.Errorf("got %d messages, want 1", len(server.taken()))
	}
}

func TestWantsTLSWhereItIsConfigured(t *testing.T) {
	server := start(t, None, nil)
	server.mailer.config.Security = StartTLS
	if err := server.mailer.Send(t.Context(), message(t)); err == nil || !strings.Contains(err.Error(), "STARTTLS") {
		t.Errorf("got %v, want STARTTLS missed", err)
	}
	server = start(t, StartTLS, nil)
	server.mailer.roots = nil
	if err := server.mailer.Send(t.Context(), message(t)); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("got %v, want the certificate refused", err)
	}
	if len(server.taken()) != 0 {
		t.Error("a message went out in the clear or to a stranger")
	}
}

func TestRefusals(t *testing.T) {
	for _, test := range []struct {
		name, at  string
		code      int
		permanent bool
	}{
		{"recipient unknown", "rcpt", 550, true},
		{"recipient greylisted", "rcpt", 451, false},
		{"sender refused", "mail", 553, false},
		{"message refused", "data", 554, true},
		{"no space left", "data", 452, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := start(t, None, func(s *server) {
				s.refuse = map[string]error{test.at: &gosmtp.SMTPError{Code: test.code, Message: "because I say so"}}
			})
			err := server.mailer.Send(t.Context(), message(t))
			var permanent *PermanentError
			if errors.As(err, &permanent) != test.permanent || test.permanent && permanent.Code != test.code {
				t.Errorf("got %v, want permanent %v", err, test.permanent)
			}
			var reply *textproto.Error
			if !errors.As(err, &reply) || reply.Code != test.code || !strings.Contains(err.Error(), "because I say so") {
				t.Errorf("got %v, want the server's words", err)
			}
			if len(server.taken()) != 0 {
				t.Error("the message was taken")
			}
		})
	}
}

func TestMessagesThatCannotTravel(t *testing.T) {
	server := start(t, None, nil)
	for name, change := range map[string]func(*panel.Message){
		"no recipient":           func(m *panel.Message) { m.To = "" },
		"recipient of two lines": func(m *panel.Message) { m.To = "a@example.com>\r\nRCPT TO:<b@example.com" },
		"two recipients":         func(m *panel.Message) { m.To = "a@example.com, b@example.com" },
		"no ID":                  func(m *panel.Message) { m.ID = "" },
		"ID of two lines":        func(m *panel.Message) { m.ID = "1@x\r\nBcc: a@example.com" },
	} {
		m := message(t)
		change(&m)
		var permanent *PermanentError
		if err := server.mailer.Send(t.Context(), m); !errors.As(err, &permanent) || permanent.Code != 0 {
			t.Errorf("%s: got %v, want a permanent error", name, err)
		}
	}
	m := message(t)
	m.Subject = "Hello\r\nBcc: all@example.com"
	if err := server.mailer.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	got := parse(t, server.taken()[0].data)
	if got.header.Get("Bcc") != "" || got.header.Get("Subject") != "Hello Bcc: all@example.com" {
		t.Errorf("a subject broke out: %v", got.header)
	}
}

func TestServerThatHangs(t *testing.T) {
	for _, at := range []string{"greeting", "mail", "data"} {
		t.Run("at "+at, func(t *testing.T) {
			server := start(t, None, func(s *server) { s.hang = at })
			server.mailer.config.Timeout = 50 * time.Millisecond
			if err := server.mailer.Send(t.Context(), message(t)); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v, want the deadline", err)
			}
			server.mailer.config.Timeout = time.Minute
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(10*time.Millisecond, cancel)
			if err := server.mailer.Send(ctx, message(t)); !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want it canceled", err)
			}
		})
	}
}

// A server that dies after it has the message and before it says so: an error,
// not a permanent one, and the next try carries the same ID.
func TestServerThatDiesBeforeItAnswers(t *testing.T) {
	server := start(t, None, func(s *server) { s.dieOnce = true })
	m := message(t)
	var permanent *PermanentError
	if err := server.mailer.Send(t.Context(), m); err == nil || errors.As(err, &permanent) {
		t.Errorf("got %v, want an error to try again after", err)
	}
	if err := server.mailer.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	taken := server.taken()
	if len(taken) != 2 {
		t.Fatalf("got %d messages, want 2", len(taken))
	}
	first, second := parse(t, taken[0].data), parse(t, taken[1].data)
	if first.header.Get("Message-Id") != second.header.Get("Message-Id") {
		t.Error("the message came twice under two IDs")
	}
}

func TestNoServer(t *testing.T) {
	if err := Disabled().Send(t.Context(), message(t)); !errors.Is(err, ErrNotConfigured) {
		t.Errorf("got %v, want ErrNotConfigured", err)
	}
	server := start(t, None, nil)
	server.stop()
	var permanent *PermanentError
	if err := server.mailer.Send(t.Context(), message(t)); err == nil || errors.As(err, &permanent) {
		t.Errorf("got %v, want an error to try again after", err)
	}
}
