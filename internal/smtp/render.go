package smtp

import (
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"io"
	netmail "net/mail"
	"net/url"
	"slices"
	"strconv"
	"strings"
	texttemplate "text/template"
	"unicode"

	"accrue/internal/panel"
)

// Render writes the message of a mail: the same mail is the same message, with
// the same ID, whenever it is rendered. It comes from the configured sender
// under the provider's name.
//
// Whatever a customer has chosen, such as the account's name, is one line of
// text in it: no line break and no change of writing direction survives, and in
// HTML it is escaped. A mail of no known kind is an error.
func (m *Mailer) Render(mail panel.Mail) (panel.Message, error) {
	form, ok := forms[mail.Kind]
	if !ok {
		return panel.Message{}, fmt.Errorf("render mail: %q is no kind of mail", mail.Kind)
	}
	l := letterOf(mail)
	var text, html strings.Builder
	if err := form.write(&l, &text, &html); err != nil {
		return panel.Message{}, fmt.Errorf("render mail %s: %w", mail.Kind, err)
	}
	return panel.Message{
		ID:      messageID(mail),
		From:    m.sender(l.Provider),
		To:      mail.To,
		Subject: l.Subject,
		Text:    strings.TrimRight(text.String(), "\n") + "\n",
		HTML:    html.String(),
	}, nil
}

// sender is the configured sender under the provider's name, unless it has a
// name already. It is empty when no sender is configured.
func (m *Mailer) sender(provider string) string {
	if m.config == nil || m.config.From == "" {
		return ""
	}
	address, err := netmail.ParseAddress(m.config.From)
	if err != nil {
		return m.config.From // Send says what is wrong with it
	}
	if address.Name == "" {
		address.Name = provider
	}
	return address.String()
}

// form is how the mails of a kind are written.
type form struct {
	text *texttemplate.Template
	html *htmltemplate.Template
}

// write fills the templates with l, the subject first: the HTML repeats it.
func (f form) write(l *letter, text, html io.Writer) error {
	var subject strings.Builder
	if err := f.text.ExecuteTemplate(&subject, "subject", l); err != nil {
		return err
	}
	l.Subject = subject.String()
	return errors.Join(f.text.Execute(text, l), f.html.Execute(html, l))
}

//go:embed templates
var templates embed.FS

// forms are the templates. They are part of the program: one that cannot be
// read is the programmer's mistake, and no program starts with it.
var forms = func() map[panel.MailKind]form {
	text := texttemplate.Must(texttemplate.ParseFS(templates, "templates/layout.txt"))
	html := htmltemplate.Must(htmltemplate.ParseFS(templates, "templates/layout.html"))
	all := map[panel.MailKind]form{}
	for _, kind := range []panel.MailKind{
		panel.MailLow, panel.MailNegative, panel.MailSuspended, panel.MailResumed, panel.MailToken, panel.MailFindings, panel.MailTest,
	} {
		name := string(kind)
		ownText := texttemplate.Must(texttemplate.Must(text.Clone()).ParseFS(templates, "templates/"+name+".txt"))
		ownHTML := htmltemplate.Must(htmltemplate.Must(html.Clone()).ParseFS(templates, "templates/"+name+".html"))
		all[kind] = form{text: ownText.Lookup(name + ".txt"), html: ownHTML.Lookup("layout.html")}
	}
	return all
}()

// letter is what a template is filled with.
type letter struct {
	panel.Notice
	Subject string
	Facts   []fact
}

// fact is a line of the table below a mail.
type fact struct{ Label, Value string }

func letterOf(mail panel.Mail) letter {
	n := mail.Notice
	for _, field := range []*string{
		&n.Provider, &n.Name, &n.Balance, &n.Threshold, &n.ToLift, &n.SuspendAt, &n.Limit, &n.At, &n.TopUpURL, &n.UsageURL, &n.Token, &n.AccountURL, &n.FindingsURL,
	} {
		*field = oneLine(*field)
	}
	n.Found = slices.Clone(n.Found)
	for i := range n.Found {
		n.Found[i] = oneLine(n.Found[i])
	}
	l := letter{Notice: n}
	money := mail.Kind != panel.MailTest && mail.Kind != panel.MailToken && mail.Kind != panel.MailFindings
	for _, f := range []fact{
		{"Token", n.Token},
		{"Account", n.Name},
		{"Balance", n.Balance},
		{"Add at least", n.ToLift},
		{"Instances", strconv.FormatInt(n.Instances, 10)},
		{"Suspended below", n.Limit},
		{"Expected suspension", n.SuspendAt},
		{"As of", n.At},
	} {
		if f.Value != "" && (money || f.Label == "Token" || f.Label == "As of") {
			l.Facts = append(l.Facts, f)
		}
	}
	return l
}

// oneLine makes s fit into a line, and keeps it from changing what is around it.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
	}), " ")
}

// messageID is made of all that is fixed about a mail, so that no other mail of
// any panel has it, under the name of the panel's own host where that is known.
func messageID(mail panel.Mail) string {
	fixed, err := json.Marshal([]any{mail.ID, mail.AccountID, mail.Kind, mail.To, mail.Notice, mail.CreatedAt})
	if err != nil {
		panic(err) // numbers and strings only
	}
	sum := sha256.Sum256(fixed)
	host := "accrue.invalid"
	if link, err := url.Parse(cmp.Or(mail.Notice.UsageURL, mail.Notice.FindingsURL)); err == nil && validHost(link.Hostname()) {
		host = link.Hostname()
	}
	return hex.EncodeToString(sum[:16]) + "@" + host
}

// validHost reports whether s can stand in a message ID as it is.
func validHost(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-' || r == '.')
	})
}
