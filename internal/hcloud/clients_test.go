package hcloud_test

import (
	"context"
	"crypto/ed25519"
	"log/slog"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"accrue/internal/billing"
	"accrue/internal/hcloud"
	"accrue/internal/identity"
	"accrue/internal/panel"
	"accrue/internal/sim"
	"accrue/internal/smtp"
	"accrue/internal/store"
	"accrue/internal/worker"
)

// Clients that nobody here wrote sell, list, resize, rebuild and delete servers.
func TestClients(t *testing.T) {
	clients := []struct {
		name string
		run  func(*testing.T, desk)
	}{
		{"hcloud of Debian", useCLI},
		{"hcloud-go", useGo},
		{"hcloud-python of Debian", usePython},
		{"hetzner.hcloud of Debian's Ansible", useAnsible},
	}
	if testing.Short() {
		clients = clients[:1]
	}
	p, endpoint := newLive(t)
	p.rescueSystem()
	for _, client := range clients {
		t.Run(client.name, func(t *testing.T) {
			name := strings.Fields(client.name)[0]
			rich, poor := p.customer("rich-"+name, 1000*billing.Credit), p.customer("poor-"+name, 0)
			reader := rich.newToken(identity.ScopeRead)
			t.Parallel() // most of the time they wait
			client.run(t, desk{t.TempDir(), append(os.Environ(),
				"HCLOUD_ENDPOINT="+endpoint,
				"HCLOUD_TOKEN="+rich.token,
				"POOR_TOKEN="+poor.token,
				"READ_TOKEN="+reader,
				"PUBLIC_KEY="+newPublicKey(t),
			)})
			left, err := p.Instances(t.Context(), rich.who, false)
			if err != nil || len(left) > 0 {
				t.Errorf("it leaves %v, %v, want nothing", left, err)
			}
		})
	}
}

// newLive is a provider at work: time passes, and a worker runs what waits.
func newLive(t *testing.T) (p *provider, endpoint string) {
	t.Helper()
	p = &provider{t: t}
	db, err := store.Open(t.Context(), store.Options{URL: "sqlite://" + filepath.Join(t.TempDir(), "accrue.db")})
	p.must(err)
	t.Cleanup(func() { db.Close() })
	world, err := sim.Open("", sim.Options{Latency: quick})
	p.must(err)
	t.Cleanup(func() { world.Close() })
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	p.Panel = panel.New(db, world, smtp.Disabled(), identity.NewHasher(identity.TestParams, 4))
	p.handler = hcloud.New(hcloud.Config{Panel: p.Panel, Log: log})
	p.stock()

	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- worker.New(p.Panel, log, worker.Options{}).Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the worker ended with %v", err)
		}
	})
	server := httptest.NewServer(p.handler)
	t.Cleanup(server.Close)
	return p, server.URL + hcloud.Prefix
}

// quick are hypervisors that take their time, but little.
var quick = sim.Profile{
	Disk:     sim.Delay{P50: 20 * time.Millisecond, P95: 30 * time.Millisecond},
	PowerOn:  sim.Delay{P50: 10 * time.Millisecond, P95: 20 * time.Millisecond},
	Boot:     sim.Delay{P50: 30 * time.Millisecond, P95: 50 * time.Millisecond},
	Shutdown: sim.Delay{P50: 30 * time.Millisecond, P95: 50 * time.Millisecond},
	Remove:   sim.Delay{P50: 10 * time.Millisecond, P95: 20 * time.Millisecond},
	Grace:    time.Second,
}

// newPublicKey is what stands in a .pub file.
func newPublicKey(t testing.TB) string {
	t.Helper()
	public, _, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.NewPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key))) + " ida@laptop"
}

// desk is where a client runs: its home and its environment.
type desk struct {
	home        string
	environment []string
}

// run runs a program to its end and returns what it printed.
func (d desk) run(t *testing.T, dir, program string, args ...string) (output string, err error) {
	t.Helper()
	command := exec.CommandContext(t.Context(), program, args...)
	command.Dir = dir
	command.Env = d.environment
	printed, err := command.CombinedOutput()
	return string(printed), err
}

// useGo runs the client with the Go that it asks for, which may be newer than ours.
func useGo(t *testing.T, d desk) {
	d.environment = append(d.environment, "GOTOOLCHAIN=auto")
	output, err := d.run(t, "testdata/clients/go", "go", "test", "-count=1", "-v", ".")
	if err != nil || !strings.Contains(output, "--- PASS: TestServer") {
		t.Errorf("%v\n%s", err, output)
	}
}

func usePython(t *testing.T, d desk) {
	if output, err := d.run(t, "testdata/clients/python", "/usr/bin/python3", "client.py"); err != nil {
		t.Errorf("%v\n%s", err, output)
	}
}

// useAnsible runs a playbook with the collection as Debian has it. It fails when a
// task does, and the tasks say what they expect.
func useAnsible(t *testing.T, d desk) {
	path, err := filepath.Abs("testdata/clients/ansible")
	if err != nil {
		t.Fatal(err)
	}
	d.environment = append(d.environment, "HOME="+d.home, "ANSIBLE_HOME="+d.home, "ANSIBLE_REMOTE_TEMP="+d.home, "PYTHONPATH="+path, "PYTHONDONTWRITEBYTECODE=1", "ANSIBLE_LOCALHOST_WARNING=false", "ANSIBLE_INVENTORY_UNPARSED_WARNING=false", "ANSIBLE_NOCOLOR=true")
	output, err := d.run(t, path, "/usr/bin/ansible-playbook", "playbook.yml")
	if err != nil || !regexp.MustCompile(`ok=\d+ .*failed=0`).MatchString(output) {
		t.Errorf("%v\n%s", err, output)
	}
}

// useCLI works through what somebody does at a terminal.
func useCLI(t *testing.T, d desk) {
	d.environment = append(d.environment, "HOME="+d.home)
	for _, line := range []struct {
		command string
		prints  string // a regular expression
	}{
		{"location list", `1 +ams +Amsterdam 1 +\S+ +NL +Amsterdam`},
		{"server-type list", `s2 +2 +shared +1.0 GB +20 GB +local`},
		{"server-type describe s1", `(?s)Location:\s+ams.*Hourly:\s+€ 0.01`},
		{"image list", `system +debian-13 +Debian 13`},
		{"ssh-key create --name cli --public-key $PUBLIC_KEY", `SSH key \d+ created`},
		{"ssh-key list", `cli +([0-9a-f]{2}:){15}`},
		{"server create --name cli --type s1 --image debian-13 --location ams --ssh-key cli --label env=test", `Server \d+ created`},
		{"server list -l env=test", `cli +running`},
		{"server describe cli", `(?s)Status:\s+running.*Name:\s+debian-13.*env: test`},
		{"server poweroff cli", `Server \d+ stopped`},
		{"server poweron cli", `Server \d+ started`},
		{"server shutdown cli", `Server \d+ shut down`},
		{"server change-type cli s2", `Server \d+ changed to type s2`},
		{"server poweron cli", `Server \d+ started`},
		{"server reboot cli", `Server \d+ rebooted`},
		{"server reset cli", `Server \d+ reset`},
		{"server rebuild cli --image ubuntu-24.04", `Server \d+ rebuilt with image ubuntu-24.04`},
		{"server add-label cli tier=web", `Label tier added to server \d+`},
		{"server remove-label cli env", `Label env removed from server \d+`},
		{"server describe cli", `(?s)Status:\s+running.*Server Type:\s+s2.*Name:\s+ubuntu-24.04.*Labels:\s+tier: web`},
		{"server enable-rescue cli", `(?s)Rescue enabled for server \d+ with root password: \w{20}`},
		{"server describe cli", `(?s)Status:\s+running`},
		{"server disable-rescue cli", `Rescue disabled for server \d+`},
		{"server reset-password cli", `Password of server \d+ reset to: \w{20}`},
		{"server request-console cli", `ws://.*/v1/console/stream\?ticket=`},
		{"server metrics cli --type cpu --type network", `Currently there are now? metrics available`}, // none yet: the first minute is not over
		{"server enable-protection cli delete", `Resource protection enabled`},
		{"server delete cli", `is protected`},
		{"server disable-protection cli delete", `Resource protection disabled`},
		{"server create --name cli --type s1 --image debian-13", `You already have an instance called cli`},
		{"server create --name cli-2 --type s1 --image debian-13 --location osl", `There is no room for this plan in Oslo 1 right now`},
		{"volume create --name data --size 10 --location ams", `There are no volumes here`},
		{"volume list", `ID +NAME`},
		{"firewall list", `ID +NAME`},
		{"network list", `ID +NAME`},
		{"load-balancer list", `ID +NAME`},
		{"placement-group list", `ID +NAME`},
		{"primary-ip list", `ID +TYPE`},
		{"iso list", `ID +NAME`},
		{"server delete cli", `Server cli deleted`},
		{"server describe cli", `server not found: cli`},
		{"ssh-key delete cli", `SSH Key \S+ deleted|SSH key \S+ deleted`},
	} {
		args := append([]string{"--poll-interval", "30ms"}, strings.Fields(line.command)...)
		for n := range args {
			if args[n] == "$PUBLIC_KEY" {
				args[n] = d.get("PUBLIC_KEY")
			}
		}
		output, _ := d.run(t, d.home, "hcloud", args...)
		if !regexp.MustCompile(line.prints).MatchString(output) {
			t.Errorf("hcloud %s prints %q, want %s", line.command, output, line.prints)
		}
	}
	d.environment = append(d.environment, "HCLOUD_TOKEN="+d.get("POOR_TOKEN"))
	output, err := d.run(t, d.home, "hcloud", "server", "create", "--name", "cli", "--type", "s1", "--image", "debian-13")
	if err == nil || !strings.Contains(output, "The balance of 0 credits is not enough: 1 are needed. Top up and order again.") {
		t.Errorf("without credit it prints %q, %v", output, err)
	}
}

// get is a value of the environment.
func (d desk) get(name string) (value string) {
	for _, entry := range d.environment {
		if text, is := strings.CutPrefix(entry, name+"="); is {
			value = text
		}
	}
	return value
}
