//go:build e2e

package test

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"accrue/client"
	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/panel"
)

// life is what one real instance goes through.
type life struct {
	*lab
	server *process
	owner  customer
	admin  *client.Client
	id     int64
	addr   string
	port   *serial
	key    string // the file of its owner's private key
	keyID  int64
	memory int // KiB that its guest sees

	snapshot string // the path of the one that was taken
}

// How long after its second a suspension may begin, and how long what a guest
// did to itself may go unnoticed on a machine that is busy with emulating it.
const (
	prompt  = 2 * time.Second
	noticed = 10 * time.Second
)

// TestAnInstancesLife takes a real machine, on one of three hypervisors, through
// all that its owner and their money can do to it, at the API of a real server.
func TestAnInstancesLife(t *testing.T) {
	began := time.Now()
	l := &life{lab: openLab(t, 3)}
	l.server = l.serve(t, build(t))
	l.owner = l.customer(t, l.server.url, 100_000*billing.Credit)
	l.admin = l.administrator(t, l.server.url)
	l.makeKey(t)
	t.Logf("three hypervisors and a server after %s", time.Since(began).Round(time.Millisecond))
	for _, step := range []struct {
		name string
		take func(*testing.T)
	}{
		{"an instance is ordered and its domain runs", l.isOrdered},
		{"its guest comes up with its name and its key", l.comesUp},
		{"the key opens it", l.letsIn},
		{"it is metered", l.isMetered},
		{"its screen is shown in a browser, which types at it", l.isTypedAt},
		{"it goes off in the second in which its credit is used up", l.runsOut},
		{"a top-up brings it back", l.isToppedUp},
		{"it stops when its guest shuts itself down", l.shutsDown},
		{"it has more memory after a resize", l.grows},
		{"its disk is kept in a snapshot", l.isKept},
		{"it has a new disk after a rebuild", l.isRebuilt},
		{"the snapshot gives it its old disk", l.isRestored},
		{"its graphs have moved", l.hasMoved},
		{"nothing is left of it after it was deleted", l.isDeleted},
	} {
		if !t.Run(step.name, step.take) {
			t.FailNow()
		}
		if l.port == nil {
			l.port = l.follow(t, l.instance(t, l.id))
		}
	}
	checkLaws(t, l.desk)
	t.Logf("all of it took %s", time.Since(began).Round(time.Second))
}

// makeKey makes an SSH key and leaves its public half with the panel.
func (l *life) makeKey(t *testing.T) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	noError(t, err)
	block, err := ssh.MarshalPrivateKey(private, "")
	noError(t, err)
	l.key = filepath.Join(t.TempDir(), "key")
	noError(t, os.WriteFile(l.key, pem.EncodeToMemory(block), 0o600))
	key, err := ssh.NewPublicKey(public)
	noError(t, err)
	var kept client.SSHKey
	noError(t, l.owner.api.Post(t.Context(), "/v1/ssh-keys", map[string]string{"name": "ida", "public_key": string(ssh.MarshalAuthorizedKey(key))}, &kept))
	l.keyID = kept.ID
}

// path is that of the instance in the API.
func (l *life) path() string { return fmt.Sprintf("/v1/instances/%d", l.id) }

// order has something done to the instance.
func (l *life) order(t *testing.T, action string, what any) {
	t.Helper()
	noError(t, l.owner.api.Post(t.Context(), l.path()+"/actions/"+action, what, nil))
}

// is waits until the API says that the instance is something, and returns it.
func (l *life) is(t *testing.T, status string) (i client.Instance) {
	t.Helper()
	waitLong(t, "it is "+status, func() bool {
		noError(t, l.owner.api.Get(t.Context(), l.path(), &i))
		return i.Status == status && (len(i.Actions) == 0 || i.Actions[0].Ended())
	})
	return i
}

// isReady waits until its guest is up again, with something written on its disk.
func (l *life) isReady(t *testing.T, written string) {
	t.Helper()
	ready := l.port.await(t, "GUEST: READY")
	if got := fact(ready, "written"); got != written {
		t.Errorf("on its disk is %q, want %q", got, written)
	}
	l.is(t, "running")
}

func (l *life) isOrdered(t *testing.T) {
	var ordered client.Ordered
	order := client.NewInstance{Name: "web-1", PlanID: l.small, LocationID: l.location, ImageID: l.image, SSHKeyIDs: []int64{l.keyID}}
	noError(t, l.owner.api.Post(t.Context(), "/v1/instances", order, &ordered))
	l.id, l.addr = ordered.Instance.ID, ordered.Instance.Addresses[0]
	i := l.instance(t, l.id)
	waitFor(t, "its domain runs", func() bool { return l.domain(t, i) == "running" })
}

func (l *life) comesUp(t *testing.T) {
	ready := l.port.await(t, "GUEST: READY")
	for name, want := range map[string]string{"hostname": "web-1", "keys": "1", "cpus": "1", "written": ""} {
		if got := fact(ready, name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	l.memory = number(t, fact(ready, "memory"))
	if line := l.port.await(t, "GUEST: dhcp"); !strings.HasSuffix(line, " "+l.addr) {
		t.Errorf("got %q, want that it has the address %s", line, l.addr)
	}
	l.is(t, "running")
}

// letsIn runs a command in the guest, by SSH, that leaves something on its disk.
func (l *life) letsIn(t *testing.T) {
	command := l.hosts[l.instance(t, l.id).HypervisorID].Enter(t.Context(), "ssh", "-i", l.key, "-o", "BatchMode=yes",
		"-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "root@"+l.addr,
		"hostname; echo kept | dd of=/dev/vda bs=1M seek=48 conv=notrunc,fsync 2>/dev/null")
	if said, err := command.CombinedOutput(); err != nil || string(said) != "web-1\n" {
		t.Errorf("got %q, %v, want its name", said, err)
	}
}

func (l *life) isMetered(t *testing.T) {
	i := l.is(t, "running")
	if i.UpAt == nil || i.Percent != 100 || time.Since(*i.UpAt) > 2*time.Minute {
		t.Fatalf("it is up since %v at %d %%", i.UpAt, i.Percent)
	}
	waitFor(t, "a second more costs a credit more", func() bool {
		later := l.is(t, "running")
		return number(t, strings.Split(later.MonthUsed.Credits, ".")[0]) > number(t, strings.Split(i.MonthUsed.Credits, ".")[0])
	})
}

func (l *life) isTypedAt(t *testing.T) {
	command := exec.CommandContext(t.Context(), "node", "browser/type.mjs", l.server.url, l.owner.email, password,
		strconv.FormatInt(l.id, 10), "echo typed $((6*7)) >/dev/ttyS0")
	if said, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	l.port.await(t, "typed 42")
	l.port.send(t, "ping 192.168.122.1 >/dev/null &")
}

// hasMoved looks at what it did so far: readings are half a minute apart, and by
// now there are enough.
func (l *life) hasMoved(t *testing.T) {
	waitLong(t, "its graphs show processor and network", func() bool {
		var seen client.Metrics
		noError(t, l.owner.api.Get(t.Context(), l.path()+"/metrics?series=cpu,net_out_bytes", &seen))
		moved := 0
		for _, series := range seen.Series {
			if slices.ContainsFunc(series.Points, func(p client.MetricPoint) bool { return p.Value > 0 }) {
				moved++
			}
		}
		return moved == 2
	})
}

// runsOut takes so much credit away that the rest lasts for some seconds.
func (l *life) runsOut(t *testing.T) {
	l.port.forget()
	var now client.Balance
	noError(t, l.owner.api.Get(t.Context(), "/v1/billing/balance", &now))
	whole := number(t, strings.Split(now.Balance.Credits, ".")[0])
	l.credit(t, fmt.Sprintf("-%d", whole-8))
	noError(t, l.owner.api.Get(t.Context(), "/v1/billing/balance", &now))
	if now.SuspendAt == nil || time.Until(*now.SuspendAt) > 12*time.Second {
		t.Fatalf("it is to be suspended at %v, want within seconds", now.SuspendAt)
	}
	i := l.instance(t, l.id)
	l.port.await(t, "GUEST: power button")
	asked := time.Since(*now.SuspendAt)
	waitLong(t, "its domain is off", func() bool { return l.domain(t, i) == "shut off" })
	t.Logf("asked %d ms and off %d ms after the second", asked.Milliseconds(), time.Since(*now.SuspendAt).Milliseconds())
	if off := time.Since(*now.SuspendAt); asked < 0 || asked > prompt || off > prompt+panel.ShutdownGrace {
		t.Errorf("its guest was asked %s after the second and it was off after %s, want %s and the guest's grace at most", asked, off, prompt)
	}
	if suspended := l.is(t, "suspended"); suspended.Percent != 0 {
		t.Errorf("suspended it is billed at %d %%", suspended.Percent)
	}
}

// credit gives or takes credit, as an administrator does.
func (l *life) credit(t *testing.T, credits string) {
	t.Helper()
	noError(t, l.admin.Post(t.Context(), "/v1/admin/credits", client.NewCredit{AccountID: l.owner.AccountID, Credits: credits, Reason: "test"}, nil))
}

func (l *life) isToppedUp(t *testing.T) {
	l.port.forget()
	l.credit(t, "100000")
	l.isReady(t, "kept")
}

// shutsDown switches it off from within, which is its owner's wish, and on again.
func (l *life) shutsDown(t *testing.T) {
	l.port.forget()
	l.port.send(t, "poweroff -f")
	i := l.instance(t, l.id)
	waitLong(t, "its domain is off", func() bool { return l.domain(t, i) == "shut off" })
	off := time.Now()
	l.is(t, "stopped")
	if took := time.Since(off); took > noticed {
		t.Errorf("it was stopped %s after its guest was off, want %s at most", took, noticed)
	}
	l.order(t, "start", nil)
	l.isReady(t, "kept")
}

func (l *life) grows(t *testing.T) {
	l.port.forget()
	l.order(t, "resize", client.Resize{PlanID: l.large})
	ready := l.port.await(t, "GUEST: READY")
	if got := number(t, fact(ready, "memory")); got < l.memory+50<<10 {
		t.Errorf("its guest has %d KiB and had %d, want 64 MiB more", got, l.memory)
	}
	if i := l.is(t, "running"); i.Plan.ID != l.large {
		t.Errorf("it is on plan %d, want %d", i.Plan.ID, l.large)
	}
}

func (l *life) isRebuilt(t *testing.T) {
	l.port.forget()
	l.order(t, "rebuild", client.Rebuild{})
	l.isReady(t, "")
}

func (l *life) isKept(t *testing.T) {
	var taken client.TakenSnapshot
	noError(t, l.owner.api.Post(t.Context(), l.path()+"/actions/snapshot", client.NewSnapshot{Name: "before"}, &taken))
	l.snapshot = fmt.Sprintf("/v1/snapshots/%d", taken.Snapshot.ID)
	waitLong(t, "the snapshot is taken", func() bool {
		noError(t, l.owner.api.Get(t.Context(), l.snapshot, &taken.Snapshot))
		return taken.Snapshot.State == "ready"
	})
	if taken.Snapshot.Bytes == 0 {
		t.Error("it has no bytes")
	}
	l.is(t, "running")
}

func (l *life) isRestored(t *testing.T) {
	var kept client.Snapshot
	noError(t, l.owner.api.Get(t.Context(), l.snapshot, &kept))
	l.port.forget()
	l.order(t, "restore", client.Restore{SnapshotID: kept.ID})
	l.isReady(t, "kept")
}

func (l *life) isDeleted(t *testing.T) {
	i := l.instance(t, l.id)
	h := l.hosts[i.HypervisorID]
	noError(t, l.owner.api.Delete(t.Context(), l.path(), nil))
	waitLong(t, "it is deleted", func() bool { return l.instance(t, l.id).Lifecycle == fleet.LifecycleDeleted })
	if got := l.domain(t, i); got != "" {
		t.Errorf("its domain is %s", got)
	}
	noError(t, l.owner.api.Delete(t.Context(), l.snapshot, nil))
	waitLong(t, "its snapshot is gone, too", func() bool {
		var gone *client.Problem
		return errors.As(l.owner.api.Get(t.Context(), l.snapshot, new(client.Snapshot)), &gone) && gone.Status == http.StatusNotFound
	})
	if left := h.Virsh("vol-list", "accrue"); strings.Contains(left, i.UID) {
		t.Errorf("volumes are left: %s", left)
	}
	if left := h.Virsh("net-dumpxml", "default"); strings.Contains(left, "<host ") {
		t.Errorf("its network knows it still: %s", left)
	}
	pools, err := l.desk.AdminPools(t.Context(), admin)
	noError(t, err)
	if pools[0].Taken[panel.AddressAssigned] != 0 || pools[0].Taken[panel.AddressQuarantined] != 1 {
		t.Errorf("addresses are %v, want its one in quarantine", pools[0].Taken)
	}
	host, err := l.desk.Hypervisor(t.Context(), admin, i.HypervisorID)
	noError(t, err)
	if host.Used != (fleet.Resources{}) || host.Instances != 0 {
		t.Errorf("%d instances have %+v reserved", host.Instances, host.Used)
	}
}

func number(t *testing.T, text string) int {
	t.Helper()
	n, err := strconv.Atoi(text)
	noError(t, err)
	return n
}
