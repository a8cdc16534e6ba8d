package panel

import (
	"cmp"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Where libvirt is found when an endpoint does not say.
const (
	defaultSocket  = "/run/libvirt/libvirt-sock"
	defaultTLSPort = "16514"
)

// fromLibvirt turns a URI as libvirt's own programs take it, such as
// qemu+ssh://accrue@hv1.example.org/system, into the endpoint that it means. Any
// other text comes back as it is, without the space around it.
func fromLibvirt(endpoint string) string {
	endpoint = strings.TrimSpace(endpoint)
	u, err := url.Parse(endpoint)
	if err != nil || u.Path != "/system" || u.Fragment != "" || !strings.HasPrefix(u.Scheme, "qemu") {
		return endpoint
	}
	query := u.Query()
	socket := cmp.Or(query.Get("socket"), defaultSocket)
	query.Del("socket")
	if len(query) > 0 {
		return endpoint // what else may be said there is not heeded here
	}
	switch u.Scheme {
	case "qemu", "qemu+unix":
		if u.Host == "" {
			return "unix://" + socket
		}
	case "qemu+ssh", "qemu+libssh", "qemu+libssh2":
		return (&url.URL{Scheme: "ssh", User: u.User, Host: u.Host, Path: socket}).String()
	case "qemu+tls":
		if host := u.Host; host != "" {
			if u.Port() == "" {
				host += ":" + defaultTLSPort
			}
			return "tls://" + host
		}
	}
	return endpoint
}

// isRemote says whether an endpoint is on another machine, which has to show who
// it is.
func isRemote(endpoint string) bool { return endpoint != "" && !strings.HasPrefix(endpoint, "unix:") }

var (
	hostKey = regexp.MustCompile(`^SHA256:[A-Za-z0-9+/]{43}$`)
	network = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$`)
)

// checkEndpoint refuses where and how a hypervisor cannot be.
func checkEndpoint(h Hypervisor) error {
	u, err := url.Parse(h.Endpoint)
	switch {
	case err != nil || u.RawQuery != "" || u.Fragment != "" || u.Opaque != "":
		return invalid("endpoint", "must be like ssh://accrue@hv1.example.org/run/libvirt/libvirt-sock")
	case u.Scheme == "unix" && (u.Host != "" || !path.IsAbs(u.Path)):
		return invalid("endpoint", "must name a socket, such as unix:///run/libvirt/libvirt-sock")
	case u.Scheme == "ssh" && (u.Hostname() == "" || u.User.Username() == "" || !path.IsAbs(u.Path)):
		return invalid("endpoint", "must have user, host and socket, such as ssh://accrue@hv1.example.org/run/libvirt/libvirt-sock")
	case u.Scheme == "tls" && u.Hostname() == "":
		return invalid("endpoint", "must have a host, such as tls://hv1.example.org:16514")
	case !slices.Contains([]string{"unix", "ssh", "tls"}, u.Scheme):
		return invalid("endpoint", "must begin with unix://, ssh:// or tls://, or be a libvirt URI such as qemu:///system")
	case hasPassword(u):
		return invalid("endpoint", "must not have a password in it; name a key file instead")
	case h.Network != "" && !network.MatchString(h.Network):
		return invalid("network", "must be the name of a network or bridge, such as default or br0")
	case h.Storage != "" && !network.MatchString(h.Storage):
		return invalid("storage", "must be the name of a storage pool, such as default")
	}
	return nil
}

// checkTrust refuses a hypervisor on another machine that could not be told from
// others, or that nobody would let us in to.
func checkTrust(h Hypervisor) error {
	switch {
	case !isRemote(h.Endpoint):
	case !hostKey.MatchString(h.HostKey):
		return invalid("host_key", "must be the fingerprint of its key, such as SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU")
	case !path.IsAbs(h.KeyFile):
		return invalid("key_file", "must name the file with the private key, such as /etc/accrue/id_ed25519")
	}
	return nil
}

func hasPassword(u *url.URL) bool {
	_, has := u.User.Password()
	return has
}
