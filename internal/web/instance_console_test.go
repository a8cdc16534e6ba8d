package web

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/panel"
)

// site serves the pages over a network. A request and its answer may take so
// long; 0 is for ever.
func (k *console) site(timeout time.Duration) *httptest.Server {
	k.t.Helper()
	site := httptest.NewUnstartedServer(k.handler)
	site.Config.ReadTimeout, site.Config.WriteTimeout = timeout, timeout
	site.Start()
	k.t.Cleanup(site.Close)
	return site
}

// ticket asks for a way into a console and returns its address.
func (c *customer) ticket(instance int64, kind panel.ConsoleKind) string {
	c.t.Helper()
	a := c.post(instanceURL(instance)+"/console/ticket", "kind", string(kind))
	var answer struct{ URL string }
	if err := json.Unmarshal(a.Body.Bytes(), &answer); err != nil || a.Code != http.StatusOK {
		c.t.Fatalf("got %d, %v: %s", a.Code, err, a.body)
	}
	return answer.URL
}

// watch opens a stream as a browser does.
func (c *customer) watch(site *httptest.Server, stream, origin string) (*websocket.Conn, *http.Response, error) {
	header := http.Header{"Origin": {origin}}
	for name, value := range c.cookies {
		header.Add("Cookie", name+"="+value)
	}
	if origin == "" {
		header.Del("Origin")
	}
	conn, response, err := websocket.Dial(c.t.Context(), site.URL+stream, &websocket.DialOptions{HTTPHeader: header, Subprotocols: []string{"binary"}})
	if err == nil {
		c.t.Cleanup(func() { _ = conn.CloseNow() })
	}
	return conn, response, err
}

// look opens a console that has to be there.
func (c *customer) look(site *httptest.Server, instance int64, kind panel.ConsoleKind) *websocket.Conn {
	c.t.Helper()
	conn, _, err := c.watch(site, c.ticket(instance, kind), site.URL)
	c.must(err)
	if got := conn.Subprotocol(); got != "binary" {
		c.t.Errorf("got subprotocol %q, want binary", got)
	}
	return conn
}

// says reads until a text has come.
func (c *customer) says(conn *websocket.Conn, text string) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), 10*time.Second)
	defer cancel()
	var all strings.Builder
	for !strings.Contains(all.String(), text) {
		_, message, err := conn.Read(ctx)
		if err != nil {
			c.t.Fatalf("got %v after %q, want %q", err, all.String(), text)
		}
		all.Write(message)
	}
}

// ends reads until the stream has ended and returns how.
func (c *customer) ends(conn *websocket.Conn) websocket.StatusCode {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), 20*time.Second)
	defer cancel()
	for {
		if _, _, err := conn.Read(ctx); err != nil {
			return websocket.CloseStatus(err)
		}
	}
}

func TestConsoleStreamsOutliveARequest(t *testing.T) {
	t.Parallel()
	const timeout = 2 * time.Second
	k := newConsole(t)
	c := k.customer("ann", 1000)
	i := c.instance("web-1")
	site := k.site(timeout)
	screen := c.look(site, i.ID, panel.ConsoleScreen)
	c.says(screen, "RFB 003.008\n")
	serial := c.look(site, i.ID, panel.ConsoleSerial)
	c.says(serial, "web-1 login: ")
	time.Sleep(timeout + timeout/4) // there is nothing else to wait for
	c.must(serial.Write(t.Context(), websocket.MessageBinary, []byte("ida\rwhoami\r")))
	c.says(serial, "ida\r\nida@web-1")
	c.has(c.get(instanceURL(i.ID)), http.StatusOK, "Console opened", "By you")
	c.must(serial.Close(websocket.StatusNormalClosure, ""))
}

func TestConsoleStreamIsRefused(t *testing.T) {
	k := newConsole(t)
	ann, bob := k.customer("ann", 1000), k.customer("bob", 1000)
	i := ann.instance("web-1")
	k.must(k.ChangeSettings(t.Context(), k.root, func(s *panel.Settings) { s.PublicURL = "https://panel.example.com" }))
	site := k.site(0)
	again := *ann // the same person, signed in elsewhere
	again.cookies = map[string]string{}
	again.signIn()
	for name, test := range map[string]struct {
		by     *customer
		origin string
		want   int
	}{
		"from another site":         {ann, "https://evil.example", http.StatusForbidden},
		"from another port":         {ann, "http://127.0.0.1:1", http.StatusForbidden},
		"from no origin":            {ann, "", http.StatusForbidden},
		"without encryption":        {ann, "http://panel.example.com", http.StatusForbidden},
		"to another account":        {bob, site.URL, http.StatusNotFound},
		"from the public address":   {ann, "https://panel.example.com", http.StatusSwitchingProtocols},
		"from the address of today": {ann, site.URL, http.StatusSwitchingProtocols},
	} {
		t.Run(name, func(t *testing.T) {
			_, response, err := test.by.watch(site, ann.ticket(i.ID, panel.ConsoleScreen), test.origin)
			if response == nil || response.StatusCode != test.want {
				t.Errorf("got %+v, %v, want status %d", response, err, test.want)
			}
		})
	}
	for name, test := range map[string]struct {
		by     *customer
		stream string
	}{
		"without a ticket":   {ann, instanceURL(i.ID) + "/console/stream"},
		"in another session": {&again, ann.ticket(i.ID, panel.ConsoleScreen)},
	} {
		t.Run(name, func(t *testing.T) {
			conn, _, err := test.by.watch(site, test.stream, site.URL)
			k.must(err)
			if got := ann.ends(conn); got != websocket.StatusPolicyViolation {
				t.Errorf("got %d, want a violation of policy", got)
			}
		})
	}
	t.Run("a second time", func(t *testing.T) {
		stream := ann.ticket(i.ID, panel.ConsoleScreen)
		for _, want := range []websocket.StatusCode{websocket.StatusNormalClosure, websocket.StatusPolicyViolation} {
			conn, _, err := ann.watch(site, stream, site.URL)
			k.must(err)
			if want == websocket.StatusNormalClosure {
				ann.says(conn, "RFB")
				k.must(conn.Close(want, ""))
			} else if got := ann.ends(conn); got != want {
				t.Errorf("got %d, want %d", got, want)
			}
		}
	})
}

func TestConsoleStreamsEnd(t *testing.T) {
	for name, test := range map[string]struct {
		do   func(context.Context, *customer, panel.Instance) error
		want websocket.StatusCode
	}{
		"switched off": {func(ctx context.Context, c *customer, i panel.Instance) error {
			_, err := c.StopInstance(ctx, c.who, i.ID)
			c.work()
			return err
		}, websocket.StatusNormalClosure},
		"deleted": {func(ctx context.Context, c *customer, i panel.Instance) error {
			_, err := c.DeleteInstance(ctx, c.who, i.ID)
			return err
		}, websocket.StatusPolicyViolation},
		"suspended": {func(ctx context.Context, c *customer, _ panel.Instance) error {
			return c.PlaceHold(ctx, c.root, c.who.AccountID, fleet.HoldAbuse, "Spam")
		}, websocket.StatusPolicyViolation},
		"signed out": {func(ctx context.Context, c *customer, _ panel.Instance) error {
			return c.SignOut(ctx, c.who, 0)
		}, websocket.StatusPolicyViolation},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := newConsole(t)
			c := k.customer("ann", 1000)
			i := c.instance("web-1")
			conn := c.look(k.site(0), i.ID, panel.ConsoleSerial)
			c.says(conn, "login: ")
			k.must(test.do(t.Context(), c, i))
			if got := c.ends(conn); got != test.want {
				t.Errorf("got %d, want %d", got, test.want)
			}
		})
	}
}

func TestConsolesEndWithThePanel(t *testing.T) {
	k := newConsole(t)
	ending := make(chan struct{})
	k.handler = New(Config{Panel: k.Panel, Ending: ending})
	c := k.customer("ann", 1000)
	conn := c.look(k.site(0), c.instance("web-1").ID, panel.ConsoleSerial)
	c.says(conn, "login: ")
	close(ending)
	if got := c.ends(conn); got != websocket.StatusGoingAway {
		t.Errorf("got %d, want going away", got)
	}
}

func TestConsoleSaysWhyThereIsNothingToSee(t *testing.T) {
	k := newConsole(t)
	c := k.customer("ann", 1000)
	i, err := c.CreateInstance(t.Context(), c.who, panel.NewInstance{Name: "web-1", PlanID: c.small, LocationID: c.ams})
	k.must(err)
	url := instanceURL(i.ID)
	check := func(want ConsoleCover) {
		t.Helper()
		c.has(c.get(url+"/console"), http.StatusOK, want.Text)
		a := c.post(url+"/console/ticket", "kind", "screen")
		var got ConsoleCover
		if err := json.Unmarshal(a.Body.Bytes(), &got); err != nil || a.Code != http.StatusConflict || got != want {
			t.Errorf("got %d, %+v, %v, want %+v", a.Code, got, err, want)
		}
	}
	check(ConsoleCover{Text: "web-1 is being created. Its screen appears here as soon as it is on.", Wait: true})
	k.work()
	c.has(c.get(url+"/console"), http.StatusOK, `data-part="cover" data-test="console-cover" hidden`)
	c.has(c.get(url), http.StatusOK, `href="`+url+`/console"`)
	c.post(url + "/stop")
	k.work()
	check(ConsoleCover{Text: "web-1 is off.", Start: true})
	c.has(c.get(url), http.StatusOK, "The instance is off. Start it.")
	if a := c.post(url+"/start", "from", "console"); a.to() != url+"/console" {
		t.Errorf("starting it leads to %q, want the console", a.to())
	}
	check(ConsoleCover{Text: "web-1 is starting. Its screen appears here as soon as it is on.", Wait: true})
	k.work()
	k.pass(2000 * billing.Hour)
	c.signIn()
	check(ConsoleCover{Text: "The instance is suspended because the balance is too low; after a top-up it comes back by itself."})
	if a := c.post(url+"/console/ticket", "kind", "film"); a.Code != http.StatusConflict {
		t.Errorf("an unknown kind: got %d", a.Code)
	}
}

// The terminal's page lets styles in; no other page does.
func TestOnlyTheSerialConsoleHasAPolicyOfItsOwn(t *testing.T) {
	k := newConsole(t)
	c := k.customer("ann", 1000)
	url := instanceURL(c.instance("web-1").ID)
	for path, want := range map[string]bool{url + "/console": false, url + "/console/serial": true, url: false} {
		policy := c.get(path).Header().Get("Content-Security-Policy")
		if got := strings.Contains(policy, "style-src-attr 'unsafe-inline'"); got != want || strings.Contains(policy, "script-src") || !strings.HasPrefix(policy, "default-src 'self';") {
			t.Errorf("%s: got policy %q", path, policy)
		}
	}
	first, second := c.get(url+"/console/serial"), c.get(url+"/console/serial")
	if first.Header().Get("Content-Security-Policy") == second.Header().Get("Content-Security-Policy") {
		t.Error("two pages have one nonce")
	}
}

func TestModulesAreAskedForAgainAndNotSentAgain(t *testing.T) {
	get := func(etag string) *http.Response {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/static/novnc/core/rfb.js", nil)
		r.Header.Set("If-None-Match", etag)
		w := httptest.NewRecorder()
		Static().ServeHTTP(w, r)
		return w.Result()
	}
	first := get("")
	body, err := io.ReadAll(first.Body)
	if err != nil || first.StatusCode != http.StatusOK || len(body) < 1000 || !strings.HasPrefix(first.Header.Get("Content-Type"), "text/javascript") {
		t.Fatalf("got %d, %d bytes of %s, %v", first.StatusCode, len(body), first.Header.Get("Content-Type"), err)
	}
	if got := get(first.Header.Get("ETag")).StatusCode; got != http.StatusNotModified {
		t.Errorf("again: got %d, want 304", got)
	}
}
