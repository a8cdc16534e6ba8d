package web

// Amount is money as its reader sees it. Exact is the same in credits, such as
// "4,837.270000 credits", and is shown when the pointer rests on it.
type Amount struct {
	Text, Exact string
}

// Instant is a moment as its reader sees it, such as "21 Nov 18:00", and as
// machines do: RFC 3339, in UTC.
type Instant struct {
	Text, Machine string
}

// Link is a text that leads somewhere.
type Link struct {
	Text, URL string
}

// Option is one choice of a list.
type Option struct {
	Value, Text string
	Selected    bool
	Disabled    bool
}

// Status is the state of something. Kind chooses mark and colour: "running",
// "stopped", "busy", "warn", "suspended", or "" for none of these. Note stands
// small below it, such as "was running".
type Status struct {
	Kind, Text, Note string
}

// Badge is a word worth a frame. Kind is "ok", "warn", "danger", "info" or "".
type Badge struct {
	Kind, Text string
}

// Place is a location as it is named to people; Country is its ISO 3166 code.
type Place struct {
	Country, Name string
}

// Stat is a figure with its label above and a remark below. Tone colours the
// figure: "ok", "warn", "danger" or "".
type Stat struct {
	Label string
	Value Amount
	Note  string
	Tone  string
}

// Fact is a row of a list of pairs: what, and how much or which.
type Fact struct {
	Label string
	Value Amount
	Note  string
}

// Meter is a part of a whole. Kind is "", "warn" or "danger"; Text names the
// part to those who cannot see it, such as "16 % of the total".
type Meter struct {
	Percent float64
	Kind    string
	Text    string
}

// Event is something that happened. URL may lead to what it happened to.
type Event struct {
	Text string
	URL  string
	Note string
	At   Instant
}

// Step is one step of a task.
type Step struct {
	Text   string
	Done   bool
	Now    bool
	Failed bool
}

// Tab is one of several views of a page.
type Tab struct {
	Text, URL, Count string
	Current          bool
}

// Pager leads to the pages before and after this one; "" where there is none.
type Pager struct {
	Newer, Older string
	Numbered     bool // the pages do not go back in time, so they are not called newer and older
}

func (p Pager) newer() string {
	if p.Numbered {
		return "Previous"
	}
	return "Newer"
}

func (p Pager) older() string {
	if p.Numbered {
		return "Next"
	}
	return "Older"
}

// Errors are messages shown beside the fields they name. The message under ""
// concerns the form as a whole and stands above its button.
type Errors map[string]string

// Field is an input with its label above, help or error below.
type Field struct {
	Name         string // of the value sent
	ID           string // of the input; the name behind "f-" when empty
	Label        string
	Help         string
	Error        string
	Value        string
	Type         string // "text" when empty
	Unit         string // shown inside the input, at its end
	Autocomplete string
	Placeholder  string
	Pattern      string
	Required     bool
	ReadOnly     bool
	Number       bool // right-aligned, with a numeric keyboard
	Mono         bool
	Max          int // length, where more than 0
	Rows         int // where more than 0, the field has several lines
}

func (f Field) id() string {
	if f.ID != "" {
		return f.ID
	}
	return "f-" + f.Name
}

func (f Field) kind() string {
	if f.Type != "" {
		return f.Type
	}
	return "text"
}

// describedBy names the texts that explain the input.
func (f Field) describedBy() string {
	switch {
	case f.Error != "":
		return f.id() + "-error"
	case f.Help != "":
		return f.id() + "-help"
	}
	return ""
}

// Choice is a select with its label above, help or error below.
type Choice struct {
	Name, ID, Label, Help, Error string
	Options                      []Option
}

func (c Choice) field() Field {
	return Field{Name: c.Name, ID: c.ID, Help: c.Help, Error: c.Error}
}

// Confirm asks before something is done that cannot be taken back. It is shown
// as a dialog on the page it concerns, and as a page of its own at URL for
// those without JavaScript; the answer is posted to URL.
type Confirm struct {
	ID      string // of the dialog, unique on its page
	URL     string // the page that asks, and where the answer is posted
	Title   string
	Text    []string
	Facts   []Fact
	Warning string // set apart from the text
	Fields  []Field
	Choices []Choice
	Hidden  []Option // values sent along
	Button  string
	Danger  bool
	Back    string // where "Cancel" leads
	Cancel  string // what "Cancel" says; "Cancel" when empty
	Typed   string // what must be typed into the field "confirm"; "" for nothing
	Value   string // what was typed
	Errors  Errors // of the fields "confirm" and Fields
}

func (c Confirm) cancel() string {
	if c.Cancel != "" {
		return c.Cancel
	}
	return "Cancel"
}

// Card is the frame of a part of a page.
type Card struct {
	ID    string // of its heading, without the "h-" before it
	Title string
	Note  string // below the title
	Count string // at the right
	Link  Link
	Fits  bool // columns may leave its table where it becomes narrow
}

// Empty says that there is nothing yet, and why that is fine.
type Empty struct {
	Icon, Title, Text string
}
