package web

import (
	"context"
	"log/slog"
	"net/http"
	"testing"

	"accrue/internal/identity"
	"accrue/internal/panel"
	"accrue/internal/sim"
)

// strange is a world whose machines are examined as a test says, and simulated
// once they are hypervisors.
type strange struct {
	panel.Drivers
	says func(panel.Hypervisor) panel.Examination
}

func (s strange) Examine(_ context.Context, h panel.Hypervisor) panel.Examination { return s.says(h) }

// meet gives the console machines that are examined as says has it.
func (k *console) meet(says func(panel.Hypervisor) panel.Examination) {
	k.Panel = panel.New(k.store, strange{k.world, says}, new(sim.Mailbox), identity.NewHasher(identity.TestParams, 4))
	k.handler = New(Config{Panel: k.Panel, Log: slog.New(slog.NewTextHandler(k.t.Output(), nil))})
}

const shownKey = "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU"

// A machine becomes a hypervisor step by step, without a script.
func TestAMachineIsEnrolled(t *testing.T) {
	k := newConsole(t)
	k.meet(func(h panel.Hypervisor) (e panel.Examination) {
		if h.HostKey == "" {
			e.Fingerprint = shownKey
			e.Checks = []panel.Check{{Name: panel.CheckIdentity, State: panel.CheckConfirm, Detail: "It shows " + shownKey, Fix: "Compare, if it is the same: ssh-keygen -lf KEY"}}
			return e
		}
		e.Pools, e.Facts.Networks = []string{"nvme"}, []string{"default"}
		e.Facts.Capacity.VCPUs, e.Facts.Capacity.MemoryMiB, e.Facts.FreeDisk = 8, 65536, 500
		e.Checks = []panel.Check{{Name: panel.CheckFilter, State: panel.CheckWarning, Detail: "No filter.", Fix: "apt install filter"}}
		if h.Network == "br9" {
			e.Checks = append(e.Checks, panel.Check{Name: panel.CheckNetwork, State: panel.CheckFailed, Detail: "There is no br9.", Fix: "ip link add br9"})
		}
		return e
	})
	root := k.admin()
	const page = "/admin/hypervisors/enrol"
	reach := []string{"endpoint", "qemu+ssh://accrue@hv9/system", "key_file", "/etc/accrue/key"}
	settings := func(more ...string) []string {
		return with(append(more, "step", "save"), append(reach, "host_key", shownKey, "pools", "nvme", "networks", "default", "name", "hv9", "location", text(k.ams),
			"storage", "nvme", "network", "default", "vcpus", "8", "cpu_ratio", "4", "memory_mib", "58983", "disk_gib", "500"))
	}
	root.has(root.get(page), http.StatusOK, "Look at it", "qemu:///system")
	root.refuses(page, "Must begin with unix://", "step", "endpoint", "endpoint", "xen:///system")
	root.has(root.post(page, reach...), http.StatusOK, shownKey, "ssh-keygen -lf KEY", "It is the same")
	confirmed := append(reach, "host_key", shownKey)
	root.has(root.post(page, confirmed...), http.StatusOK, "Anti-spoofing filter", "apt install filter", "Continue", `name="memory_mib" value="58983"`)
	root.has(root.post(page, append(confirmed, "step", "settings", "pools", "nvme", "networks", "default", "vcpus", "8", "memory_mib", "58983", "disk_gib", "500")...),
		http.StatusOK, "One of its own", `value="nvme"`, `value="58983"`)
	root.refuses(page, "Must not have", settings("name", "not a host!")...)
	root.has(root.post(page, settings("bridge", "br9")...), http.StatusOK, "ip link add br9", "Mend what failed first")

	saved := root.post(page, settings()...)
	hosts, err := k.Hypervisors(t.Context(), k.root, k.ams)
	k.must(err)
	h := hosts[len(hosts)-1]
	if h.Name != "hv9" || h.Endpoint != "ssh://accrue@hv9/run/libvirt/libvirt-sock" || h.HostKey != shownKey || h.Storage != "nvme" || h.Network != "default" || h.Enabled || h.Capacity.MemoryMiB != 58983 {
		t.Errorf("got %+v", h)
	}
	test := "/admin/hypervisors/" + text(h.ID) + "/test"
	if saved.to() != test {
		t.Errorf("leads to %s, want %s", saved.to(), test)
	}
	root.has(root.get(test), http.StatusOK, "hv9 added", "A machine goes through its life", "Preparing the disk", `hx-trigger="every 1s"`)
	k.work()
	root.has(root.get(test), http.StatusOK, "Everything worked", "Seeing it run", "Take instances")
	root.has(root.follow("/admin/hypervisors/"+text(h.ID)+"/enable"), http.StatusOK, "hv9 takes new instances again", "Online")
	root.has(root.post("/admin/hypervisors/"+text(h.ID)+"/check"), http.StatusOK, "Check of hv9", "Machines can run on it")
	root.has(root.get("/admin/hypervisors/"+text(h.ID)+"/edit"), http.StatusOK, shownKey, "/etc/accrue/key", "Found by trying")
}

// The pages of hypervisors that were never tried, and of a test that failed.
func TestATestThatFailsSaysWhy(t *testing.T) {
	k := newConsole(t)
	root := k.admin()
	root.has(root.get("/admin/hypervisors/1/test"), http.StatusOK, "Nobody has tried yet")
	k.must(k.SetFault(t.Context(), k.root, 1, panel.FaultError, true))
	root.has(root.follow("/admin/hypervisors/1/test"), http.StatusOK, "The test has begun")
	k.work()
	root.has(root.get("/admin/hypervisors/1/test"), http.StatusOK, "The machine did not get through", "Making the machine", "Failed")
	root.has(root.follow("/admin/hypervisors/1/test"), http.StatusOK, "still to be removed")
}
