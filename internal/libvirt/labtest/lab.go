// Package labtest gives tests whole libvirt hypervisors, and a guest that boots
// on them in a few seconds. It needs root and what scripts/install-test-deps
// installs.
package labtest

import (
	"context"
	"crypto/rand"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// require, when it is "all", says that no test may be left out.
const require = "ACCRUE_TEST_REQUIRE"

// need skips a test where there can be no hypervisors, unless that is forbidden.
func need(t testing.TB) {
	t.Helper()
	missing := ""
	for _, program := range []string{"/usr/sbin/libvirtd", "qemu-system-x86_64", "qemu-img", "ip", "dropbear", "syslinux"} {
		if _, err := exec.LookPath(program); err != nil {
			missing = program + " is missing"
		}
	}
	if os.Geteuid() != 0 {
		missing = "this is not root"
	}
	switch {
	case missing == "":
	case os.Getenv(require) == "all":
		t.Fatalf("%s: libvirt may not be left out", missing)
	default:
		t.Skipf("no hypervisors: %s", missing)
	}
}

// Hypervisor is a libvirt host in a network of its own.
type Hypervisor struct {
	Name string
	Dir  string // holds etc, run and lib, its /etc/libvirt, /run/libvirt and /var/lib/libvirt

	parent string
	t      testing.TB
}

// Start starts a hypervisor that goes with the test. Files are put into its
// /etc/libvirt first, by their paths there.
func Start(t testing.TB, files map[string]string) *Hypervisor {
	t.Helper()
	need(t)
	h := &Hypervisor{Name: strings.ToLower(rand.Text()[:8]), parent: shortDir(t), t: t}
	h.Dir = filepath.Join(h.parent, h.Name)
	for name, content := range files {
		path := filepath.Join(h.Dir, "etc", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { h.run("stop") })
	h.run("start")
	return h
}

// Filters returns, as files for Start, the network filters that come with libvirt,
// which a hypervisor of the lab has not unless it is given them.
func Filters(t testing.TB) map[string]string {
	t.Helper()
	need(t)
	paths, err := filepath.Glob("/usr/share/libvirt/nwfilter/*.xml")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files["nwfilter/"+filepath.Base(path)] = string(content)
	}
	return files
}

// shortDir is a temporary directory whose sockets' paths are short enough.
func shortDir(t testing.TB) string {
	dir, err := os.MkdirTemp("", "lab.")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// Socket returns the path of libvirt's socket.
func (h *Hypervisor) Socket() string { return filepath.Join(h.Dir, "run", "libvirt-sock") }

// Endpoint returns where a driver finds it.
func (h *Hypervisor) Endpoint() string { return "unix://" + h.Socket() }

// Kill kills libvirtd as a crash would; guests go on.
func (h *Hypervisor) Kill() { h.run("kill") }

// Restart starts libvirtd again.
func (h *Hypervisor) Restart() { h.run("start") }

func (h *Hypervisor) run(action string) {
	h.t.Helper()
	output, err := exec.Command(script(h.t, "hypervisor"), action, h.Name, h.parent).CombinedOutput()
	if err != nil {
		h.t.Fatalf("hypervisor %s: %v\n%s", action, err, output)
	}
}

// Virsh runs a command of virsh, as an administrator by hand would.
func (h *Hypervisor) Virsh(arguments ...string) string {
	h.t.Helper()
	arguments = append([]string{"--quiet", "--connect", "qemu:///system?socket=" + h.Socket()}, arguments...)
	output, err := exec.Command("virsh", arguments...).CombinedOutput()
	if err != nil {
		h.t.Fatalf("virsh %s: %v\n%s", strings.Join(arguments[3:], " "), err, output)
	}
	return string(output)
}

// Enter returns a command that runs in the hypervisor's network.
func (h *Hypervisor) Enter(ctx context.Context, command ...string) *exec.Cmd {
	return exec.CommandContext(ctx, script(h.t, "hypervisor"), append([]string{"enter", h.Name}, command...)...)
}

// script returns the path of a script of the lab.
func script(t testing.TB, name string) string {
	t.Helper()
	dir, err := os.Getwd()
	for err == nil && dir != "/" {
		path := filepath.Join(dir, "scripts", "lab", name)
		if _, missing := os.Stat(path); missing == nil {
			return path
		}
		dir = filepath.Dir(dir)
	}
	t.Fatalf("scripts/lab/%s is in no directory above: %v", name, err)
	return ""
}

// CrashGuest kills the QEMU of a domain.
func (h *Hypervisor) CrashGuest(domain string) {
	h.t.Helper()
	text, err := os.ReadFile(filepath.Join(h.Dir, "run", "qemu", domain+".pid"))
	if err != nil {
		h.t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		h.t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		h.t.Fatal(err)
	}
}
