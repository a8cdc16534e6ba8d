package api

import (
	"encoding/json"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"accrue/client"
	"accrue/internal/billing"
	"accrue/internal/identity"
	"accrue/internal/panel"
	"accrue/internal/ratelimit"
)

const password = "a long password" // of everybody

func (c *caller) makeToken(body string) reply {
	c.t.Helper()
	return c.send(http.MethodPost, "/v1/tokens", body)
}

func TestTokenNeedsThePasswordToMakeAnother(t *testing.T) {
	s := newSite(t, "")
	for _, scope := range []identity.Scope{identity.ScopeRead, identity.ScopeWrite, identity.ScopeBilling} {
		carol := s.customer("carol-"+string(scope), 0)
		carol = s.caller(carol.who.Email, scope)
		before, err := s.MyTokens(t.Context(), carol.who)
		s.must(err)
		carol.problem(carol.makeToken(`{"name": "ci", "scope": "read", "days": 1, "password": ""}`), "wrong_password")
		carol.problem(carol.makeToken(`{"name": "ci", "scope": "read", "days": 1, "password": "a short password"}`), "wrong_password")
		carol.problem(carol.makeToken(`{"name": "ci", "scope": "read", "days": 1}`), "invalid")
		if after, err := s.MyTokens(t.Context(), carol.who); err != nil || len(after) != len(before) {
			t.Errorf("scope %s: there are %d tokens, %v, want the %d of before", scope, len(after), err, len(before))
		}
		r := carol.makeToken(`{"name": "ci", "scope": "write", "days": 1, "password": "a long password"}`)
		var made client.MadeToken
		if r.StatusCode != http.StatusCreated || json.Unmarshal(r.body, &made) != nil {
			t.Fatalf("scope %s: got %d %s, want a token", scope, r.StatusCode, r.body)
		}
		who, err := s.TokenWho(t.Context(), identity.Token(made.Text), netip.Addr{})
		if err != nil || who.TokenID != made.Token.ID || who.Scope != identity.ScopeWrite || who.UserID != carol.who.UserID {
			t.Errorf("scope %s: the new token acts for %+v, %v", scope, who, err)
		}
	}
}

func TestNewTokenIsNoWiderThanSaid(t *testing.T) {
	s := newSite(t, "")
	carol := s.customer("carol", 0)
	text, _, err := s.CreateToken(t.Context(), carol.who, panel.NewToken{
		Name: "narrow", Scope: identity.ScopeWrite, Ranges: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}, DailyCredits: 5 * billing.Credit,
	})
	s.must(err)
	narrow := &caller{site: s, who: carol.who, token: text.Reveal()}
	for _, test := range []struct {
		name, more, from, daily string
	}{
		{"nothing said", ``, "192.0.2.0/24", "5.000000"},
		{"an empty list", `, "from": []`, "192.0.2.0/24", "5.000000"},
		{"narrower", `, "from": ["192.0.2.1"], "daily_credits": "1"`, "192.0.2.1/32", "1.000000"},
		{"wider, as it was asked for", `, "from": ["0.0.0.0/0", "::/0"], "daily_credits": "0"`, "0.0.0.0/0 ::/0", "0.000000"},
	} {
		r := narrow.makeToken(`{"name": "ci", "scope": "read", "days": 0, "password": "a long password"` + test.more + `}`)
		var made client.MadeToken
		if err := json.Unmarshal(r.body, &made); err != nil || r.StatusCode != http.StatusCreated {
			t.Fatalf("%s: got %d %s", test.name, r.StatusCode, r.body)
		}
		if from := strings.Join(made.Token.From, " "); from != test.from || made.Token.DailyCredits != test.daily || made.Token.ExpiresAt != nil {
			t.Errorf("%s: got a token good at %s for %s credits until %v, want %s, %s, for ever", test.name, from, made.Token.DailyCredits, made.Token.ExpiresAt, test.from, test.daily)
		}
	}
	for field, more := range map[string]string{"/from": `"from": ["here"]`, "/daily_credits": `"daily_credits": "much"`, "/name": `"name": " "`} {
		r := narrow.makeToken(`{"name": "ci", "scope": "read", "days": 0, "password": "a long password", ` + more + `}`)
		narrow.problem(r, "invalid")
		if !strings.Contains(string(r.body), `"`+field+`"`) {
			t.Errorf("%s: got %s", field, r.body)
		}
	}
}

func TestTokenRevokesItselfAndNoOther(t *testing.T) {
	s := newSite(t, "")
	carol := s.customer("carol", 0)
	reader := s.caller(carol.who.Email, identity.ScopeBilling)
	tokens, err := s.MyTokens(t.Context(), carol.who)
	s.must(err)
	id := map[identity.Scope]string{}
	for _, t := range tokens {
		id[t.Scope] = strconv.FormatInt(t.ID, 10)
	}
	revoke := func(id string) string { return "/v1/tokens/" + id + "/revoke" }
	reader.problem(reader.send(http.MethodPost, revoke(id[identity.ScopeWrite]), `{}`), "wrong_password")
	if r := reader.send(http.MethodPost, revoke(id[identity.ScopeBilling]), `{}`); r.StatusCode != http.StatusNoContent {
		t.Errorf("itself: got %d %s", r.StatusCode, r.body)
	}
	reader.problem(reader.send(http.MethodGet, "/v1/billing/balance", nil), "unauthorized")
	if r := carol.send(http.MethodGet, "/v1/me", nil); r.StatusCode != http.StatusOK {
		t.Errorf("the other token: got %d %s, want it as good as before", r.StatusCode, r.body)
	}
}

func TestPasswordCannotBeTriedOut(t *testing.T) {
	s := newSite(t, "")
	now := time.Unix(1_700_000_000, 0)
	s.handler = New(Config{Panel: s.Panel, Log: s.log(), Limits: unlimited(), Tries: ratelimit.NewTries(func() time.Time { return now })})
	thief := s.customer("carol", 0)
	owner := s.caller(thief.who.Email, identity.ScopeWrite)
	try := func(c *caller, password string) reply {
		return c.makeToken(`{"name": "ci", "scope": "read", "days": 1, "password": "` + password + `"}`)
	}
	tries := 0
	for try(thief, "guess").StatusCode != http.StatusTooManyRequests && tries < 100 {
		tries++
	}
	if tries != 10 {
		t.Errorf("got %d tries, want 10", tries)
	}
	thief.problem(try(thief, password), "too_many_tries")
	if r := try(owner, password); r.StatusCode != http.StatusCreated {
		t.Errorf("the owner, with another token: got %d %s", r.StatusCode, r.body)
	}
	now = now.Add(time.Hour)
	if r := try(thief, password); r.StatusCode != http.StatusCreated {
		t.Errorf("later: got %d %s", r.StatusCode, r.body)
	}
}

// What is told of a token is in the audit and in a mail, and nothing that was
// secret is kept, whatever key the request had.
func TestTokenIsAuditedAndMailedAndKeptNowhere(t *testing.T) {
	s := newSite(t, "")
	carol, root := s.customer("carol", 0), s.administrator()
	for _, c := range []*caller{carol, root} {
		body := `{"name": "nightly", "scope": "read", "days": 90, "password": "a long password"}`
		var made [2]client.MadeToken
		for n := range made {
			r := c.send(http.MethodPost, "/v1/tokens", body, "Idempotency-Key", "one")
			s.must(json.Unmarshal(r.body, &made[n]))
		}
		if made[0].Text == "" || made[0].Text == made[1].Text {
			t.Errorf("got the texts %q and %q: one was kept", made[0].Text, made[1].Text)
		}
		mails, err := s.Mails(t.Context(), s.root, 0, 10)
		s.must(err)
		if m := mails[0]; m.Kind != panel.MailToken || m.To != c.who.Email || m.Notice.Token != "nightly (scope read, good until 8 Feb 2027)" {
			t.Errorf("got the mail %+v", m)
		}
		entries, err := s.Audit(t.Context(), s.root, 0, 1)
		s.must(err)
		if e := entries[0]; e.Action != "token.create" || e.Actor != c.who.Actor() || e.Detail != "nightly (read, ends in "+made[1].Token.Hint+")" {
			t.Errorf("got the audit entry %+v", e)
		}
	}
	s.work() // the mails go out
}
