package panel

import "accrue/internal/billing"

// OrderState is where a top-up order stands.
type OrderState string

// The states of an order.
const (
	OrderPending   OrderState = "pending"
	OrderConfirmed OrderState = "confirmed"
	OrderRejected  OrderState = "rejected"
	OrderCanceled  OrderState = "canceled"
)

// Order is a customer's announcement of a payment by bank transfer. It becomes
// credit when an administrator confirms that the money has come.
type Order struct {
	ID        int64
	AccountID int64
	Reference string // what the customer writes on the transfer; can exist once
	Currency  string
	Units     int64           // the amount in the currency's smallest unit
	Value     billing.Value   // of one credit, frozen when it was ordered
	Credits   billing.Credits // what it is worth at that value
	State     OrderState
	CreatedAt billing.Instant
	DecidedAt billing.Instant
	DecidedBy string
	Note      string
}
