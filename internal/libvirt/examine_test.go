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
	if output, err := h.Enter(t.Context(), "ip", "link", "add", "br7", "type", "bridge").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	local := panel.Hypervisor{Endpoint: h.Endpoint(), Network: "br7"}

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
		if !slices.Equal(e.Facts.Networks, []string{"default"}) || !strings.Contains(outcome(e, panel.CheckNetwork).Detail, "a bridge") {
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

	t.Run("no libvirt there", func(t *testing.T) {
		wrong := local
		wrong.Endpoint += "-not"
		e := examine(t, wrong)
		if got := outcome(e, panel.CheckReach); got.State != panel.CheckFailed || !strings.Contains(got.Fix, "apt install libvirt-daemon-system") || e.Usable() {
			t.Errorf("got %+v", e)
		}
	})
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
	// The lab's sockets of screens are where the SSH server cannot see them.
	h.Virsh("net-destroy", "default")
	remote.HostKey, remote.KeyFile, remote.Storage = hostKey, keyFile, "ssd"
	e = examine(t, remote)
	for check, fix := range map[panel.CheckName]string{
		panel.CheckStorage: "virsh pool-define-as ssd", panel.CheckNetwork: "virsh net-start default", panel.CheckConsole: "usermod -aG libvirt-qemu root",
	} {
		if got := outcome(e, check); got.State == panel.CheckPassed || !strings.Contains(got.Fix, fix) {
			t.Errorf("got %+v, want a fix with %q", got, fix)
		}
	}
	if e.Usable() || e.Fingerprint != hostKey || outcome(e, panel.CheckAccess).State != panel.CheckPassed {
		t.Errorf("confirmed: got %+v", e)
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
