package web

import (
	"net/http"

	"accrue/internal/billing"
	"accrue/internal/panel"
)

// snapshotPriceConfirm is the form of what a GiB of a snapshot costs.
func (s *server) snapshotPriceConfirm(v *visit) (Confirm, error) {
	c := Confirm{
		ID: "snapshot-price", URL: "/admin/plans/snapshot-price", Title: "Price of snapshots", Button: "Set price", Back: "/admin/plans",
		Text: []string{"What a GiB of a snapshot costs, in credits: by the hour, by the month, or by the hour up to a monthly cap. Each GiB that a snapshot has begun counts. What has accrued stays as it is; 0 makes snapshots free."},
		Fields: []Field{
			{Name: "hourly", ID: "snapshot-hourly", Label: "Per GiB and hour", Autocomplete: "off", Max: 32},
			{Name: "monthly", ID: "snapshot-monthly", Label: "Per GiB and month", Help: "With an hourly price it is the cap", Autocomplete: "off", Max: 32},
		},
		Choices: []Choice{{Name: "apply", ID: "snapshot-apply", Label: "Applies to", Options: []Option{
			{Value: "new", Text: "New snapshots", Selected: true}, {Value: "existing", Text: "All snapshots, from now on"},
		}}},
	}
	now, err := s.Panel.SnapshotPrice(v.Context())
	if err != nil || now.ID == 0 {
		return c, err
	}
	if now.Mode != billing.Monthly {
		c.Fields[0].Value = now.Hourly.Short()
	}
	if now.HasMonthly() {
		c.Fields[1].Value = now.Price.Monthly.Short()
	}
	return c, nil
}

// snapshotPriceText is what a GiB of a snapshot costs, for the list of plans.
func (s *server) snapshotPriceText(v *visit, c billing.Currency) (string, error) {
	now, err := s.Panel.SnapshotPrice(v.Context())
	if err != nil || now.ID == 0 {
		return "Snapshots cost nothing.", err
	}
	text := "A GiB of a snapshot costs " + rate(c, now.Price)
	if now.Mode == billing.Capped {
		text += ", " + visibly(c, now.Price.Monthly).Text + " a month at most"
	}
	return text + ".", nil
}

func (s *server) adminSnapshotPrice(w http.ResponseWriter, v *visit) error {
	c, err := s.snapshotPriceConfirm(v)
	if err != nil {
		return err
	}
	return s.adminConfirm(w, v, http.StatusOK, c)
}

func (s *server) adminSetSnapshotPrice(w http.ResponseWriter, v *visit) error {
	c, err := s.snapshotPriceConfirm(v)
	if err != nil {
		return err
	}
	e := newEntered(v)
	price := panel.PriceInput{Hourly: e.price("hourly"), Monthly: e.price("monthly")}
	if !e.ok() {
		for n, f := range c.Fields {
			c.Fields[n].Value, c.Fields[n].Error = v.field(f.Name), e.errors[f.Name]
		}
		return s.adminConfirm(w, v, http.StatusUnprocessableEntity, c)
	}
	if _, err := s.Panel.ChangeSnapshotPrice(v.Context(), v.who, price, v.field("apply") == "existing"); err != nil {
		return s.asked(w, v, c, err)
	}
	return s.done(w, v, "/admin/plans", "The price of snapshots is set.")
}
