package libvirt

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"net/netip"
	"reflect"
	"strings"
	"testing"

	"accrue/internal/fleet"
	"accrue/internal/panel"
)

func seeded() panel.Machine {
	return panel.Machine{
		UID: "0191d1f0-0000-7000-8000-000000000001", Name: "web-1", Generation: 3,
		Size: fleet.Resources{VCPUs: 2, MemoryMiB: 1024, DiskGiB: 10},
		Interfaces: []panel.Interface{{
			MAC: "52:54:00:12:34:56", Network: "default",
			Addresses: []netip.Prefix{netip.MustParsePrefix("192.0.2.7/24"), netip.MustParsePrefix("2001:db8::7/64")},
			Gateways:  []netip.Addr{netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("fe80::1")},
			DNS:       []netip.Addr{netip.MustParseAddr("9.9.9.9")},
		}},
		Seed: panel.Seed{SSHKeys: []string{"ssh-ed25519 AAAA anna"}},
	}
}

// files returns what is in a machine's seed.
func files(t *testing.T, m panel.Machine) map[string]string {
	t.Helper()
	image, _, err := seed(m)
	if err != nil {
		t.Fatal(err)
	}
	_, files := readISO(t, image, isoJoliet, fromJoliet)
	return files
}

func TestSeedSaysWhoTheGuestIs(t *testing.T) {
	got := files(t, seeded())
	for name, want := range map[string]string{
		"meta-data;1": `{"instance-id":"0191d1f0-0000-7000-8000-000000000001-3","local-hostname":"web-1"}`,
		"network-config;1": `{"version":2,"ethernets":{"id0":{"match":{"macaddress":"52:54:00:12:34:56"},"dhcp4":false,"dhcp6":false,` +
			`"addresses":["192.0.2.7/24","2001:db8::7/64"],"routes":[{"to":"0.0.0.0/0","via":"192.0.2.1"},` +
			`{"to":"::/0","via":"fe80::1","on-link":true}],"nameservers":{"addresses":["9.9.9.9"]}}}}`,
	} {
		if strings.TrimSpace(got[name]) != want {
			t.Errorf("%s: got %s, want %s", name, got[name], want)
		}
	}
	first, rest, _ := strings.Cut(got["user-data;1"], "\n")
	var config struct {
		Keys  []string `json:"ssh_authorized_keys"`
		Users []any    `json:"users"`
	}
	if err := json.Unmarshal([]byte(rest), &config); first != "#cloud-config" || err != nil {
		t.Fatalf("got %q, %v", first, err)
	}
	if want := []string{"ssh-ed25519 AAAA anna"}; !reflect.DeepEqual(config.Keys, want) || len(config.Users) != 2 || config.Users[0] != "default" {
		t.Errorf("got %+v", config)
	}
}

func TestAGenerationIsAnotherInstanceToTheGuest(t *testing.T) {
	m := seeded()
	_, before, _ := seed(m)
	m.Generation++
	if _, after, _ := seed(m); before == after {
		t.Error("got the same seed for another generation")
	}
}

// Whatever customers write, it ends up in a part of its own, byte for byte.
func TestUserDataIsPassedOnAsItIs(t *testing.T) {
	for name, data := range map[string]string{
		"a script":          "#!/bin/sh\necho hi\n",
		"another's trick":   "#cloud-config\nusers: []\n\"}]}\n---\n",
		"what looks a part": "--x\nContent-Type: text/cloud-config\n\n#cloud-config\nruncmd: [reboot]\n",
		"bytes":             "\x00\xff\n\n\n",
	} {
		t.Run(name, func(t *testing.T) {
			m := seeded()
			m.Seed.UserData = data
			message, err := mail.ReadMessage(strings.NewReader(files(t, m)["user-data;1"]))
			if err != nil {
				t.Fatal(err)
			}
			_, parameters, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
			if err != nil {
				t.Fatal(err)
			}
			parts := multipart.NewReader(message.Body, parameters["boundary"])
			var bodies [][]byte
			for {
				part, err := parts.NextRawPart()
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				body, err := io.ReadAll(part)
				if err != nil {
					t.Fatal(err)
				}
				bodies = append(bodies, body)
			}
			if len(bodies) != 2 || !bytes.HasPrefix(bodies[0], []byte("#cloud-config\n{")) || string(bodies[1]) != data {
				t.Errorf("got %q", bodies)
			}
		})
	}
}
