package web

// TopUpView is the page at /billing/topup. Its form posts method, preset (an
// amount, or "other"), amount and key there.
type TopUpView struct {
	Methods  []PayMethod
	Presets  []Preset
	Other    bool   // the free amount is chosen
	Amount   string // the free amount
	Unit     string // "USD"
	Limits   string // "From $5.00 to $5,000.00"
	Balance  []Fact // now, and what it is then
	Needed   string // why one comes here: "Add at least $5.01 to start 5 instances again."
	Key      string
	Orders   []OrderRow
	Errors   Errors // of method, amount
	Disabled string // why nothing can be paid in; "" when it can
}

// PayMethod is a way to pay.
type PayMethod struct {
	ID, Name, Note string
	Selected       bool
}

// Preset is an amount to choose.
type Preset struct {
	Value    string // "25"
	Text     string // "$25.00"
	Note     string // "lasts until 3 Jan"
	Selected bool
}

// OrderRow is a top-up that was ordered.
type OrderRow struct {
	ID        string
	URL       string
	At        Instant
	Account   Link // on the administrator's list
	Method    string
	Reference string
	Amount    Amount // in money
	Credits   string // that it buys: "2,500 credits"
	Status    Status
	Confirm   *Confirm // on the administrator's list, while it waits
	Reject    *Confirm
}

// OrderView is a top-up by bank transfer at /billing/topup/{id}.
type OrderView struct {
	Order        OrderRow
	Waiting      bool
	Bank         []Fact // account holder, IBAN, BIC; each can be copied
	Instructions string // the provider's words; lines are kept
	Happened     string // when it was confirmed or rejected, and why
	Cancel       *Confirm
}
