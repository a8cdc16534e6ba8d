package libvirt

import (
	"cmp"
	"fmt"
	"net"
	"net/url"

	"accrue/internal/panel"
)

// Where libvirt is and where disks go, when a hypervisor does not say.
const (
	defaultSocket = "/run/libvirt/libvirt-sock"
	defaultPool   = "accrue"
)

// endpoint is where a hypervisor is and how it is used.
type endpoint struct {
	scheme  string // "unix", "ssh" or "tls"
	url     *url.URL
	socket  string // of libvirt; with TLS there is none
	hostKey string // a fingerprint
	keyFile string
	pool    string
	accel   panel.Accel
}

func newEndpoint(h panel.Hypervisor) (endpoint, error) {
	u, err := url.Parse(h.Endpoint)
	if err != nil {
		return endpoint{}, err
	}
	e := endpoint{
		scheme: u.Scheme, url: u, socket: u.Path,
		hostKey: h.HostKey, keyFile: h.KeyFile, pool: h.Storage, accel: h.Accel,
	}
	if e.socket == "" || e.socket == "/" {
		e.socket = defaultSocket
	}
	if e.pool == "" {
		e.pool = defaultPool
	}
	return e, nil
}

// address is where a machine is on the network, at a port that its kind of
// endpoint has unless it says another.
func (e endpoint) address(port string) string {
	return net.JoinHostPort(e.url.Hostname(), cmp.Or(e.url.Port(), port))
}

func (e endpoint) transport() (transport, error) {
	switch e.scheme {
	case "unix":
		return unixTransport{e.socket}, nil
	case "ssh":
		return newSSHTransport(e)
	case "tls":
		return newTLSTransport(e)
	}
	return nil, fmt.Errorf("the endpoint begins with %q, not unix, ssh or tls", e.scheme)
}
