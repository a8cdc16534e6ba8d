package web

// BillingView is the ledger of an account at /billing?kind=&before=.
type BillingView struct {
	Balance Stat
	Facts   []Stat   // paid in, used, this month
	Kinds   []Option // posted as kind; the first is all
	Entries []EntryRow
	Pager   Pager
	Exports []Link
}

// EntryRow is an entry of the ledger.
type EntryRow struct {
	ID      string
	At      Instant
	Kind    Badge
	Text    string // "Usage from 13:00 to 14:00"
	Ref     Link   // what it is about: an instance, an order; Text alone where nothing can be opened
	Account Link   // on the administrator's ledger
	Amount  Amount // with its sign
	Credit  bool   // the balance rose
	Balance Amount // after it
	By      string // "by ida@example.org", on the administrators' pages
	Reverse string // where they can take it back; "" where it cannot be
}
