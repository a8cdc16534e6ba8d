package web

import "github.com/a-h/templ"

func accountPreviews() map[string]templ.Component { return nil }
func adminPreviews() map[string]templ.Component   { return nil }
func catalogPreviews() map[string]templ.Component { return nil }
