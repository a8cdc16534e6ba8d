package web

// AdminOrdersView lists top-up orders at /admin/orders?state=.
type AdminOrdersView struct {
	Tabs   []Tab // waiting, all
	Orders []OrderRow
	Pager  Pager
}

// AdminUsageView is everyone's usage of a month at /admin/usage?month=&currency=.
type AdminUsageView struct {
	Months     []Option
	Currencies []Option
	Exports    []Link
	Month      string
	Total      Stat
	InProgress bool
	Parts      []Stat
	Matches    bool
	Posted     string
	Days       Chart
	Count      string // "212 accounts"
	Rows       []AccountUsageRow
	Pager      Pager
}

// AccountUsageRow is what an account has used in the month.
type AccountUsageRow struct {
	Account   Link
	Email     string
	Instances string
	Hours     string
	Amount    Amount
	Share     Meter
}

// AdminLedgerView is the ledger of everyone at /admin/ledger?kind=&account=&before=.
type AdminLedgerView struct {
	Account string // the number of one account, posted as account; "" for all
	Query   string // part of an account's name, posted as q
	Kinds   []Option
	Entries []EntryRow
	Pager   Pager
	Exports []Link
	Sum     string // of all postings: "0.000000"
	Proven  bool   // it is zero, and every balance is the sum of its entries
	Checked string // "checked at 14:00"
}
