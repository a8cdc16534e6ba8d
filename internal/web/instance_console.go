package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"accrue/internal/fleet"
	"accrue/internal/panel"
)

func (s *server) consoleScreen(w http.ResponseWriter, v *visit) error {
	return s.console(w, v, panel.ConsoleScreen, "")
}

// consoleSerial is a page whose terminal makes style elements for its colours
// and for the size of its letters: they carry a nonce. Colours beyond the 256 of
// terminals are style attributes, which have none; so these are let through
// here, where everything but the instance's name is our own.
func (s *server) consoleSerial(w http.ResponseWriter, v *visit) error {
	nonce := newKey()
	w.Header().Set("Content-Security-Policy", contentPolicy+"; style-src-elem 'self' 'nonce-"+nonce+"'; style-src-attr 'unsafe-inline'")
	return s.console(w, v, panel.ConsoleSerial, nonce)
}

func (s *server) console(w http.ResponseWriter, v *visit, kind panel.ConsoleKind, nonce string) error {
	i, err := s.mine(v)
	if err != nil {
		return err
	}
	p, err := s.page(w, v, "")
	if err != nil {
		return err
	}
	view := ConsoleView{Kind: string(kind), Name: i.Name, URL: instanceURL(i.ID), Status: statusOf(i), Cover: coverOf(i), Nonce: nonce}
	if p.Flash != nil && p.Flash.Kind == "danger" {
		view.Cover = ConsoleCover{Text: p.Flash.Text}
	}
	return s.render(w, v, http.StatusOK, ConsolePage(p, view))
}

// mine is an instance of the visitor's account. Those of others are not found.
func (s *server) mine(v *visit) (panel.InstanceView, error) {
	i, err := s.Panel.Instance(v.Context(), v.who, v.id())
	if err == nil && i.AccountID != v.who.AccountID {
		err = panel.ErrNotFound
	}
	return i, err
}

// coverOf says why there is nothing to see of an instance, or nothing if there is.
func coverOf(i panel.InstanceView) ConsoleCover {
	var no *fleet.Refusal
	if !errors.As(i.Facts.May(fleet.CommandConsole), &no) {
		return ConsoleCover{}
	}
	switch {
	case no.Code == fleet.CodeNotReady:
		return ConsoleCover{Text: i.Name + " is being created. Its screen appears here as soon as it is on.", Wait: true}
	case no.Code == fleet.CodeNotRunning && i.Facts.WantOn():
		return ConsoleCover{Text: i.Name + " is starting. Its screen appears here as soon as it is on.", Wait: true}
	case no.Code == fleet.CodeNotRunning:
		return ConsoleCover{Text: i.Name + " is off.", Start: refusedNow(i, fleet.CommandStart) == ""}
	}
	return ConsoleCover{Text: no.Message}
}

// holder is what a visitor's tickets are bound to.
func holder(v *visit) string { return fmt.Sprintf("session:%d", v.session.ID) }

// consoleTicket gives the page's script the address of a stream, or says why
// there is none.
func (s *server) consoleTicket(w http.ResponseWriter, v *visit) error {
	i, err := s.mine(v)
	if err != nil {
		return err
	}
	ticket, err := s.Panel.OpenConsole(v.Context(), v.who, holder(v), i.ID, panel.ConsoleKind(v.field("kind")))
	if err == nil {
		stream := url.URL{Path: instanceURL(i.ID) + "/console/stream", RawQuery: url.Values{"ticket": {ticket.Reveal()}}.Encode()}
		return reply(w, http.StatusOK, map[string]string{"url": stream.String()})
	}
	message, known := refusal(err)
	if !known {
		return err
	}
	cover := coverOf(i)
	if cover.Text == "" {
		cover.Text = message
	}
	return reply(w, http.StatusConflict, cover)
}

// reply answers a script.
func reply(w http.ResponseWriter, status int, content any) error {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(content) // whoever asked has gone
	return nil
}
