// Package ratelimit bounds how many requests a user's programs may send, by
// whichever door they come in, and how often a password may be tried.
package ratelimit

import (
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// rule is how many requests may be sent: some per second in the long run, and a
// number at once.
type rule struct {
	perSecond, atOnce int
}

// How many requests a user may send. Administrators' operations have a budget of
// their own, which is large: programs of the provider settle with each other.
var (
	customerRule = rule{perSecond: 20, atOnce: 200}
	adminRule    = rule{perSecond: 2_000, atOnce: 20_000}
)

// forgotten is after how long of silence a budget, which is full again by then,
// is no longer kept.
const forgotten = time.Minute

// Limits are the budgets of users, in this process.
type Limits struct {
	now func() time.Time

	mu      sync.Mutex
	budgets map[budgetKey]*budget
	swept   time.Time
}

type budgetKey struct {
	user  int64
	admin bool
}

type budget struct {
	*rate.Limiter
	rule rule
	used time.Time
}

// New returns budgets by a clock, all of them full.
func New(now func() time.Time) *Limits {
	return &Limits{now: now, budgets: map[budgetKey]*budget{}}
}

// Take takes one request out of a user's budget, the one for administrators'
// operations or the other, and says whether there was one left. It tells what is
// left in the header fields that clients read and in those of
// draft-ietf-httpapi-ratelimit-headers.
func (l *Limits) Take(user int64, admin bool, h http.Header) bool {
	now := l.now()
	b := l.budget(budgetKey{user, admin}, now)
	allowed := b.AllowN(now, 1)
	left := max(0, b.TokensAt(now))
	full := time.Duration((float64(b.rule.atOnce) - left) / float64(b.rule.perSecond) * float64(time.Second))
	h.Set("RateLimit-Limit", strconv.Itoa(b.rule.atOnce))
	h.Set("RateLimit-Remaining", strconv.Itoa(int(left)))
	h.Set("RateLimit-Reset", strconv.FormatInt(now.Add(full).Unix(), 10))
	h.Set("RateLimit-Policy", `"user";q=`+strconv.Itoa(b.rule.atOnce)+`;w=`+strconv.Itoa(b.rule.atOnce/b.rule.perSecond))
	h.Set("RateLimit", `"user";r=`+strconv.Itoa(int(left))+`;t=`+strconv.Itoa(int(math.Ceil(full.Seconds()))))
	if !allowed {
		h.Set("Retry-After", "1")
	}
	return allowed
}

func (l *Limits) budget(key budgetKey, now time.Time) *budget {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Sub(l.swept) > forgotten {
		for k, b := range l.budgets {
			if now.Sub(b.used) > forgotten {
				delete(l.budgets, k)
			}
		}
		l.swept = now
	}
	b, known := l.budgets[key]
	if !known {
		b = &budget{rule: customerRule}
		if key.admin {
			b.rule = adminRule
		}
		b.Limiter = rate.NewLimiter(rate.Limit(b.rule.perSecond), b.rule.atOnce)
		l.budgets[key] = b
	}
	b.used = now
	return b
}
