package panel

import (
	"errors"
	"strings"
	"unicode/utf8"

	"accrue/internal/billing"
	"accrue/internal/fleet"
)

// NewInstance is an order for an instance.
type NewInstance struct {
	Name       string
	PlanID     int64
	LocationID int64
	ImageID    int64           // 0: the plan's hypervisors decide
	Price      billing.PriceID // the version the customer was shown; 0: whatever is in force
	ClientRef  string          // the caller's key; ordering twice under one key makes one instance
	Labels     fleet.Labels
	SSHKeyIDs  []int64 // of the account; the guest keeps them when they are deleted
	UserData   string  // what cloud-init runs, at most MaxUserData bytes of UTF-8
	Password   bool    // root gets one, the RootPassword of the answer to the first order; it is told this once
	Off        bool    // made, and off until its owner starts it: it has never booted before

	passwordHash string // of root

	seed *Seed // of an order that is repeated; in place of keys and user data
}

// MaxUserData is how long user data may be, in bytes.
const MaxUserData = 32 << 10

// acceptedOrder is an order that could be carried out.
type acceptedOrder struct {
	plan Plan
	seed Seed
}

// checkOrder refuses what could never be created, naming the field.
func (b *book) checkOrder(order NewInstance) (accepted acceptedOrder, err error) {
	if err := b.checkName(order.Name); err != nil {
		return accepted, err
	}
	if err := checkLabels(order.Labels); err != nil {
		return accepted, err
	}
	if accepted.plan, err = b.checkPlan(order); err != nil {
		return accepted, err
	}
	if order.ImageID != 0 {
		if _, err := b.checkImage(order.ImageID, accepted.plan.Size.Resources); err != nil {
			return accepted, err
		}
	}
	accepted.seed, err = b.checkSeed(order)
	return accepted, err
}

func (b *book) checkPlan(order NewInstance) (Plan, error) {
	location, err := b.tx.Location(order.LocationID)
	if errors.Is(err, ErrNotFound) || (err == nil && !location.Visible) {
		return Plan{}, invalid("location", "choose one of the locations")
	}
	if err != nil {
		return Plan{}, err
	}
	plan, err := b.tx.Plan(order.PlanID)
	if errors.Is(err, ErrNotFound) || (err == nil && !plan.Visible) {
		return Plan{}, invalid("plan", "choose one of the plans")
	}
	if err != nil {
		return Plan{}, err
	}
	if !plan.OfferedAt(location.ID) {
		return Plan{}, invalidf("plan", "%s is not offered in %s", plan.Name, location.Name)
	}
	if plan.Price.ID == 0 {
		return Plan{}, invalidf("plan", "%s has no price yet", plan.Name)
	}
	if order.Price != 0 && order.Price != plan.Price.ID {
		return Plan{}, refuse(CodeConflict, "The price of %s has changed. Look at the new price and order again.", plan.Name)
	}
	return plan, nil
}

func (b *book) checkName(name string) error {
	if err := fleet.ValidateName(name); err != nil {
		return invalid("name", err.Error())
	}
	taken, err := b.tx.ListInstances(InstanceFilter{AccountID: b.account.ID, Name: name, LiveOnly: true, Limit: 1})
	if err != nil {
		return err
	}
	if len(taken) > 0 {
		return &Invalid{Field: "name", Message: "you already have an instance called " + name, Code: CodeNameTaken}
	}
	return nil
}

// checkSeed collects what the guest is told. What is wrong with user data is
// said without repeating any of it.
func (b *book) checkSeed(order NewInstance) (seed Seed, err error) {
	switch {
	case order.seed != nil:
		return *order.seed, nil
	case len(order.UserData) > MaxUserData:
		return seed, invalidf("user_data", "has %d bytes; there can be %d", len(order.UserData), MaxUserData)
	case !utf8.ValidString(order.UserData) || strings.ContainsRune(order.UserData, 0):
		return seed, invalid("user_data", "must be text in UTF-8")
	}
	seed.UserData, seed.PasswordHash = order.UserData, order.passwordHash
	seed.SSHKeys, err = publicKeys(b.tx, b.account.ID, order.SSHKeyIDs)
	return seed, err
}
