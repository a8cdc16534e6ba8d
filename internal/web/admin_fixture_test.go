package web

import (
	"net/http"
	"regexp"
	"testing"

	"accrue/internal/panel"
)

// admin is an administrator who is signed in.
func (k *console) admin() *customer {
	k.t.Helper()
	const email = "root@example.org"
	_, err := k.CreateAdministrator(k.t.Context(), k.root, email, "Root", "a long password")
	k.must(err)
	who, err := k.UserWho(k.t.Context(), email)
	k.must(err)
	c := &customer{console: k, who: who, cookies: map[string]string{}}
	c.signIn()
	return c
}

// trace is how much has ever been written that matters: acts and money.
func (k *console) trace() (acts int, transactions int64) {
	k.t.Helper()
	audit, err := k.Audit(k.t.Context(), k.root, 0, 10_000)
	k.must(err)
	transactions, _, err = k.LedgerTotals(k.t.Context())
	k.must(err)
	return len(audit), transactions
}

// refuses posts a form that cannot be accepted: the page comes again with a
// message and what was typed, and nothing at all is written.
func (c *customer) refuses(path string, says string, pairs ...string) {
	c.t.Helper()
	acts, transactions := c.trace()
	before, err := c.Settings(c.t.Context())
	c.must(err)
	a := c.post(path, pairs...)
	if a.Code == http.StatusSeeOther { // said on the page that it leads to
		a = c.get(a.to())
	} else if a.Code != http.StatusUnprocessableEntity {
		c.t.Errorf("POST %s answered %d", path, a.Code)
	}
	c.has(a, a.Code, says)
	if after, moved := c.trace(); after != acts || moved != transactions {
		c.t.Errorf("%s: something was written", path)
	}
	after, err := c.Settings(c.t.Context())
	c.must(err)
	if before.Thresholds != after.Thresholds || before.Provider != after.Provider {
		c.t.Errorf("%s: the settings were written", path)
	}
}

// account is the number of a customer's account, and its page.
func (c *customer) account() (int64, string) { return c.who.AccountID, accountURL(c.who.AccountID) }

var hole = regexp.MustCompile(`\{[a-z]+\}`)

// adminPatterns are all routes of administrators with something in their holes.
func adminPatterns(t *testing.T) map[string]string {
	t.Helper()
	routes := map[string]string{}
	s := &server{}
	for _, p := range s.adminRoutes() {
		if p.access != administrators {
			t.Errorf("%s is not for administrators alone", p.pattern)
		}
		routes[p.pattern] = hole.ReplaceAllString(p.pattern, "1")
	}
	return routes
}

// newest is the latest entry of an account's ledger.
func (k *console) newest(account int64) panel.Entry {
	k.t.Helper()
	entries, err := k.Ledger(k.t.Context(), k.root, panel.LedgerFilter{AccountID: account, Limit: 1})
	k.must(err)
	if len(entries) == 0 {
		k.t.Fatal("no entries")
	}
	return entries[0]
}
