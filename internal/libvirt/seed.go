package libvirt

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/netip"
	"net/textproto"

	"accrue/internal/panel"
)

// What cloud-init reads, of its documented formats. Everything is JSON, which is
// YAML too: no text is put together of what customers write.

type cloudConfig struct {
	Hostname      string   `json:"hostname,omitempty"`
	PreserveHost  bool     `json:"preserve_hostname"`
	SSHKeys       []string `json:"ssh_authorized_keys,omitempty"`
	DisableRoot   bool     `json:"disable_root"`
	PasswordLogin bool     `json:"ssh_pwauth"`
	Users         []any    `json:"users"`
	GrowPartition growPart `json:"growpart"`
	ResizeRootFS  bool     `json:"resize_rootfs"`
}

type cloudUser struct {
	Name         string   `json:"name"`
	Password     string   `json:"hashed_passwd,omitempty"`
	LockPassword bool     `json:"lock_passwd"`
	SSHKeys      []string `json:"ssh_authorized_keys,omitempty"`
}

type growPart struct {
	Mode    string   `json:"mode"`
	Devices []string `json:"devices"`
}

type metaData struct {
	InstanceID string `json:"instance-id"`
	Hostname   string `json:"local-hostname"`
}

type networkConfig struct {
	Version   int                       `json:"version"`
	Ethernets map[string]ethernetConfig `json:"ethernets"`
}

type ethernetConfig struct {
	Match       map[string]string `json:"match"`
	DHCP4       bool              `json:"dhcp4"`
	DHCP6       bool              `json:"dhcp6"`
	Addresses   []string          `json:"addresses,omitempty"`
	Routes      []routeConfig     `json:"routes,omitempty"`
	Nameservers *nameservers      `json:"nameservers,omitempty"`
}

type routeConfig struct {
	To     string `json:"to"`
	Via    string `json:"via"`
	OnLink bool   `json:"on-link,omitempty"`
}

type nameservers struct {
	Addresses []string `json:"addresses"`
}

// seed returns the file system that a machine's guest reads at its first boot, and
// a digest that names it.
func seed(m panel.Machine) (image []byte, digest string, err error) {
	user, err := userData(m)
	if err != nil {
		return nil, "", err
	}
	files := []file{
		{"meta-data", toJSON(metaData{InstanceID: firstBoot(m), Hostname: m.Name})},
		{"user-data", user},
	}
	if len(m.Interfaces) > 0 {
		files = append(files, file{"network-config", toJSON(describeNetworks(m.Interfaces))})
	}
	image = makeISO("cidata", files)
	sum := sha256.Sum256(image)
	return image, hex.EncodeToString(sum[:]), nil
}

// firstBoot names what a guest boots for the first time once: a generation of the
// disk, or a rescue system with what lets into it.
func firstBoot(m panel.Machine) string {
	if m.Rescue.Empty() {
		return fmt.Sprintf("%s-%d", m.UID, m.Generation)
	}
	sum := sha256.Sum256(toJSON(m.Seed))
	return fmt.Sprintf("%s-rescue-%.16s", m.UID, hex.EncodeToString(sum[:]))
}

// userData is our configuration, and the customer's data as a part of its own.
func userData(m panel.Machine) ([]byte, error) {
	root := cloudUser{Name: "root", Password: m.Seed.PasswordHash, LockPassword: m.Seed.PasswordHash == "", SSHKeys: m.Seed.SSHKeys}
	config := append([]byte("#cloud-config\n"), toJSON(cloudConfig{
		Hostname:      m.Name,
		SSHKeys:       m.Seed.SSHKeys,
		PasswordLogin: m.Seed.PasswordHash != "",
		Users:         []any{"default", root},
		GrowPartition: growPart{Mode: "auto", Devices: []string{"/"}},
		ResizeRootFS:  true,
	})...)
	if m.Seed.UserData == "" {
		return config, nil
	}
	var body bytes.Buffer
	parts := multipart.NewWriter(&body)
	if err := parts.SetBoundary(boundary(m)); err != nil {
		return nil, err
	}
	for _, part := range []struct{ kind, content string }{
		{"text/cloud-config", string(config)},
		{"text/plain", m.Seed.UserData}, // what it is, cloud-init tells by its first line
	} {
		w, err := parts.CreatePart(textproto.MIMEHeader{"Content-Type": {part.kind + "; charset=utf-8"}})
		if err != nil {
			return nil, err
		}
		if _, err := w.Write([]byte(part.content)); err != nil {
			return nil, err
		}
	}
	if err := parts.Close(); err != nil {
		return nil, err
	}
	head := "Content-Type: multipart/mixed; boundary=\"" + boundary(m) + "\"\nMIME-Version: 1.0\n\n"
	return append([]byte(head), body.Bytes()...), nil
}

// boundary is the same for the same machine and data, so that the same seed has
// the same bytes, and cannot be in the data itself.
func boundary(m panel.Machine) string {
	sum := sha256.Sum256([]byte(m.UID + m.Seed.UserData))
	return hex.EncodeToString(sum[:16])
}

// describeNetworks gives each interface its addresses, by its MAC address. One without
// addresses asks for them by DHCP.
func describeNetworks(interfaces []panel.Interface) networkConfig {
	config := networkConfig{Version: 2, Ethernets: map[string]ethernetConfig{}}
	for n, i := range interfaces {
		e := ethernetConfig{Match: map[string]string{"macaddress": i.MAC}, DHCP4: len(i.Addresses) == 0}
		for _, address := range i.Addresses {
			e.Addresses = append(e.Addresses, address.String())
		}
		for _, gateway := range i.Gateways {
			to := "0.0.0.0/0"
			if gateway.Is6() {
				to = "::/0"
			}
			e.Routes = append(e.Routes, routeConfig{To: to, Via: gateway.String(), OnLink: !reaches(i.Addresses, gateway)})
		}
		for _, server := range i.DNS {
			if e.Nameservers == nil {
				e.Nameservers = &nameservers{}
			}
			e.Nameservers.Addresses = append(e.Nameservers.Addresses, server.String())
		}
		config.Ethernets[fmt.Sprintf("id%d", n)] = e
	}
	return config
}

// reaches says whether a gateway is in the network of one of the addresses.
func reaches(addresses []netip.Prefix, gateway netip.Addr) bool {
	for _, address := range addresses {
		if address.Masked().Contains(gateway) {
			return true
		}
	}
	return false
}

// toJSON writes what can always be written.
func toJSON(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic("libvirt: " + err.Error())
	}
	return append(text, '\n')
}
