package web

import "strconv"

// CreateView is the page at /create. Its form posts to /create, or to
// /create/quote for the price alone: location, image, group, plan, name,
// currency, shown, key,
// ssh_key as often as there are, user_data, and for each plan the version of its
// price. /create/key adds the SSH key that was pasted and shows the page again.
type CreateView struct {
	Locations  []LocationChoice
	Images     []ImageChoice
	Groups     []PlanGroupChoice
	Currency   []Option // which the prices are shown in
	Keys       []KeyChoice
	KeyName    string // of a key to be added, as entered
	KeyText    string
	UserData   string
	Password   bool // root gets one, if no key is chosen
	Name       string
	NameHelp   string
	Shown      string // what the lists on the page were drawn for, sent back to tell whether they still fit
	Nothing    string // why there is nothing to choose from, in place of the form
	Redraw     bool   // the quote's answer brings locations and plans along, because they no longer fit
	RedrawName bool   // and the name, because what is wrong with it has changed
	Changed    string // what was changed with the location: "General 6 is not offered in Oslo"
	Key        string // makes pressing the button twice create one instance
	Quote      QuoteView
	Errors     Errors // of location, image, plan, ssh_keys, public_key, key_name, user_data, name
}

// step numbers a section of the page, which is without images if there are none.
func (v CreateView) step(n int) string {
	if len(v.Images) == 0 && n > 1 {
		n--
	}
	return strconv.Itoa(n)
}

// KeyChoice is an SSH key that the instance may let in.
type KeyChoice struct {
	ID, Name, Fingerprint string
	Selected              bool
}

// LocationChoice is a location card.
type LocationChoice struct {
	ID       string
	Place    Place
	Note     string // "14 plans from $0.006 / hour", or why none can be had
	Selected bool
	Full     bool
}

// ImageChoice is an image tile: a family with its versions. The version chosen
// is posted as image-FAMILY, the family as image.
type ImageChoice struct {
	Family, Name, Glyph string // "debian", "Debian", "De"
	Own                 bool   // the account's snapshots
	Versions            []Option
	Selected            bool
}

// PlanGroupChoice is a tab of plans.
type PlanGroupChoice struct {
	ID, Name string
	Selected bool
	Plans    []PlanCard
}

// PlanCard is a plan with its price and what it gives.
type PlanCard struct {
	ID, Name string
	Version  string // of the price, sent back as price-ID
	Hourly   Amount // what stands large
	Monthly  string // below: "at most $8.00 a month", "about $8.76 a month"
	Change   string // on a resize: "+$0.012 / hour"
	Specs    []Fact
	Badge    Badge // "Only 2 left", "Now"
	Selected bool
	Refused  string // why it cannot be had here, in place of the monthly price
}

// QuoteView is the summary beside the choices, with all that it will cost.
type QuoteView struct {
	Hourly   Amount
	Monthly  string
	Choices  []Fact // plan, location, image
	Costs    []Fact // until the month ends, minimum
	Effects  []Fact // balance, burn before and after, the two dates
	Warning  string // "Your balance is low"
	Changed  string // the price has moved since: "General 2 costs $0.014 an hour now, not $0.012"
	Refused  string // why it cannot be created, in place of the button
	TopUp    Link   // what helps against that
	Footnote string // how it is billed
}
