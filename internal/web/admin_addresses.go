package web

import (
	"errors"
	"net/http"
	"net/netip"
	"time"

	"github.com/a-h/templ"

	"accrue/internal/billing"
	"accrue/internal/panel"
)

func (s *server) adminBlockAddress(w http.ResponseWriter, v *visit) error {
	view, err := s.knownPool(v)
	if err != nil {
		return err
	}
	e := newEntered(v)
	addr := e.address("address")
	if e.ok() {
		err := s.Panel.BlockAddress(v.Context(), v.who, addr, panel.AddressState(e.field("state")), e.field("note"))
		if errors.Is(err, panel.ErrNotFound) {
			err = &panel.Invalid{Field: "address", Message: "is in no pool"}
		}
		if err := e.take(err, nil); err != nil {
			return err
		}
	}
	if e.ok() {
		return s.done(w, v, view.action(), addr.String()+" is kept.")
	}
	view.Block.Address, view.Block.Note, view.Block.Errors = e.field("address"), e.field("note"), e.errors
	for n, o := range view.Block.States {
		view.Block.States[n].Selected = o.Value == e.field("state")
	}
	return s.showPool(w, v, http.StatusUnprocessableEntity, view)
}

func (s *server) adminFreeAddress(w http.ResponseWriter, v *visit) error {
	addr, err := netip.ParseAddr(v.field("address"))
	if err != nil {
		return panel.ErrNotFound
	}
	if err := s.Panel.FreeAddress(v.Context(), v.who, addr); err != nil {
		return s.refused(w, v, poolURL(v.id()), err)
	}
	return s.done(w, v, poolURL(v.id()), addr.String()+" is free.")
}

// localTime is how browsers write what is entered into a field for date and time.
const localTime = "2006-01-02T15:04"

func (s *server) adminAddressHistory(w http.ResponseWriter, v *visit) error {
	e := newEntered(v)
	view := AdminHistoryView{Address: e.field("address"), At: e.field("at"), Asked: e.field("address") != ""}
	addr, at := e.address("address"), billing.Never
	if view.At != "" {
		moment, err := time.Parse(localTime, view.At)
		if err != nil {
			e.errors["at"] = "Give a date and a time."
		}
		at = billing.At(moment)
	}
	status := http.StatusOK
	if !e.ok() {
		status, view.Asked, view.Errors = http.StatusUnprocessableEntity, false, e.errors
	}
	if view.Asked {
		uses, err := s.Panel.AddressHistory(v.Context(), v.who, addr, at)
		if err != nil {
			return err
		}
		for _, u := range uses {
			view.Uses = append(view.Uses, addressUseRow(u))
		}
	}
	return s.adminShow(w, v, status, "Who had an address", func(p Page) templ.Component { return AdminHistoryPage(p, view) })
}

func addressUseRow(u panel.AddressUse) AddressUseRow {
	row := AddressUseRow{
		Account: Link{Text: u.Account, URL: accountURL(u.AccountID)}, Instance: u.Instance,
		From: dated(u.From), To: Instant{Text: "now"},
	}
	if !u.Prefix.IsSingleIP() {
		row.Piece = u.Prefix.String()
	}
	if u.To != billing.Never {
		row.To = dated(u.To)
	}
	return row
}
