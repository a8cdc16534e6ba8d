package store

import (
	"database/sql/driver"
	"encoding"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// plain turns arguments into what every driver takes: int64, string, bool,
// []byte and nil. Drivers have ideas of their own about types with methods.
func plain(args []any) []any {
	for i, arg := range args {
		value, err := driver.DefaultParameterConverter.ConvertValue(arg)
		if err != nil {
			panic(fmt.Sprintf("store: argument %d: %v", i+1, err))
		}
		args[i] = value
	}
	return args
}

// row is what a query returns.
type row interface{ Scan(...any) error }

func scanString(r row) (text string, err error) {
	err = r.Scan(&text)
	return text, err
}

func scanInt(r row) (n int64, err error) {
	err = r.Scan(&n)
	return n, err
}

// ref is a number of a row elsewhere. The panel's 0, for none, is NULL here.
type ref int64

// Value writes 0 as NULL.
func (r ref) Value() (driver.Value, error) {
	if r == 0 {
		return nil, nil
	}
	return int64(r), nil
}

// Scan reads NULL as 0.
func (r *ref) Scan(value any) error {
	switch value := value.(type) {
	case nil:
		*r = 0
	case int64:
		*r = ref(value)
	default:
		return fmt.Errorf("%T is no reference", value)
	}
	return nil
}

// document is a value that is kept as JSON text. To read one, give a pointer.
type document struct{ of any }

// Value writes the document.
func (d document) Value() (driver.Value, error) {
	text, err := json.Marshal(d.of)
	return string(text), err
}

// Scan reads the document over what is there.
func (d document) Scan(value any) error {
	text, ok := value.(string)
	if !ok {
		return fmt.Errorf("%T is no document", value)
	}
	return json.Unmarshal([]byte(text), d.of)
}

// text is a value that is kept as it writes itself, such as an address. To read
// one, give a pointer.
type text struct{ of any }

// Value writes the value.
func (v text) Value() (driver.Value, error) {
	written, err := v.of.(encoding.TextMarshaler).MarshalText()
	return string(written), err
}

// Scan reads the value over what is there.
func (v text) Scan(value any) error {
	written, ok := value.(string)
	if !ok {
		return fmt.Errorf("%T is no text", value)
	}
	return v.of.(encoding.TextUnmarshaler).UnmarshalText([]byte(written))
}

// filter builds the WHERE of a list that can be narrowed in several ways. Only
// what is asked for is in the text, so that each list finds its index.
type filter struct {
	conditions []string
	args       []any
}

// and adds a condition; its $ stand for the argument.
func (f *filter) and(condition string, arg any) {
	f.conditions = append(f.conditions, strings.ReplaceAll(condition, "$", f.arg(arg)))
}

// when adds a condition unless the argument is the zero value, which stands for
// every row.
func when[T comparable](f *filter, condition string, arg T) {
	var zero T
	if arg != zero {
		f.and(condition, arg)
	}
}

// is adds a condition without an argument.
func (f *filter) is(condition string) { f.conditions = append(f.conditions, condition) }

// list adds arguments, and writes them as what stands behind IN.
func list[T any](f *filter, args []T) string {
	numbers := make([]string, len(args))
	for i, arg := range args {
		numbers[i] = f.arg(arg)
	}
	return strings.Join(numbers, ", ")
}

func (f *filter) arg(arg any) string {
	f.args = append(f.args, arg)
	return "$" + strconv.Itoa(len(f.args))
}

// where writes the conditions.
func (f *filter) where() string {
	if len(f.conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(f.conditions, " AND ")
}

// limit writes the most rows there may be; 0 is all.
func (f *filter) limit(rows int) string {
	if rows <= 0 {
		return ""
	}
	return " LIMIT " + f.arg(rows)
}
