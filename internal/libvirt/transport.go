package libvirt

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"accrue/internal/panel"
)

// connectPatience is how long a hypervisor may take to let us in.
const connectPatience = 10 * time.Second

// transport opens connections to a hypervisor.
type transport interface {
	// libvirt connects to libvirtd.
	libvirt(ctx context.Context) (net.Conn, error)
	// socket connects to a Unix socket on the hypervisor.
	socket(ctx context.Context, path string) (net.Conn, error)
	io.Closer
}

// unixTransport is the panel's own machine.
type unixTransport struct{ path string }

func (t unixTransport) libvirt(ctx context.Context) (net.Conn, error) { return t.socket(ctx, t.path) }

func (t unixTransport) socket(ctx context.Context, path string) (net.Conn, error) {
	return new(net.Dialer).DialContext(ctx, "unix", path)
}

func (t unixTransport) Close() error { return nil }

// tlsTransport reaches libvirtd where it listens for TLS.
type tlsTransport struct {
	address string
	config  *tls.Config
}

func newTLSTransport(e endpoint) (*tlsTransport, error) {
	pair, err := tls.LoadX509KeyPair(e.keyFile, e.keyFile)
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	return &tlsTransport{
		address: e.address("16514"),
		config: &tls.Config{
			Certificates: []tls.Certificate{pair},
			MinVersion:   tls.VersionTLS12,
			// The certificate is pinned as it is: who signed it and for which name
			// says nothing more.
			InsecureSkipVerify: true,
			VerifyPeerCertificate: func(certificates [][]byte, _ [][]*x509.Certificate) error {
				return checkFingerprint(certificates[0], e.hostKey)
			},
		},
	}, nil
}

// checkFingerprint compares a key or certificate with what is pinned.
func checkFingerprint(key []byte, pin string) error {
	if got := fingerprint(key); got != pin {
		return &strangerError{got, pin}
	}
	return nil
}

// fingerprint names a key as ssh-keygen does.
func fingerprint(key []byte) string {
	digest := sha256.Sum256(key)
	return "SHA256:" + base64.RawStdEncoding.EncodeToString(digest[:])
}

// shownByTLS returns the fingerprint of the certificate that a server shows to
// whoever connects, and goes no further.
func shownByTLS(ctx context.Context, e endpoint) (shown string, err error) {
	dialer := tls.Dialer{Config: &tls.Config{
		MinVersion:         tls.VersionTLS12,
		InsecureSkipVerify: true, // whether it is the right one is for somebody to say
		VerifyPeerCertificate: func(certificates [][]byte, _ [][]*x509.Certificate) error {
			shown = fingerprint(certificates[0])
			return errors.New("only looking")
		},
	}}
	nc, err := dialer.DialContext(ctx, "tcp", e.address("16514"))
	if err == nil {
		nc.Close()
	}
	if shown != "" {
		return shown, nil
	}
	return "", err
}

// strangerError is what a hypervisor gets that does not show the pinned key.
type strangerError struct{ got, pin string }

func (e *strangerError) Error() string {
	return fmt.Sprintf("the hypervisor shows the key %s and not %s: it is another machine, or somebody is in between", e.got, e.pin)
}

// libvirt connects, and waits for the byte by which libvirtd says that it takes
// our certificate.
func (t *tlsTransport) libvirt(ctx context.Context) (net.Conn, error) {
	dialer := tls.Dialer{Config: t.config}
	nc, err := dialer.DialContext(ctx, "tcp", t.address)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { nc.Close() })
	defer stop()
	var accepted [1]byte
	if _, err = io.ReadFull(nc, accepted[:]); err == nil && accepted[0] != 1 {
		err = errors.New("libvirt does not take our certificate")
	}
	if err != nil {
		nc.Close()
		return nil, err
	}
	return nc, nil
}

func (t *tlsTransport) socket(context.Context, string) (net.Conn, error) {
	return nil, faulty(panel.HostFault, "over TLS only libvirt itself can be reached, and no screen")
}

func (t *tlsTransport) Close() error { return nil }
