package main

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"accrue/internal/billing"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

// newTerminal returns the side of a new terminal at which somebody sits, and the
// side that a program reads.
func newTerminal(t *testing.T) (person, program *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { person.Close() })
	var number, unlock int32
	for request, value := range map[uintptr]*int32{syscall.TIOCGPTN: &number, syscall.TIOCSPTLCK: &unlock} {
		if _, _, failure := syscall.Syscall(syscall.SYS_IOCTL, person.Fd(), request, uintptr(unsafe.Pointer(value))); failure != 0 {
			t.Fatal(failure)
		}
	}
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { program.Close() })
	return person, program
}

// at runs a command line with somebody at a terminal who types an answer.
func (s *customerSite) at(answer, line string) (status int, stdout, stderr string) {
	s.t.Helper()
	person, program := newTerminal(s.t)
	if _, err := person.WriteString(answer); err != nil {
		s.t.Fatal(err)
	}
	return s.run(program, append([]string{"cloud"}, strings.Fields(line)...)...)
}

func TestOrderIsConfirmedAtATerminal(t *testing.T) {
	s := newCustomerSite(t)
	s.keep()
	const create = "instances create --name web-1 --location ams --plan general-1"
	for _, no := range []string{"n\n", "\n", "what?\n"} {
		status, stdout, stderr := s.at(no, create)
		if status != failed || stdout != "" || !strings.Contains(stderr, "0.01 €") || !strings.HasSuffix(stderr, "Create it? [y/N] accrue cloud instances create: nothing was done\n") {
			t.Errorf("%q: got status %d, %q, %q; want a price, a question, and nothing done", no, status, stdout, stderr)
		}
	}
	if _, stdout, _ := s.cloud("instances list"); stdout != "There are no instances.\n" {
		t.Errorf("after no there is %s", stdout)
	}
	if status, stdout, stderr := s.at("Yes\n", create); status != done || stdout != "Created web-1 (1): running at 203.0.113.1.\n" {
		t.Errorf("got status %d, %q, %q; want it to be created", status, stdout, stderr)
	}
	if status, stdout, stderr := s.at("y\n", "instances delete web-1"); status != done || stdout != "web-1 is deleted.\n" {
		t.Errorf("got status %d, %q, %q; want it to be deleted", status, stdout, stderr)
	}
}

func TestTokenIsAskedForAndNeverShown(t *testing.T) {
	s := newCustomerSite(t)
	status, stdout, stderr := s.at(s.token+"\n", "context add home --url "+s.url)
	if status != done || !strings.HasPrefix(stderr, "Token (not shown): ") {
		t.Fatalf("got status %d, %q, want to be asked for a token", status, stderr)
	}
	for _, line := range []string{"context list", "context list --json", "tokens list", "tokens list --json", "balance"} {
		status, out, err := s.cloud(line)
		if status != done {
			t.Errorf("%s: got status %d, %s", line, status, err)
		}
		stdout, stderr = stdout+out, stderr+err
	}
	if strings.Contains(stdout+stderr, s.token) {
		t.Errorf("the token is shown: %s%s", stdout, stderr)
	}
}

func TestPasswordIsAskedForAndNeverShown(t *testing.T) {
	s := newCustomerSite(t)
	s.keep()
	status, stdout, stderr := s.at(customerPassword+"\n", "tokens create --name ci --scope read --days 30")
	if status != done || !madeToken.MatchString(stdout) || !strings.HasPrefix(stderr, "Password (not shown): \n") || strings.Contains(stdout+stderr, customerPassword) {
		t.Fatalf("got status %d, %q, %q, want to be asked for a password, and a token", status, stdout, stderr)
	}
	if who, err := s.TokenWho(t.Context(), identity.Token(strings.TrimSpace(stdout)), netip.Addr{}); err != nil || who.Scope != identity.ScopeRead {
		t.Errorf("the token acts for %+v, %v", who, err)
	}
	if status, stdout, stderr := s.at(customerPassword+"\n", "tokens revoke ci"); status != done || stdout != "ci is revoked.\n" {
		t.Errorf("got status %d, %q, %q, want it revoked", status, stdout, stderr)
	}
}

func TestContextsAreForTheirOwnerOnly(t *testing.T) {
	s := newCustomerSite(t)
	file := filepath.Join(s.dir, "config", "accrue", "contexts.json")
	t.Setenv("ACCRUE_TOKEN", s.token)
	t.Setenv("ACCRUE_URL", s.url)
	if status, _, stderr := s.cloud("context add home"); status != done {
		t.Fatalf("got status %d, %s", status, stderr)
	}
	t.Setenv("ACCRUE_TOKEN", "")
	t.Setenv("ACCRUE_URL", "")
	info, err := os.Stat(file)
	s.must(err)
	if got := info.Mode().Perm(); got != 0o600 {
		t.Errorf("got mode %o, want 600", got)
	}
	for _, mode := range []os.FileMode{0o640, 0o604, 0o644} {
		s.must(os.Chmod(file, mode))
		status, _, stderr := s.cloud("balance")
		if status != failed || !strings.Contains(stderr, "others can read "+file) || !strings.Contains(stderr, "chmod 600") {
			t.Errorf("mode %o: got status %d, %s; want it to be refused", mode, status, stderr)
		}
	}
	s.must(os.Chmod(file, 0o600))
	if status, _, stderr := s.cloud("balance"); status != done {
		t.Errorf("got status %d, %s", status, stderr)
	}
}

func TestHalfAnEnvironmentIsRefused(t *testing.T) {
	s := newCustomerSite(t)
	t.Setenv("ACCRUE_TOKEN", s.token)
	status, _, stderr := s.cloud("balance")
	if status != misused || !strings.Contains(stderr, "set both $ACCRUE_URL and $ACCRUE_TOKEN") {
		t.Errorf("got status %d, %s", status, stderr)
	}
}

func TestExitStatusSaysWhatKindOfFailure(t *testing.T) {
	s := newCustomerSite(t)
	reader := s.newToken("reader", identity.ScopeRead)
	tests := []struct {
		name, url, token, line string
		status                 int
		want                   string
	}{
		{"no panel", "http://127.0.0.1:1", s.token, "balance", unreachable, "the panel at http://127.0.0.1:1 does not answer: dial tcp 127.0.0.1:1: connect: connection refused"},
		{"not a panel", s.url + "/docs", s.token, "balance", unreachable, "What answers there is no panel"},
		{"bad token", s.url, "acr_nonsense", "balance", unauthorized, "The token is not valid: mistyped, expired or revoked.\nMake another token"},
		{"narrow scope", s.url, reader, "topup 25", unauthorized, "Use a token with a wider scope"},
		{"nothing there", s.url, s.token, "instances show 99", notFound, `there is no instance "99"`},
		{"no such plan", s.url, s.token, "instances create --name a --location ams --plan x", notFound, `there is no plan "x"`},
		{"no room", s.url, s.token, "instances create --name a --location osl --plan 1 --yes", refused, "There is no room"},
		{"no credit", s.url, s.token, "instances create --name a --location ams --plan 2 --yes", lacksCredit, "Top up: accrue cloud topup AMOUNT"},
		{"bad flag", s.url, s.token, "balance --weekly", misused, "unknown flag: --weekly"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.status == lacksCredit {
				_, err := s.AddCredit(t.Context(), s.root, 1, panel.Credit{Amount: -1000 * billing.Credit, Reason: "Spent", Request: "spent"})
				s.must(err)
			}
			t.Setenv("ACCRUE_URL", test.url)
			t.Setenv("ACCRUE_TOKEN", test.token)
			status, stdout, stderr := s.cloud(test.line)
			if status != test.status || stdout != "" || !strings.Contains(stderr, test.want) {
				t.Errorf("got status %d, %q, %q; want %d and %q", status, stdout, stderr, test.status, test.want)
			}
		})
	}
}

func TestProgressIsShownUntilItIsDone(t *testing.T) {
	s := newCustomerSite(t)
	s.keep()
	s.hold(true)
	s.looked = make(chan struct{}, 1000)
	waiting := make(chan struct{})
	go func() {
		defer close(waiting)
		<-s.looked // at while it waits
		s.work()
	}()
	status, stdout, stderr := s.cloud("instances create --name web-1 --location ams --plan general-1 --yes --json")
	<-waiting
	if status != done || !strings.Contains(stdout, `"state": "succeeded"`) || !strings.Contains(stdout, `"status": "running"`) {
		t.Errorf("got status %d, %s", status, stdout)
	}
	if stderr != "Waiting for its turn\n" {
		t.Errorf("got %q, want to be told once what it waits for", stderr)
	}
	status, stdout, stderr = s.cloud("instances shutdown web-1 --no-wait")
	if status != done || !strings.HasPrefix(stdout, "web-1 (1) is stopping; action ") || stderr != "" {
		t.Errorf("got status %d, %q, %q, want not to wait", status, stdout, stderr)
	}
}

func TestShellsCompleteNames(t *testing.T) {
	s := newCustomerSite(t)
	s.keep()
	if status, _, stderr := s.cloud("instances create --name web-1 --location ams --plan general-1 --yes"); status != done {
		t.Fatal(stderr)
	}
	tests := map[string]string{
		"cloud in":                                       "instances\tList, create and command instances\n",
		"cloud instances show w":                         "web-1\tweb-1 (1)\n",
		"cloud instances create --location o":            "osl\tosl (2)\n",
		"cloud instances create --plan General-":         "general-1\tGeneral 1 (1)\ngeneral-2\tGeneral 2 (2)\n",
		"cloud instances create --image debian-13 --ssh": "--ssh-key\ta `KEY` that its guest lets in; may be given several times\n",
		"cloud instances protect web-1 ":                 "delete\nrebuild\n",
		"cloud tokens list --no":                         "",
	}
	for line, want := range tests {
		args := strings.Split(line, " ")
		status, stdout, _ := s.run(strings.NewReader(""), append([]string{"__complete"}, args...)...)
		got, _, _ := strings.Cut(stdout, ":")
		if status != done || got != want {
			t.Errorf("%s: got status %d, %q, want %q", line, status, got, want)
		}
	}
	for _, shell := range []string{"bash", "zsh", "fish"} {
		if status, stdout, _ := s.run(strings.NewReader(""), "completion", shell); status != done || !strings.Contains(stdout, "accrue") {
			t.Errorf("%s: got status %d", shell, status)
		}
	}
	s.t.Setenv("ACCRUE_URL", "http://127.0.0.1:1")
	if status, stdout, _ := s.run(strings.NewReader(""), "__complete", "cloud", "instances", "show", ""); status != done || !strings.HasPrefix(stdout, ":") {
		t.Errorf("without a panel: got status %d, %q, want nothing to choose from", status, stdout)
	}
}

func TestFailedActionIsAFailure(t *testing.T) {
	s := newCustomerSite(t)
	s.keep()
	s.must(s.SetFault(t.Context(), s.root, 1, panel.FaultError, true))
	status, stdout, stderr := s.cloud("instances create --name web-1 --location ams --plan general-1 --yes")
	if status != failed || stdout != "" || !strings.Contains(stderr, "\naccrue cloud instances create: ") {
		t.Errorf("got status %d, %q, %q", status, stdout, stderr)
	}
}
