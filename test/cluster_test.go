package test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/identity"
	"accrue/internal/panel"
	"accrue/internal/sim"
	"accrue/internal/store"
	"accrue/internal/store/storetest"
	"accrue/internal/worker"
)

// node is one panel with its worker on a database that it shares with others.
type node struct {
	panel *panel.Panel
	store *store.Store
	world *sim.World
	mail  *sim.Mailbox
}

// TestTwoPanelsShareOneDatabase lets two panels with their workers run on one
// PostgreSQL: orders at both, suspension by whoever is first. Every instance is
// created once, every mail sent once, and the records agree.
func TestTwoPanelsShareOneDatabase(t *testing.T) {
	url, dir := storetest.Postgres(t), t.TempDir()
	nodes := []node{openNode(t, url, dir), openNode(t, url, dir)}
	stock(t, nodes[0].panel)
	ctx, stop := context.WithCancel(context.Background())
	var working sync.WaitGroup
	for n, node := range nodes {
		w := worker.New(node.panel, slog.New(slog.DiscardHandler), worker.Options{})
		working.Go(func() {
			if err := w.Run(ctx); err != nil {
				t.Errorf("worker %d: %v", n, err)
			}
		})
	}
	defer working.Wait()
	defer stop()
	customers := orderAtBoth(t, nodes)
	waitFor(t, "all instances run", func() bool { return count(t, nodes[0].panel, fleet.StatusRunning) == 40 })
	for n, who := range customers {
		c := panel.Credit{Amount: -1000 * billing.Credit, Reason: "chargeback", Request: fmt.Sprintf("debit-%d", n)}
		if _, err := nodes[n%2].panel.AddCredit(ctx, admin, who.AccountID, c); err != nil {
			t.Fatal(err)
		}
	}
	waitFor(t, "all instances are suspended and all mails sent", func() bool {
		health, err := nodes[1].panel.Health(ctx)
		return err == nil && health.Unsent == 0 && count(t, nodes[1].panel, fleet.StatusSuspended) == 40
	})
	stop()
	working.Wait()
	if got := len(nodes[0].mail.Sent()) + len(nodes[1].mail.Sent()); got != len(customers) {
		t.Errorf("%d mails were sent, want %d: one for each suspension", got, len(customers))
	}
	shared(t, nodes[0])
	d := &day{panel: nodes[0].panel, store: nodes[0].store, world: nodes[0].world}
	d.checkMachines(t, context.Background())
	checkLaws(t, nodes[0].panel)
}

func openNode(t *testing.T, url, dir string) node {
	t.Helper()
	opened, err := store.Open(context.Background(), store.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { opened.Close() })
	world, err := sim.Open(filepath.Join(dir, "sim.db"), sim.Options{Instant: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { world.Close() })
	mail := new(sim.Mailbox)
	return node{panel.New(opened, world, mail, identity.NewHasher(identity.TestParams, 2)), opened, world, mail}
}

// stock builds a provider with room for everybody.
func stock(t *testing.T, p *panel.Panel) {
	t.Helper()
	ctx := context.Background()
	d := &day{panel: p}
	if err := d.build(ctx); err != nil {
		t.Fatal(err)
	}
	locations, err := p.Locations(ctx)
	if err != nil {
		t.Fatal(err)
	}
	host := panel.Hypervisor{LocationID: locations[0].ID, Position: 9, Driver: "sim"}
	host.Name, host.CPURatio, host.Enabled = "large", fleet.DefaultCPURatio, true
	host.Capacity = fleet.Resources{VCPUs: 64, MemoryMiB: 1 << 20, DiskGiB: 10_000}
	if _, err := p.SaveHypervisor(ctx, admin, host); err != nil {
		t.Fatal(err)
	}
}

// orderAtBoth makes eight customers and orders five instances for each, at
// either panel in turn.
func orderAtBoth(t *testing.T, nodes []node) (customers []identity.Who) {
	t.Helper()
	ctx := context.Background()
	locations, err := nodes[0].panel.Locations(ctx)
	if err != nil {
		t.Fatal(err)
	}
	plans, err := nodes[0].panel.Plans(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for n := range 8 {
		email := fmt.Sprintf("c%d@example.org", n)
		if _, _, err := nodes[n%2].panel.CreateAccount(ctx, admin, panel.NewAccount{Name: email, Email: email, Password: "a long password", Credit: 500 * billing.Credit}); err != nil {
			t.Fatal(err)
		}
		who, err := nodes[n%2].panel.UserWho(ctx, email)
		if err != nil {
			t.Fatal(err)
		}
		customers = append(customers, who)
	}
	var orders sync.WaitGroup
	for n := range 40 {
		orders.Go(func() {
			order := panel.NewInstance{Name: fmt.Sprintf("i%d", n), PlanID: plans[0].ID, LocationID: locations[0].ID}
			if _, err := nodes[n%2].panel.CreateInstance(ctx, customers[n%8], order); err != nil {
				t.Errorf("order %d: %v", n, err)
			}
		})
	}
	orders.Wait()
	return customers
}

// shared checks that no task was run twice, and that both workers took some.
func shared(t *testing.T, n node) {
	t.Helper()
	tasks, err := n.panel.Tasks(context.Background(), admin, panel.TaskFilter{Limit: 10_000})
	if err != nil {
		t.Fatal(err)
	}
	owners := map[string]int{}
	for _, task := range tasks {
		if task.State != panel.TaskSucceeded && task.State != panel.TaskCanceled {
			t.Errorf("task %d (%s) is %s: %s", task.ID, task.Kind, task.State, task.ErrorDetail)
		}
		if task.Attempt > 1 {
			t.Errorf("task %d (%s) ran %d times", task.ID, task.Kind, task.Attempt)
		}
		owners[task.LeaseOwner]++
	}
	delete(owners, "")
	if len(owners) != 2 {
		t.Errorf("tasks were run by %v, want two workers", owners)
	}
	t.Logf("%d tasks, shared as %v", len(tasks), owners)
}

func count(t *testing.T, p *panel.Panel, status fleet.Status) (n int) {
	t.Helper()
	views, err := p.AllInstances(context.Background(), admin, panel.InstanceFilter{})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range views {
		if v.Status == status {
			n++
		}
	}
	return n
}

// waitFor looks again and again, for half a minute at most.
func waitFor(t testing.TB, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !done(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}
