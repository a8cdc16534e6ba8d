package demo_test

import (
	"context"
	"errors"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"accrue/internal/billing"
	"accrue/internal/demo"
	"accrue/internal/fleet"
	"accrue/internal/identity"
	"accrue/internal/panel"
	"accrue/internal/smtp"
	"accrue/internal/store"
)

const someday = "2026-11-22T21:44:05Z"

// made is a directory with a demo that was made someday. Tests work on copies,
// because making one takes its time.
var (
	made     string
	makeOnce = sync.OnceValue(func() error {
		_, err := demo.Seed(context.Background(), made, options(someday))
		return err
	})
)

func TestMain(m *testing.M) {
	var err error
	if made, err = os.MkdirTemp("", "accrue-demo-"); err != nil {
		panic(err)
	}
	status := m.Run()
	os.RemoveAll(made)
	os.Exit(status)
}

// seeded returns a directory with a demo that was made someday, and its handout.
func seeded(t *testing.T) (string, demo.Handout) {
	t.Helper()
	if err := makeOnce(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(made)); err != nil {
		t.Fatal(err)
	}
	handout, err := demo.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return dir, handout
}

// seeds are instants at which a demo may be made: in the middle of things, at
// the edges of months, and in months of every length.
func seeds(t *testing.T) []string {
	t.Helper()
	all := []string{someday, "2026-03-01T00:30:00Z", "2026-03-31T23:59:59Z", "2027-01-01T00:00:00Z", "2028-02-29T12:00:00Z"}
	if testing.Short() {
		return all[:1]
	}
	return all
}

func options(now string) demo.Options {
	end, err := time.Parse(time.RFC3339, now)
	if err != nil {
		panic(err)
	}
	return demo.Options{
		Mailer:      demo.Outbox(smtp.Disabled()),
		Hasher:      identity.NewHasher(identity.TestParams, 2),
		NewPassword: func() string { return "three or four words" },
		Now:         func() time.Time { return end },
	}
}

// look opens the panel of a demo at the instant at which it was made.
func look(t *testing.T, dir string, o demo.Options) *panel.Panel {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{URL: "sqlite:" + filepath.Join(dir, "accrue.db"), Now: o.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return panel.New(db, nil, o.Mailer, o.Hasher)
}

func TestSeed(t *testing.T) {
	for _, now := range seeds(t) {
		t.Run(now, func(t *testing.T) {
			t.Parallel()
			o := options(now)
			dir, handout := seeded(t)
			if now != someday {
				var err error
				dir = t.TempDir()
				if handout, err = demo.Seed(t.Context(), dir, o); err != nil {
					t.Fatal(err)
				}
			}
			p := look(t, dir, o)
			checkLaws(t, p)
			checkAccounts(t, p)
			checkHandout(t, p, handout)
			checkHistory(t, p, handout)
		})
	}
}

func checkLaws(t *testing.T, p *panel.Panel) {
	t.Helper()
	laws, err := p.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, law := range laws {
		if law.Checked == 0 || len(law.Broken) > 0 {
			t.Errorf("%s: checked %d, broken %q", law.Name, law.Checked, law.Broken)
		}
	}
}

// checkAccounts wants each customer to be in the state that they are there for.
func checkAccounts(t *testing.T, p *panel.Panel) {
	t.Helper()
	rows, err := p.ListAccounts(t.Context(), identity.System("test"), "", 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	type state struct {
		low, suspended bool
		live           int64
	}
	got := map[string]state{}
	for _, row := range rows {
		got[row.Account.Name] = state{row.Account.Taken.Low, row.Account.Taken.Suspended, row.Instances}
		if row.Account.Name == "Northwind Labs" {
			if dollars := row.Currency.Format(row.Balance); row.Balance < 4500*billing.Credit || row.Balance > 8000*billing.Credit {
				t.Errorf("Northwind Labs has %s, want some tens of dollars", dollars)
			}
			if weeks := (row.ZeroAt - row.Now) / (7 * billing.Day); weeks < 2 || weeks > 8 {
				t.Errorf("the balance of Northwind Labs reaches zero in %d weeks, want some", weeks)
			}
		}
	}
	want := map[string]state{
		"Northwind Labs":     {live: 6},
		"Kestrel Analytics":  {live: 8},
		"Brightwater Studio": {low: true, live: 1},
		"Tundra Games":       {low: true, suspended: true, live: 2},
		"Maple & Finch":      {live: 2},
		"Quiet Harbour":      {},
		"Polar Bakery":       {live: 1},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(state{})); diff != "" {
		t.Errorf("accounts (-want +got):\n%s", diff)
	}
}

// checkHandout signs in as the handout says.
func checkHandout(t *testing.T, p *panel.Panel, h demo.Handout) {
	t.Helper()
	for role, s := range map[identity.Role]demo.SignIn{identity.RoleAdministrator: h.Admin, identity.RoleCustomer: h.Customer} {
		if _, err := p.SignIn(t.Context(), s.Email, s.Password, "", ""); err != nil {
			t.Errorf("sign in as %s: %v", s.Email, err)
		}
		who, err := p.TokenWho(t.Context(), identity.Token(s.Token), netip.Addr{})
		if err != nil || who.Role != role || who.Email != s.Email {
			t.Errorf("token of %s: got %s %s, %v", s.Email, who.Role, who.Email, err)
		}
	}
}

// checkHistory wants the customer that is shown to have seen what there is to be
// seen: three months of usage, a minimum charge, and an order that waits.
func checkHistory(t *testing.T, p *panel.Panel, h demo.Handout) {
	t.Helper()
	who, err := p.UserWho(t.Context(), h.Customer.Email)
	if err != nil {
		t.Fatal(err)
	}
	pending, err := p.AllOrders(t.Context(), identity.System("test"), panel.OrderPending, 0, 10)
	if err != nil || len(pending) != 1 || pending[0].AccountID != who.AccountID {
		t.Errorf("got %d orders that wait, %v, want one of the customer's", len(pending), err)
	}
	now, err := p.Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	instances, err := p.Instances(t.Context(), who, false)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range instances {
		if len(i.Addresses) != 2 {
			t.Errorf("%s has the addresses %v, want one of each family", i.Name, i.Addresses)
		}
		checkMeasured(t, p, who, i, now)
	}
	minimums := 0
	for month := now.Month() - 2; month <= now.Month(); month++ {
		report, err := p.Usage(t.Context(), who, who.AccountID, month, "EUR")
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range report.Lines {
			if line.Kind == billing.KindMinimum {
				minimums++
			}
		}
		if report.Closed && report.Unposted() != 0 {
			t.Errorf("%s: %s is not in the ledger", month, report.Unposted())
		}
	}
	if minimums != 1 {
		t.Errorf("got %d minimum charges, want 1", minimums)
	}
}

// checkMeasured fails unless what an instance did is known as far back as it runs,
// within what is kept.
func checkMeasured(t *testing.T, p *panel.Panel, who identity.Who, i panel.InstanceView, now billing.Instant) {
	t.Helper()
	for _, length := range []billing.Instant{billing.Hour, billing.Day, 7 * billing.Day, 30 * billing.Day} {
		points, drawn, err := p.Metrics(t.Context(), who, i.ID, panel.MetricsRange{From: now - length, To: now})
		if err != nil {
			t.Fatal(err)
		}
		switch want := int(int64(length) / drawn.Step); {
		case i.DesiredPower != fleet.PowerOn:
			if len(points) > 0 {
				t.Errorf("%s is off, and %d points are known of the last %d s", i.Name, len(points), length)
			}
		case length <= billing.Day && len(points) < want-2:
			t.Errorf("%s: %d points are known of the last %d s, want %d", i.Name, len(points), length, want)
		case len(points) == 0:
			t.Errorf("%s: nothing is known of the last %d s", i.Name, length)
		}
	}
}

func TestLoadReturnsWhatWasSeeded(t *testing.T) {
	if h, err := demo.Load(t.TempDir()); err != nil || h != (demo.Handout{}) {
		t.Fatalf("an empty directory: got %+v, %v", h, err)
	}
	dir, want := seeded(t)
	before := contents(t, dir)
	if got := slices.Sorted(maps.Keys(before)); !slices.Equal(got, []string{"accrue.db", "demo.json", "sim.db"}) {
		t.Errorf("the demo consists of %q", got)
	}
	got, err := demo.Load(dir)
	if err != nil || got != want {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	if diff := cmp.Diff(before, contents(t, dir)); diff != "" {
		t.Errorf("loading changed the directory (-before +after):\n%s", diff)
	}
}

type fileState struct {
	Mode    os.FileMode
	Size    int64
	Changed time.Time
}

func contents(t *testing.T, dir string) map[string]fileState {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	states := map[string]fileState{}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil {
			t.Fatal(err)
		}
		states[entry.Name()] = fileState{info.Mode(), info.Size(), info.ModTime()}
	}
	return states
}

// Killed when it is about to make its first people, or somebody in between.
func TestSeedThatDiesLeavesNoDemo(t *testing.T) {
	dir, o := t.TempDir(), options(someday)
	for _, people := range []int{1, 4} {
		ctx, kill := context.WithCancel(t.Context())
		dying, asked := o, 0
		dying.NewPassword = func() string {
			if asked++; asked == people {
				kill()
			}
			return o.NewPassword()
		}
		if _, err := demo.Seed(ctx, dir, dying); !errors.Is(err, context.Canceled) {
			t.Fatalf("got %v, want it canceled", err)
		}
		if h, err := demo.Load(dir); err != nil || h != (demo.Handout{}) {
			t.Fatalf("got %+v, %v, want no demo", h, err)
		}
		if _, err := os.Stat(filepath.Join(dir, "accrue.db")); err == nil {
			t.Fatal("there is half a database")
		}
	}
	if testing.Short() {
		return
	}
	if _, err := demo.Seed(t.Context(), dir, o); err != nil {
		t.Fatal(err)
	}
	checkLaws(t, look(t, dir, o))
}

// Killed between two renames, everything is there and only in two places.
func TestLoadCompletesAMove(t *testing.T) {
	dir, want := seeded(t)
	stage := filepath.Join(dir, "seeding")
	if err := os.Mkdir(stage, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"accrue.db", "demo.json"} {
		if err := os.Rename(filepath.Join(dir, name), filepath.Join(stage, name)); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := demo.Load(dir); err != nil || got != want {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	if _, err := os.Stat(filepath.Join(dir, "accrue.db")); err != nil {
		t.Error(err)
	}
}

func TestHandoutIsForItsOwnerOnly(t *testing.T) {
	dir := t.TempDir()
	if err := (demo.Handout{URL: "http://127.0.0.1:8080"}).Save(dir); err != nil {
		t.Fatal(err)
	}
	if got := contents(t, dir); len(got) != 1 || got["demo.json"].Mode != 0o600 {
		t.Errorf("got %v, want demo.json with mode 600 and nothing else", got)
	}
}

func TestLoadRefusesARealPanel(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "accrue.db"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := demo.Load(dir); err == nil {
		t.Error("a panel that is no demo was taken for one")
	}
}
