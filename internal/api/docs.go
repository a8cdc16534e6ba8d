package api

import (
	"bytes"
	_ "embed"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
)

//go:embed docs.html
var docsText string

var docsPage = template.Must(template.New("docs").Parse(docsText))

// DocsPath is where people read what the API does.
const DocsPath = "/docs/api"

// Docs returns the handler of the API's documentation, which is made of the same
// description as the OpenAPI document when it is first asked for. Style is the
// address of the style sheet.
func Docs(style string) http.Handler {
	text := sync.OnceValues(func() ([]byte, error) {
		var page bytes.Buffer
		err := docsPage.Execute(&page, struct {
			Style string
			Tags  []docsTag
			Codes []kind
		}{style, tagsOf(described()), registry()})
		return page.Bytes(), err
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page, err := text()
		if err != nil {
			writeProblem(w, newProblem(r.Context(), codeInternal, err.Error()))
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		_, _ = w.Write(page) // whoever hung up does not read it
	})
}

// docsTag is a group of operations.
type docsTag struct {
	Name       string
	Operations []docsOperation
}

// docsOperation is an operation as people read it.
type docsOperation struct {
	ID, Method, Path, Summary, Text string
	Permission                      any
	Parts                           []docsPart
}

// docsPart is what is sent, or what comes back.
type docsPart struct {
	Title  string
	Fields []docsField
}

// docsField is a parameter, or a field of a body.
type docsField struct {
	Name, Kind, Text string
	Required         bool
}

// tagsOf are the operations of a description, in its order of paths.
func tagsOf(api *huma.OpenAPI) (tags []docsTag) {
	for _, path := range slices.Sorted(maps.Keys(api.Paths)) {
		item := api.Paths[path]
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op == nil {
				continue
			}
			at := slices.IndexFunc(tags, func(t docsTag) bool { return t.Name == op.Tags[0] })
			if at < 0 {
				at, tags = len(tags), append(tags, docsTag{Name: op.Tags[0]})
			}
			tags[at].Operations = append(tags[at].Operations, operationOf(api, op))
		}
	}
	return tags
}

func operationOf(api *huma.OpenAPI, op *huma.Operation) docsOperation {
	d := docsOperation{
		ID: op.OperationID, Method: op.Method, Path: op.Path, Summary: op.Summary, Text: op.Description,
		Permission: op.Extensions["x-permission"],
	}
	var sent []docsField
	for _, p := range op.Parameters {
		sent = append(sent, docsField{Name: p.Name, Kind: p.In, Text: withValues(p.Description, p.Schema), Required: p.Required})
	}
	d.add("Parameters", sent)
	if op.RequestBody != nil {
		d.add("Body", fieldsOf(api, op.RequestBody.Content))
	}
	for _, status := range slices.Sorted(maps.Keys(op.Responses)) {
		if strings.HasPrefix(status, "2") {
			d.add("Answer", fieldsOf(api, op.Responses[status].Content))
		}
	}
	return d
}

// add adds a part that there is something to say of.
func (d *docsOperation) add(title string, fields []docsField) {
	if len(fields) > 0 {
		d.Parts = append(d.Parts, docsPart{title, fields})
	}
}

// fieldsOf are the fields of a body in JSON; those of its items if it is a list.
func fieldsOf(api *huma.OpenAPI, content map[string]*huma.MediaType) (fields []docsField) {
	media := content["application/json"]
	if media == nil || media.Schema == nil {
		return nil
	}
	schema := resolved(api, media.Schema)
	if items := schema.Properties["items"]; items != nil && items.Items != nil {
		schema = resolved(api, items.Items)
	}
	for _, name := range slices.Sorted(maps.Keys(schema.Properties)) {
		field := schema.Properties[name]
		fields = append(fields, docsField{
			Name: name, Kind: kindOf(field), Text: withValues(field.Description, field), Required: slices.Contains(schema.Required, name),
		})
	}
	return fields
}

func resolved(api *huma.OpenAPI, s *huma.Schema) *huma.Schema {
	if s.Ref != "" {
		return api.Components.Schemas.SchemaFromRef(s.Ref)
	}
	return s
}

// kindOf is what a value is, in a word.
func kindOf(s *huma.Schema) string {
	switch {
	case s.Ref != "":
		return s.Ref[strings.LastIndex(s.Ref, "/")+1:]
	case s.Type == "array" && s.Items != nil:
		return "list of " + kindOf(s.Items)
	case s.Format == "date-time":
		return "time"
	}
	return s.Type
}

// withValues is a description with the values that there are.
func withValues(text string, s *huma.Schema) string {
	if s == nil || len(s.Enum) == 0 {
		return text
	}
	words := make([]string, len(s.Enum))
	for i, value := range s.Enum {
		words[i], _ = value.(string)
	}
	return strings.TrimSpace(text + " One of " + strings.Join(words, ", ") + ".")
}
