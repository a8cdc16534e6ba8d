package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"accrue/client"
	"accrue/internal/libvirt/labtest"
	"accrue/internal/panel"
)

// newSite makes a panel with one location in a directory.
func newSite(t *testing.T) (dir string) {
	t.Helper()
	data := database{dir: t.TempDir()}
	db, err := data.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := deskPanel(db).SaveLocation(t.Context(), operator(), panel.Location{Slug: "ams", Name: "Amsterdam", Visible: true}); err != nil {
		t.Fatal(err)
	}
	return data.dir
}

func TestAHypervisorIsAddedWhenMachinesCanRunOnIt(t *testing.T) {
	h := labtest.Start(t, nil)
	dir := newSite(t)
	uri := "qemu+unix:///system?socket=" + h.Socket()
	refused := func(want string, args ...string) string {
		t.Helper()
		status, stdout, stderr := accrue(t, append([]string{"hypervisor"}, args...)...)
		if status != failed || !strings.Contains(stdout+stderr, want) {
			t.Errorf("%s: got status %d, want %q in\n%s%s", args, status, want, stdout, stderr)
		}
		return stdout
	}
	refused("--location: there is no location ber; there are: ams", "add", "--data", dir, "--name", "hv1", "--location", "ber", "--endpoint", uri)
	refused("--endpoint: must begin with unix://", "add", "--data", dir, "--name", "hv1", "--endpoint", "xen:///system")
	refused("apt install libvirt-daemon-system", "add", "--data", dir, "--name", "hv1", "--endpoint", uri+"-not")
	if list := must(t, "hypervisor", "list", "--data", dir); strings.Contains(list, "hv1") {
		t.Errorf("what failed was added: %s", list)
	}

	var added struct {
		Hypervisor  client.Hypervisor
		Examination client.HypervisorExamination
	}
	printed := must(t, "hypervisor", "add", "--data", dir, "--name", "hv1", "--endpoint", uri, "--accel", "tcg", "--vcpus", "1", "--cpu-ratio", "8", "--tag", "nvme", "--json")
	if err := json.Unmarshal([]byte(printed), &added); err != nil {
		t.Fatal(err)
	}
	host, e := added.Hypervisor, added.Examination
	if host.Endpoint != h.Endpoint() || host.Limit.VCPUs != 8 || host.Capacity.MemoryMiB != e.Offer.MemoryMiB || host.Capacity.MemoryMiB >= e.Has.MemoryMiB || !host.Enabled || host.Network != "default" {
		t.Errorf("got %+v of %+v", host, e)
	}
	if list := must(t, "hypervisor", "list", "--data", dir); !strings.Contains(list, "hv1   ams       online") || !strings.Contains(list, "0 of 8") {
		t.Errorf("got %s", list)
	}
	refused("there is no hypervisor hv2; there are: hv1", "check", "--data", dir, "--name", "hv2")
	h.Kill()
	if printed := refused("the machine cannot be used", "check", "--data", dir, "--name", "hv1"); !strings.HasPrefix(printed, "hv1, "+h.Endpoint()+"\n\n FAIL  Address: ") || !strings.Contains(printed, "\n       -> Install libvirt") {
		t.Errorf("got %s", printed)
	}
	if printed := refused("the machine cannot be used", "check", "--data", dir, "--name", "hv1", "--json"); !strings.Contains(printed, `"usable": false`) {
		t.Errorf("got %s", printed)
	}
}

// Somebody has to say that a key is the right one: at a terminal, or in a flag.
func TestNobodyConfirmsAKeyInPassing(t *testing.T) {
	for answer, want := range map[string]bool{"yes\n": true, "Y\n": true, "": false, "\n": false, "no\n": false, "yes please\n": false} {
		command := hypervisorAddCommand()
		command.SetContext(t.Context())
		command.SetIn(strings.NewReader(answer))
		command.SetOut(new(bytes.Buffer))
		if got := agrees(command, "Is it?"); got != want {
			t.Errorf("%q: got %t, want %t", answer, got, want)
		}
	}
	if asks(strings.NewReader("yes\n")) {
		t.Error("a pipe is asked")
	}
}

// The demo takes this machine's libvirt if somebody wants that, once, and serves
// with simulated hypervisors in any case.
func TestTheDemoTakesALibvirt(t *testing.T) {
	h := labtest.Start(t, nil)
	data := database{dir: copyOfDemo(t)}
	f, err := data.openField(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	offered := func(libvirt string) (printed string, real []panel.Hypervisor) {
		t.Helper()
		var out bytes.Buffer
		command := demoCommand()
		command.SetContext(t.Context())
		command.SetIn(strings.NewReader(""))
		command.SetOut(&out)
		if err := (&demonstration{libvirt: libvirt}).offer(command, f.Panel); err != nil {
			t.Fatal(err)
		}
		hosts, err := f.Hypervisors(t.Context(), operator(), 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, host := range hosts {
			if host.Driver == "libvirt" {
				real = append(real, host)
			}
		}
		return out.String(), real
	}
	for _, libvirt := range []string{"no", ""} {
		if printed, real := offered(libvirt); printed != "" || len(real) != 0 {
			t.Errorf("--libvirt %q: got %q and %+v", libvirt, printed, real)
		}
	}
	if printed, real := offered(h.Endpoint() + "-not"); !strings.Contains(printed, "The simulated ones serve") || len(real) != 0 {
		t.Errorf("none there: got %q and %+v", printed, real)
	}
	for range 2 {
		printed, real := offered(h.Endpoint())
		if len(real) != 1 || real[0].Endpoint != h.Endpoint() || !real[0].Enabled || real[0].Trial.TaskID == 0 {
			t.Errorf("got %q and %+v", printed, real)
		}
	}
}
