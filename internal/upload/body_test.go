package upload

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// A server gives requests less time than this one takes, and the file arrives all
// the same.
func TestAFileTakesItsTime(t *testing.T) {
	const pause = 150 * time.Millisecond
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got, err := io.ReadAll(Body(w, r))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		_, _ = w.Write(got)
	}))
	server.Config.ReadTimeout, server.Config.WriteTimeout = pause, pause
	server.Start()
	defer server.Close()
	sent, send := io.Pipe()
	go func() {
		for _, part := range []string{"one ", "two ", "three"} {
			_, _ = send.Write([]byte(part)) // a server that has given up answers so
			time.Sleep(pause)
		}
		_ = send.Close()
	}()
	answer, err := http.Post(server.URL, "application/octet-stream", sent)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	got, err := io.ReadAll(answer.Body)
	if err != nil || string(got) != "one two three" {
		t.Errorf("got %d %q, %v", answer.StatusCode, strings.TrimSpace(string(got)), err)
	}
}
