// Package egress fetches what somebody else has named an address of. The panel
// stands where such a somebody does not, so the client goes nowhere inside: it
// speaks https to public addresses, looks a name up once and connects to what it
// found, follows no redirect to another host, takes no credentials along, and
// ends at a size and a time.
package egress

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"
)

// Client fetches. It is safe for use by several goroutines.
type Client struct {
	http     http.Client
	lookup   func(ctx context.Context, host string) ([]netip.Addr, error)
	allowed  func(netip.Addr) bool
	maxBytes int64
	timeout  time.Duration
}

// Options limit a Client.
type Options struct {
	MaxBytes int64          // of one file
	Timeout  time.Duration  // for one file, from the first byte asked to the last one read
	Own      []netip.Prefix // ranges of the provider's own that are never connected to
}

// How long the parts of a connection may take.
const (
	dialTimeout   = 10 * time.Second
	answerTimeout = 30 * time.Second
	maxRedirects  = 5
)

// New returns a client.
func New(o Options) *Client {
	c := &Client{maxBytes: o.MaxBytes, timeout: o.Timeout}
	c.lookup = func(ctx context.Context, host string) ([]netip.Addr, error) {
		return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	}
	c.allowed = func(a netip.Addr) bool { return Public(a) && !within(o.Own, a) }
	c.transport(nil)
	return c
}

// transport sets the client up to trust some certificates, or those of the system.
func (c *Client) transport(roots *x509.CertPool) {
	c.http = http.Client{
		Transport: &http.Transport{
			DialContext:            c.dial,
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots},
			TLSHandshakeTimeout:    dialTimeout,
			ResponseHeaderTimeout:  answerTimeout,
			MaxResponseHeaderBytes: 64 << 10,
			DisableKeepAlives:      true,
			DisableCompression:     true,
			ForceAttemptHTTP2:      true,
		},
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			switch {
			case len(via) > maxRedirects:
				return refuse("it redirects too often")
			case r.URL.Scheme != "https" || r.URL.Host != via[0].URL.Host || r.URL.User != nil:
				return refuse("it redirects to another host, which is not followed; give the address of the file itself")
			}
			r.Header.Del("Referer")
			return nil
		},
	}
}

// refusal is an error that would come again.
type refusal struct{ error }

// Permanent says that trying again does not help.
func (refusal) Permanent() bool { return true }

func refuse(format string, args ...any) error { return refusal{fmt.Errorf(format, args...)} }

func parse(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "":
		return nil, refuse("must be an address such as https://example.org/image.qcow2")
	case u.Scheme != "https":
		return nil, refuse("must begin with https://")
	case u.User != nil:
		return nil, refuse("must not hold a user or password")
	}
	return u, nil
}

// Get opens what is at an address. Reading fails where there is more than the
// client takes, when its time has run out, and when ctx ends. The caller closes
// the body. Errors say what was refused, and repeat nothing that was answered;
// those that would come again have a method Permanent.
func (c *Client) Get(ctx context.Context, address string) (io.ReadCloser, error) {
	u, err := parse(address)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		cancel()
		return nil, err
	}
	request.Header.Set("User-Agent", "accrue")
	response, err := c.http.Do(request)
	if err != nil {
		cancel()
		return nil, plain(err)
	}
	b := &body{ReadCloser: response.Body, cancel: cancel, left: c.maxBytes, most: c.maxBytes}
	switch {
	case response.StatusCode != http.StatusOK:
		err = fmt.Errorf("the answer was %d and not 200", response.StatusCode)
		if response.StatusCode < http.StatusInternalServerError {
			err = refusal{err}
		}
	case response.ContentLength > c.maxBytes:
		err = b.tooLarge()
	}
	if err != nil {
		_ = b.Close()
		return nil, err
	}
	return b, nil
}

// plain takes off what net/http says around a cause, an address among it.
func plain(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}

// dial looks a name up once and connects to one of its addresses. If any of them
// is one that is never connected to, none is: who answers so means no good.
func (c *Client) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	found, err := c.resolve(ctx, host)
	if err != nil {
		return nil, err
	}
	for _, a := range found {
		if !c.allowed(a) {
			return nil, refuse("%s is at %s, which is not a public address", host, a)
		}
	}
	var failed []error
	for _, a := range found {
		dialer := net.Dialer{Timeout: dialTimeout, Control: pinned(a)}
		conn, err := dialer.DialContext(ctx, network, net.JoinHostPort(a.String(), port))
		if err == nil {
			return conn, nil
		}
		failed = append(failed, err)
	}
	return nil, errors.Join(failed...)
}

func (c *Client) resolve(ctx context.Context, host string) (found []netip.Addr, err error) {
	if a, err := netip.ParseAddr(host); err == nil {
		found = []netip.Addr{a}
	} else if found, err = c.lookup(ctx, host); err != nil {
		return nil, fmt.Errorf("there is no address of %s", host)
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("there is no address of %s", host)
	}
	for i := range found {
		found[i] = found[i].Unmap()
	}
	return found, nil
}

// pinned lets a socket connect to one address only, whatever has happened to the
// name since.
func pinned(want netip.Addr) func(network, address string, _ syscall.RawConn) error {
	return func(_, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil || to.Addr().Unmap() != want {
			return fmt.Errorf("the connection would have gone to %s and not to %s", address, want)
		}
		return nil
	}
}

// body is an answer that ends with an error when it is too long.
type body struct {
	io.ReadCloser
	cancel     context.CancelFunc
	left, most int64
}

func (b *body) Read(p []byte) (int, error) {
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, b.tooLarge()
	}
	return n, err
}

func (b *body) tooLarge() error { return refuse("it has more than %d bytes", b.most) }

func (b *body) Close() error {
	defer b.cancel()
	return b.ReadCloser.Close()
}
