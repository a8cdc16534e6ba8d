package web

import "github.com/a-h/templ"

func adminPreviews() map[string]templ.Component   { return nil }
func catalogPreviews() map[string]templ.Component { return nil }
