package client

// Money is an amount of credit and what it is worth in a currency, to the last
// digit as the console shows it.
type Money struct {
	Credits  string `json:"credits" example:"12.500000" doc:"The exact amount in credits, with six decimals."`
	Currency string `json:"currency" example:"USD" doc:"The code of the currency of amount and display."`
	Amount   string `json:"amount" example:"0.12" doc:"What it is worth, as a plain decimal: what programs read."`
	Display  string `json:"display" example:"$0.12" doc:"What it is worth, as people see it in the console."`
}

// Price is what a plan costs: by the hour, by the month, or by the hour up to a
// monthly cap.
type Price struct {
	ID      int64  `json:"id" doc:"The version of the price. Versions never change; a new price is a new version."`
	Mode    string `json:"mode" enum:"hourly,capped,monthly" doc:"hourly: by the hour. capped: by the hour, never more than monthly in a calendar month. monthly: a share of the calendar month."`
	Hourly  *Money `json:"hourly,omitempty" doc:"What an hour costs. Absent in mode monthly."`
	Monthly *Money `json:"monthly,omitempty" doc:"The cap, or the price of a month. Absent in mode hourly."`
}
