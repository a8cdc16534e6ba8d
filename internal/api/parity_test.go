package api

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"accrue/client"
	"accrue/internal/billing"
	"accrue/internal/web"
)

// console is a customer's browser, signed in.
type console struct {
	t       *testing.T
	pages   http.Handler
	session string
}

func (c *caller) console(t *testing.T) *console {
	t.Helper()
	secret, err := c.SignIn(t.Context(), c.who.Email, "a long password", "192.0.2.1", "test")
	c.must(err)
	return &console{t, web.New(web.Config{Panel: c.Panel, Log: c.log()}), secret.Reveal()}
}

// get returns what a page says, with its entities read.
func (c *console) get(path string) string {
	c.t.Helper()
	r := httptest.NewRequestWithContext(c.t.Context(), http.MethodGet, path, nil)
	r.AddCookie(&http.Cookie{Name: "accrue_session", Value: c.session})
	w := httptest.NewRecorder()
	c.pages.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		c.t.Fatalf("%s: got %d", path, w.Code)
	}
	return html.UnescapeString(w.Body.String())
}

// shows fails unless a page shows every text.
func (c *console) shows(path string, texts ...string) {
	c.t.Helper()
	page := c.get(path)
	for _, text := range texts {
		if text == "" || !strings.Contains(page, text) {
			c.t.Errorf("%s does not show %q", path, text)
		}
	}
}

// TestAmountsAreThoseOfTheConsole reads the same figures at both doors, in
// currencies in which they must be rounded.
func TestAmountsAreThoseOfTheConsole(t *testing.T) {
	for _, currency := range []string{"USD", "EUR"} {
		t.Run(currency, func(t *testing.T) {
			s := newSite(t, "")
			carol := s.customer("carol", 2000*billing.Credit+billing.Credit/7)
			carol.send(http.MethodPatch, "/v1/me", fmt.Sprintf(`{"currency": %q}`, currency))
			web, db := carol.create("web"), carol.create("db")
			s.now += 3*billing.Hour + 1234
			_, err := s.OrderSettlement(t.Context(), s.now.Floor(billing.Hour))
			s.must(err)
			posted[client.Ordered](carol, http.StatusAccepted, fmt.Sprintf("/v1/instances/%d/actions/stop", db.ID), nil)
			s.work()
			s.now += 17
			browser := carol.console(t)

			b := get200[client.Balance](carol, "/v1/billing/balance")
			exact := func(m client.Money) string { return m.Credits + " credits" }
			browser.shows("/", b.Balance.Display, b.MonthUsed.Display)
			browser.shows("/billing", b.Balance.Display, strings.Replace(exact(b.Balance), "1", "1,", 1))
			for _, i := range []client.Instance{get200[client.Instance](carol, fmt.Sprintf("/v1/instances/%d", web.ID)), get200[client.Instance](carol, fmt.Sprintf("/v1/instances/%d", db.ID))} {
				browser.shows(fmt.Sprintf("/instances/%d", i.ID), i.MonthUsed.Display, exact(i.MonthUsed), i.PerHour.Display+" / h", i.CreatedAt.Format("2 Jan 15:04"))
			}
			q := posted[client.Quote](carol, http.StatusOK, "/v1/quotes", client.NewQuote{PlanID: s.small, LocationID: s.ams})
			browser.shows(fmt.Sprintf("/create?plan=%d&location=%d", s.small, s.ams), q.Price.Hourly.Display, q.Price.Monthly.Display, q.MonthEstimate.Display)

			carol.sameUsage(browser)
			carol.sameLedger(browser)
			carol.sameTable(browser, "/v1/billing/usage.csv", "/usage.csv")
			carol.sameTable(browser, "/v1/billing/ledger.csv", "/billing.csv")
			root := s.administrator()
			backstage := root.console(t)
			root.sameTable(backstage, "/v1/admin/usage.csv", "/admin/usage.csv")
			root.sameTable(backstage, "/v1/admin/usage.csv?currency=EUR&month=2026-11", "/admin/usage.csv?currency=EUR&month=2026-11")
			root.sameTable(backstage, "/v1/admin/ledger.csv", "/admin/ledger.csv")
			of := fmt.Sprint(carol.who.AccountID)
			root.sameTable(backstage, "/v1/admin/ledger.csv?kind=usage&account_id="+of, "/admin/ledger.csv?kind=usage&account="+of)
		})
	}
}

// sameTable fails unless a table is to the byte what a page gives.
func (c *caller) sameTable(browser *console, api, page string) {
	c.t.Helper()
	answer := c.send(http.MethodGet, api, nil)
	if got, want := html.UnescapeString(string(answer.body)), browser.get(page); got != want || strings.Count(got, "\n") < 2 {
		c.t.Errorf("%s is %q, and %s is %q", api, got, page, want)
	}
	if got := answer.Header.Get("Content-Type"); got != csvType {
		c.t.Errorf("%s is %q, want a table", api, got)
	}
}

func (c *caller) sameUsage(browser *console) {
	c.t.Helper()
	var shown struct {
		Until        string `json:"until"`
		Currency     string `json:"currency"`
		TotalCredits string `json:"total_credits"`
		Total        string `json:"total"`
		Lines        []struct {
			Instance string `json:"instance"`
			Percent  int64  `json:"percent"`
			Seconds  int64  `json:"seconds"`
			Credits  string `json:"credits"`
			Amount   string `json:"amount"`
		} `json:"lines"`
	}
	c.must(json.Unmarshal([]byte(browser.get("/usage.json")), &shown))
	u := get200[client.Usage](c, "/v1/billing/usage")
	browser.shows("/usage", u.Total.Display)
	if u.Total.Credits != shown.TotalCredits || u.Total.Amount != shown.Total || u.Currency != shown.Currency || u.Until.Format("2006-01-02T15:04:05Z07:00") != shown.Until {
		c.t.Errorf("got %+v until %s, want %+v", u.Total, u.Until, shown)
	}
	if len(u.Lines) != len(shown.Lines) || len(u.Lines) < 3 {
		c.t.Fatalf("got %d lines, the console has %d, want 3 at least", len(u.Lines), len(shown.Lines))
	}
	for n, line := range u.Lines {
		want := shown.Lines[n]
		if line.Instance.Name != want.Instance || line.Percent != want.Percent || line.Seconds != want.Seconds || line.Amount.Credits != want.Credits || line.Amount.Amount != want.Amount {
			c.t.Errorf("got %+v, want %+v", line, want)
		}
	}
}

func (c *caller) sameLedger(browser *console) {
	c.t.Helper()
	var shown struct {
		Entries []struct {
			ID      int64  `json:"id"`
			At      string `json:"at"`
			Credits string `json:"credits"`
			Balance string `json:"balance_credits"`
		} `json:"entries"`
	}
	c.must(json.Unmarshal([]byte(browser.get("/billing.json")), &shown))
	ledger := get200[client.Page[client.Entry]](c, "/v1/billing/ledger").Items
	if len(ledger) != len(shown.Entries) || len(ledger) < 2 {
		c.t.Fatalf("got %d entries, the console has %d, want 2 at least", len(ledger), len(shown.Entries))
	}
	for n, e := range ledger {
		want := shown.Entries[n]
		if e.ID != want.ID || e.Amount.Credits != want.Credits || e.Balance.Credits != want.Balance || e.At.Format("2006-01-02T15:04:05Z07:00") != want.At {
			c.t.Errorf("got %+v, want %+v", e, want)
		}
		browser.shows("/billing", e.Amount.Display, e.Balance.Display)
	}
}
