package client

import "time"

// AdminAccount is an account as administrators see it.
type AdminAccount struct {
	Account
	Email     string `json:"email,omitempty" doc:"Of its first person."`
	Balance   Money  `json:"balance"`
	PerHour   Money  `json:"per_hour"`
	MonthUsed Money  `json:"month_used"`
	Instances int64  `json:"instances"`
}

// AccountDetail is an account with its people.
type AccountDetail struct {
	AdminAccount
	ZeroAt    *time.Time `json:"zero_at,omitempty"`
	SuspendAt *time.Time `json:"suspend_at,omitempty"`
	ToLift    *Money     `json:"to_lift,omitempty"`
	Users     []User     `json:"users" nullable:"false"`
	Sessions  []Session  `json:"sessions" nullable:"false" doc:"Where they are signed in."`
	AllHolds  []Hold     `json:"hold_history" nullable:"false"`
}

// User is a person who signs in.
type User struct {
	ID        int64     `json:"id"`
	Email     string    `json:"email"`
	Name      string    `json:"name"`
	Disabled  bool      `json:"disabled"`
	CreatedAt time.Time `json:"created_at"`
}

// Hold is what forbids an account's instances to run, or one of them.
type Hold struct {
	ID         int64      `json:"id"`
	Kind       string     `json:"kind" enum:"billing,admin,abuse,maintenance"`
	InstanceID int64      `json:"instance_id,omitempty"`
	Reason     string     `json:"reason"`
	PlacedBy   string     `json:"placed_by"`
	PlacedAt   time.Time  `json:"placed_at"`
	LiftedAt   *time.Time `json:"lifted_at,omitempty" doc:"Absent while it stands."`
}

// NewAccount is a customer to be made.
type NewAccount struct {
	Name     string `json:"name" maxLength:"80"`
	Person   string `json:"person,omitempty" maxLength:"80" doc:"The name of who signs in; the account's if it is absent."`
	Email    string `json:"email" maxLength:"254"`
	Password string `json:"password" maxLength:"200"`
	Currency string `json:"currency,omitempty" maxLength:"8" doc:"The default one if it is absent."`
	Credits  string `json:"credits,omitempty" maxLength:"32" doc:"To begin with."`
}

// NewHold forbids an account's instances to run.
type NewHold struct {
	Kind   string `json:"kind" enum:"admin,abuse,maintenance" default:"admin" required:"false"`
	Reason string `json:"reason" minLength:"1" maxLength:"500" doc:"The customer reads it."`
}

// NewPassword is another password for somebody.
type NewPassword struct {
	Password string `json:"password" maxLength:"200"`
}

// CreditPreview is what a change of a balance would do.
type CreditPreview struct {
	Before    Money    `json:"before"`
	After     Money    `json:"after"`
	Notices   []string `json:"notices" nullable:"false" doc:"That would follow, in order."`
	Instances int64    `json:"instances" doc:"How many would be suspended or resumed."`
}

// NewPreview is a change of a balance to be looked at.
type NewPreview struct {
	AccountID int64  `json:"account_id" minimum:"1"`
	Credits   string `json:"credits" minLength:"1" maxLength:"32"`
}
