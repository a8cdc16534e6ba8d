package web

import (
	"net/http"
	"regexp"
	"testing"

	"accrue/internal/panel"
)

var shownPassword = regexp.MustCompile(`data-test="root-password-text">\w{20}<`)

// rescueSystem is an image that instances are rescued with, chosen on its page.
func (k *console) rescueSystem() {
	k.t.Helper()
	root := k.admin()
	image, err := k.AddImage(k.t.Context(), root.who, panel.Image{Family: "Rescue", Version: "13"})
	k.must(err)
	url := imageURL(image.ID)
	root.has(root.follow(url+"/rescue", "rescue", "on"), http.StatusOK, "Instances are rescued with Rescue 13.", "Rescue system")
}

func TestAnInstanceIsRescued(t *testing.T) {
	k := newConsole(t)
	c := k.customer("ann", 1000)
	url := instanceURL(c.instance("web-1").ID)
	c.has(c.follow(url+"/rescue"), http.StatusOK, "There is no rescue system here.")
	c.has(c.get(url+"/rescue"), http.StatusOK, "There is no rescue system here.")
	k.rescueSystem()
	c.has(c.get(url+"/rescue"), http.StatusOK, "A password, shown once", "Start the rescue system")
	if got := c.post(url + "/rescue"); !shownPassword.MatchString(got.body) {
		t.Errorf("got no password: %s", got.body)
	}
	k.work()
	c.has(c.get(url), http.StatusOK, "Rescue system", "Leave rescue", "Went into its rescue system")
	c.has(c.get(url+"/unrescue"), http.StatusOK, "starts from its own disk again")
	c.has(c.follow(url+"/unrescue"), http.StatusOK, "web-1 starts from its own disk again.")
	k.work()
	c.has(c.get(url), http.StatusOK, "Left its rescue system")
}

func TestARootPasswordIsShownOnce(t *testing.T) {
	k := newConsole(t)
	c := k.customer("ann", 1000)
	url := instanceURL(c.instance("web-1").ID)
	c.has(c.get(url+"/password"), http.StatusOK, "qemu-guest-agent")
	if got := c.post(url + "/password"); !shownPassword.MatchString(got.body) {
		t.Errorf("got no password: %s", got.body)
	}
	k.work()
	if got := c.get(url); shownPassword.MatchString(got.body) {
		t.Error("the password is shown again")
	}
	c.has(c.get(url), http.StatusOK, "Has a new root password")
}
