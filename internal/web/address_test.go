package web

import (
	"net/http"
	"testing"

	"accrue/internal/billing"
)

func TestAnInstanceShowsWhereItIsReached(t *testing.T) {
	k := newConsole(t)
	c := k.customer("ann", 1000)
	url := instanceURL(c.instance("web-1").ID)
	c.has(c.get(url), http.StatusOK, "203.0.113.2", "ssh root@203.0.113.2", "Set a reverse name")
	form := []string{"address", "203.0.113.2", "reverse_name", "mail"}
	c.has(c.post(url+"/reverse", form...), http.StatusUnprocessableEntity, `value="mail"`, "Must have a domain")
	form[3] = "mail.example.org"
	c.has(c.follow(url+"/reverse", form...), http.StatusOK, "203.0.113.2 leads to mail.example.org now.", "Change")
	c.has(c.follow(url+"/reverse", "address", "203.0.113.2"), http.StatusOK, "has no reverse name any more", "Set a reverse name")
	c.has(c.post(url+"/reverse", "address", "203.0.113.3", "reverse_name", "a.example.org"), http.StatusNotFound)
}

func TestPoolsAreKeptByAdministrators(t *testing.T) {
	k := newConsole(t)
	root, c := k.admin(), k.customer("ann", 1000)
	c.instance("web-1")
	root.has(root.get("/admin/address-pools"), http.StatusOK, "203.0.113.0/28", "Amsterdam", "2 of 14")
	form := []string{"name", "Everywhere", "prefix", "2001:db8::/48", "bits", "0", "location", text(k.ams), "location", text(k.full), "hypervisor", "1", "dns", "9.9.9.9, 2620:fe::fe", "quarantine", "5", "enabled", "on"}
	root.has(root.follow("/admin/address-pools/new", form...), http.StatusOK, "Everywhere saved.", `value="2001:db8::/48"`, `value="9.9.9.9 2620:fe::fe"`, "An IPv6 network of 64 bits")
	root.has(root.get("/admin/address-pools"), http.StatusOK, "A /64 each", "Amsterdam, Oslo, hv1")
	c.instance("web-2")
	root.has(root.follow("/admin/address-pools/1/block", "address", "203.0.113.9", "state", "blocked", "note", "spam"), http.StatusOK, "203.0.113.9 is kept.", "spam", "Blocked")
	root.has(root.follow("/admin/address-pools/1/free", "address", "203.0.113.9"), http.StatusOK, "203.0.113.9 is free.")
	root.has(root.follow("/admin/address-pools/2/remove"), http.StatusOK, "Disable it instead")
}

func TestWhoHadAnAddress(t *testing.T) {
	k := newConsole(t)
	root, c := k.admin(), k.customer("ann", 1000)
	i := c.instance("web-1")
	k.pass(billing.Day)
	_, err := c.DeleteInstance(t.Context(), c.who, i.ID)
	k.must(err)
	k.work()
	page := "/admin/address-pools/history?address=203.0.113.2"
	root.has(root.get(page), http.StatusOK, "ann", "web-1", "10 Nov 2026 12:00", "11 Nov 2026 12:00")
	root.has(root.get(page+"&at=2026-11-10T18:00"), http.StatusOK, "web-1")
	root.has(root.get(page+"&at=2026-11-12T18:00"), http.StatusOK, "No instance had this address then.")
	root.has(root.get(page+"&at=soon"), http.StatusUnprocessableEntity, "Give a date and a time.", `value="203.0.113.2"`)
	root.has(root.get("/admin/address-pools/history?address=here"), http.StatusUnprocessableEntity, "Give an address such as")
}
