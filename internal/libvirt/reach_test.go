//go:build faults

package libvirt_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"accrue/internal/fleet"
	"accrue/internal/libvirt"
	"accrue/internal/libvirt/labtest"
	"accrue/internal/panel"
)

// driver returns the driver of a hypervisor's settings.
func driver(t testing.TB, h panel.Hypervisor) panel.Driver {
	t.Helper()
	h.ID, h.Driver, h.Accel = 1, "libvirt", panel.AccelTCG
	h.Name = "hv"
	hypervisors := libvirt.New()
	t.Cleanup(func() { hypervisors.Close() })
	d, err := hypervisors.Driver(h)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// says reads a stream until it says something, and returns the line.
func says(t testing.TB, stream io.Reader, what string) string {
	t.Helper()
	lines := bufio.NewScanner(stream)
	for lines.Scan() {
		if strings.Contains(lines.Text(), what) {
			return lines.Text()
		}
	}
	t.Fatalf("the guest never said %q: %v", what, lines.Err())
	return ""
}

// A guest takes its name, address and keys, can be seen and typed at, and counts.
func TestAMachineIsRealInEveryWay(t *testing.T) {
	h := labtest.Start(t, nil)
	d := driver(t, panel.Hypervisor{Endpoint: h.Endpoint()})
	m := small(bring(t, d, labtest.Image(t)))
	m.UID, m.Name = uuid.NewString(), "web-1"
	m.Interfaces[0].Addresses = []netip.Prefix{netip.MustParsePrefix("192.168.122.77/24")}
	m.Seed.SSHKeys = []string{publicKey(t, filepath.Join(t.TempDir(), "key"))}

	changes := make(chan panel.Change, 100)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go d.(panel.Watcher).Watch(ctx, func(c panel.Change) { changes <- c })

	boot(t, d, m)
	screener := d.(panel.Screener)
	serial, err := screener.OpenSerial(t.Context(), m.UID)
	if err != nil {
		t.Fatal(err)
	}
	stop := time.AfterFunc(2*time.Minute, func() { serial.Close() })
	defer stop.Stop()
	ready := says(t, serial, "GUEST: READY")
	for _, want := range []string{"hostname=web-1", "keys=1", "cpus=1"} {
		if !strings.Contains(ready, want) {
			t.Errorf("got %q, want %s", ready, want)
		}
	}
	if page, err := h.Enter(t.Context(), "bash", "-c", "exec 3<>/dev/tcp/192.168.122.77/80; printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3").CombinedOutput(); err != nil || !bytes.Contains(page, []byte("hello from web-1")) {
		t.Errorf("at its address: got %q, %v", page, err)
	}
	if _, err := io.WriteString(serial, "echo typed $((6*7))\n"); err != nil {
		t.Fatal(err)
	}
	says(t, serial, "typed 42")

	screen, err := screener.OpenScreen(t.Context(), m.UID)
	if err != nil {
		t.Fatal(err)
	}
	greeting := make([]byte, 12)
	if _, err := io.ReadFull(screen, greeting); err != nil || string(greeting) != "RFB 003.008\n" {
		t.Errorf("screen: got %q, %v", greeting, err)
	}
	screen.Close()

	samples, err := d.(panel.Sampler).Samples(t.Context())
	if err != nil || len(samples) != 1 {
		t.Fatalf("got %d samples, %v", len(samples), err)
	}
	if s := samples[0]; s.UID != m.UID || s.Epoch == "" || s.CPUNanos == 0 || s.DiskRead < 1<<20 || s.NetOut == 0 || s.PacketsIn == 0 || s.MemoryMiB == 0 {
		t.Errorf("got %+v", s)
	}
	if _, err := io.WriteString(serial, "poweroff -f\n"); err != nil {
		t.Fatal(err)
	}
	for {
		select {
		case c := <-changes:
			if c.Power != fleet.PowerOff {
				continue
			}
			if want := (panel.Change{UID: m.UID, Power: fleet.PowerOff, ByGuest: true}); c != want {
				t.Errorf("got %+v, want %+v", c, want)
			}
		case <-time.After(time.Minute):
			t.Error("nobody said that the guest switched itself off")
		}
		break
	}
	if off := find(t, d, m.UID); off.Power != fleet.PowerOff || !off.ByGuest {
		t.Errorf("it is %s, by its guest: %t", off.Power, off.ByGuest)
	}
	if err := d.EnsureAbsent(t.Context(), m.UID); err != nil {
		t.Fatal(err)
	}
	if left := h.Virsh("net-dumpxml", "default"); strings.Contains(left, m.Interfaces[0].MAC) {
		t.Error("its address is still known to the network")
	}
	if left := h.Virsh("vol-list", "accrue"); strings.Contains(left, m.UID) {
		t.Errorf("volumes are left: %s", left)
	}
}

func TestOverSSH(t *testing.T) {
	h := labtest.Start(t, nil)
	keyFile := filepath.Join(t.TempDir(), "key")
	port, hostKey := sshServer(t, publicKey(t, keyFile))
	settings := panel.Hypervisor{
		Endpoint: fmt.Sprintf("ssh://root@127.0.0.1:%d%s", port, h.Socket()), HostKey: hostKey, KeyFile: keyFile,
	}
	d := driver(t, settings)
	m := small(bring(t, d, labtest.Quick(t)))
	m.UID = uuid.NewString()
	boot(t, d, m)
	if got := find(t, d, m.UID).Power; got != fleet.PowerOn {
		t.Errorf("got %s, want on", got)
	}
	settings.HostKey = fingerprint(t, publicKey(t, filepath.Join(t.TempDir(), "other")))
	_, err := driver(t, settings).Probe(t.Context())
	if panel.KindOf(err) != panel.Unreachable || !strings.Contains(err.Error(), "another machine") {
		t.Errorf("another host key: got %v", err)
	}
	if err := d.EnsureAbsent(t.Context(), m.UID); err != nil {
		t.Error(err)
	}
}

// authority signs certificates.
type authority struct {
	certificate *x509.Certificate
	key         ed25519.PrivateKey
	pem         []byte
}

func newAuthority(t testing.TB) *authority {
	a := &authority{}
	cert, _, _ := a.sign(t, "authority", true)
	a.pem = cert
	return a
}

// sign makes a certificate and its key, in PEM, and what pins it. The first one
// is the authority's own.
func (a *authority) sign(t testing.TB, name string, isCA bool) (cert, key []byte, pin string) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: isCA, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
	}
	if isCA {
		template.KeyUsage, a.certificate, a.key = x509.KeyUsageCertSign, template, private
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, public, a.key)
	if err != nil {
		t.Fatal(err)
	}
	pkcs, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(der)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs}),
		"SHA256:" + base64.RawStdEncoding.EncodeToString(sum[:])
}

// inside listens here and passes what comes to an address in a hypervisor's
// network.
func inside(t testing.TB, h *labtest.Hypervisor, address string) net.Addr {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			pass := h.Enter(t.Context(), "bash", "-c", "exec 3<>/dev/tcp/"+address+"; cat <&3 & cat >&3")
			pass.Stdin, pass.Stdout = near, near
			go func() { pass.Run(); near.Close() }()
		}
	}()
	return listener.Addr()
}

func TestOverTLS(t *testing.T) {
	signer := newAuthority(t)
	serverCert, serverKey, pin := signer.sign(t, "hv", false)
	clientCert, clientKey, _ := signer.sign(t, "panel", false)
	dir := t.TempDir()
	for name, content := range map[string][]byte{
		"ca.pem": signer.pem, "cert.pem": serverCert, "key.pem": serverKey, "client.pem": append(clientCert, clientKey...),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	h := labtest.Start(t, map[string]string{
		"options": "--listen",
		"libvirtd.conf": fmt.Sprintf("listen_tls = 1\nlisten_tcp = 0\nlisten_addr = \"127.0.0.1\"\ntls_no_sanity_certificate = 1\n"+
			"ca_file = \"%s/ca.pem\"\ncert_file = \"%s/cert.pem\"\nkey_file = \"%s/key.pem\"\n", dir, dir, dir),
	})
	settings := panel.Hypervisor{
		Endpoint: "tls://" + inside(t, h, "127.0.0.1/16514").String(), HostKey: pin, KeyFile: filepath.Join(dir, "client.pem"),
	}
	d := driver(t, settings)
	m := small(bring(t, d, labtest.Quick(t)))
	m.UID = uuid.NewString()
	boot(t, d, m)
	if got := find(t, d, m.UID).Power; got != fleet.PowerOn {
		t.Errorf("got %s, want on", got)
	}
	if e := examine(t, settings); !e.Usable() || e.Fingerprint != pin || outcome(e, panel.CheckConsole).State != panel.CheckWarning || outcome(e, panel.CheckNetwork).State != panel.CheckSkipped {
		t.Errorf("got %+v", e)
	}
	if e := examine(t, panel.Hypervisor{Endpoint: settings.Endpoint}); !e.Confirms() || e.Fingerprint != pin {
		t.Errorf("before anybody confirmed: got %+v, want the fingerprint %s", e, pin)
	}
	if _, err := d.(panel.Screener).OpenScreen(t.Context(), m.UID); panel.KindOf(err) != panel.HostFault {
		t.Errorf("screen: got %v, want that there is none", err)
	}
	_, _, settings.HostKey = signer.sign(t, "other", false)
	_, err := driver(t, settings).Probe(t.Context())
	if panel.KindOf(err) != panel.Unreachable || !strings.Contains(err.Error(), "another machine") {
		t.Errorf("another certificate: got %v", err)
	}
	if err := d.EnsureAbsent(t.Context(), m.UID); err != nil {
		t.Error(err)
	}
}
