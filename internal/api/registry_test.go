package api

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"strconv"
	"strings"
	"testing"

	"accrue/internal/fleet"
	"accrue/internal/panel"
)

// TestEveryCodeIsInTheRegistry reads the codes that the panel and the fleet have.
func TestEveryCodeIsInTheRegistry(t *testing.T) {
	found := 0
	for _, path := range []string{"../panel/errors.go", "../fleet/command.go"} {
		file, err := parser.ParseFile(gotoken.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			value, ok := n.(*ast.ValueSpec)
			if !ok || !strings.HasPrefix(value.Names[0].Name, "Code") || len(value.Values) != 1 {
				return true
			}
			code, err := strconv.Unquote(value.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			found++
			if _, known := refusals[panel.Code(code)]; !known && code != fleet.CodeUnknownCommand {
				t.Errorf("%s: the registry in problem.go does not have %s", path, code)
			}
			return true
		})
	}
	if found < 15 {
		t.Errorf("found %d codes, want all of them", found)
	}
}
