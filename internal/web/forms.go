package web

import (
	"regexp"

	"github.com/a-h/templ"
)

// attributes are those of an input, a select and a textarea alike.
func (f Field) attributes() templ.Attributes {
	a := templ.Attributes{"id": f.id(), "name": f.Name, "data-test": "field-" + f.Name}
	for name, value := range map[string]string{
		"autocomplete":     f.Autocomplete,
		"placeholder":      f.Placeholder,
		"pattern":          f.Pattern,
		"aria-describedby": f.describedBy(),
	} {
		if value != "" {
			a[name] = value
		}
	}
	if f.Error != "" {
		a["aria-invalid"] = "true"
	}
	if f.Number {
		a["inputmode"] = "decimal"
	}
	if f.Max > 0 {
		a["maxlength"] = f.Max
	}
	a["required"] = f.Required
	a["readonly"] = f.ReadOnly
	return a
}

// typedField is where the name is typed that confirms.
func (c Confirm) typedField() Field {
	return Field{
		Name: "confirm", ID: c.ID + "-confirm", Value: c.Value, Error: c.Errors["confirm"],
		Pattern: regexp.QuoteMeta(c.Typed), Autocomplete: "off", Required: true,
	}
}

// class is how the button of an action looks.
func (a Action) class() string {
	if a.Danger {
		return "button is-secondary is-risky"
	}
	return "button is-secondary"
}
