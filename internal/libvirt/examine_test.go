package libvirt_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"accrue/internal/libvirt"
	"accrue/internal/libvirt/labtest"
	"accrue/internal/panel"
)

// outcome is what an examination says of one thing.
func outcome(e panel.Examination, name panel.CheckName) panel.Check {
	for _, c := range e.Checks {
		if c.Name == name {
			return c
		}
	}
	return panel.Check{}
}

// examine examines a machine and shows what was found when the test fails.
func examine(t *testing.T, h panel.Hypervisor) panel.Examination {
	t.Helper()
	h.Driver, h.Name = "libvirt", "hv"
	if h.Accel == "" {
		h.Accel = panel.AccelTCG
	}
	e := libvirt.New().Examine(t.Context(), h)
	t.Cleanup(func() {
		for _, c := range e.Checks {
			if t.Failed() {
				t.Logf("%s %s: %s | %s", c.Name, c.State, c.Detail, c.Fix)
			}
		}
	})
	return e
}

func TestExamine(t *testing.T) {
	h := labtest.Start(t, nil)
	local := panel.Hypervisor{Endpoint: h.Endpoint(), Network: "default"}

	t.Run("everything is tried and nothing is left", func(t *testing.T) {
		e := examine(t, local)
		if !e.Usable() {
			t.Error("the lab's hypervisor is not usable")
		}
		for _, name := range []panel.CheckName{
			panel.CheckReach, panel.CheckAccess, panel.CheckVersions, panel.CheckCapacity, panel.CheckStorage, panel.CheckRoom, panel.CheckClock,
			panel.CheckAccel, panel.CheckDefine, panel.CheckNetwork, panel.CheckConsole,
		} {
			if c := outcome(e, name); c.State != panel.CheckPassed && name != panel.CheckRoom {
				t.Errorf("%s: got %+v, want it passed", name, c)
			}
		}
		if e.Facts.UID == "" || e.Facts.Capacity.VCPUs == 0 || e.Facts.Capacity.DiskGiB == 0 || e.Facts.Accel != "tcg" {
			t.Errorf("facts: got %+v", e.Facts)
		}
		if !slices.Equal(e.Facts.Networks, []string{"default"}) {
			t.Errorf("networks: got %v", e.Facts.Networks)
		}
		if left := h.Virsh("list", "--all") + h.Virsh("vol-list", "accrue"); strings.TrimSpace(left) != "" {
			t.Errorf("something is left: %s", left)
		}
		if !strings.Contains(outcome(e, panel.CheckStorage).Detail, "made just now") {
			t.Error("the pool was made, and nobody says so")
		}
		for _, c := range e.Checks {
			if (c.State == panel.CheckPassed) != (c.Fix == "") {
				t.Errorf("%s %s: a fix goes with what has not passed, and with nothing else; got %q", c.Name, c.State, c.Fix)
			}
		}
	})

	refused := func(name string, change func(*panel.Hypervisor), fixes map[panel.CheckName]string) {
		t.Run(name, func(t *testing.T) {
			changed := local
			change(&changed)
			e := examine(t, changed)
			for check, fix := range fixes {
				if got := outcome(e, check); got.State != panel.CheckFailed || !strings.Contains(got.Fix, fix) {
					t.Errorf("got %+v, want a fix with %q", got, fix)
				}
			}
			if e.Usable() {
				t.Error("it is usable")
			}
		})
	}
	refused("names of nothing", func(h *panel.Hypervisor) { h.Network, h.Storage = "br9", "ssd" }, map[panel.CheckName]string{
		panel.CheckNetwork: "started: default", panel.CheckStorage: "virsh pool-define-as ssd",
	})
	refused("no libvirt there", func(h *panel.Hypervisor) { h.Endpoint += "-not" }, map[panel.CheckName]string{panel.CheckReach: "apt install libvirt-daemon-system"})
	h.Virsh("net-destroy", "default")
	refused("a network that is not started", func(*panel.Hypervisor) {}, map[panel.CheckName]string{panel.CheckNetwork: "virsh net-start default"})
	t.Run("over SSH", func(t *testing.T) { examineOverSSH(t, h) })
}

func examineOverSSH(t *testing.T, h *labtest.Hypervisor) {
	keyFile := filepath.Join(t.TempDir(), "key")
	public := publicKey(t, keyFile)
	port, hostKey := sshServer(t, public)
	remote := panel.Hypervisor{Endpoint: fmt.Sprintf("ssh://root@127.0.0.1:%d%s", port, h.Socket()), Network: "default"}

	e := examine(t, remote)
	if !e.Confirms() || e.Fingerprint != hostKey || len(e.Checks) != 2 {
		t.Errorf("before anybody confirmed: got %+v, want the fingerprint %s and nothing else", e, hostKey)
	}
	if output, err := h.Enter(t.Context(), "ip", "link", "add", "br7", "type", "bridge").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	remote.HostKey, remote.KeyFile, remote.Network = hostKey, keyFile, "br7"
	// The lab's sockets of screens are where the SSH server cannot see them.
	if e := examine(t, remote); !e.Usable() || e.Fingerprint != hostKey || !strings.Contains(outcome(e, panel.CheckConsole).Fix, "usermod -aG libvirt-qemu root") {
		t.Errorf("confirmed: got %+v", e)
	} else if got := outcome(e, panel.CheckNetwork); got.State != panel.CheckPassed || !strings.Contains(got.Detail, "a bridge") {
		t.Errorf("bridge: got %+v", got)
	}
	refused := func(name string, check panel.CheckName, fix string, change func(*panel.Hypervisor)) {
		t.Helper()
		changed := remote
		change(&changed)
		if got := outcome(examine(t, changed), check); got.State != panel.CheckFailed || !strings.Contains(got.Fix, fix) {
			t.Errorf("%s: got %+v, want a fix with %q", name, got, fix)
		}
	}
	other := filepath.Join(t.TempDir(), "other")
	line := publicKey(t, other)
	refused("another host key", panel.CheckIdentity, "ssh-keygen -lf", func(h *panel.Hypervisor) { h.HostKey = fingerprint(t, line) })
	refused("another key", panel.CheckAccess, `restrict,port-forwarding,command="/bin/false" `+line, func(h *panel.Hypervisor) { h.KeyFile = other })
	refused("no key", panel.CheckAccess, "ssh-keygen -t ed25519", func(h *panel.Hypervisor) { h.KeyFile = other + "-not" })
	refused("no libvirt there", panel.CheckAccess, "libvirtd.socket", func(h *panel.Hypervisor) { h.Endpoint += "-not" })
	refused("nobody there", panel.CheckReach, "systemctl status ssh", func(h *panel.Hypervisor) { h.Endpoint = "ssh://root@127.0.0.1:1/run/s" })
}
