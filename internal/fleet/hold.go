package fleet

import (
	"fmt"
	"strings"
)

// HoldKind is a reason for which an instance may not run. Holds of different
// kinds do not know of each other: a top-up lifts HoldBilling and leaves
// HoldAbuse where it is.
type HoldKind uint8

// The kinds of holds. Their numbers are stored; they never change.
const (
	HoldBilling     HoldKind = 1 << iota // the balance fell below the suspension balance
	HoldAdmin                            // an administrator wants it so
	HoldAbuse                            // the instance does harm
	HoldMaintenance                      // its hypervisor is being worked on
	HoldLost                             // its machine is not on its hypervisor any more
)

var holdNames = [...]struct {
	kind HoldKind
	name string
}{
	{HoldBilling, "billing"},
	{HoldAdmin, "admin"},
	{HoldAbuse, "abuse"},
	{HoldMaintenance, "maintenance"},
	{HoldLost, "lost"},
}

// ParseHoldKind reads what String writes.
func ParseHoldKind(name string) (HoldKind, error) {
	for _, hold := range holdNames {
		if hold.name == name {
			return hold.kind, nil
		}
	}
	return 0, fmt.Errorf("%q is no kind of hold; there are billing, admin, abuse, maintenance and lost", name)
}

// String returns the kind's name: "billing".
func (k HoldKind) String() string {
	for _, hold := range holdNames {
		if hold.kind == k {
			return hold.name
		}
	}
	return fmt.Sprintf("HoldKind(%d)", uint8(k))
}

// Holds is the set of kinds of holds on an instance. An instance is suspended
// as long as its set is not empty. The zero Holds is the empty set.
type Holds uint8

// With returns h and k.
func (h Holds) With(k HoldKind) Holds { return h | Holds(k) }

// Without returns h without k, and all else in it.
func (h Holds) Without(k HoldKind) Holds { return h &^ Holds(k) }

// Has reports whether k is in h.
func (h Holds) Has(k HoldKind) bool { return h&Holds(k) != 0 }

// Empty reports whether nothing forbids running.
func (h Holds) Empty() bool { return h == 0 }

// Kinds returns the kinds in h in their order.
func (h Holds) Kinds() []HoldKind {
	var kinds []HoldKind
	for _, hold := range holdNames {
		if h.Has(hold.kind) {
			kinds = append(kinds, hold.kind)
		}
	}
	return kinds
}

// String names the kinds in h: "billing, abuse". The empty set is "".
func (h Holds) String() string {
	var names []string
	for _, kind := range h.Kinds() {
		names = append(names, kind.String())
	}
	return strings.Join(names, ", ")
}
