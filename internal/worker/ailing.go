package worker

import (
	"slices"
	"sync"
	"time"
)

// ailing are the accounts that could not be brought up to date. The zero value
// has none.
type ailing struct {
	mu       sync.Mutex
	accounts map[int64]ailment
}

type ailment struct {
	wait  time.Duration // after the last failure
	until time.Time     // not tried before
}

// How long a failed account is left alone: twice as long each time.
const (
	firstWait   = time.Second
	longestWait = 5 * time.Minute
)

// fail notes a failure and returns how long the account is left alone now.
func (a *ailing) fail(account int64, now time.Time) time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.accounts == nil {
		a.accounts = map[int64]ailment{}
	}
	wait := min(max(2*a.accounts[account].wait, firstWait), longestWait)
	a.accounts[account] = ailment{wait: wait, until: now.Add(wait)}
	return wait
}

// heal forgets an account that has been brought up to date.
func (a *ailing) heal(account int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.accounts, account)
}

// count is how many accounts may stand at the head of those that are due without
// being tried.
func (a *ailing) count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.accounts)
}

// without returns the accounts that may be tried now, in their order.
func (a *ailing) without(accounts []int64, now time.Time) []int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.DeleteFunc(accounts, func(account int64) bool {
		return now.Before(a.accounts[account].until)
	})
}
