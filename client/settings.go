package client

// Settings are the provider's choices. Amounts are credits.
type Settings struct {
	Low                string   `json:"low_balance"`
	Negative           string   `json:"negative_balance"`
	Suspension         string   `json:"suspension_balance"`
	Resume             string   `json:"resume_balance"`
	CreateOnNegative   bool     `json:"create_on_negative_balance"`
	ReserveHours       int64    `json:"create_reserve_hours"`
	MinimumSeconds     int64    `json:"minimum_charge_seconds"`
	SettlementInterval string   `json:"settlement_interval" enum:"hour,day"`
	SnapshotLimit      int64    `json:"snapshot_limit" doc:"How many snapshots of an instance there may be."`
	RescueImage        int64    `json:"rescue_image_id,omitempty" doc:"The image that instances are rescued with; absent if there is none."`
	Provider           string   `json:"provider"`
	PublicURL          string   `json:"public_url"`
	ImageURLs          bool     `json:"image_urls" doc:"Files of images may be fetched from addresses."`
	MailFrom           string   `json:"mail_from"`
	PaymentText        string   `json:"payment_text"`
	BankDetails        string   `json:"bank_details"`
	TopUpMinimum       string   `json:"top_up_minimum"`
	TopUpPresets       []string `json:"top_up_presets" nullable:"false"`
}

// SettingsChange are other settings. What is absent stays as it is.
type SettingsChange struct {
	Low                *string   `json:"low_balance,omitempty" maxLength:"32"`
	Negative           *string   `json:"negative_balance,omitempty" maxLength:"32"`
	Suspension         *string   `json:"suspension_balance,omitempty" maxLength:"32"`
	Resume             *string   `json:"resume_balance,omitempty" maxLength:"32"`
	CreateOnNegative   *bool     `json:"create_on_negative_balance,omitempty"`
	ReserveHours       *int64    `json:"create_reserve_hours,omitempty"`
	MinimumSeconds     *int64    `json:"minimum_charge_seconds,omitempty"`
	SettlementInterval *string   `json:"settlement_interval,omitempty" enum:"hour,day"`
	SnapshotLimit      *int64    `json:"snapshot_limit,omitempty" minimum:"0" maximum:"1000"`
	RescueImage        *int64    `json:"rescue_image_id,omitempty" minimum:"0" doc:"The image that instances are rescued with; 0: none."`
	Provider           *string   `json:"provider,omitempty" maxLength:"80"`
	PublicURL          *string   `json:"public_url,omitempty" maxLength:"200"`
	ImageURLs          *bool     `json:"image_urls,omitempty"`
	MailFrom           *string   `json:"mail_from,omitempty" maxLength:"200"`
	PaymentText        *string   `json:"payment_text,omitempty" maxLength:"2000"`
	BankDetails        *string   `json:"bank_details,omitempty" maxLength:"2000"`
	TopUpMinimum       *string   `json:"top_up_minimum,omitempty" maxLength:"32"`
	TopUpPresets       *[]string `json:"top_up_presets,omitempty" maxItems:"20"`
}

// SettingsEffect is what other settings would do at once.
type SettingsEffect struct {
	Before   Conditions      `json:"before"`
	After    Conditions      `json:"after"`
	Affected []AccountEffect `json:"affected" nullable:"false" doc:"The accounts that would be told of something."`
}

// Conditions are how many accounts there are, and how many in each condition.
type Conditions struct {
	All       int64 `json:"all"`
	Low       int64 `json:"low"`
	Negative  int64 `json:"negative"`
	Suspended int64 `json:"suspended"`
}

// AccountEffect is what other settings would do to an account.
type AccountEffect struct {
	Account   Ref      `json:"account"`
	Balance   Money    `json:"balance"`
	Notices   []string `json:"notices" nullable:"false" example:"account.suspended"`
	Instances int64    `json:"instances" doc:"How many would be suspended or resumed."`
}
