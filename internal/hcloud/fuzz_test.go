package hcloud_test

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"accrue/internal/billing"
	"accrue/internal/hcloud"
)

// FuzzRequests sends anything to every route: it is answered with JSON, and never
// with a failure of ours.
func FuzzRequests(f *testing.F) {
	patterns := hcloud.Patterns()
	for n := range patterns {
		for _, seed := range []struct{ query, body string }{
			{"", ""},
			{"page=2&per_page=3&sort=name:desc&label_selector=env%3Dprod&name=web", `{"name":"web","labels":{"a":"b"}}`},
			{"id=1&id=-1&status=running&type=cpu&start=2026-11-10T12:00:00Z&end=2026-11-10T13:00:00Z&step=60", `{"server_type":"s1","image":1,"location":"ams","ssh_keys":["a",1],"volumes":[]}`},
			{"page=-1&sort=:&label_selector=(&start=x", `{"image":null,"server_type":{"id":1},"ip":"::","dns_ptr":"a"}`},
			{"id=4503599627370497&id=%00", `[]`},
			{"name=%ff", `{"name":"\u0000","public_net":{"ipv4":9223372036854775807}}`},
		} {
			f.Add(uint16(n), "1", seed.query, seed.body)
		}
	}
	f.Add(uint16(0), "9223372036854775807", "", "")
	f.Add(uint16(0), "-1", "", "")
	p := newProvider(f)
	ida := p.customer("ida", 1000*billing.Credit)
	ida.create("web")
	f.Fuzz(func(t *testing.T, route uint16, id, query, body string) {
		p.now += 10 // its budget of requests fills again
		method, path, _ := strings.Cut(patterns[int(route)%len(patterns)], " ")
		for _, name := range []string{"{id}", "{action}", "{part}", "{rest...}"} {
			path = strings.ReplaceAll(path, name, escape(id))
		}
		request := httptest.NewRequestWithContext(t.Context(), method, "http://panel", strings.NewReader(body))
		request.URL.Path, request.URL.RawQuery = hcloud.Prefix+path, query
		request.Header.Set("Authorization", "Bearer "+ida.token)
		recorder := httptest.NewRecorder()
		p.handler.ServeHTTP(recorder, request)
		if recorder.Code >= 500 {
			t.Fatalf("%s %s?%s %q: status %d: %s", method, path, query, body, recorder.Code, recorder.Body)
		}
		if recorder.Code >= 300 && recorder.Code < 400 { // a path that is not clean
			return
		}
		if text := recorder.Body.Bytes(); len(text) > 0 && !json.Valid(text) {
			t.Fatalf("%s %s?%s %q is answered with %q", method, path, query, body, text)
		}
	})
}

// escape makes a text part of a path.
func escape(id string) string {
	return strings.NewReplacer("/", "", "?", "", "#", "", ".", "").Replace(id)
}
