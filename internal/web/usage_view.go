package web

// UsageView is the usage report at /usage?month=2026-11&currency=USD&open=ID.
type UsageView struct {
	URL        string // of the page, which the choices lead back to
	Account    Link   // on the administrators' pages
	Months     []Option
	Currencies []Option
	Exports    []Link
	Month      string // "November 2026"
	Total      Stat
	InProgress bool   // the month is not over
	Parts      []Stat // by plan group, and for comparison
	Matches    bool   // the total posted equals the ledger's
	Posted     string // "$78.74 posted until 14:00"
	LedgerURL  string
	Accrued    string // "$0.03 accrued since, next posting 15:00"
	Days       Chart
	DaysNote   string
	DayHeads   []string // the columns of the chart's table, without day and total
	DayRows    []DayRow
	Count      string // "6 instances"
	Rows       []UsageRow
	Pager      Pager
	Footnote   string
}

// DayRow is a day of the chart as figures.
type DayRow struct {
	Day   string
	Parts []string
	Total string
}

// UsageRow is what one instance has cost in the month.
type UsageRow struct {
	ID, Name string
	Note     string // "Deleted 14 Nov 09:31"
	Plan     string
	Place    Place
	Rate     string
	Hours    string
	OfCap    string // "78 %", or "" without a cap
	CapTitle string // "Cap $16.00"
	Reached  bool   // the cap
	Amount   Amount
	Share    Meter
	Open     bool
	URL      string // opens the row, or closes it
	Segments []SegmentRow
	Remark   string // below the segments, such as what a resize changed
}
