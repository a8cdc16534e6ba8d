package libvirt_test

import (
	"context"
	"crypto/rand"
	"fmt"
	randv2 "math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"accrue/internal/fleet"
	"accrue/internal/libvirt"
	"accrue/internal/libvirt/labtest"
	"accrue/internal/panel"
	"accrue/internal/panel/paneltest"
)

// connect connects to a hypervisor of the lab as a panel of its own.
func connect(t testing.TB, h *labtest.Hypervisor, endpoint string) panel.Driver {
	t.Helper()
	hypervisors := libvirt.New()
	t.Cleanup(func() { hypervisors.Close() })
	driver, err := hypervisors.Driver(panel.Hypervisor{
		Hypervisor: fleet.Hypervisor{ID: 1, Name: h.Name}, Driver: "libvirt", Endpoint: endpoint, Accel: panel.AccelTCG,
	})
	if err != nil {
		t.Fatal(err)
	}
	return driver
}

// bring brings a guest's image to a hypervisor.
func bring(t testing.TB, driver panel.Driver, guest labtest.Guest) labtest.Guest {
	t.Helper()
	if err := driver.EnsureImage(t.Context(), guest.ImageFile, guest); err != nil {
		t.Fatal(err)
	}
	return guest
}

// small is a machine that boots a guest.
func small(guest labtest.Guest) panel.Machine {
	return panel.Machine{
		Image:      guest.ImageFile,
		Size:       fleet.Resources{VCPUs: 1, MemoryMiB: 128, DiskGiB: 1},
		Interfaces: []panel.Interface{{MAC: newMAC(), Network: "default"}},
	}
}

func newMAC() string {
	n := randv2.Uint32()
	return fmt.Sprintf("52:54:00:%02x:%02x:%02x", byte(n), byte(n>>8), byte(n>>16))
}

// boot makes a machine and switches it on.
func boot(t testing.TB, d panel.Driver, m panel.Machine) {
	t.Helper()
	for name, err := range map[string]error{
		"disk":   d.EnsureDisk(t.Context(), m),
		"define": d.EnsureDefined(t.Context(), m),
		"on":     d.EnsurePower(t.Context(), m.UID, fleet.PowerOn, 0),
	} {
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
}

// conforming is a hypervisor for the suite, which is one test's at a time.
type conforming struct {
	*labtest.Hypervisor
	proxy      *labtest.Proxy
	driver     panel.Driver
	quick, lab labtest.Guest
}

// Guests boot on as many hypervisors at once as there are processors here for it:
// most of the time goes by in what they do.
func TestDriverOnLibvirt(t *testing.T) {
	const together = 2
	free := make(chan conforming, together)
	for range together {
		h := labtest.Start(t, nil)
		c := conforming{Hypervisor: h, proxy: labtest.NewProxy(t, h)}
		c.driver = connect(t, h, c.proxy.Endpoint())
		c.quick, c.lab = bring(t, c.driver, labtest.Quick(t)), bring(t, c.driver, labtest.Image(t))
		free <- c
	}
	content, err := os.ReadFile(labtest.Quick(t).Path)
	if err != nil {
		t.Fatal(err)
	}
	paneltest.RunDriver(t, func(t *testing.T) paneltest.DriverFixture {
		c := <-free
		t.Cleanup(func() {
			clear(t, c.driver)
			free <- c
		})
		return paneltest.DriverFixture{
			Driver:   c.driver,
			Machine:  small(c.quick),
			Obedient: small(c.lab),
			Reopen:   func() panel.Driver { return connect(t, c.Hypervisor, c.proxy.Endpoint()) },
			// What follows a qcow2's last cluster is not looked at, and makes it another
			// file than the one that is there.
			Image:       append(slices.Clone(content), []byte(rand.Text())...),
			Generations: func(uid string) []int64 { return generations(t, c.Hypervisor, uid) },
			LoseReplies: func(lose bool) {
				if lose {
					c.proxy.CutAt(1)
				} else {
					c.proxy.CutAt(0)
				}
			},
			Crash: func(uid string) {
				c.CrashGuest("accrue-" + uid)
				awaitCrash(t, c.driver, uid)
			},
			Grace:    time.Millisecond,
			Patience: 2 * time.Minute,
		}
	})
}

// clear removes every machine from a hypervisor.
func clear(t testing.TB, driver panel.Driver) {
	inventory, err := driver.Inventory(context.Background())
	if err != nil {
		t.Error(err)
	}
	for _, m := range inventory.Machines {
		if err := driver.EnsureAbsent(context.Background(), m.UID); err != nil {
			t.Error(err)
		}
	}
}

// awaitCrash waits until libvirt has noticed that a guest died.
func awaitCrash(t testing.TB, driver panel.Driver, uid string) {
	t.Helper()
	await(t, "the crash to be seen", func() bool { return find(t, driver, uid).Power == fleet.PowerCrashed })
}

// await waits for a condition.
func await(t testing.TB, what string, done func() bool) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for !done() {
		if time.Now().After(deadline) {
			t.Fatalf("waited for %s in vain", what)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// find returns a machine as the hypervisor lists it, absent if it does not.
func find(t testing.TB, driver panel.Driver, uid string) panel.Machine {
	t.Helper()
	inventory, err := driver.Inventory(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range inventory.Machines {
		if m.UID == uid {
			return m
		}
	}
	return panel.Machine{Power: fleet.PowerAbsent}
}

// generations returns those of a machine's disks that are on a hypervisor.
func generations(t testing.TB, h *labtest.Hypervisor, uid string) []int64 {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(h.Dir, "lib", "accrue", uid+"-disk-*.qcow2"))
	if err != nil {
		t.Fatal(err)
	}
	var found []int64
	for _, path := range paths {
		var n int64
		if _, err := fmt.Sscanf(filepath.Base(path), uid+"-disk-%d.qcow2", &n); err != nil {
			t.Fatal(err)
		}
		found = append(found, n)
	}
	return found
}
