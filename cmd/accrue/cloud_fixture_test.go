package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/identity"
	"accrue/internal/panel"
	"accrue/internal/sim"
	"accrue/internal/store"
)

// update writes the transcripts anew: go test ./cmd/accrue -run Cloud -update
var update = flag.Bool("update", false, "write transcripts anew")

// customerSite is a whole panel behind real HTTP, with a clock that the test turns
// and simulated hypervisors that answer at once.
type customerSite struct {
	*panel.Panel
	t     *testing.T
	url   string
	dir   string // where the customer's files are
	token string
	root  identity.Who

	mu   sync.Mutex
	now  time.Time
	held bool // tasks are not run

	hints []string // the ends of tokens that were made, and what stands in their place

	looked chan struct{} // told of every look at an action, if it is there
}

const customerPassword = "a long password"

func newCustomerSite(t *testing.T) *customerSite {
	t.Helper()
	ctx := t.Context()
	s := &customerSite{t: t, dir: t.TempDir(), now: time.Date(2026, 11, 10, 12, 0, 0, 0, time.UTC), root: identity.System("test")}
	db, err := store.Open(ctx, store.Options{URL: "sqlite::memory:", Now: s.clock})
	s.must(err)
	t.Cleanup(func() { db.Close() })
	world, err := sim.Open("", sim.Options{Instant: true, Now: s.clock})
	s.must(err)
	t.Cleanup(func() { world.Close() })
	s.Panel = panel.New(db, world, new(sim.Mailbox), identity.NewHasher(identity.TestParams, 2))
	s.stock()
	handler, err := newHandler(ctx, s.Panel, slog.New(slog.NewTextHandler(t.Output(), nil)), nil)
	s.must(err)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handler.ServeHTTP(w, r)
		if s.looked != nil && strings.HasPrefix(r.URL.Path, "/v1/actions/") {
			s.looked <- struct{}{}
		}
		if r.Method != http.MethodGet && !s.holds() {
			s.work()
		}
	}))
	t.Cleanup(server.Close)
	s.url = server.URL
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(s.dir, "config"))
	t.Setenv("HOME", s.dir)
	t.Setenv("ACCRUE_URL", "")
	t.Setenv("ACCRUE_TOKEN", "")
	return s
}

func (s *customerSite) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *customerSite) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *customerSite) holds() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.held
}

func (s *customerSite) hold(held bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held = held
}

// pass lets time pass.
func (s *customerSite) pass(d time.Duration) {
	s.mu.Lock()
	s.now = s.now.Add(d)
	s.mu.Unlock()
	due, err := s.DueAccounts(s.t.Context(), 100)
	s.must(err)
	for _, id := range due {
		s.must(s.CatchUp(s.t.Context(), id))
	}
	s.work()
}

// work runs tasks until none can run.
func (s *customerSite) work() {
	for _, lane := range []panel.Lane{panel.LaneMachines, panel.LaneMail, panel.LaneMoney} {
		for {
			err := s.RunTask(s.t.Context(), panel.Claim{Lane: lane, Worker: "test", PerHypervisor: 1000})
			if errors.Is(err, panel.ErrNotFound) {
				break
			}
			if err != nil {
				s.t.Error(err)
				return
			}
		}
	}
}

// stock fills the catalogue, and makes a customer with 1000 credits.
func (s *customerSite) stock() {
	ctx := s.t.Context()
	s.must(s.AddCurrency(ctx, s.root, panel.DatedCurrency{Currency: billing.Currency{Code: "EUR", Suffix: " €", Decimals: 2, Value: 10_000_000_000}}))
	ams, err := s.SaveLocation(ctx, s.root, panel.Location{Slug: "ams", Name: "Amsterdam", City: "Amsterdam", Country: "nl", Visible: true})
	s.must(err)
	_, err = s.SaveLocation(ctx, s.root, panel.Location{Slug: "osl", Name: "Oslo", City: "Oslo", Country: "no", Visible: true, Position: 1})
	s.must(err)
	host := panel.Hypervisor{LocationID: ams.ID, Driver: "sim"}
	host.Name, host.CPURatio, host.Enabled, host.Online = "hv1", 1000, true, true
	host.Capacity = fleet.Resources{VCPUs: 8, MemoryMiB: 8192, DiskGiB: 200}
	_, err = s.SaveHypervisor(ctx, s.root, host)
	s.must(err)
	pool := panel.AddressPool{Name: "Public", Locations: []int64{ams.ID}, Enabled: true}
	pool.Prefix = netip.MustParsePrefix("203.0.113.0/24")
	_, err = s.SavePool(ctx, s.root, pool)
	s.must(err)
	group, err := s.SavePlanGroup(ctx, s.root, panel.PlanGroup{Name: "General", Visible: true})
	s.must(err)
	for n := range 2 {
		size := int64(n + 1)
		hourly, monthly := billing.Credits(size)*billing.Credit, billing.Credits(500*size)*billing.Credit
		plan := panel.Plan{GroupID: group.ID, Name: fmt.Sprintf("General %d", size), StoppedPercent: 50, Visible: true, Position: size}
		plan.Size.Resources = fleet.Resources{VCPUs: size, MemoryMiB: 1024 * size, DiskGiB: 10 * size}
		_, err := s.SavePlan(ctx, s.root, plan, panel.PriceInput{Hourly: &hourly, Monthly: &monthly})
		s.must(err)
	}
	for _, version := range []string{"12", "13"} {
		_, err := s.AddImage(ctx, s.root, panel.Image{Family: "Debian", Version: version, MinDiskGiB: 5, Visible: true})
		s.must(err)
	}
	rescue, err := s.AddImage(ctx, s.root, panel.Image{Family: "Rescue", Version: "1"})
	s.must(err)
	s.must(s.ChangeSettings(ctx, s.root, func(after *panel.Settings) {
		after.RescueImage = rescue.ID
		after.PublicURL, after.BankDetails = "https://panel.example.com", "NL00 BANK 0123 4567 89, The Provider"
	}))
	_, _, err = s.CreateAccount(ctx, s.root, panel.NewAccount{Name: "Carol", Email: "carol@example.org", Password: customerPassword, Credit: 1000 * billing.Credit})
	s.must(err)
	s.token = s.newToken("laptop", identity.ScopeWrite)
	const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILdS5mrgWXkPJiVKCvMdVfIy1ZLYYfM4BV4cHLfhk3SV carol@laptop\n"
	s.write(".ssh/id_ed25519.pub", key)
	s.write("token", s.token+"\n")
	s.write("password", customerPassword+"\n")
	s.write("setup.yaml", "#cloud-config\npackages: [nginx]\n")
}

func (s *customerSite) newToken(name string, scope identity.Scope) string {
	s.t.Helper()
	who, err := s.UserWho(s.t.Context(), "carol@example.org")
	s.must(err)
	token, _, err := s.CreateToken(s.t.Context(), who, panel.NewToken{Name: name, Scope: scope})
	s.must(err)
	return token.Reveal()
}

// write makes a file of the customer's.
func (s *customerSite) write(name, text string) {
	s.t.Helper()
	name = filepath.Join(s.dir, name)
	s.must(os.MkdirAll(filepath.Dir(name), 0o700))
	s.must(os.WriteFile(name, []byte(text), 0o600))
}

// run runs a command line with a standard input.
func (s *customerSite) run(stdin io.Reader, args ...string) (status int, stdout, stderr string) {
	s.t.Helper()
	var out, err bytes.Buffer
	root := rootCommand()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(&out)
	root.SetErr(&err)
	status = execute(s.t.Context(), root, &err)
	return status, out.String(), err.String()
}

// cloud runs a customer's command line.
func (s *customerSite) cloud(line string) (status int, stdout, stderr string) {
	s.t.Helper()
	return s.run(strings.NewReader(""), append([]string{"cloud"}, strings.Fields(line)...)...)
}

// keep makes the context that commands use.
func (s *customerSite) keep() {
	s.t.Helper()
	s.t.Setenv("ACCRUE_URL", s.url)
	s.t.Setenv("ACCRUE_TOKEN", s.token)
}

// The lines of a transcript that are typed, and those that let time pass.
var (
	typed  = regexp.MustCompile(`^\$ accrue (.*?)(?: < (\S+))?$`)
	passes = regexp.MustCompile(`^# (\d+[hm]) later$`)
)

// transcript runs the command lines of a text and writes what they print below
// each, as somebody at a terminal reads it.
func (s *customerSite) transcript(text string) string {
	s.t.Helper()
	var out strings.Builder
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if m := passes.FindStringSubmatch(line); m != nil {
			d, err := time.ParseDuration(m[1])
			s.must(err)
			s.pass(d)
			out.WriteString(line + "\n")
			continue
		}
		m := typed.FindStringSubmatch(line)
		if m == nil {
			continue // what was printed
		}
		var stdin io.Reader = strings.NewReader("")
		if m[2] != "" {
			content, err := os.ReadFile(filepath.Join(s.dir, m[2]))
			s.must(err)
			stdin = bytes.NewReader(content)
		}
		var args []string
		for _, arg := range strings.Fields(m[1]) {
			arg = strings.ReplaceAll(arg, "https://panel.example.com", s.url)
			args = append(args, strings.Replace(arg, "~/", s.dir+"/", 1))
		}
		status, stdout, stderr := s.run(stdin, args...)
		out.WriteString(line + "\n" + s.tidy(stderr) + s.tidy(stdout))
		if status != done {
			fmt.Fprintf(&out, "[exit status %d]\n", status)
		}
	}
	return out.String()
}

// reference is the random part of a payment's reference.
var reference = regexp.MustCompile(`AC1-[A-Z2-7]{8}`)

// ticket is where a console is, once.
var ticket = regexp.MustCompile(`ws(s?)://\S+/v1/console/stream\?ticket=[\w-]+`)

// madeToken is a token that was made just now.
var madeToken = regexp.MustCompile(`acr_\w{60}`)

// rootPassword is what root of a guest was given just now.
var rootPassword = regexp.MustCompile(`(told this once: |"root_password": ")\w{20}\b`)

// tidy puts what a reader knows for what is different in every run.
func (s *customerSite) tidy(text string) string {
	text = strings.NewReplacer(s.url, "https://panel.example.com", s.dir, "~", s.token, "TOKEN", "  "+s.token[60:]+" ", "  xY3z ").Replace(text)
	for _, made := range madeToken.FindAllString(text, -1) {
		s.hints = append(s.hints, "  "+made[60:]+" ", "  zW9q ")
	}
	text = strings.NewReplacer(s.hints...).Replace(madeToken.ReplaceAllString(text, "TOKEN"))
	text = ticket.ReplaceAllString(text, "ws$1://panel.example.com/v1/console/stream?ticket=TICKET")
	text = rootPassword.ReplaceAllString(text, "${1}k7mWq2xTzR4bN9pLsV3c")
	return reference.ReplaceAllString(text, "AC1-K7M2XQ4B")
}
