package panel_test

import (
	"testing"

	"accrue/internal/panel"
	"accrue/internal/store/storetest"
)

// fingerprint is that of a host key.
const fingerprint = "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU"

func TestAHypervisorIsReachedAsItsDriverCan(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	hosts, err := p.Hypervisors(ctx, admin, p.place)
	p.must(err)
	reach := func(endpoint, key, file string) panel.Hypervisor {
		h := hosts[0]
		h.ID, h.Name, h.Driver = 0, "real", "libvirt"
		h.Endpoint, h.HostKey, h.KeyFile = endpoint, key, file
		return h
	}
	for _, c := range []struct {
		name, field string
		host        panel.Hypervisor
	}{
		{"no endpoint", "endpoint", reach("", "", "")},
		{"a web address", "endpoint", reach("https://hv1.example.org", fingerprint, "/key")},
		{"a socket without a path", "endpoint", reach("unix://", "", "")},
		{"a socket on another machine", "endpoint", reach("unix://hv1/run/s", "", "")},
		{"ssh as nobody", "endpoint", reach("ssh://hv1/run/s", fingerprint, "/key")},
		{"ssh to no socket", "endpoint", reach("ssh://a@hv1", fingerprint, "/key")},
		{"a password in the endpoint", "endpoint", reach("ssh://a:secret@hv1/run/s", fingerprint, "/key")},
		{"options in the endpoint", "endpoint", reach("unix:///run/s?no_verify=1", "", "")},
		{"ssh to whoever answers", "host_key", reach("ssh://a@hv1/run/s", "", "/key")},
		{"tls to whoever answers", "host_key", reach("tls://hv1:16514", "SHA256:short", "/key")},
		{"ssh without a key", "key_file", reach("ssh://a@hv1/run/s", fingerprint, "")},
		{"a key somewhere", "key_file", reach("tls://hv1", fingerprint, "id_ed25519")},
		{"a network that is an option", "network", func() panel.Hypervisor { h := reach("unix:///run/s", "", ""); h.Network = "-x"; return h }()},
		{"a pool with a path", "storage", func() panel.Hypervisor { h := reach("unix:///run/s", "", ""); h.Storage = "../x"; return h }()},
		{"a new acceleration", "accel", func() panel.Hypervisor { h := reach("unix:///run/s", "", ""); h.Accel = "hvf"; return h }()},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := p.SaveHypervisor(ctx, admin, c.host)
			invalidAt(t, err, c.field)
		})
	}
	for n, endpoint := range []string{"unix:///run/libvirt/libvirt-sock", "ssh://a@[2001:db8::1]:22/run/s", "tls://hv1:16514"} {
		h := reach(endpoint, fingerprint, "/etc/accrue/key")
		h.Name = []string{"r1", "r2", "r3"}[n]
		saved, err := p.SaveHypervisor(ctx, admin, h)
		p.must(err)
		if saved.Accel != panel.AccelAuto {
			t.Errorf("%s: acceleration %q, want auto", endpoint, saved.Accel)
		}
	}
}

// What a look showed is not an administrator's to change, but another endpoint
// is another machine.
func TestSavingAHypervisorKeepsWhatWasSeen(t *testing.T) {
	p := newProvider(t, storetest.SQLite(t), 10)
	hosts, err := p.Hypervisors(ctx, admin, p.place)
	p.must(err)
	seen := hosts[0]
	seen.HostUID, seen.Stock = "4c4c", panel.Stock{At: noon, Foreign: 1, Facts: panel.Facts{UID: "4c4c"}}
	p.must(p.store.Update(ctx, func(tx panel.Tx) error { return tx.SetStock(seen) }))
	save := func(endpoint, want string) {
		t.Helper()
		h := hosts[0]
		h.Driver, h.Endpoint = "libvirt", endpoint
		_, err := p.SaveHypervisor(ctx, admin, h)
		p.must(err)
		saved, err := p.Hypervisor(ctx, admin, h.ID)
		p.must(err)
		if saved.HostUID != want || saved.Stock.Foreign != 1 {
			t.Errorf("%s: got %q and %+v, want %q", endpoint, saved.HostUID, saved.Stock, want)
		}
	}
	save("unix:///run/a", "")
	seen.HostUID = "4c4c"
	p.must(p.store.Update(ctx, func(tx panel.Tx) error { return tx.SetStock(seen) }))
	save("unix:///run/a", "4c4c")
	save("unix:///run/b", "")
}
