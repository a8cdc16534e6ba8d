// Package billing holds the rules of money: what an instance costs, when an
// account crosses a threshold, how long a balance lasts, and how credits are
// shown in a currency.
//
// It is pure. It reads no clock, opens nothing and knows no machines; callers
// hand it instants and values and it answers with values. Everything it counts
// is an integer: credits in microcredits, time in whole seconds of UTC. The
// rules are written down in docs/billing.md; section numbers in comments refer
// to it.
package billing
