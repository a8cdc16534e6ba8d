package api

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// Every operation and every code is on the page, where problems point to.
func TestDocsHaveEverything(t *testing.T) {
	docs := Docs("/static/accrue.css")
	answer := httptest.NewRecorder()
	docs.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, DocsPath, nil))
	text := answer.Body.String()
	for _, k := range registry() {
		if !strings.Contains(text, `<tr id="`+k.Code+`">`) {
			t.Errorf("the code %s is not there", k.Code)
		}
	}
	for _, refusal := range refusals {
		if p := newProblem(t.Context(), refusal, ""); !strings.Contains(text, `id="`+strings.TrimPrefix(p.Type, DocsPath+"#")+`"`) {
			t.Errorf("%s leads nowhere", p.Type)
		}
	}
	for _, id := range []string{"create-instance", "list-ssh-keys", "get-settings"} {
		if !strings.Contains(text, `id="`+id+`"`) {
			t.Errorf("the operation %s is not there", id)
		}
	}
	if strings.Contains(text, "ZgotmplZ") || strings.Contains(text, "no value") {
		t.Error("something on the page could not be written")
	}
}
