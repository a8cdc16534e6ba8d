package web

// AdminCurrenciesView lists the currencies at /admin/currencies. Its form posts
// code, value, prefix, suffix and decimals there.
type AdminCurrenciesView struct {
	Sample     string // the plan whose prices are shown
	Currencies []CurrencyRow
	Form       CurrencyForm
}

// CurrencyRow is a currency with what it makes of a few prices.
type CurrencyRow struct {
	Code     string
	URL      string
	Default  bool
	Value    string // of one credit: "0.0092 €"
	Decimals string
	Since    string
	Hourly   string // of the sample
	Monthly  string
	Accounts string
}

// CurrencyForm is a currency as it is typed.
type CurrencyForm struct {
	Code, Value, Prefix, Suffix, Decimals string
	Errors                                Errors
}

// AdminCurrencyView is the currency at /admin/currencies/{code}, where its form
// posts value, prefix, suffix and decimals; /default makes it the default.
type AdminCurrencyView struct {
	Code    string
	Default bool
	Form    CurrencyForm
	History []CurrencyValue
	Preview []PricePreview
	Remove  *Confirm // nil while it is the default or in use
	Used    string   // why it cannot be removed
}

// CurrencyValue is a value with the time it came into force.
type CurrencyValue struct {
	Value string
	Since Instant
	By    string
	Now   bool
}

// PricePreview is what a plan costs in the currency.
type PricePreview struct {
	Plan, Hourly, Monthly string
}
