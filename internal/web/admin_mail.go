package web

import (
	"io"
	"net/http"
	"net/mail"

	"github.com/a-h/templ"

	"accrue/internal/billing"
	"accrue/internal/panel"
)

const mailsPerPage = 50

// mailTabs are the ways to look at the outbox.
var mailTabs = []struct {
	state, text string
	shown       func(panel.Mail) bool
}{
	{"", "All", func(panel.Mail) bool { return true }},
	{"waiting", "Waiting", func(m panel.Mail) bool { return m.SentAt == 0 && m.Error == "" }},
	{"failed", "With an error", func(m panel.Mail) bool { return m.SentAt == 0 && m.Error != "" }},
	{"sent", "Sent", func(m panel.Mail) bool { return m.SentAt != 0 }},
}

func (s *server) adminMails(w http.ResponseWriter, v *visit) error {
	view, chosen := AdminMailView{}, mailTabs[0]
	for _, tab := range mailTabs {
		if tab.state == v.field("state") {
			chosen = tab
		}
	}
	for _, tab := range mailTabs {
		view.Tabs = append(view.Tabs, Tab{Text: tab.text, URL: query("/admin/mail", "state", tab.state), Current: tab.state == chosen.state})
	}
	before := number(v.field("before"))
	if before > 0 {
		view.Pager.Newer = query("/admin/mail", "state", chosen.state)
	}
	for {
		mails, err := s.Panel.Mails(v.Context(), v.who, before, mailsPerPage)
		if err != nil {
			return err
		}
		for _, m := range mails {
			before = m.ID
			if !chosen.shown(m) {
				continue
			}
			message, err := s.Panel.Message(v.Context(), m)
			if err != nil {
				return err
			}
			view.Mails = append(view.Mails, mailRow(m, message))
			if len(view.Mails) == mailsPerPage {
				view.Pager.Older = query("/admin/mail", "state", chosen.state, "before", text(before))
				break
			}
		}
		if len(mails) < mailsPerPage || view.Pager.Older != "" {
			break
		}
	}
	return s.adminShow(w, v, http.StatusOK, "Mail", func(p Page) templ.Component { return AdminMailPage(p, view) })
}

func mailRow(m panel.Mail, message panel.Message) MailRow {
	row := MailRow{ID: text(m.ID), URL: "/admin/mail/" + text(m.ID), To: m.To, Subject: message.Subject, At: when(m.CreatedAt), Attempts: text(m.Attempts)}
	switch {
	case m.SentAt != 0:
		row.Status = Status{Kind: "running", Text: "Sent"}
	case m.Error != "":
		row.Status, row.Error = Status{Kind: "warn", Text: "Not sent yet"}, m.Error
	default:
		row.Status = Status{Kind: "busy", Text: "Waiting"}
	}
	return row
}

func (s *server) adminMail(w http.ResponseWriter, v *visit) error {
	m, message, err := s.Panel.Mail(v.Context(), v.who, v.id())
	if err != nil {
		return err
	}
	names, err := s.Panel.AccountNames(v.Context(), v.who, m.AccountID)
	if err != nil {
		return err
	}
	view := AdminMailMessageView{Mail: mailRow(m, message), Text: message.Text, Retry: m.SentAt == 0}
	if message.HTML != "" {
		view.HTMLURL = view.Mail.URL + "/html"
	}
	view.Facts = []Fact{
		sender(message.From),
		{Label: "To", Value: Amount{Text: m.To}},
		{Label: "Account", Value: Amount{Text: names[m.AccountID]}},
		{Label: "Written", Value: Amount{Text: dated(m.CreatedAt).Text}},
		{Label: "Sent", Value: Amount{Text: sentAt(m.SentAt)}},
		{Label: "Attempts", Value: Amount{Text: text(m.Attempts)}},
	}
	return s.adminShow(w, v, http.StatusOK, message.Subject, func(p Page) templ.Component { return AdminMailMessagePage(p, view) })
}

// sender is the name that a mail comes from, with its address below.
func sender(from string) Fact {
	address, err := mail.ParseAddress(from)
	if err != nil || address.Name == "" {
		return Fact{Label: "From", Value: Amount{Text: from}}
	}
	return Fact{Label: "From", Value: Amount{Text: address.Name}, Note: address.Address}
}

func sentAt(at billing.Instant) string {
	if at == 0 {
		return "not yet"
	}
	return dated(at).Text
}

// adminMailHTML is the HTML part of a mail alone. It can do nothing: no script,
// no form, nothing from elsewhere, and only a page of ours may frame it.
func (s *server) adminMailHTML(w http.ResponseWriter, v *visit) error {
	_, message, err := s.Panel.Mail(v.Context(), v.who, v.id())
	if err != nil {
		return err
	}
	if message.HTML == "" {
		return panel.ErrNotFound
	}
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, err = io.WriteString(w, message.HTML)
	return err
}

func (s *server) adminRetryMail(w http.ResponseWriter, v *visit) error {
	page := "/admin/mail/" + text(v.id())
	if err := s.Panel.RetryMail(v.Context(), v.who, v.id()); err != nil {
		return s.refused(w, v, page, err)
	}
	return s.done(w, v, page, "It is tried again now.")
}
