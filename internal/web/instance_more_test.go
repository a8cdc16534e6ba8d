package web

import (
	"net/http"
	"testing"

	"accrue/internal/fleet"
)

func TestAnInstanceIsForced(t *testing.T) {
	k := newConsole(t)
	c := k.customer("ann", 1000)
	i := c.instance("web-1")
	url := instanceURL(i.ID)
	c.has(c.get(url+"/poweroff"), http.StatusOK, "as if its plug was pulled")
	c.has(c.get(url+"/reset"), http.StatusOK, "without being asked")
	c.has(c.follow(url+"/reset"), http.StatusOK, "web-1 is being restarted.")
	k.work()
	c.has(c.follow(url+"/poweroff"), http.StatusOK, "web-1 is being stopped.")
	k.work()
	view, err := c.Instance(t.Context(), c.who, i.ID)
	k.must(err)
	if view.Status != fleet.StatusStopped {
		t.Errorf("got %s, want stopped", view.Status)
	}
	c.has(c.get(url), http.StatusOK, "The instance is not running; start it instead.")
}

func TestAnInstanceIsRebuilt(t *testing.T) {
	k := newConsole(t)
	c := k.customer("ann", 1000)
	i := c.instance("web-1")
	url := instanceURL(i.ID)
	c.has(c.get(url+"/rebuild"), http.StatusOK, "all that is on the old one is lost", "Type <b")
	c.has(c.post(url+"/rebuild", "confirm", "web"), http.StatusUnprocessableEntity, "This is not its name. Type web-1.", `value="web"`)
	c.has(c.follow(url+"/rebuild", "confirm", "web-1"), http.StatusOK, "web-1 is being rebuilt.", "Rebuilding web-1")
	k.work()
	c.has(c.get(url), http.StatusOK, "Running", "Rebuilt")
}

func TestProtectionIsTakenAwayFirst(t *testing.T) {
	k := newConsole(t)
	c := k.customer("ann", 1000)
	url := instanceURL(c.instance("web-1").ID)
	c.has(c.follow(url+"/protection", "delete", "on", "rebuild", "on"), http.StatusOK, "web-1 is protected from being deleted and rebuilt.", "Protected", "Take the protection away first.")
	c.has(c.follow(url+"/delete", "confirm", "web-1"), http.StatusOK, "web-1 is protected from being deleted.")
	c.has(c.follow(url+"/rebuild", "confirm", "web-1"), http.StatusOK, "web-1 is protected from being rebuilt.")
	c.has(c.follow(url+"/protection"), http.StatusOK, "web-1 is not protected.")
	c.has(c.follow(url+"/delete", "confirm", "web-1"), http.StatusOK, "web-1 is deleted")
}

func TestLabelsAreWrittenLineByLine(t *testing.T) {
	k := newConsole(t)
	c := k.customer("ann", 1000)
	i := c.instance("web-1")
	url := instanceURL(i.ID)
	c.has(c.post(url+"/labels", "labels", "env=prod\r\nno good=1"), http.StatusUnprocessableEntity, "must not have the character ' '", "env=prod")
	c.has(c.follow(url+"/labels", "labels", "tmp\r\n\r\n env = prod "), http.StatusOK, "Labels saved.", "env=prod", "tmp=")
	view, err := c.Instance(t.Context(), c.who, i.ID)
	k.must(err)
	if len(view.Labels) != 2 || view.Labels["env"] != "prod" {
		t.Errorf("got %v", view.Labels)
	}
	c.has(c.follow(url+"/labels"), http.StatusOK, "No labels.")
}
