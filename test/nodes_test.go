package test

import (
	"bufio"
	"cmp"
	"context"
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"accrue/internal/fleet"
	"accrue/internal/panel"
	"accrue/internal/store/storetest"
)

// takenOver is within how long the work of a killed node has to be another's.
const takenOver = 15 * time.Second

// TestThreeNodes runs `accrue serve` three times on one PostgreSQL, and kills -9
// the node that has the most to do while instances shut down. The others take its
// tasks over, and nothing else is done a second time.
func TestThreeNodes(t *testing.T) {
	url, dir := storetest.Postgres(t), t.TempDir()
	desk := openNode(t, url, dir) // a panel without a worker, to order at
	stock(t, desk.panel)
	nodes := startNodes(t, url, filepath.Join(dir, "sim.db"), 3)
	for _, n := range nodes {
		n.answers(t, "/readyz")
		n.answers(t, "/")
	}
	orderAtBoth(t, []node{desk, openNode(t, url, dir)})
	waitFor(t, "all instances run", func() bool { return count(t, desk.panel, fleet.StatusRunning) == 40 })
	shares := owners(t, desk.panel, "")
	if len(shares) != len(nodes) {
		t.Errorf("the work was shared as %v, want among three", shares)
	}
	t.Logf("40 orders were shared as %v", shares)

	stopAll(t, desk.panel)
	waitFor(t, "all nodes have something to do", func() bool { return len(owners(t, desk.panel, panel.TaskRunning)) == len(nodes) })
	victim := busiest(nodes, owners(t, desk.panel, panel.TaskRunning))
	victim.kill(t)
	killed := time.Now()
	had := 0 // at most: what it sent before it was killed may be done a moment after
	waitFor(t, "the others have what it had", func() bool {
		has := owners(t, desk.panel, panel.TaskRunning)[victim.name]
		had = max(had, has)
		return has == 0
	})
	took := time.Since(killed)
	t.Logf("%d tasks of the killed node were taken over within %.1f s", had, took.Seconds())
	if had == 0 {
		t.Error("the killed node had nothing to do, so nothing was tested")
	}
	if took > takenOver {
		t.Errorf("it was taken over after %s, want within %s", took, takenOver)
	}
	waitFor(t, "all instances are stopped", func() bool { return count(t, desk.panel, fleet.StatusStopped) == 40 })
	ranOnce(t, desk.panel, had)
	d := &day{panel: desk.panel, store: desk.store, world: desk.world}
	d.checkMachines(t, context.Background())
	checkLaws(t, desk.panel)
}

// process is one `accrue serve`.
type process struct {
	command *exec.Cmd
	url     string
	name    string // what its worker signs with
}

// startNodes starts the command several times.
func startNodes(t *testing.T, db, world string, count int) (nodes []*process) {
	t.Helper()
	binary := build(t)
	for range count {
		nodes = append(nodes, serve(t, binary, "--db", db, "--sim", world))
	}
	return nodes
}

// build builds the command and returns its path.
func build(t testing.TB) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "accrue")
	if out, err := exec.Command("go", "build", "-o", binary, "accrue/cmd/accrue").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return binary
}

// serve starts the command, which ends with the test, and waits until it serves
// and works.
func serve(t testing.TB, binary string, flags ...string) *process {
	t.Helper()
	n := &process{command: exec.Command(binary, append([]string{"serve", "--listen", "127.0.0.1:0"}, flags...)...)}
	log, err := n.command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := n.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = n.command.Process.Kill()
		_ = n.command.Wait()
	})
	lines := bufio.NewScanner(log)
	for (n.url == "" || n.name == "") && lines.Scan() {
		n.url = cmp.Or(n.url, field(lines.Text(), "msg=serving ", "url="))
		n.name = cmp.Or(n.name, field(lines.Text(), `msg="worker started" `, "worker="))
	}
	if n.url == "" || n.name == "" {
		t.Fatalf("a node did not start: %v", lines.Err())
	}
	go func() {
		for lines.Scan() { // so that it never waits to log
		}
	}()
	return n
}

// field is the value that a line of the log has for a key, if it is that line.
func field(line, message, key string) string {
	if !strings.Contains(line, message) {
		return ""
	}
	_, rest, _ := strings.Cut(line, " "+key)
	value, _, _ := strings.Cut(rest, " ")
	return value
}

func (n *process) answers(t *testing.T, path string) {
	t.Helper()
	response, err := http.Get(n.url + path)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Errorf("%s%s: status %d", n.url, path, response.StatusCode)
	}
}

func (n *process) kill(t testing.TB) {
	t.Helper()
	if err := n.command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = n.command.Wait()
}

func busiest(nodes []*process, tasks map[string]int) *process {
	return slices.MaxFunc(nodes, func(a, b *process) int { return tasks[a.name] - tasks[b.name] })
}

// owners counts tasks by the worker that has or had them; a state of "" is any.
func owners(t *testing.T, p *panel.Panel, state panel.TaskState) map[string]int {
	t.Helper()
	tasks, err := p.Tasks(context.Background(), admin, panel.TaskFilter{State: state, Limit: 10_000})
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for _, task := range tasks {
		if task.LeaseOwner != "" {
			counts[task.LeaseOwner]++
		}
	}
	return counts
}

// stopAll stops every instance.
func stopAll(t *testing.T, p *panel.Panel) {
	t.Helper()
	views, err := p.AllInstances(context.Background(), admin, panel.InstanceFilter{LiveOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range views {
		if _, err := p.StopInstance(context.Background(), admin, v.ID); err != nil {
			t.Fatal(err)
		}
	}
}

// ranOnce wants every stop but those that were taken over to have had one try.
func ranOnce(t *testing.T, p *panel.Panel, taken int) {
	t.Helper()
	tasks, err := p.Tasks(context.Background(), admin, panel.TaskFilter{Limit: 10_000})
	if err != nil {
		t.Fatal(err)
	}
	again := 0
	for _, task := range tasks {
		if task.Kind == panel.TaskPower && task.Attempt > 1 {
			again++
		}
	}
	if again != taken {
		t.Errorf("%d tasks had more than one try, want the %d that were taken over", again, taken)
	}
}
