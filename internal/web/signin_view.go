package web

// SignInView is the page at /signin. The form posts email, password and next to
// /signin.
type SignInView struct {
	Provider string
	Theme    string
	Notice   string // such as "You have signed out"
	Email    string
	Next     string // the path to return to afterwards
	Errors   Errors // the same one for unknown addresses and wrong passwords, under ""
	Links    []Link // below the form: prices, terms
}
