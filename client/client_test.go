package client

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
)

// serve answers with a function and returns a client of it.
func serve(t *testing.T, answer http.HandlerFunc) *Client {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	return &Client{URL: server.URL + "/", Token: "acr_x"}
}

func TestPostIsSentAgainUnderItsKey(t *testing.T) {
	keys := map[string]int{}
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		keys[r.Header.Get("Idempotency-Key")]++
		if len(keys) == 1 && keys[r.Header.Get("Idempotency-Key")] < 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintf(w, `{"name":%q}`, r.Header.Get("Authorization")+r.URL.Path)
	})
	var out struct{ Name string }
	if err := c.Post(t.Context(), "/v1/instances", map[string]string{"name": "web"}, &out); err != nil || out.Name != "Bearer acr_x/v1/instances" {
		t.Fatalf("got %q, %v", out.Name, err)
	}
	for key, sent := range keys {
		if len(keys) != 1 || key == "" || sent != 3 {
			t.Errorf("got keys %v, want one, sent three times", keys)
		}
	}
	if err := c.Post(t.Context(), "/v1/instances", nil, nil); err != nil || len(keys) != 2 {
		t.Errorf("another request: got keys %v, %v; want one of its own", keys, err)
	}
}

func TestRefusalIsAProblemAndSentOnce(t *testing.T) {
	sent := 0
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		sent++
		w.WriteHeader(http.StatusPaymentRequired)
		fmt.Fprint(w, `{"code":"insufficient_credit","detail":"Top up.","errors":[{"pointer":"/plan_id","detail":"is dear"}]}`)
	})
	var p *Problem
	err := c.Post(t.Context(), "/v1/instances", nil, nil)
	if !errors.As(err, &p) || p.Code != "insufficient_credit" || p.Status != http.StatusPaymentRequired || p.Errors[0].Pointer != "/plan_id" || err.Error() != "Top up." {
		t.Errorf("got %#v", err)
	}
	if sent != 1 {
		t.Errorf("it was sent %d times", sent)
	}
}

func TestChangeThatGotNoAnswerIsNotSentAgain(t *testing.T) {
	sent := 0
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		sent++
		if r.Header.Get("If-Match") != `"1"` {
			t.Errorf("got If-Match %s", r.Header.Get("If-Match"))
		}
		w.WriteHeader(http.StatusBadGateway)
		fmt.Fprint(w, "<html>")
	})
	var p *Problem
	if err := c.Patch(t.Context(), "/v1/me", `"1"`, nil, nil); !errors.As(err, &p) || p.Status != http.StatusBadGateway || p.Detail == "" || sent != 1 {
		t.Errorf("got %v after %d times", err, sent)
	}
}

func TestListGoesThroughAllPages(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Query().Get("cursor") {
		case "":
			fmt.Fprint(w, `{"items":[1,2],"next_cursor":"a b"}`)
		case "a b":
			fmt.Fprint(w, `{"items":[3]}`)
		}
	})
	var all []int
	for n, err := range List[int](t.Context(), c, "/v1/numbers?limit=2") {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, n)
	}
	if fmt.Sprint(all) != "[1 2 3]" {
		t.Errorf("got %v", all)
	}
	c.URL = "http://127.0.0.1:1"
	c.HTTP = &http.Client{Transport: refusing{}}
	for _, err := range List[int](t.Context(), c, "/v1/numbers") {
		if !errors.Is(err, errRefused) {
			t.Errorf("got error %v, want that of the connection", err)
		}
	}
}

// refusing is a network without the panel.
type refusing struct{}

var errRefused = errors.New("refused")

func (refusing) RoundTrip(*http.Request) (*http.Response, error) { return nil, errRefused }
