package web

import (
	"net/http"

	"github.com/a-h/templ"

	"accrue/internal/billing"
	"accrue/internal/panel"
)

const ordersPerPage = 50

func (s *server) adminOrders(w http.ResponseWriter, v *visit) error {
	state := panel.OrderPending
	if v.field("state") == "all" {
		state = ""
	}
	before := number(v.field("before"))
	orders, err := s.Panel.AllOrders(v.Context(), v.who, state, before, ordersPerPage)
	if err != nil {
		return err
	}
	view := AdminOrdersView{Tabs: []Tab{
		{Text: "Waiting", URL: "/admin/orders", Current: state != ""},
		{Text: "All", URL: "/admin/orders?state=all", Current: state == ""},
	}}
	if before > 0 {
		view.Pager.Newer = query("/admin/orders", "state", v.field("state"))
	}
	if len(orders) == ordersPerPage {
		view.Pager.Older = query("/admin/orders", "state", v.field("state"), "before", text(orders[len(orders)-1].ID))
	}
	for _, o := range orders {
		row, err := s.adminOrder(v, o)
		if err != nil {
			return err
		}
		view.Orders = append(view.Orders, row)
	}
	return s.adminShow(w, v, http.StatusOK, "Top-up orders", func(p Page) templ.Component {
		view.Tabs[0].Count = p.Counts["/admin/orders"]
		return AdminOrdersPage(p, view)
	})
}

// adminOrderStates are the states of an order in words.
var adminOrderStates = map[panel.OrderState]Status{
	panel.OrderPending:   {Kind: "busy", Text: "Waiting"},
	panel.OrderConfirmed: {Kind: "running", Text: "Confirmed"},
	panel.OrderRejected:  {Kind: "warn", Text: "Rejected"},
	panel.OrderCanceled:  {Kind: "stopped", Text: "Canceled"},
}

func (s *server) adminOrder(v *visit, o panel.Order) (OrderRow, error) {
	names, err := s.Panel.AccountNames(v.Context(), v.who, o.AccountID)
	if err != nil {
		return OrderRow{}, err
	}
	paid, err := s.paid(v, o)
	if err != nil {
		return OrderRow{}, err
	}
	row := OrderRow{
		ID: text(o.ID), At: when(o.CreatedAt), Account: accountLink(names, o.AccountID), Method: "Bank transfer", Reference: o.Reference,
		Amount: Amount{Text: paid, Exact: exactly(o.Credits)}, Credits: credited(o.Credits), Status: adminOrderStates[o.State],
	}
	row.Status.Note = o.Note
	if o.State != panel.OrderPending {
		return row, nil
	}
	confirm, err := s.confirmOrder(v, o, row)
	if err != nil {
		return row, err
	}
	reject := Confirm{
		ID: "reject-" + row.ID, URL: "/admin/orders/" + row.ID + "/reject", Title: "Reject " + o.Reference, Button: "Reject", Danger: true, Back: "/admin/orders",
		Text:   []string{"The money will not come, or it was sent back. No credit is posted."},
		Fields: []Field{{Name: "reason", ID: "reject-reason-" + row.ID, Label: "Reason", Help: "The customer reads it", Required: true, Max: 200, Autocomplete: "off"}},
	}
	row.Confirm, row.Reject = &confirm, &reject
	return row, nil
}

// paid writes the money of an order, in the currency it was ordered in.
func (s *server) paid(v *visit, o panel.Order) (string, error) {
	all, err := s.Panel.Currencies(v.Context())
	for _, c := range all {
		if c.Code == o.Currency {
			return c.FormatUnits(o.Units), err
		}
	}
	return billing.Currency{Suffix: " " + o.Currency, Decimals: 2}.FormatUnits(o.Units), err
}

// confirmOrder asks whether the money has come, and says what follows.
func (s *server) confirmOrder(v *visit, o panel.Order, row OrderRow) (Confirm, error) {
	c := Confirm{
		ID: "confirm-" + row.ID, URL: "/admin/orders/" + row.ID + "/confirm", Title: "Confirm " + o.Reference, Button: "Post " + row.Credits, Back: "/admin/orders",
		Text: []string{"The money has arrived, and the credit is posted at once. It cannot be posted twice."},
		Facts: []Fact{
			{Label: "Account", Value: Amount{Text: row.Account.Text}},
			{Label: "Paid", Value: row.Amount},
			{Label: "Buys", Value: Amount{Text: row.Credits}},
		},
	}
	preview, err := s.Panel.PreviewCredit(v.Context(), v.who, o.AccountID, o.Credits)
	if _, known := refusal(err); known {
		return c, nil
	}
	if err != nil {
		return c, err
	}
	currency, err := s.defaultCurrency(v)
	p := adjustPreview(preview, o.Credits, currency)
	c.Facts = append(c.Facts, Fact{Label: "Balance", Value: Amount{Text: p.Before.Text + " → " + p.After.Text}})
	if p.Kind == "ok" {
		c.Text = append(c.Text, p.Remark)
	}
	return c, err
}

// order returns the order that the address names, with what asks about it.
func (s *server) order(v *visit) (OrderRow, error) {
	o, err := s.Panel.Order(v.Context(), v.who, v.id())
	if err != nil {
		return OrderRow{}, err
	}
	return s.adminOrder(v, o)
}

// adminAskOrder asks one of the two questions about an order; one that has been
// decided is not asked about.
func (s *server) adminAskOrder(choose func(OrderRow) *Confirm) func(http.ResponseWriter, *visit) error {
	return func(w http.ResponseWriter, v *visit) error {
		row, err := s.order(v)
		if err != nil {
			return err
		}
		c := choose(row)
		if c == nil {
			http.Redirect(w, v.Request, "/admin/orders?state=all", http.StatusSeeOther)
			return nil
		}
		return s.adminConfirm(w, v, http.StatusOK, *c)
	}
}

func (s *server) adminConfirmOrder(w http.ResponseWriter, v *visit) error {
	row, err := s.order(v)
	if err != nil {
		return err
	}
	if _, err := s.Panel.ConfirmOrder(v.Context(), v.who, v.id()); err != nil {
		return s.refused(w, v, "/admin/orders", err)
	}
	return s.done(w, v, "/admin/orders", row.Credits+" posted for "+row.Account.Text+".")
}

func (s *server) adminRejectOrder(w http.ResponseWriter, v *visit) error {
	row, err := s.order(v)
	if err != nil {
		return err
	}
	if v.field("reason") == "" && row.Reject != nil {
		return s.asked(w, v, *row.Reject, &panel.Invalid{Field: "reason", Message: "say why; the customer reads it"})
	}
	if _, err := s.Panel.RejectOrder(v.Context(), v.who, v.id(), v.field("reason")); err != nil {
		return s.refused(w, v, "/admin/orders", err)
	}
	return s.done(w, v, "/admin/orders", row.Reference+" rejected.")
}
