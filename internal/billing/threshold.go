package billing

import "fmt"

// Thresholds are the provider's settings of section 6, in credits.
type Thresholds struct {
	Low        Credits // at or below: "low balance" mail
	Negative   Credits // below zero, and at or below this: another mail; never above 0
	Suspension Credits // below: every instance is suspended; never above 0
	Resume     Credits // at or above, and not below Suspension: the suspension is lifted
}

// MaxThreshold bounds every threshold on both sides of 0: a trillion credits.
const MaxThreshold = 1_000_000_000_000 * Credit

// Validate returns a FieldError for the first setting that cannot be.
func (t Thresholds) Validate() error {
	for _, setting := range []struct {
		field       string
		value, most Credits
	}{
		{"low_balance", t.Low, MaxThreshold},
		{"negative_balance", t.Negative, 0},
		{"suspension_balance", t.Suspension, 0},
		{"resume_balance", t.Resume, MaxThreshold},
	} {
		if setting.value < -MaxThreshold || setting.value > setting.most {
			message := fmt.Sprintf("must be between %s and %s credits", (-MaxThreshold).Short(), setting.most.Short())
			return &FieldError{Field: setting.field, Message: message}
		}
	}
	return nil
}

// Conditions are which of the thresholds an account was found beyond when it
// was last judged. A notice is due when one of them turns true.
type Conditions struct {
	Low       bool
	Negative  bool
	Suspended bool
}

// Notice is something that follows when an account is judged.
type Notice uint8

// The notices, in the order in which they are given at one instant.
const (
	BalanceLow Notice = iota + 1
	BalanceNegative
	AccountSuspended
	AccountResumed
)

// Holds returns the conditions that are true of a balance, for an account that
// is not suspended yet. A new account starts with them already taken.
func (t Thresholds) Holds(balance Credits) Conditions {
	return Conditions{
		Low:       balance < t.lowLimit(),
		Negative:  balance < t.negativeLimit(),
		Suspended: balance < t.Suspension,
	}
}

// Judge compares a balance with the thresholds. It returns the conditions that
// are true now and the notices that follow, in order. Judging the same balance
// again gives no notice; a condition that has turned false is armed again.
func (t Thresholds) Judge(before Conditions, balance Credits) (Conditions, []Notice) {
	now := t.Holds(balance)
	if before.Suspended {
		now.Suspended = balance < t.resumeLimit()
	}
	var notices []Notice
	if now.Low && !before.Low {
		notices = append(notices, BalanceLow)
	}
	if now.Negative && !before.Negative {
		notices = append(notices, BalanceNegative)
	}
	if now.Suspended && !before.Suspended {
		notices = append(notices, AccountSuspended)
	}
	if !now.Suspended && before.Suspended {
		notices = append(notices, AccountResumed)
	}
	return now, notices
}

// NextCrossing returns the first second from after until horizon at which
// Judge would give a notice if nothing but time passes, or Never.
func (t Thresholds) NextCrossing(taken Conditions, p Position, after, horizon Instant) Instant {
	next := Never
	for _, watch := range []struct {
		taken bool
		limit Credits
	}{
		{taken.Low, t.lowLimit()},
		{taken.Negative, t.negativeLimit()},
		{taken.Suspended, t.Suspension},
	} {
		if !watch.taken {
			next = min(next, p.FirstBelow(watch.limit, after, min(horizon, next)))
		}
	}
	return next
}

// lowLimit is the balance below which Low is true: "balance <= value" in whole
// microcredits is "balance < value + 1".
func (t Thresholds) lowLimit() Credits { return t.Low + 1 }

// negativeLimit is the balance below which Negative is true: "balance < 0 and
// balance <= value".
func (t Thresholds) negativeLimit() Credits { return min(0, t.Negative+1) }

// resumeLimit is the balance from which a suspension is lifted.
func (t Thresholds) resumeLimit() Credits { return max(t.Resume, t.Suspension) }
