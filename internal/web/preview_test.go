package web

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/a-h/templ"
)

// previews are all pages with a believable content, by file name.
func previews() map[string]templ.Component {
	all := map[string]templ.Component{}
	for _, some := range []map[string]templ.Component{customerPreviews(), accountPreviews(), adminPreviews(), catalogPreviews()} {
		for name, page := range some {
			all[name] = page
		}
	}
	return all
}

// TestPages renders every page and checks what all of them owe their readers.
// With ACCRUE_PREVIEW_DIR set, the pages are written there to be looked at.
func TestPages(t *testing.T) {
	dir := os.Getenv("ACCRUE_PREVIEW_DIR")
	if dir != "" {
		writeStatic(t, dir)
	}
	for name, page := range previews() {
		t.Run(name, func(t *testing.T) {
			html := render(t, page)
			checkPage(t, html)
			if dir != "" {
				html = strings.ReplaceAll(html, `"/static/`, `"static/`)
				if err := os.WriteFile(filepath.Join(dir, name+".html"), []byte(html), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// TestQuoteFragment is what the create page asks for on every change: it must
// hold just what it replaces, and more only where the lists no longer fit.
func TestQuoteFragment(t *testing.T) {
	v := sampleCreate()
	got := render(t, CreateQuote(v))
	for _, want := range []string{`id="quote"`, `id="buybar"`, `hx-swap-oob="true"`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
	if strings.Contains(got, `id="plans"`) {
		t.Error("the plans are sent although they still fit")
	}
	v.Redraw = true
	got = render(t, CreateQuote(v))
	parse(t, got)
	if !strings.Contains(got, `id="plans"`) || !strings.Contains(got, `id="locations"`) {
		t.Error("the lists are not sent although they no longer fit")
	}
	if dir := os.Getenv("ACCRUE_PREVIEW_DIR"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, "quote.fragment"), []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestNavigationMarksWhereAPageBelongs(t *testing.T) {
	for _, test := range []struct {
		path, want string
		admin      bool
	}{
		{"/", "/", false}, {"/instances/ins_1/resize", "/instances", false}, {"/create", "/instances", false},
		{"/billing", "/billing", false}, {"/billing/topup/ord_1", "/billing/topup", false}, {"/nowhere", "", false},
		{"/admin", "/admin", true}, {"/admin/plans/p1", "/admin/plans", true}, {"/admin/plan-groups", "/admin/plan-groups", true},
	} {
		if got := (Page{Path: test.path, Admin: test.admin}).current(); got != test.want {
			t.Errorf("current(%q) = %q, want %q", test.path, got, test.want)
		}
	}
}

func render(t *testing.T, c templ.Component) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func writeStatic(t *testing.T, dir string) {
	t.Helper()
	err := fs.WalkDir(staticFiles, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		target := filepath.Join(dir, path)
		if entry.IsDir() {
			return os.MkdirAll(target, 0o755)
		}
		content, err := staticFiles.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(target, content, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
}

var (
	tagPattern       = regexp.MustCompile(`<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:\s+[^\s=>/]+(?:=(?:"[^"]*"|'[^']*'))?)*)\s*(/?)>`)
	attributePattern = regexp.MustCompile(`([^\s=]+)(?:=(?:"([^"]*)"|'([^']*)'))?`)
	voidTags         = strings.Fields("area base br col embed hr img input link meta source track wbr")
)

// tag is an opening tag with its attributes.
type tag struct {
	name       string
	attributes map[string]string
	parents    []string
}

// checkPage fails when a page is not well formed, not accessible, or needs what
// the content security policy forbids.
func checkPage(t *testing.T, html string) {
	t.Helper()
	tags := parse(t, html)
	ids, labelled := map[string]bool{}, map[string]bool{}
	headings := 0
	for _, g := range tags {
		if id, ok := g.attributes["id"]; ok {
			if ids[id] || id == "" {
				t.Errorf("id %q is not unique", id)
			}
			ids[id] = true
		}
		if g.name == "label" && g.attributes["for"] != "" {
			labelled[g.attributes["for"]] = true
		}
		if g.name == "h1" {
			headings++
		}
		if _, inline := g.attributes["style"]; inline || g.name == "style" {
			t.Errorf("<%s> has an inline style", g.name)
		}
		if g.name == "script" && g.attributes["src"] == "" {
			t.Error("a script is inline")
		}
		for name := range g.attributes {
			if strings.HasPrefix(name, "on") || name == "hx-on" {
				t.Errorf("<%s> has an inline handler %s", g.name, name)
			}
		}
	}
	if headings != 1 {
		t.Errorf("%d h1, want 1", headings)
	}
	for _, g := range tags {
		checkLabel(t, g, labelled)
		checkReferences(t, g, ids)
	}
}

// checkLabel fails for an input that nothing names.
func checkLabel(t *testing.T, g tag, labelled map[string]bool) {
	t.Helper()
	if !slices.Contains([]string{"input", "select", "textarea"}, g.name) || g.attributes["type"] == "hidden" {
		return
	}
	named := labelled[g.attributes["id"]] || g.attributes["aria-label"] != "" ||
		g.attributes["aria-labelledby"] != "" || slices.Contains(g.parents, "label")
	if !named {
		t.Errorf("<%s name=%q> has no label", g.name, g.attributes["name"])
	}
	if g.attributes["name"] == "" {
		t.Errorf("<%s id=%q> has no name", g.name, g.attributes["id"])
	}
}

// checkReferences fails for an attribute that names an id that is not there.
func checkReferences(t *testing.T, g tag, ids map[string]bool) {
	t.Helper()
	for _, name := range []string{"for", "aria-labelledby", "aria-describedby", "popovertarget", "data-dialog", "form"} {
		for _, id := range strings.Fields(g.attributes[name]) {
			if !ids[id] {
				t.Errorf("<%s %s=%q> names no element", g.name, name, id)
			}
		}
	}
	if href := g.attributes["href"]; strings.HasPrefix(href, "#") && len(href) > 1 && !ids[href[1:]] {
		t.Errorf("<%s href=%q> leads nowhere", g.name, href)
	}
}

// parse reads the tags of a page and fails where they do not nest.
func parse(t *testing.T, html string) []tag {
	t.Helper()
	tags, open := []tag{}, []string{}
	for _, m := range tagPattern.FindAllStringSubmatch(html, -1) {
		name := strings.ToLower(m[2])
		if m[1] == "/" {
			if len(open) == 0 || open[len(open)-1] != name {
				t.Fatalf("</%s> closes %v", name, open)
			}
			open = open[:len(open)-1]
			continue
		}
		g := tag{name: name, attributes: map[string]string{}, parents: slices.Clone(open)}
		for _, a := range attributePattern.FindAllStringSubmatch(m[3], -1) {
			g.attributes[a[1]] = a[2] + a[3]
		}
		tags = append(tags, g)
		if !slices.Contains(voidTags, name) && m[4] == "" {
			open = append(open, name)
		}
	}
	if len(open) > 0 {
		t.Fatalf("not closed: %v", open)
	}
	return tags
}

// TestAssetNamesItsContent holds for files that browsers keep for a year.
func TestAssetNamesItsContent(t *testing.T) {
	got := Asset("accrue.css")
	if !regexp.MustCompile(`^/static/accrue\.css\?v=[0-9a-f]{12}$`).MatchString(got) {
		t.Errorf("Asset = %q", got)
	}
}

func TestChartAxisIsRoundAndHighEnough(t *testing.T) {
	for _, test := range []struct {
		largest, top float64
		steps        int
	}{{0, 1, 2}, {4.4, 5, 5}, {1, 1, 2}, {445.33, 500, 5}, {0.07, 0.08, 4}, {12, 20, 4}, {9.1, 10, 5}} {
		top, steps := ChartAxis(test.largest)
		if top < test.top*0.999 || top > test.top*1.001 || steps != test.steps {
			t.Errorf("ChartAxis(%v) = %v, %d; want %v, %d", test.largest, top, steps, test.top, test.steps)
		}
	}
}
