package web

// ErrorView is shown in place of a page that cannot be.
type ErrorView struct {
	Title     string // "This page does not exist"
	Text      string // what happened, and what helps
	Reference string // to quote when asking for help; "" for none
	Back      Link
	Provider  string // for a page without navigation
	Theme     string
}

// NotFound is what an address shows that leads to nothing, or to what belongs
// to another account: the two must not be told apart.
func NotFound(back Link) ErrorView {
	return ErrorView{Title: "This page does not exist", Text: "The address may be mistyped, or what was here has been deleted.", Back: back}
}
