package web

import (
	"net/http"
	"strings"
	"testing"

	"accrue/internal/panel"
)

const laptop = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGtqzVWhJc1rHr7bJd6u0vZ7m1q8o5bq8dHk6cJ3a2Pz ann@laptop"

// desktop is another key.
var desktop = strings.Replace(laptop, "IGtq", "IHtq", 1)

func TestSSHKeysAreKept(t *testing.T) {
	k := newConsole(t)
	c, other := k.customer("ann", 1000), k.customer("bob", 1000)
	c.has(c.get("/ssh-keys"), http.StatusOK, "No key yet", "ssh-keygen -t ed25519")
	c.has(c.post("/ssh-keys", "public_key", "-----BEGIN OPENSSH PRIVATE KEY-----"), http.StatusUnprocessableEntity, "Is a private key; keep it to yourself")
	c.has(c.follow("/ssh-keys", "public_key", laptop), http.StatusOK, "ann@laptop added.", "SHA256:", "ssh-ed25519")
	c.has(c.post("/ssh-keys", "public_key", laptop, "key_name", "again"), http.StatusUnprocessableEntity, "You have this key already, as ann@laptop.", `value="again"`)
	c.has(c.post("/ssh-keys", "public_key", desktop, "key_name", "ann@laptop"), http.StatusUnprocessableEntity, `id="f-key_name-error"`)
	keys, err := c.SSHKeys(t.Context(), c.who)
	k.must(err)
	url := "/ssh-keys/" + text(keys[0].ID)
	c.has(c.post(url+"/rename", "name", ""), http.StatusUnprocessableEntity, "Rename ann@laptop")
	c.has(c.follow(url+"/rename", "name", "laptop"), http.StatusOK, "ann@laptop is called laptop now.")
	other.has(other.post(url+"/delete"), http.StatusNotFound)
	c.has(c.follow(url+"/delete"), http.StatusOK, "laptop is deleted.", "No key yet")
}

func TestCreateGivesTheChosenKeysAndUserData(t *testing.T) {
	k := newConsole(t)
	c := k.customer("ann", 1000)
	c.has(c.get("/create"), http.StatusOK, "No key is chosen", "Add a key", `name="user_data"`)
	bad := append(c.order("web-1"), "keys", "chosen", "public_key", "nonsense", "user_data", "#!/bin/sh")
	c.has(c.post("/create/key", bad...), http.StatusUnprocessableEntity, `id="f-public_key-error"`, "nonsense", `value="web-1"`, "#!/bin/sh</textarea>")
	page := c.post("/create/key", append(c.order("web-1"), "keys", "chosen", "public_key", laptop, "key_name", "laptop", "user_data", "#!/bin/sh\r\ntrue\r\n")...)
	c.has(page, http.StatusOK, "laptop", "SHA256:", `value="web-1"`)
	keys, err := c.SSHKeys(t.Context(), c.who)
	k.must(err)
	id := text(keys[0].ID)
	if !strings.Contains(page.body, `name="ssh_key" value="`+id+`" checked`) {
		t.Error("the new key is not chosen")
	}
	if got := c.get("/create"); !strings.Contains(got.body, `name="ssh_key" value="`+id+`" checked`) {
		t.Error("a key is not chosen until somebody has looked")
	}
	if got := c.get("/create?keys=chosen"); strings.Contains(got.body, `name="ssh_key" value="`+id+`" checked`) {
		t.Error("the address does not hold that no key is chosen")
	}
	c.has(c.post("/create", append(c.order("web-1"), "keys", "chosen", "user_data", strings.Repeat("x", 40_000))...), http.StatusUnprocessableEntity, "Has 40000 bytes")
	c.has(c.follow("/create", append(c.order("web-1"), "keys", "chosen", "ssh_key", id, "user_data", "#!/bin/sh\r\ntrue\r\n")...), http.StatusOK, "Creating web-1")
	k.work()
	seeds := k.seeds()
	if len(seeds) != 1 || len(seeds[0].SSHKeys) != 1 || !strings.HasPrefix(laptop, seeds[0].SSHKeys[0]) || seeds[0].UserData != "#!/bin/sh\ntrue" {
		t.Errorf("the guest is told %+v", seeds)
	}
}

// seeds are what the guests of all machines are told.
func (k *console) seeds() (all []panel.Seed) {
	k.t.Helper()
	placed, err := k.world.Machines(k.t.Context())
	k.must(err)
	for _, p := range placed {
		all = append(all, p.Seed)
	}
	return all
}
