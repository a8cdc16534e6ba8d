package api

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// pagesDir is where the pages are that a tag each has.
const pagesDir = "../../docs/api"

// written begins what is written by this test of a page; above it people write.
const written = "<!-- What follows is taken from a test run: go test ./internal/api -run Description -update -->\n"

// TestDescriptionHasExamples takes the tour and compares what is asked and
// answered with the pages of the documentation.
func TestDescriptionHasExamples(t *testing.T) {
	tr := newTour(t, "")
	pages, order := map[string]*strings.Builder{}, []string{}
	for _, at := range stops {
		op := tr.ops[at.op]
		if at.before != nil {
			at.before(tr)
		}
		r := tr.request(at)
		name := pageOf(op.Tags[0])
		if pages[name] == nil {
			pages[name], order = new(strings.Builder), append(order, name)
		}
		if at.op == "stream-events" {
			writeExample(pages[name], op, r, tr.streamed(r))
			continue
		}
		c := tr.carol
		if op.admin() {
			c = tr.root
		}
		answer := c.ask(r)
		if answer.StatusCode/100 != 2 {
			t.Fatalf("%s %s: got %d %s", r.method, r.path, answer.StatusCode, answer.body)
		}
		tr.keep(at, answer)
		writeExample(pages[name], op, r, answer)
	}
	for _, name := range order {
		path := filepath.Join(pagesDir, name)
		above, err := proseOf(path, tr.tagOf(name))
		tr.must(err)
		golden(t, path, []byte(above+written+pages[name].String()))
	}
	checkIndex(t, order)
}

// pageOf is the file of a tag: "Admin: plans" is in admin-plans.md.
func pageOf(tag string) string {
	return strings.ReplaceAll(strings.ReplaceAll(strings.ToLower(tag), ": ", "-"), " ", "-") + ".md"
}

// tagOf is the tag whose page a file is.
func (t *tour) tagOf(name string) string {
	for _, op := range t.ops {
		if pageOf(op.Tags[0]) == name {
			return op.Tags[0]
		}
	}
	return ""
}

// proseOf is what people wrote at the top of a page; a title if there is none.
func proseOf(path, tag string) (string, error) {
	page, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return "# " + tag + "\n\n", nil
	}
	above, _, _ := strings.Cut(string(page), written)
	return above, err
}

// checkIndex fails unless the index leads to every page, and no page is of a tag
// that is gone.
func checkIndex(t *testing.T, pages []string) {
	t.Helper()
	index, err := os.ReadFile(filepath.Join(pagesDir, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range pages {
		if !bytes.Contains(index, []byte("]("+name+")")) {
			t.Errorf("docs/api/README.md does not lead to %s: add a line", name)
		}
	}
	files, err := fs.Glob(os.DirFS(pagesDir), "*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		page, err := os.ReadFile(filepath.Join(pagesDir, name))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(page, []byte(written)) && !slices.Contains(pages, name) {
			t.Errorf("docs/api/%s is of operations that are gone: remove it", name)
		}
	}
}

// streamed is the beginning of a stream, which does not end.
func (t *tour) streamed(r request) reply {
	t.t.Helper()
	live := httptest.NewServer(t.handler)
	defer live.Close()
	asked, err := http.NewRequestWithContext(t.t.Context(), r.method, live.URL+r.path, nil)
	t.must(err)
	asked.Header.Set("Authorization", "Bearer "+t.carol.token)
	answer, err := http.DefaultClient.Do(asked)
	t.must(err)
	defer answer.Body.Close()
	var text strings.Builder
	for lines, blank := bufio.NewScanner(answer.Body), 0; blank < 3 && lines.Scan(); {
		text.WriteString(lines.Text() + "\n")
		if lines.Text() == "" {
			blank++
		}
	}
	return reply{answer, []byte(text.String())}
}

// random are parts of answers that are different in every run, and what stands in
// their place.
var random = []struct {
	part  *regexp.Regexp
	stead string
}{
	{regexp.MustCompile(`"reference": "AC(\d+)-[A-Z2-7]+"`), `"reference": "AC$1-K7M2XQ4B"`},
	{regexp.MustCompile(`ticket=[\w-]+`), `ticket=UXV3XgOLtfvJHOKZGdCFZsAgpnN6SUSmjXQRJbP_FGI`},
	{regexp.MustCompile(`"root_password": "\w+"`), `"root_password": "yGm9dHw3pBq4nXs7KzTe"`},
	{regexp.MustCompile(`"hint": "[^"]+"`), `"hint": "xY3z"`},
	{regexp.MustCompile(`"text": "acr_\w{60}"`), `"text": "acr_AbRjsqmLgO8y0Yh6M6lo0qRZBwVxFZ7p3K4cT9nD2eGk5vNwUiHs4u00xY3z"`},
	{regexp.MustCompile(`"value": [0-9.]+`), `"value": 12.5`}, // of simulated machines
	{regexp.MustCompile(`(AC\d+)-[A-Z2-7]{8}`), `$1-K7M2XQ4B`},
}

// exampleItems is how many things of a list are shown.
const exampleItems = 2

// writeExample writes a section about an operation: what it does, a request, and
// what was answered.
func writeExample(out *strings.Builder, op tourOperation, r request, answer reply) {
	fmt.Fprintf(out, "\n## %s\n\n`%s %s` needs `%s`.\n", op.Summary, op.method, op.path, op.Extensions["x-permission"])
	if op.Description != "" {
		fmt.Fprintf(out, "\n%s\n", op.Description)
	}
	fmt.Fprintf(out, "\n```http\n%s %s\n", r.method, r.path)
	for n := 0; n < len(r.headers); n += 2 {
		fmt.Fprintf(out, "%s: %s\n", r.headers[n], r.headers[n+1])
	}
	if r.body != "" {
		fmt.Fprintf(out, "\n%s\n", body([]byte(r.body), "application/json"))
	}
	fmt.Fprintf(out, "```\n\n```http\n%d %s\n", answer.StatusCode, http.StatusText(answer.StatusCode))
	for _, name := range []string{"Location", "ETag", "Link", "Content-Disposition"} {
		if value := answer.Header.Get(name); value != "" {
			fmt.Fprintf(out, "%s: %s\n", name, value)
		}
	}
	if len(answer.body) > 0 {
		text := body(answer.body, answer.Header.Get("Content-Type"))
		for _, r := range random {
			text = r.part.ReplaceAllString(text, r.stead)
		}
		fmt.Fprintf(out, "\n%s\n", strings.TrimRight(text, "\n"))
	}
	out.WriteString("```\n")
}

// body is a body as people read it: JSON with a line for each field and few things
// of a list, other text as it is, and of other files their size.
func body(text []byte, kind string) string {
	if !utf8.Valid(text) {
		return fmt.Sprintf("(a file of %d bytes)", len(text))
	}
	if !strings.HasPrefix(kind, "application/json") {
		return string(text)
	}
	var page struct {
		Items []json.RawMessage `json:"items"`
	}
	if json.Unmarshal(text, &page) == nil && len(page.Items) > exampleItems {
		var all map[string]json.RawMessage
		if json.Unmarshal(text, &all) == nil {
			all["items"] = join(page.Items[:exampleItems])
			if cut, err := json.Marshal(all); err == nil {
				text = cut
			}
		}
	}
	var shown bytes.Buffer
	if json.Indent(&shown, bytes.TrimSpace(text), "", "  ") != nil {
		return string(text)
	}
	// JSON has these signs as numbers, for the sake of browsers.
	return strings.NewReplacer(`\u0026`, "&", `\u003c`, "<", `\u003e`, ">").Replace(shown.String())
}

// join is a list in JSON.
func join(items []json.RawMessage) json.RawMessage {
	var list bytes.Buffer
	list.WriteByte('[')
	for n, item := range items {
		if n > 0 {
			list.WriteByte(',')
		}
		_, _ = io.Copy(&list, bytes.NewReader(item)) // into memory
	}
	list.WriteByte(']')
	return list.Bytes()
}
