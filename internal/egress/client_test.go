package egress

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestPublic(t *testing.T) {
	for address, want := range map[string]bool{
		"1.1.1.1": true, "151.101.2.132": true, "2606:4700::1111": true, "2a01:4f8::1": true,
		"127.0.0.1": false, "10.1.2.3": false, "172.31.0.1": false, "192.168.1.1": false, "169.254.169.254": false,
		"100.64.0.1": false, "0.0.0.0": false, "0.1.2.3": false, "192.0.2.7": false, "198.19.0.1": false, "224.0.0.1": false,
		"255.255.255.255": false, "240.0.0.1": false,
		"::": false, "::1": false, "fe80::1": false, "fe80::1%eth0": false, "fc00::1": false, "fd12::1": false, "ff02::1": false,
		"::ffff:1.1.1.1": false, "::ffff:10.0.0.1": false, "64:ff9b::a00:1": false, "2002:a00:1::": false, "2001:db8::1": false,
		"2001::1": false, "fec0::1": false, "4000::1": false,
	} {
		if got := Public(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: got %v, want %v", address, got, want)
		}
	}
}

// reach makes a client that finds names where the test says, trusts the test's
// server, and takes loopback for a public address.
func reach(t *testing.T, server *httptest.Server, names map[string]string) *Client {
	t.Helper()
	c := New(Options{MaxBytes: 1000, Timeout: time.Minute})
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	c.transport(roots)
	c.lookup = func(_ context.Context, host string) (found []netip.Addr, err error) {
		if names[host] == "" {
			return nil, errors.New("no such host")
		}
		for address := range strings.FieldsSeq(names[host]) {
			found = append(found, netip.MustParseAddr(address))
		}
		return found, nil
	}
	public := c.allowed
	c.allowed = func(a netip.Addr) bool { return a == netip.MustParseAddr("127.0.0.1") || public(a) }
	return c
}

// site is a server that has a file, and some that nobody should want.
func site(t *testing.T, connections *int) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/image", func(w http.ResponseWriter, r *http.Request) {
		if len(r.Cookies()) > 0 || r.Header.Get("Authorization") != "" || r.Referer() != "" {
			t.Errorf("the request has %v", r.Header)
		}
		fmt.Fprint(w, "an image")
	})
	mux.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/image", http.StatusFound) })
	mux.HandleFunc("/round", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/round", http.StatusFound) })
	mux.HandleFunc("/away", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://other.test/image", http.StatusFound)
	})
	mux.HandleFunc("/port", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://example.com:8443/image", http.StatusFound)
	})
	mux.HandleFunc("/plain", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://"+r.Host+"/image", http.StatusFound)
	})
	mux.HandleFunc("/none", http.NotFound)
	mux.HandleFunc("/long", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, strings.Repeat("x", 1001)) })
	mux.HandleFunc("/endless", func(w http.ResponseWriter, _ *http.Request) {
		for range 1001 {
			fmt.Fprint(w, "x")
			_ = http.NewResponseController(w).Flush()
		}
	})
	mux.HandleFunc("/slow", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	server := httptest.NewUnstartedServer(mux)
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			*connections++
		}
	}
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // clients that go away
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

func portOf(t *testing.T, server *httptest.Server) string {
	t.Helper()
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return u.Port()
}

func fetch(ctx context.Context, c *Client, address string) (string, error) {
	body, err := c.Get(ctx, address)
	if err != nil {
		return "", err
	}
	defer body.Close()
	text, err := io.ReadAll(body)
	return string(text), err
}

func TestGet(t *testing.T) {
	var connections int
	server := site(t, &connections)
	names := map[string]string{"example.com": "127.0.0.1", "other.test": "127.0.0.1", "both.test": "127.0.0.1 10.0.0.1", "inside.test": "10.0.0.1",
		"metadata.test": "169.254.169.254", "mapped.test": "::ffff:10.0.0.1", "six.test": "fd00::1", "carrier.test": "100.100.1.1"}
	c := reach(t, server, names)
	port := portOf(t, server)
	for _, test := range []struct{ address, want, says string }{
		{"https://example.com:%s/image", "an image", ""},
		{"https://example.com:%s/moved", "an image", ""},
		{"https://127.0.0.1:%s/image", "an image", ""},
		{"https://example.com:%s/round", "", "redirects too often"},
		{"https://example.com:%s/away", "", "redirects to another host"},
		{"https://example.com:%s/port", "", "redirects to another host"},
		{"https://example.com:%s/plain", "", "redirects to another host"},
		{"https://example.com:%s/none", "", "the answer was 404"},
		{"https://example.com:%s/long", "", "more than 1000 bytes"},
		{"https://example.com:%s/endless", "", "more than 1000 bytes"},
		{"https://nowhere.test:%s/image", "", "no address of nowhere.test"},
		{"https://other.test:%s/image", "", "certificate"},
		{"http://example.com:%s/image", "", "must begin with https"},
		{"file:///etc/passwd?%s", "", "must be an address"},
		{"https://ida:secret@example.com:%s/image", "", "must not hold a user"},
		{"https://:%s/image", "", "must be an address"},
		{"https://inside.test:%s/image", "", "inside.test is at 10.0.0.1, which is not a public address"},
		{"https://both.test:%s/image", "", "is at 10.0.0.1, which is not"},
		{"https://metadata.test:%s/image", "", "not a public address"},
		{"https://mapped.test:%s/image", "", "is at 10.0.0.1, which is not"},
		{"https://six.test:%s/image", "", "not a public address"},
		{"https://carrier.test:%s/image", "", "not a public address"},
		{"https://[::ffff:10.0.0.1]:%s/image", "", "is at 10.0.0.1, which is not"},
		{"https://[::1]:%s/image", "", "not a public address"},
		{"https://10.0.0.1:%s/image", "", "not a public address"},
		{"https://0x7f.1:%s/image", "", "no address of 0x7f.1"},
	} {
		address := fmt.Sprintf(test.address, port)
		t.Run(address, func(t *testing.T) {
			got, err := fetch(t.Context(), c, address)
			if test.says == "" && (err != nil || got != test.want) {
				t.Errorf("got %q, %v, want %q", got, err, test.want)
			}
			var lasting interface{ Permanent() bool }
			if passing := strings.Contains(test.says, "no address") || test.says == "certificate"; test.says != "" && errors.As(err, &lasting) == passing {
				t.Errorf("%v: would come again: %v, want %v", err, !passing, passing)
			}
			if test.says != "" && (err == nil || !strings.Contains(err.Error(), test.says)) {
				t.Errorf("got %q, %v, want %q", got, err, test.says)
			}
		})
	}
}

// The name is looked up once for a connection; one that is elsewhere the second
// time gets nobody inside.
func TestANameThatMoves(t *testing.T) {
	var connections, lookups int
	server := site(t, &connections)
	c := reach(t, server, nil)
	c.lookup = func(context.Context, string) ([]netip.Addr, error) {
		lookups++
		if lookups > 1 {
			return []netip.Addr{netip.MustParseAddr("10.0.0.1")}, nil
		}
		return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
	}
	address := "https://example.com:" + portOf(t, server) + "/image"
	if got, err := fetch(t.Context(), c, address); err != nil || got != "an image" {
		t.Fatalf("got %q, %v", got, err)
	}
	if lookups != 1 {
		t.Errorf("the name was looked up %d times, want once", lookups)
	}
	before := connections
	if got, err := fetch(t.Context(), c, address); err == nil || connections != before {
		t.Errorf("got %q, %v and a connection, want none", got, err)
	}
	want := netip.MustParseAddr("127.0.0.1")
	if err := pinned(want)("tcp4", "10.0.0.1:443", nil); err == nil {
		t.Error("a socket may connect to another address than the one that was looked at")
	}
}

func TestTheProvidersOwnRangesAreInside(t *testing.T) {
	c := New(Options{MaxBytes: 1, Timeout: time.Minute, Own: []netip.Prefix{netip.MustParsePrefix("151.101.0.0/16")}})
	if _, err := fetch(t.Context(), c, "https://151.101.2.132/"); err == nil || !strings.Contains(err.Error(), "not a public address") {
		t.Errorf("got %v, want it refused", err)
	}
}

func TestGetEndsInTime(t *testing.T) {
	var connections int
	server := site(t, &connections)
	c := reach(t, server, map[string]string{"example.com": "127.0.0.1"})
	c.timeout = 50 * time.Millisecond
	if _, err := fetch(t.Context(), c, "https://example.com:"+portOf(t, server)+"/slow"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want its time over", err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := fetch(gone, c, "https://example.com:"+portOf(t, server)+"/image"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want it canceled", err)
	}
}
