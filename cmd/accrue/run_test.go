package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"accrue/internal/demo"
	"accrue/internal/identity"
	"accrue/internal/panel"
	"accrue/internal/smtp"
	"accrue/internal/store/storetest"
)

// accrue runs a command line to its end.
func accrue(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	status = run(t.Context(), args, &out, &err)
	return status, out.String(), err.String()
}

// must runs a command line that has to succeed, and returns what it printed.
func must(t *testing.T, args ...string) string {
	t.Helper()
	status, stdout, stderr := accrue(t, args...)
	if status != done {
		t.Fatalf("accrue %s: status %d, %s", strings.Join(args, " "), status, stderr)
	}
	return stdout
}

func TestMisuse(t *testing.T) {
	t.Setenv("ACCRUE_DATA", "")
	t.Setenv("ACCRUE_DB", "")
	tests := []struct{ args, want string }{
		{"serv", `accrue: there is no command "serv"; did you mean serve?`},
		{"user", ``},
		{"user remove", `accrue user: there is no command "remove"`},
		{"version now", `accrue version: "now": there is nothing to do with it; flags begin with --`},
		{"verify", `accrue verify: say where the data is: --data DIR, or --db postgres://...`},
		{"verify --data a --db b", `accrue verify: --data and --db name two databases; choose one`},
		{"verify --what", `accrue verify: unknown flag: --what`},
		{"credit add --amount 12,5", `accrue credit add: --amount: "12,5" is not a decimal number such as 12.50`},
		{"credit add --amount 0", `accrue credit add: --amount: must not be zero`},
		{"credit add --account me", `accrue credit add: --account: "me" is not the number of an account such as 12`},
		{"credit add --amount 1", `accrue credit add: --reason: is needed: why: TEXT that the customer reads in the ledger`},
		{"credit add --amount 1 --reason x", `accrue credit add: name the account by --email or by --account, and not by both`},
		{"credit add --amount 1 --reason x --account 1 --email a@example.org", `accrue credit add: name the account by --email or by --account, and not by both`},
		{"token create --scope all", `accrue token create: --scope: "all" is not read, write or billing`},
		{"token create --days soon", `accrue token create: --days: "soon" is not a number of days such as 90`},
		{"token create --email ida", `accrue token create: --email: is no e-mail address; write just the address, such as ida@example.org`},
		{"user create --email ida@example.org", `accrue user create: --name: is needed: what they or their account are called: NAME`},
		{"user create --email i@example.org --name I --admin --credit 5", `accrue user create: --admin: an administrator has neither --currency nor --credit; make a customer for that`},
		{"migrate --from sqlite://a", `accrue migrate: --from and --to go together`},
		{"hypervisor add --endpoint qemu:///system", `accrue hypervisor add: --name: is needed: what administrators call it: NAME`},
		{"hypervisor add --name hv1", `accrue hypervisor add: --endpoint: is needed: where libvirt is: qemu:///system, qemu+ssh://USER@HOST/system, qemu+tls://HOST/system: URI`},
		{"hypervisor add --cpu-ratio much", `accrue hypervisor add: --cpu-ratio: must be a number above 0, at most 100, with at most three decimals, such as 4 or 1.5`},
		{"hypervisor check", `accrue hypervisor check: --name: is needed: the hypervisor's NAME`},
		{"migrate --from sqlite://a --to sqlite://b --data c", `accrue migrate: --from and --to name the databases; leave out --data and --db`},
		{"backup --data a", `accrue backup: --to: is needed: the FILE to write`},
		{"serve --data a --public-url panel", `accrue serve: --public-url: "panel" is not an address such as https://panel.example.com`},
		{"serve --data a --log xml", `accrue serve: --log: "xml" is not text or json`},
		{"serve --data a --proxy 10.0.0.1", `accrue serve: --proxy: "10.0.0.1" is not a range of addresses such as 10.0.0.0/8`},
		{"serve --data a --smtp-port 70000", `accrue serve: --smtp-port: "70000" is not a port between 1 and 65535`},
		{"serve --data a --smtp-user u", `accrue serve: --smtp-host: is needed with the other --smtp flags`},
	}
	for _, test := range tests {
		t.Run(test.args, func(t *testing.T) {
			status, stdout, stderr := accrue(t, strings.Fields(test.args)...)
			if test.want == "" {
				if status != done || !strings.Contains(stdout, "Available Commands") {
					t.Errorf("got status %d and %q, want help", status, stdout)
				}
				return
			}
			got, _, _ := strings.Cut(stderr, "\n")
			if status != misused || got != test.want {
				t.Errorf("got status %d and %s\nwant status %d and %s", status, got, misused, test.want)
			}
		})
	}
}

func TestEnvironmentNamesTheDatabase(t *testing.T) {
	t.Setenv("ACCRUE_DATA", filepath.Join(t.TempDir(), "nothing"))
	t.Setenv("ACCRUE_DB", "")
	if status, _, stderr := accrue(t, "verify"); status != failed || !strings.Contains(stderr, "there is no panel in") {
		t.Errorf("got status %d, %s", status, stderr)
	}
	t.Setenv("ACCRUE_DB", "postgres://nowhere")
	if status, _, stderr := accrue(t, "verify"); status != misused || !strings.Contains(stderr, "$ACCRUE_DATA and $ACCRUE_DB name two databases") {
		t.Errorf("got status %d, %s", status, stderr)
	}
	if status, _, stderr := accrue(t, "verify", "--data", t.TempDir()); status != failed || !strings.Contains(stderr, "there is no panel in") {
		t.Errorf("a flag does not go before the environment: status %d, %s", status, stderr)
	}
}

func TestEveryCommandExplainsItself(t *testing.T) {
	var look func(*cobra.Command)
	look = func(c *cobra.Command) {
		for _, sub := range c.Commands() {
			look(sub)
		}
		if c.Name() == "help" || c.HasParent() && c.Parent().Name() == "completion" || c.Name() == "completion" {
			return
		}
		if c.Short == "" || c.Args == nil || (!c.HasSubCommands() && c.Example == "") {
			t.Errorf("%s: wants a short description, an example, and a word on arguments", c.CommandPath())
		}
		if c.HasParent() && !c.Parent().HasParent() && c.GroupID == "" {
			t.Errorf("%s: is in no group of the help", c.CommandPath())
		}
	}
	look(rootCommand())
}

// seeded is a directory with a demo that tests may read and must not change.
var (
	seeded   string
	seedOnce = sync.OnceValue(func() error {
		_, err := demo.Seed(context.Background(), seeded, demo.Options{
			Mailer:      demo.Outbox(smtp.Disabled()),
			Hasher:      identity.NewHasher(identity.TestParams, 2),
			NewPassword: newPassword,
		})
		return err
	})
)

func TestMain(m *testing.M) {
	var err error
	if seeded, err = os.MkdirTemp("", "accrue-cmd-"); err != nil {
		panic(err)
	}
	status := m.Run()
	os.RemoveAll(seeded)
	os.Exit(status)
}

// copyOfDemo returns a directory with a demo that the test may do with as it
// likes.
func copyOfDemo(t *testing.T) string {
	t.Helper()
	if err := seedOnce(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(seeded)); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestVerifyHolds(t *testing.T) {
	dir := copyOfDemo(t)
	out := must(t, "verify", "--data", dir)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	for _, line := range lines {
		if !strings.HasPrefix(line, "✓ ") {
			t.Errorf("got %q, want it to begin with ✓", line)
		}
	}
	if len(lines) < 9 {
		t.Errorf("got %d laws, want every one:\n%s", len(lines), out)
	}
}

func TestVerifyNamesWhatIsBroken(t *testing.T) {
	dir := copyOfDemo(t)
	db, err := sql.Open("sqlite", filepath.Join(dir, "accrue.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`UPDATE accounts SET credited = credited + 1 WHERE id = 2`); err != nil {
		t.Fatal(err)
	}
	db.Close()
	status, stdout, stderr := accrue(t, "verify", "--data", dir)
	if status != failed || !strings.Contains(stdout, "✗") || !strings.Contains(stdout, "account 2: ledger") || !strings.Contains(stderr, "not every law holds") {
		t.Errorf("got status %d\n%s%s", status, stdout, stderr)
	}
	status, stdout, _ = accrue(t, "verify", "--data", dir, "--json")
	var found struct {
		Holds bool
		Laws  []struct {
			Name   string
			Holds  bool
			Broken []string
		}
	}
	if err := json.Unmarshal([]byte(stdout), &found); err != nil {
		t.Fatal(err)
	}
	broken := 0
	for _, law := range found.Laws {
		if !law.Holds {
			broken += len(law.Broken)
		}
	}
	if status != failed || found.Holds || broken != 1 {
		t.Errorf("got status %d, holds %t, %d broken, want one", status, found.Holds, broken)
	}
}

func TestPeopleAndCredit(t *testing.T) {
	dir := copyOfDemo(t)
	password := filepath.Join(dir, "password")
	if err := os.WriteFile(password, []byte("three or four words\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	made := must(t, "user", "create", "--data", dir, "--email", "New@Example.org", "--name", "New", "--currency", "EUR", "--credit", "100", "--password-file", password)
	if made != "Made customer new@example.org with account 8, in EUR.\n" {
		t.Errorf("got %q", made)
	}
	if out := must(t, "user", "create", "--data", dir, "--email", "boss@example.org", "--name", "Boss", "--admin"); !strings.Contains(out, "\nPassword: ") {
		t.Errorf("got %q, want a password", out)
	}
	status, _, stderr := accrue(t, "user", "create", "--data", dir, "--email", "new@example.org", "--name", "New")
	if want := "accrue user create: --email: there is a user new@example.org already\n"; status != failed || stderr != want {
		t.Errorf("got status %d, %s, want %s", status, stderr, want)
	}
	for range 2 { // posted once under one key
		out := must(t, "credit", "add", "--data", dir, "--email", "new@example.org", "--amount", "-12.5", "--reason", "Test", "--request", "once")
		if !strings.HasSuffix(out, "Its balance is 87.500000 credits.\n") {
			t.Errorf("got %q", out)
		}
	}
	for args, want := range map[string]string{
		"--email nobody@example.org": "accrue credit add: --email: there is no user nobody@example.org\n",
		"--email boss@example.org":   "accrue credit add: --email: boss@example.org is an administrator and has no account\n",
		"--account 99":               "accrue credit add: there is no account 99\n",
	} {
		all := append([]string{"credit", "add", "--data", dir, "--amount", "1", "--reason", "Test"}, strings.Fields(args)...)
		if status, _, stderr := accrue(t, all...); status != failed || stderr != want {
			t.Errorf("%s: got status %d, %s", args, status, stderr)
		}
	}
	token := must(t, "token", "create", "--data", dir, "--email", "new@example.org", "--name", "test", "--scope", "read", "--days", "3")
	if text := strings.TrimSuffix(token, "\n"); len(text) != 64 || !identity.Token(text).Valid() {
		t.Errorf("standard output is %q, want a token of 64 characters", token)
	}
}

func TestPasswordFileThatWillNotDo(t *testing.T) {
	name := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(name, []byte("short\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	status, _, stderr := accrue(t, "user", "create", "--data", t.TempDir(), "--email", "a@example.org", "--name", "A", "--password-file", name)
	if status != failed || !strings.Contains(stderr, "--password-file: the password must have at least 10 characters") {
		t.Errorf("got status %d, %s", status, stderr)
	}
}

func TestMigrateMakesADatabase(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	for range 2 {
		if out := must(t, "migrate", "--data", dir); out != "The sqlite database is up to date.\n" {
			t.Errorf("got %q", out)
		}
	}
	must(t, "verify", "--data", dir)
}

func TestPostgresServesAsWell(t *testing.T) {
	url := storetest.Postgres(t)
	if out := must(t, "migrate", "--db", url); out != "The postgres database is up to date.\n" {
		t.Errorf("got %q", out)
	}
	must(t, "user", "create", "--db", url, "--admin", "--email", "a@example.org", "--name", "A")
	b := start(t, "serve", "--db", url, "--listen", "127.0.0.1:0")
	await(t, b, func() bool { return strings.Contains(b.err.String(), "worker started") })
	b.end(t)
	must(t, "verify", "--db", url)
}

// background runs a command line until the test ends it.
type background struct {
	out, err lockedBuffer
	stop     context.CancelFunc
	status   chan int
}

func start(t *testing.T, args ...string) *background {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	b := &background{stop: stop, status: make(chan int, 1)}
	go func() { b.status <- run(ctx, args, &b.out, &b.err) }()
	t.Cleanup(stop)
	return b
}

// end stops it and wants it to end well.
func (b *background) end(t *testing.T) {
	t.Helper()
	b.stop()
	if status := <-b.status; status != done {
		t.Errorf("got status %d, %s", status, b.err.String())
	}
}

// await waits until a program has come to something, which is looked at often.
func await(t *testing.T, b *background, until func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !until(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) || len(b.status) > 0 {
			t.Fatalf("it did not come to it:\n%s%s", b.out.String(), b.err.String())
		}
	}
}

type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.String()
}

func get(t *testing.T, url string) int {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	return response.StatusCode
}

// A demo that was stopped goes on as the same one, at another address.
func TestDemoGoesOn(t *testing.T) {
	dir := copyOfDemo(t)
	before, err := demo.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	last := before
	for range 2 {
		b := start(t, "demo", "--listen", "127.0.0.1:0", "--data", dir)
		await(t, b, func() bool { return strings.Contains(b.out.String(), "Ctrl-C") })
		now, err := demo.Load(dir)
		if err != nil {
			t.Fatal(err)
		}
		if now.Admin != before.Admin || now.Customer != before.Customer || now.URL == last.URL {
			t.Errorf("got %+v after %+v", now, last)
		}
		if !strings.Contains(b.out.String(), now.URL) || !strings.Contains(b.out.String(), now.Customer.Password) {
			t.Errorf("it does not say how to sign in:\n%s", b.out.String())
		}
		await(t, b, func() bool { return get(t, now.URL+"/healthz") == http.StatusOK })
		b.end(t)
		last = now
	}
	must(t, "verify", "--data", dir)
}

func TestServe(t *testing.T) {
	dir := t.TempDir()
	b := start(t, "serve", "--data", dir, "--listen", "127.0.0.1:0", "--log", "json", "--no-worker", "--public-url", "https://panel.example.com/")
	var line struct{ Msg, URL string }
	await(t, b, func() bool {
		_, log, found := strings.Cut(b.err.String(), "\n{")
		return found && json.Unmarshal([]byte("{"+log), &line) == nil
	})
	if !strings.Contains(b.err.String(), "accrue user create --data "+dir+" --admin") {
		t.Errorf("it does not say how to begin:\n%s", b.err.String())
	}
	if got := get(t, line.URL+"/readyz"); got != http.StatusOK {
		t.Errorf("readyz: got %d", got)
	}
	if got := get(t, line.URL+"/healthz"); got != http.StatusServiceUnavailable {
		t.Errorf("healthz without a worker: got %d, want 503", got)
	}
	b.end(t)
	must(t, "user", "create", "--data", dir, "--admin", "--email", "a@example.org", "--name", "A")
	again := start(t, "serve", "--data", dir, "--listen", "127.0.0.1:0")
	await(t, again, func() bool { return strings.Contains(again.err.String(), "worker started") })
	if strings.Contains(again.err.String(), "user create") {
		t.Error("it says how to begin although there is an administrator")
	}
	again.end(t)
}

func TestReport(t *testing.T) {
	alive := []panel.Beat{{Worker: "w", SeenAt: 940}, {Worker: "gone", SeenAt: 1}}
	tests := []struct {
		name     string
		health   panel.Health
		problems int
	}{
		{"at work", panel.Health{Now: 1000, Workers: alive, Overdue: 60}, 0},
		{"no worker", panel.Health{Now: 1000}, 1},
		{"silent worker", panel.Health{Now: 1001, Workers: alive}, 1},
		{"overdue", panel.Health{Now: 1000, Workers: alive, Overdue: 61}, 1},
		{"both", panel.Health{Now: 9000, Workers: alive, Overdue: 61}, 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := newReport(test.health)
			if len(got.Problems) != test.problems || (got.Status == "ok") != (test.problems == 0) {
				t.Errorf("got %s, %q, want %d problems", got.Status, got.Problems, test.problems)
			}
		})
	}
}
