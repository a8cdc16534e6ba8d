package web

import (
	"net/http"
	"strings"

	"accrue/internal/panel"
)

// orderStates say what has become of an order.
var orderStates = map[panel.OrderState]Status{
	panel.OrderPending:   {Kind: "busy", Text: "Waiting for the money"},
	panel.OrderConfirmed: {Kind: "running", Text: "Credited"},
	panel.OrderRejected:  {Kind: "warn", Text: "Rejected"},
	panel.OrderCanceled:  {Kind: "stopped", Text: "Canceled"},
}

// orderRows are the visitor's latest orders.
func (s *server) orderRows(v *visit) ([]OrderRow, error) {
	orders, err := s.Panel.Orders(v.Context(), v.who, 0, 20)
	if err != nil {
		return nil, err
	}
	var rows []OrderRow
	for _, o := range orders {
		row, err := s.orderRow(v, o)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// orderRow is an order with its amount in the currency it was made in.
func (s *server) orderRow(v *visit, o panel.Order) (OrderRow, error) {
	currencies, err := s.Panel.Currencies(v.Context())
	if err != nil {
		return OrderRow{}, err
	}
	row := OrderRow{
		ID: text(o.ID), URL: orderURL(o.ID), At: when(o.CreatedAt), Method: "Bank transfer", Reference: o.Reference,
		Credits: credited(o.Credits), Status: orderStates[o.State],
	}
	for _, c := range currencies {
		if c.Code == o.Currency {
			row.Amount = Amount{Text: c.FormatUnits(o.Units), Exact: exactly(o.Credits)}
		}
	}
	return row, nil
}

// ownOrder is the order in the address, if it is the visitor's.
func (s *server) ownOrder(v *visit) (panel.Order, error) {
	orders, err := s.Panel.Orders(v.Context(), v.who, v.id()+1, 1)
	if err != nil {
		return panel.Order{}, err
	}
	if len(orders) == 0 || orders[0].ID != v.id() || v.id() == 0 {
		return panel.Order{}, panel.ErrNotFound
	}
	return orders[0], nil
}

func (s *server) showOrder(w http.ResponseWriter, v *visit) error {
	o, err := s.ownOrder(v)
	if err != nil {
		return err
	}
	settings, err := s.Panel.Settings(v.Context())
	if err != nil {
		return err
	}
	view := OrderView{Waiting: o.State == panel.OrderPending, Happened: decided(o)}
	if view.Order, err = s.orderRow(v, o); err != nil {
		return err
	}
	if view.Waiting {
		view.Bank, view.Instructions = bank(settings)
		cancel := cancelConfirm(o)
		view.Cancel = &cancel
	}
	p, err := s.page(w, v, "Top-up "+o.Reference)
	if err != nil {
		return err
	}
	return s.render(w, v, http.StatusOK, OrderPage(p, view))
}

// bank sorts the provider's bank details into what can be copied, line by line
// as "IBAN: NO93 8601", and what is to be read.
func bank(settings panel.Settings) (facts []Fact, instructions string) {
	var prose []string
	for line := range strings.Lines(settings.BankDetails) {
		line = strings.TrimSpace(line)
		label, value, found := strings.Cut(line, ":")
		switch {
		case line == "":
		case found && len(label) <= 40 && strings.TrimSpace(value) != "":
			facts = append(facts, Fact{Label: strings.TrimSpace(label), Value: Amount{Text: strings.TrimSpace(value)}})
		default:
			prose = append(prose, line)
		}
	}
	if words := strings.TrimSpace(settings.PaymentText); words != "" {
		prose = append(prose, words)
	}
	return facts, strings.Join(prose, "\n")
}

// decided says what has become of an order.
func decided(o panel.Order) string {
	on := "on " + dayAndTime(o.DecidedAt)
	switch o.State {
	case panel.OrderConfirmed:
		return "The money arrived. " + credited(o.Credits) + " were added " + on + "."
	case panel.OrderRejected:
		said := "The order was rejected " + on + "."
		if o.Note != "" {
			said += " Your provider says: " + o.Note
		}
		return said
	case panel.OrderCanceled:
		return "The order was canceled " + on + ". Nothing was added."
	}
	return ""
}

func cancelConfirm(o panel.Order) Confirm {
	return Confirm{
		ID: "cancel-order", URL: orderURL(o.ID) + "/cancel", Title: "Cancel this order", Back: orderURL(o.ID),
		Text:   []string{"Do this only when you have not paid. Money that arrives for a canceled order has to be matched by hand."},
		Button: "Cancel the order", Cancel: "Keep it", Danger: true,
	}
}

func (s *server) askCancelOrder(w http.ResponseWriter, v *visit) error {
	o, err := s.ownOrder(v)
	if err != nil {
		return err
	}
	if o.State != panel.OrderPending {
		http.Redirect(w, v.Request, orderURL(o.ID), http.StatusSeeOther)
		return nil
	}
	return s.showConfirm(w, v, http.StatusOK, cancelConfirm(o))
}

func (s *server) cancelOrder(w http.ResponseWriter, v *visit) error {
	o, err := s.Panel.CancelOrder(v.Context(), v.who, v.id())
	if err != nil {
		return s.refused(w, v, orderURL(v.id()), err)
	}
	return s.done(w, v, "/billing/topup", "The order "+o.Reference+" is canceled.")
}
