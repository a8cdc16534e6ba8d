package web

import (
	"net/http"
	"strings"
	"testing"

	"accrue/internal/panel"
)

func TestASnapshotIsTakenRestoredAndDeleted(t *testing.T) {
	k := newConsole(t)
	c := k.customer("ann", 1000)
	i := c.instance("web-1")
	url := instanceURL(i.ID)
	c.has(c.get(url), http.StatusOK, "No snapshot yet.", "A GiB costs nothing.")
	c.has(c.get(url+"/snapshot"), http.StatusOK, "Snapshots cost nothing")

	root := k.admin()
	root.has(root.get("/admin/plans"), http.StatusOK, "Snapshots cost nothing.")
	root.has(root.post("/admin/plans/snapshot-price", "hourly", "cheap"), http.StatusUnprocessableEntity, `value="cheap"`)
	root.has(root.post("/admin/plans/snapshot-price"), http.StatusUnprocessableEntity, "Give an hourly price, a monthly price, or both")
	root.has(root.follow("/admin/plans/snapshot-price", "hourly", "0.01", "monthly", "5", "apply", "existing"), http.StatusOK, "The price of snapshots is set.", "A GiB of a snapshot costs")
	root.has(root.get("/admin/plans/snapshot-price"), http.StatusOK, `value="0.01"`, `value="5"`)

	c.has(c.get(url+"/snapshot"), http.StatusOK, "In a month, at most")
	c.has(c.post(url+"/snapshot", "name", ""), http.StatusUnprocessableEntity, "Give a name of at most 100 characters")
	c.has(c.follow(url+"/snapshot", "name", "before the update"), http.StatusOK, "before the update is being taken.", "Taking a snapshot of web-1")
	k.work()
	c.has(c.get(url), http.StatusOK, "before the update", "web-1 gets a disk as it was", "Its snapshots stay, and they cost about")
	c.has(c.get(url+"/delete"), http.StatusOK, "Its snapshots stay, and they cost about", "before the update")
	c.has(c.get("/snapshots"), http.StatusOK, "before the update", "web-1", "Together they cost about")

	shots, err := k.Snapshots(t.Context(), c.who, panel.SnapshotFilter{AccountID: c.who.AccountID})
	k.must(err)
	shot := "/snapshots/" + text(shots[0].ID)
	c.has(c.post(shot+"/rename", "name", ""), http.StatusUnprocessableEntity, "Give a name of at most 100 characters")
	c.has(c.follow(shot+"/rename", "name", "good"), http.StatusOK, "before the update is called good now.")
	c.has(c.post(shot+"/restore", "confirm", "web"), http.StatusUnprocessableEntity, "This is not its name. Type web-1.")
	c.has(c.follow(shot+"/restore", "confirm", "web-1"), http.StatusOK, "web-1 is being restored.", "Restoring web-1")
	c.has(c.follow(shot+"/delete"), http.StatusOK, "The disk of web-1 is being made from the snapshot.")
	k.work()
	k.pass(3600)
	c.has(c.get("/usage"), http.StatusOK, "Snapshot, ", "good", ">Snapshots</dt>", "1 instance, 1 snapshot")
	c.has(c.get("/usage.csv"), http.StatusOK, ",snapshot,100,", ",good")
	c.has(c.follow(url+"/delete", "confirm", "web-1"), http.StatusOK, "web-1 is deleted")
	k.work()
	c.has(c.get(url), http.StatusOK, "They stay until you delete them.")
	c.has(c.follow(shot+"/delete"), http.StatusOK, "good is deleted and costs nothing any more.")
	k.work()
	c.has(c.get("/snapshots"), http.StatusOK, "No snapshot yet")
	c.has(c.get("/usage"), http.StatusOK, "good", "Deleted")
}

// TestAnInstanceIsCreatedFromASnapshot offers only what a disk of it fits on.
func TestAnInstanceIsCreatedFromASnapshot(t *testing.T) {
	k := newConsole(t)
	c := k.customer("ann", 1000)
	debian, err := k.AddImage(t.Context(), k.root, panel.Image{Family: "Debian", Version: "13", Visible: true, MinMemoryMiB: 2048})
	k.must(err)
	big, err := k.CreateInstance(t.Context(), c.who, panel.NewInstance{Name: "big", PlanID: k.large, LocationID: k.ams})
	k.must(err)
	k.work()
	made, err := k.CreateSnapshot(t.Context(), c.who, big.ID, panel.NewSnapshot{Name: "golden"})
	k.must(err)
	c.lacks(c.get("/snapshots"), "/create?image=") // it is being taken
	c.lacks(c.get("/create"), "golden")
	k.work()
	from := "/create?image=" + text(made.ID)
	c.has(c.get("/snapshots"), http.StatusOK, from)
	c.has(c.get(instanceURL(big.ID)), http.StatusOK, from)
	bob := k.customer("bob", 1)
	bob.lacks(bob.get("/create"), "golden")

	page := c.get(from + "&location=" + text(k.full) + "&plan=" + text(k.small))
	c.has(page, http.StatusOK, "The snapshot is not here", "golden is in Amsterdam only, which is chosen instead.",
		"General 1 is too small for golden. General 2 is chosen instead.", "Too small: needs 20 GiB of disk", "$0.02", `data-test="create-instance"`)
	c.has(c.get("/create?image="+text(debian.ID)), http.StatusOK, "Too small: needs 2 GiB of memory")

	order := c.order("copy", "image", "Snapshots", "image-Snapshots", text(made.ID))
	c.has(c.htmx("/create/quote", order...), http.StatusOK, "Too small: needs 20 GiB of disk", `hx-swap-oob="true"`, "<dt>Snapshot</dt>")
	if got, want := c.post("/create/quote", order...).to(), "image="+text(made.ID); !strings.Contains(got, want) {
		t.Errorf("without a script the price is at %q, want %s in it", got, want)
	}
	c.has(c.post("/create", order...), http.StatusUnprocessableEntity, "Golden needs a disk of 20 GiB; here it has 10")
	c.has(c.follow("/create", "name", "copy", "location", text(k.ams), "plan", text(k.large), "image", "Snapshots", "image-Snapshots", text(made.ID)), http.StatusOK, "Creating copy")
	all, err := k.Instances(t.Context(), c.who, false)
	k.must(err)
	if n := len(all); n != 2 || all[n-1].ImageID != made.ID {
		t.Errorf("there are %d instances, the last from image %d; want 2, from %d", n, all[n-1].ImageID, made.ID)
	}
}

func TestASnapshotThatIsNotAffordedIsRefusedInTheCustomersCurrency(t *testing.T) {
	k := newConsole(t)
	c := k.customer("ann", 2)
	i := c.instance("web-1")
	root := k.admin()
	root.has(root.follow("/admin/plans/snapshot-price", "hourly", "50", "monthly", "", "apply", "existing"), http.StatusOK, "The price of snapshots is set.")
	k.pass(3600)
	c.has(c.post(instanceURL(i.ID)+"/snapshot", "name", "big"), http.StatusUnprocessableEntity, "Your balance of $0.01 is not enough: $", "is needed, to cover what you would then run.")
}
