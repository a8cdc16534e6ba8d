package accrue_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// A layer is one package and what it may import of ours. ARCHITECTURE.md draws
// the same picture; this table is the one that is kept.
type layer struct {
	pkg     string
	kind    kind
	purpose string
	imports []string // of ours; a name ending in /... takes what is below it too
}

type kind string

const (
	pure    kind = "pure"        // rules: values in, decisions out
	core    kind = "application" // use cases and ports
	adapter kind = "adapter"     // a port, on a technology
	door    kind = "door"        // how people and programs come in
	wire    kind = "wire"        // what goes over the network, for others to import
	root    kind = "composition" // sees both sides and wires them
	tool    kind = "tool"        // for those who work on Accrue
	speech  kind = "protocol"    // what another program speaks; knows nothing of ours
)

var (
	rules      = []string{"internal/billing", "internal/fleet", "internal/identity", "internal/metric", "internal/qcow2"}
	panel      = append([]string{"internal/panel"}, rules...)
	everything = []string{"client", "internal/...", "cmd/...", "test/..."}
)

var layers = []layer{
	{".", tool, "the package comment and this test", nil},

	{"internal/billing", pure, "credits, prices, segments to charges, thresholds, runway, currencies, reports", nil},
	{"internal/fleet", pure, "resources, hypervisors, locations, placement, states of an instance", nil},
	{"internal/identity", pure, "who is asking: users, roles, sessions, tokens", nil},
	{"internal/metric", pure, "counters of machines to what people read of them", nil},
	{"internal/qcow2", pure, "which disk images may enter", nil},

	{"internal/panel", core, "one method per use case, and the ports", rules},
	{"internal/panel/paneltest", core, "what every Store must do, as tests", panel},

	{"internal/store", adapter, "panel.Store on SQL: SQLite and PostgreSQL", panel},
	{"internal/sim", adapter, "the outside world in memory", panel},
	{"internal/libvirt", adapter, "panel.Driver on libvirt", append([]string{"internal/libvirt/rpc"}, panel...)},
	{"internal/libvirt/rpc", speech, "libvirt's remote protocol", nil},
	{"internal/libvirt/labtest", tool, "libvirt hypervisors for tests", panel},
	{"internal/smtp", adapter, "panel.Mailer on SMTP", panel},
	{"internal/imagefile", adapter, "panel.ImageFiles in a directory", panel},
	{"internal/egress", adapter, "panel.Downloads, and nowhere inside", nil},

	{"internal/worker", door, "when to settle, when to run tasks, when to look at hypervisors", panel},
	{"internal/web", door, "the pages", append([]string{"internal/relay", "internal/export", "internal/ratelimit", "internal/upload"}, panel...)},
	{"internal/api", door, "JSON for programs, under /v1", append([]string{"client", "internal/relay", "internal/export", "internal/ratelimit", "internal/upload"}, panel...)},
	{"internal/hcloud", door, "what clients of the Hetzner Cloud API ask", append([]string{"internal/relay", "internal/ratelimit"}, panel...)},
	{"internal/relay", door, "screens and serial ports in WebSockets", []string{"internal/identity"}},
	{"internal/export", door, "reports as files to be kept", panel},
	{"internal/upload", door, "files that take longer than requests may", nil},
	{"internal/ratelimit", door, "how often programs may ask, and people guess", nil},

	{"client", wire, "the types of the API, and a client of it", nil},

	{"internal/store/storetest", tool, "empty databases of both kinds for tests", nil},

	{"internal/scenario", root, "runs a scenario file on a simulated clock", append([]string{"internal/store", "internal/sim", "internal/worker"}, panel...)},
	{"internal/demo", root, "fills a new panel with something to look at", append([]string{"internal/store", "internal/sim", "internal/worker"}, panel...)},
	{"internal/bench", root, "what billing costs, beside the limit of the hardware", append([]string{"client", "internal/api", "internal/hcloud", "internal/ratelimit", "internal/store", "internal/sim", "internal/web", "internal/worker"}, panel...)},
	{"cmd/accrue", root, "the one command", everything},
	{"test", root, "tests that need the whole program", everything},

	{"scripts/testreport", tool, "what go test said, and whether anything was skipped", nil},
}

// planned names the layers that have no package yet. Take a name out as soon as
// its package is there; the test says so too.
var planned = []string{}

// Limits that keep a reader at ease, in lines. Tests and generated files may
// be longer: the former are lists, the latter nobody reads.
const (
	maxFile      = 500
	maxPanelFile = 300
	maxFunc      = 70
)

// notPure are the packages that reach out of a pure package: with them, or
// with what is below them, it would no longer be values in and decisions out.
// net/netip is let through: an address is a value.
var notPure = []string{"context", "database/sql", "log", "math/rand", "net", "os"}

// clock are the names of package time that read the clock or wait for it.
var clock = []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTicker", "NewTimer"}

// floats are the names by which a fraction gets near money.
var floats = []string{"float32", "float64", "Float", "Float32", "Float64", "ParseFloat", "FormatFloat"}

func TestArchitecture(t *testing.T) {
	for _, problem := range check(t, os.DirFS("."), layers, planned) {
		t.Error(problem)
	}
}

// A wall is only as good as the table: no line may open a door to an adapter.
func TestTableKeepsDoorsAndAdaptersApart(t *testing.T) {
	kinds := map[string]kind{}
	for _, l := range layers {
		kinds[l.pkg] = l.kind
	}
	for _, l := range layers {
		for _, imported := range l.imports {
			switch {
			case l.kind == pure, l.kind == wire:
				t.Errorf("%s stands alone and must import nothing of ours: take %s off its line", l.pkg, imported)
			case l.kind == core && kinds[imported] != pure && kinds[imported] != core,
				l.kind == adapter && (kinds[imported] == adapter || kinds[imported] == door),
				l.kind == door && kinds[imported] == adapter:
				t.Errorf("%s (%s) may not have %s (%s) on its line: declare a port in internal/panel and let cmd/accrue join them",
					l.pkg, l.kind, imported, kinds[imported])
			}
		}
	}
}

// A pkg is the Go files of one directory, parsed.
type pkg struct {
	name  string // the directory, "." at the root
	layer layer
	files []file
}

type file struct {
	path string
	ast  *ast.File
	fset *token.FileSet
	test bool
}

// check returns what is wrong with the tree, each with what to do about it.
func check(t *testing.T, tree fs.FS, layers []layer, planned []string) []string {
	t.Helper()
	pkgs := parse(t, tree)
	problems := checkTable(pkgs, layers, planned)

	byName := map[string]layer{}
	for _, l := range layers {
		byName[l.pkg] = l
	}
	for _, name := range slices.Sorted(maps.Keys(pkgs)) {
		p := pkgs[name]
		p.layer = byName[name]
		problems = append(problems, p.checkComment()...)
		for _, f := range p.files {
			if f.test {
				continue
			}
			problems = append(problems, p.checkImports(f)...)
			problems = append(problems, p.checkSize(f)...)
			if p.layer.kind == pure {
				problems = append(problems, checkClock(f)...)
			}
			if p.layer.kind == pure && name != "internal/identity" {
				problems = append(problems, checkReach(f)...)
			}
			if name == "internal/billing" {
				problems = append(problems, checkFloats(f)...)
			}
		}
	}
	return problems
}

func parse(t *testing.T, tree fs.FS) map[string]*pkg {
	t.Helper()
	pkgs := map[string]*pkg{}
	err := fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			base := entry.Name()
			if name != "." && (base == "testdata" || base == "node_modules" || base[0] == '.' || base[0] == '_') {
				return fs.SkipDir
			}
			return nil
		}
		if path.Ext(name) != ".go" {
			return nil
		}
		source, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		fset := token.NewFileSet()
		parsed, err := parser.ParseFile(fset, name, source, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		dir := path.Dir(name)
		if pkgs[dir] == nil {
			pkgs[dir] = &pkg{name: dir}
		}
		pkgs[dir].files = append(pkgs[dir].files, file{name, parsed, fset, strings.HasSuffix(name, "_test.go")})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return pkgs
}

// checkTable compares the packages that are there with the lines of the table.
func checkTable(pkgs map[string]*pkg, layers []layer, planned []string) []string {
	var problems []string
	lines := map[string]bool{}
	for _, l := range layers {
		lines[l.pkg] = true
		isPlanned := slices.Contains(planned, l.pkg)
		switch {
		case pkgs[l.pkg] == nil && !isPlanned:
			problems = append(problems, fmt.Sprintf("%s: has a line but no package: remove the line in architecture_test.go", l.pkg))
		case pkgs[l.pkg] != nil && isPlanned:
			problems = append(problems, fmt.Sprintf("%s: is there now: take it out of planned in architecture_test.go", l.pkg))
		}
	}
	for _, name := range planned {
		if !lines[name] {
			problems = append(problems, fmt.Sprintf("%s: is planned but has no line: give it one in layers, or drop it", name))
		}
	}
	for name := range pkgs {
		if !lines[name] {
			problems = append(problems, fmt.Sprintf("%s: has no line: say in architecture_test.go what it is for and what it may import", name))
		}
	}
	slices.Sort(problems)
	return problems
}

// checkComment wants a package comment, in a file that is compiled into it.
func (p *pkg) checkComment() []string {
	onlyTests := !slices.ContainsFunc(p.files, func(f file) bool { return !f.test })
	for _, f := range p.files {
		if f.ast.Doc != nil && f.test == onlyTests && !ast.IsGenerated(f.ast) {
			return nil
		}
	}
	return []string{fmt.Sprintf("%s: has no package comment: say what a caller may rely on, in doc.go", p.name)}
}

// checkImports looks at the program only. A test may import what it likes,
// because the real SQLite store is the double of a store.
func (p *pkg) checkImports(f file) []string {
	var problems []string
	for _, spec := range f.ast.Imports {
		imported, ours := strings.CutPrefix(importPath(spec), "accrue/")
		if ours && !p.layer.allows(imported) {
			problems = append(problems, fmt.Sprintf(
				"%s: %s may not import %s: pass values in, or declare a port in internal/panel; if the wall is wrong, move it in architecture_test.go and say why in an ADR",
				position(f, spec), p.name, imported))
		}
	}
	return problems
}

func (l layer) allows(imported string) bool {
	return slices.ContainsFunc(l.imports, func(allowed string) bool {
		below, deep := strings.CutSuffix(allowed, "...")
		return allowed == imported || deep && strings.HasPrefix(imported+"/", below)
	})
}

func (p *pkg) checkSize(f file) []string {
	if ast.IsGenerated(f.ast) || strings.HasSuffix(f.path, "_templ.go") {
		return nil
	}
	limit := maxFile
	if p.name == "internal/panel" {
		limit = maxPanelFile
	}
	var problems []string
	if lines := f.fset.File(f.ast.Pos()).LineCount(); lines > limit {
		problems = append(problems, fmt.Sprintf("%s: has %d lines of %d: split it by noun, or move a rule down to a pure package", f.path, lines, limit))
	}
	for _, decl := range f.ast.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok {
			continue
		}
		if lines := f.fset.Position(fn.End()).Line - f.fset.Position(fn.Pos()).Line + 1; lines > maxFunc {
			problems = append(problems, fmt.Sprintf("%s: %s has %d lines of %d: give its steps names", position(f, fn), fn.Name.Name, lines, maxFunc))
		}
	}
	return problems
}

// checkReach refuses imports that act on the world. It lets identity be, which
// reads addresses of mail and tells the log what to keep to itself.
func checkReach(f file) []string {
	var problems []string
	for _, spec := range f.ast.Imports {
		imported := importPath(spec)
		for _, refused := range notPure {
			if imported != "net/netip" && (imported == refused || strings.HasPrefix(imported, refused+"/")) {
				problems = append(problems, fmt.Sprintf("%s: a pure package may not import %s: take what it gives as an argument", position(f, spec), imported))
			}
		}
	}
	return problems
}

// checkClock refuses what would make the outcome depend on when it is asked.
func checkClock(f file) []string {
	timeName := "time"
	for _, spec := range f.ast.Imports {
		if importPath(spec) == "time" && spec.Name != nil {
			timeName = spec.Name.Name
		}
	}
	var problems []string
	ast.Inspect(f.ast, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := selector.X.(*ast.Ident); ok && x.Name == timeName && slices.Contains(clock, selector.Sel.Name) {
			problems = append(problems, fmt.Sprintf("%s: a pure package may not use time.%s: take now as an argument", position(f, n), selector.Sel.Name))
		}
		return true
	})
	return problems
}

func checkFloats(f file) []string {
	var problems []string
	ast.Inspect(f.ast, func(n ast.Node) bool {
		name := ""
		switch n := n.(type) {
		case *ast.Ident:
			if slices.Contains(floats, n.Name) {
				name = n.Name
			}
		case *ast.BasicLit:
			if n.Kind == token.FLOAT {
				name = n.Value
			}
		}
		if name != "" {
			problems = append(problems, fmt.Sprintf("%s: no fractions near money (%s): count in microcredits, with 128 bits in between", position(f, n), name))
		}
		return true
	})
	return problems
}

func importPath(spec *ast.ImportSpec) string {
	return strings.Trim(spec.Path.Value, "`\"")
}

func position(f file, n ast.Node) string {
	at := f.fset.Position(n.Pos())
	return fmt.Sprintf("%s:%d", f.path, at.Line)
}

// The rules themselves must be able to fail: each row is a tree that breaks one.
func TestRulesRefuse(t *testing.T) {
	const billing, panel, store = "internal/billing", "internal/panel", "internal/store"
	long := strings.Repeat("\n", maxPanelFile)
	tests := []struct {
		name, path, source string
		want               string
	}{
		{"pure package that imports ours", billing, "import _ `accrue/internal/fleet`", "may not import internal/fleet"},
		{"adapter that imports an adapter", store, "import _ `accrue/internal/sim`", "may not import internal/sim"},
		{"door that imports an adapter", "internal/web", "import _ `accrue/internal/store`", "may not import internal/store"},
		{"pure package that reads the clock", billing, "import c `time`; var now = c.Now", "time.Now"},
		{"identity that reads the clock", "internal/identity", "import `time`; var now = time.Now()", "time.Now"},
		{"pure package that opens files", "internal/fleet", "import _ `os/exec`", "may not import os/exec"},
		{"float type in billing", billing, "var price float64", "float64"},
		{"float literal in billing", billing, "const half = 0.5", "0.5"},
		{"package without a line", "internal/util", "", "has no line"},
		{"long function", store, "func f() {" + strings.Repeat("\n", maxFunc) + "}", "f has 71 lines"},
		{"long file in panel", panel, long, "has 304 lines of 300"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			const doc = "// Package p has a comment.\npackage p\n\n"
			tree := fstest.MapFS{test.path + "/p.go": {Data: []byte(doc + test.source + "\n")}}
			problems := check(t, tree, layers, nil)
			problems = slices.DeleteFunc(problems, func(p string) bool { return strings.Contains(p, "has a line but no package") })
			if len(problems) != 1 || !strings.Contains(problems[0], test.want) {
				t.Errorf("got %q, want one problem with %q", problems, test.want)
			}
		})
	}
	t.Run("package without a comment", func(t *testing.T) {
		tree := fstest.MapFS{"internal/fleet/f.go": {Data: []byte("package fleet\n")}}
		got := check(t, tree, []layer{{"internal/fleet", pure, "", nil}}, nil)
		if len(got) != 1 || !strings.Contains(got[0], "no package comment") {
			t.Errorf("got %q, want the missing comment", got)
		}
	})
	t.Run("line without a package", func(t *testing.T) {
		got := check(t, fstest.MapFS{}, []layer{{"internal/fleet", pure, "", nil}}, nil)
		if len(got) != 1 || !strings.Contains(got[0], "no package") {
			t.Errorf("got %q, want the line refused", got)
		}
	})
	t.Run("planned package that is there", func(t *testing.T) {
		tree := fstest.MapFS{"internal/fleet/f.go": {Data: []byte("// Package fleet is here.\npackage fleet\n")}}
		got := check(t, tree, []layer{{"internal/fleet", pure, "", nil}}, []string{"internal/fleet"})
		if len(got) != 1 || !strings.Contains(got[0], "take it out of planned") {
			t.Errorf("got %q, want the plan refused", got)
		}
	})
}
