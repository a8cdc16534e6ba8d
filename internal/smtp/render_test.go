package smtp

import (
	"encoding/xml"
	"errors"
	"html"
	"io"
	netmail "net/mail"
	"strings"
	"testing"

	"accrue/internal/panel"
)

func render(t *testing.T, m *Mailer, mail panel.Mail) panel.Message {
	t.Helper()
	message, err := m.Render(mail)
	if err != nil {
		t.Fatalf("render %s: %v", mail.Kind, err)
	}
	return message
}

func TestEveryAmountAndLinkIsInBothParts(t *testing.T) {
	for _, mail := range everyMail() {
		t.Run(string(mail.Kind), func(t *testing.T) {
			message := render(t, Disabled(), mail)
			n := mail.Notice
			page := html.UnescapeString(message.HTML)
			for _, want := range append(n.Found, n.Provider, n.Name, n.Balance, n.Threshold, n.ToLift, n.SuspendAt, n.Limit, n.At, n.TopUpURL, n.UsageURL, n.Token, n.AccountURL, n.FindingsURL) {
				if !strings.Contains(message.Text, want) {
					t.Errorf("text lacks %q:\n%s", want, message.Text)
				}
				if !strings.Contains(page, want) {
					t.Errorf("HTML lacks %q", want)
				}
			}
			if message.Subject == "" || message.To != mail.To || message.ID == "" {
				t.Errorf("got subject %q, to %q, ID %q", message.Subject, message.To, message.ID)
			}
		})
	}
}

// Without a public URL there are no links; without an end in sight, no date.
func TestWhatIsNotKnownIsLeftOut(t *testing.T) {
	for _, mail := range everyMail() {
		mail.Notice.TopUpURL, mail.Notice.UsageURL, mail.Notice.SuspendAt, mail.Notice.ToLift = "", "", "", ""
		message := render(t, Disabled(), mail)
		for _, unwanted := range []string{"Top up:", "See what you use", "Expected suspension", `href=""`, "<no value>", "  ", "\n\n\n\n", " ."} {
			if strings.Contains(message.Text, unwanted) || unwanted[0] == 'h' && strings.Contains(message.HTML, unwanted) {
				t.Errorf("%s has %q:\n%s", mail.Kind, unwanted, message.Text)
			}
		}
	}
}

func TestHTMLEscapesAndIsWellFormed(t *testing.T) {
	for _, mail := range everyMail() {
		mail.Notice.Name = `<script>alert("1")</script> & Söhne`
		mail.Notice.Provider = `<b>Cloud</b>`
		mail.Notice.Found = []string{`web <script>`}
		mail.Notice.TopUpURL = `javascript:alert(1)`
		page := render(t, Disabled(), mail).HTML
		for _, unwanted := range []string{"<script>", "<b>Cloud", "javascript:"} {
			if strings.Contains(page, unwanted) {
				t.Errorf("%s has %q in HTML", mail.Kind, unwanted)
			}
		}
		decoder := xml.NewDecoder(strings.NewReader(page))
		decoder.Entity = xml.HTMLEntity
		for {
			if _, err := decoder.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", mail.Kind, err)
			}
		}
	}
}

func TestNoFieldBreaksItsLine(t *testing.T) {
	mailer := New(Config{From: "billing@example.com"})
	const evil = "Eve\r\nBcc: all@example.com\r\n\r\nhello\u202e"
	for _, mail := range everyMail() {
		mail.Notice.Name, mail.Notice.Provider, mail.Notice.Balance = evil, evil, evil
		mail.Notice.Found = []string{evil}
		message := render(t, mailer, mail)
		for _, part := range []string{message.Subject, message.From, message.Text, message.HTML} {
			if strings.Contains(part, "\nBcc") || strings.Contains(part, "\u202e") || strings.Contains(part, "\r") {
				t.Errorf("%s: a field breaks out: %q", mail.Kind, part)
			}
		}
		if strings.Contains(message.Subject+message.From, "\n") {
			t.Errorf("%s: a header has two lines: %q, %q", mail.Kind, message.Subject, message.From)
		}
	}
}

func TestFromHasTheProvidersName(t *testing.T) {
	mail := everyMail()[0]
	for _, test := range []struct{ configured, want string }{
		{"billing@example.com", `"Northwind Cloud" <billing@example.com>`},
		{"Money <billing@example.com>", `"Money" <billing@example.com>`},
		{"", ""},
	} {
		if got := render(t, New(Config{From: test.configured}), mail).From; got != test.want {
			t.Errorf("with %q: got From %q, want %q", test.configured, got, test.want)
		}
	}
}

func TestMessageIDIsFixedAndTheMailsOwn(t *testing.T) {
	mail := everyMail()[0]
	first := render(t, Disabled(), mail)
	again := mail
	again.Attempts, again.Error, again.SentAt = 3, "451 later", 1796904060
	if got := render(t, New(Config{From: "x@example.org"}), again).ID; got != first.ID {
		t.Errorf("got ID %s at the next try, want %s", got, first.ID)
	}
	if !strings.HasSuffix(first.ID, "@panel.example.com") {
		t.Errorf("got ID %s, want one of panel.example.com", first.ID)
	}
	if _, err := netmail.ParseAddress(first.ID); err != nil {
		t.Errorf("ID %s: %v", first.ID, err)
	}
	for name, change := range map[string]func(*panel.Mail){
		"recipient": func(m *panel.Mail) { m.To = "bob@example.com" },
		"number":    func(m *panel.Mail) { m.ID++ },
		"instant":   func(m *panel.Mail) { m.CreatedAt++ },
		"host":      func(m *panel.Mail) { m.Notice.UsageURL = "" },
	} {
		other := mail
		change(&other)
		if render(t, Disabled(), other).ID == first.ID {
			t.Errorf("another %s has the same ID", name)
		}
	}
}

func TestUnknownKindIsAnError(t *testing.T) {
	if _, err := Disabled().Render(panel.Mail{Kind: "spam"}); err == nil {
		t.Error("got no error, want one")
	}
}
