package hcloud

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"
	"strconv"
)

// read takes what a request says into a struct. What the struct does not know is
// let pass, as the API itself does, and a request without a body says nothing.
func (c *call) read(into any) error {
	body, err := io.ReadAll(c.Body)
	if err != nil {
		return &problem{http.StatusRequestEntityTooLarge, codeInvalidInput, "The request is too large.", nil}
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return nil
	}
	err = json.Unmarshal(body, into)
	var mistyped *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &mistyped) && mistyped.Field != "":
		return invalid(mistyped.Field, "must not be "+article(mistyped.Value))
	}
	return &problem{http.StatusBadRequest, codeJSON, "The request is not the JSON that is expected here: " + err.Error(), nil}
}

func article(value string) string {
	switch value {
	case "array", "object":
		return "an " + value
	}
	return "a " + value
}

// write sends an answer.
func write(w http.ResponseWriter, r reply) {
	if r.links != "" {
		w.Header().Set("Link", r.links)
	}
	if r.body == nil {
		w.WriteHeader(r.status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(r.status)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(r.body) // what cannot be sent, nobody reads
}

// ref names a thing by its ID or by its name.
type ref struct {
	id   int64
	name string
}

// UnmarshalJSON reads a number or a text. A text of digits is both, because a
// client that has one field for both sends an ID as text.
func (r *ref) UnmarshalJSON(data []byte) error {
	*r = ref{}
	var text string
	if json.Unmarshal(data, &text) == nil {
		r.name, r.id = text, number(text)
		return nil
	}
	id, err := strconv.ParseInt(string(data), 10, 64)
	if err != nil {
		return &json.UnmarshalTypeError{Value: kindOf(data), Type: reflect.TypeFor[ref]()}
	}
	r.id = id
	return nil
}

// kindOf is what JSON calls a value.
func kindOf(data []byte) string {
	switch data[0] {
	case '{':
		return "object"
	case '[':
		return "array"
	case 't', 'f':
		return "bool"
	}
	return "number " + string(data)
}

// empty says whether nothing is named.
func (r ref) empty() bool { return r == ref{} }

// means says whether a thing is the one that is named. An ID goes before a name
// that looks like one.
func (r ref) means(id int64, name string) bool {
	return id == r.id || r.name != "" && name == r.name
}
