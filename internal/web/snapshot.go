package web

import (
	"fmt"
	"net/http"
	"strings"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/panel"
)

func (s *server) snapshots(w http.ResponseWriter, v *visit) error {
	all, err := s.Panel.Snapshots(v.Context(), v.who, panel.SnapshotFilter{AccountID: v.who.AccountID})
	if err != nil {
		return err
	}
	c, err := s.Panel.CurrencyOf(v.Context(), v.who, v.who.AccountID)
	if err != nil {
		return err
	}
	p, err := s.page(w, v, "Snapshots")
	if err != nil {
		return err
	}
	view := SnapshotsView{Rows: snapshotRows(c, all), Note: "Together " + snapshotsCost(c, all) + "."}
	return s.render(w, v, http.StatusOK, SnapshotsPage(p, view))
}

// snapshotsOf are the snapshots of an instance.
func (s *server) snapshotsOf(v *visit, i panel.InstanceView) ([]panel.SnapshotView, error) {
	return s.Panel.Snapshots(v.Context(), v.who, panel.SnapshotFilter{AccountID: i.AccountID, InstanceID: i.ID})
}

// instanceSnapshots are an instance's snapshots, as its page shows them; nil where
// there are none and can be none.
func (s *server) instanceSnapshots(v *visit, c billing.Currency, i panel.InstanceView, all []panel.SnapshotView) (*InstanceSnapshots, error) {
	if !i.Live() && len(all) == 0 {
		return nil, nil
	}
	perGiB, err := s.Panel.SnapshotPrice(v.Context())
	view := &InstanceSnapshots{Rows: snapshotRows(c, all), Note: "A GiB costs nothing."}
	if perGiB.ID != 0 {
		view.Note = "A GiB costs " + rate(c, perGiB.Price) + "."
	}
	if !i.Live() {
		view.Note = "They stay until you delete them."
		return view, err
	}
	view.Take, view.Refused = instanceURL(i.ID)+"/snapshot", refusedNow(i, fleet.CommandSnapshot)
	return view, err
}

func snapshotRows(c billing.Currency, all []panel.SnapshotView) (rows []SnapshotRow) {
	for _, shot := range all {
		row := SnapshotRow{
			ID: text(shot.ID), Name: shot.Name(), Instance: Link{Text: shot.Of.Name, URL: instanceURL(shot.Of.ID)},
			Size: fmt.Sprintf("%d GiB", shot.GiB()), Taken: when(shot.CreatedAt), Month: visibly(c, shot.Price.PerMonth()),
		}
		switch shot.State {
		case panel.ImageCreating:
			row.Note, row.Size = "being taken", "—"
		case panel.ImageFailed:
			row.Note, row.Size, row.Month, row.Failed = "could not be taken", "—", visibly(c, 0), true
		case panel.ImageDeleting:
			row.Note, row.Month = "being deleted", visibly(c, 0)
		}
		if shot.Protected {
			row.Note = join(row.Note, "protected")
		}
		if shot.State == panel.ImageReady {
			row.Create = "/create?image=" + text(shot.ID) + "&location=" + text(shot.Location.ID)
		}
		row.Restore, row.Rename, row.Remove = snapshotConfirms(shot)
		rows = append(rows, row)
	}
	return rows
}

// snapshotConfirms are what can be done with a snapshot now; nil for what cannot.
func snapshotConfirms(shot panel.SnapshotView) (restore, rename, remove *Confirm) {
	if shot.State == panel.ImageCreating || shot.State == panel.ImageDeleting {
		return nil, nil, nil
	}
	id, url, back := text(shot.ID), "/snapshots/"+text(shot.ID), instanceURL(shot.Of.ID)
	remove = &Confirm{
		ID: "delete-snapshot-" + id, URL: url + "/delete", Title: "Delete " + shot.Name(), Back: back, Button: "Delete", Danger: true,
		Text: []string{"It cannot be brought back, and costs nothing from now on. Disks that were made from it stay."},
	}
	rename = &Confirm{
		ID: "rename-snapshot-" + id, URL: url + "/rename", Title: "Rename " + shot.Name(), Back: back, Button: "Rename",
		Fields: []Field{{Name: "name", ID: "snapshot-name-" + id, Label: "New name", Value: shot.Name(), Required: true, Max: 100, Autocomplete: "off"}},
	}
	if shot.State == panel.ImageReady && shot.Of.Live() {
		restore = &Confirm{
			ID: "restore-" + id, URL: url + "/restore", Title: "Restore " + shot.Name(), Back: back, Button: "Restore", Danger: true,
			Typed: shot.Of.Name, Cancel: "Keep its disk",
			Text: []string{fmt.Sprintf("%s gets a disk as it was on %s, and all that is on its disk now is lost. Its name, addresses, plan and price stay; billing goes on.",
				shot.Of.Name, dayAndTime(shot.CreatedAt))},
		}
	}
	return restore, rename, remove
}

// confirms are what can be done with the snapshot, in their order.
func (r SnapshotRow) confirms() (all []Confirm) {
	for _, c := range []*Confirm{r.Restore, r.Rename, r.Remove} {
		if c != nil {
			all = append(all, *c)
		}
	}
	return all
}

// snapshotsCost is what snapshots come to in a month.
func snapshotsCost(c billing.Currency, all []panel.SnapshotView) string {
	var sum billing.Credits
	for _, shot := range all {
		sum += shot.Price.PerMonth()
	}
	if sum == 0 {
		return "they cost nothing"
	}
	return "they cost about " + visibly(c, sum).Text + " a month"
}

// keptSnapshots says, before an instance is deleted, that its snapshots stay.
func keptSnapshots(c billing.Currency, all []panel.SnapshotView) string {
	if len(all) == 0 {
		return ""
	}
	var names []string
	for _, shot := range all {
		names = append(names, shot.Name())
	}
	return fmt.Sprintf("Its snapshots stay, and %s: %s. Delete them on their own.", snapshotsCost(c, all), strings.Join(names, ", "))
}

// takeConfirm asks for a name, and says what the snapshot costs.
func (s *server) takeConfirm(v *visit, i panel.InstanceView) (c Confirm, refused error, err error) {
	q, err := s.Panel.QuoteSnapshot(v.Context(), v.who, i.ID)
	if err != nil {
		return c, nil, err
	}
	c = Confirm{
		ID: "take-snapshot", URL: instanceURL(i.ID) + "/snapshot", Title: "Take a snapshot of " + i.Name, Back: instanceURL(i.ID), Button: "Take snapshot",
		Text:   []string{"Its disk is kept as it is at this moment, as after a power failure. The instance goes on. The snapshot stays until you delete it, also when the instance is gone."},
		Fields: []Field{{Name: "name", ID: "snapshot-name", Label: "Name", Required: true, Max: 100, Autocomplete: "off", Placeholder: "before the update"}},
		Hidden: []Option{{Value: "price", Text: text(int64(q.PerGiB.ID))}},
	}
	if q.PerGiB.ID == 0 {
		c.Facts = []Fact{{Label: "Price", Value: Amount{Text: "Snapshots cost nothing"}}}
		return c, q.Refused, nil
	}
	most := q.PerGiB.Times(q.GiB)
	c.Facts = []Fact{
		{Label: "A GiB", Value: Amount{Text: rate(q.Currency, q.PerGiB)}},
		{Label: fmt.Sprintf("At most, for %d GiB", q.GiB), Value: Amount{Text: rate(q.Currency, most)}},
		{Label: "In a month, at most", Value: visibly(q.Currency, most.PerMonth())},
	}
	return c, q.Refused, nil
}

func (s *server) snapshotForm(w http.ResponseWriter, v *visit) error {
	i, err := s.mine(v)
	if err != nil {
		return err
	}
	c, refused, err := s.takeConfirm(v, i)
	if err != nil {
		return err
	}
	if refused != nil {
		return s.refused(w, v, instanceURL(i.ID), refused)
	}
	return s.showConfirm(w, v, http.StatusOK, c)
}

func (s *server) takeSnapshot(w http.ResponseWriter, v *visit) error {
	i, err := s.mine(v)
	if err != nil {
		return err
	}
	made, err := s.Panel.CreateSnapshot(v.Context(), v.who, i.ID, panel.NewSnapshot{Name: v.field("name"), Price: billing.PriceID(number(v.field("price")))})
	if err == nil {
		return s.done(w, v, instanceURL(i.ID), made.Name()+" is being taken.")
	}
	c, _, asked := s.takeConfirm(v, i)
	if asked != nil {
		return asked
	}
	return s.asked(w, v, c, err)
}

// mySnapshot is the snapshot in the address.
func (s *server) mySnapshot(v *visit) (panel.SnapshotView, error) {
	shot, err := s.Panel.Snapshot(v.Context(), v.who, v.id())
	if err == nil && shot.AccountID != v.who.AccountID {
		err = panel.ErrNotFound
	}
	return shot, err
}

// askAboutSnapshot shows a confirmation as a page of its own.
func (s *server) askAboutSnapshot(which func(SnapshotRow) *Confirm) func(http.ResponseWriter, *visit) error {
	return func(w http.ResponseWriter, v *visit) error {
		shot, err := s.mySnapshot(v)
		if err != nil {
			return err
		}
		if c := which(snapshotRows(billing.Currency{}, []panel.SnapshotView{shot})[0]); c != nil {
			return s.showConfirm(w, v, http.StatusOK, *c)
		}
		return s.leave(w, v, instanceURL(shot.Of.ID), Flash{Kind: "danger", Text: "This cannot be done with the snapshot now."})
	}
}

func (s *server) restoreSnapshot(w http.ResponseWriter, v *visit) error {
	shot, err := s.mySnapshot(v)
	if err != nil {
		return err
	}
	if c, _, _ := snapshotConfirms(shot); c != nil && v.field("confirm") != shot.Of.Name {
		c.Value, c.Errors = v.field("confirm"), Errors{"confirm": fmt.Sprintf("This is not its name. Type %s.", shot.Of.Name)}
		return s.showConfirm(w, v, http.StatusUnprocessableEntity, *c)
	}
	if _, err := s.Panel.RestoreSnapshot(v.Context(), v.who, shot.Of.ID, shot.ID); err != nil {
		return s.refused(w, v, instanceURL(shot.Of.ID), err)
	}
	return s.done(w, v, instanceURL(shot.Of.ID), shot.Of.Name+" is being restored.")
}

func (s *server) renameSnapshot(w http.ResponseWriter, v *visit) error {
	shot, err := s.mySnapshot(v)
	if err != nil {
		return err
	}
	named, err := s.Panel.EditSnapshot(v.Context(), v.who, shot.ID, func(to *panel.Snapshot) { to.Description = v.field("name") })
	if err == nil {
		return s.done(w, v, instanceURL(shot.Of.ID), shot.Name()+" is called "+named.Name()+" now.")
	}
	if _, c, _ := snapshotConfirms(shot); c != nil {
		return s.asked(w, v, *c, err)
	}
	return s.refused(w, v, instanceURL(shot.Of.ID), err)
}

func (s *server) deleteSnapshot(w http.ResponseWriter, v *visit) error {
	shot, err := s.mySnapshot(v)
	if err != nil {
		return err
	}
	if _, err := s.Panel.DeleteSnapshot(v.Context(), v.who, shot.ID); err != nil {
		return s.refused(w, v, instanceURL(shot.Of.ID), err)
	}
	return s.done(w, v, instanceURL(shot.Of.ID), shot.Name()+" is deleted and costs nothing any more.")
}
