package test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/identity"
	"accrue/internal/panel"
	"accrue/internal/sim"
	"accrue/internal/store"
	"accrue/internal/worker"
)

// busy is how many customers order and pay all the time. The others have an
// instance each and do nothing, so that their usage is posted together.
const busy = 8

// servesAgain is within how long the panel has to serve after the database does.
const servesAgain = 5 * time.Second

// TestLeaderKilled kills the whole machine of a PostgreSQL leader in the middle
// of a settlement, after its postings were written and before they were
// committed, and in a burst of orders and top-ups. The panel finds the new leader
// and finishes: what was acknowledged is there, and nothing is there twice.
func TestLeaderKilled(t *testing.T) {
	dir := filepath.Join(os.TempDir(), fmt.Sprintf("accrue-patroni-%d", os.Getpid())) // open to the user postgres
	url := patroni(t, "start", dir)
	t.Cleanup(func() { patroni(t, "stop", dir) })
	f := &failover{t: t, dir: dir}
	d := f.open(url)
	customers := f.customers(d)

	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := d.worker.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	defer running.Wait()
	defer stop()
	for n, who := range customers[:busy] {
		running.Go(func() { f.burst(ctx, d.panel, who, n) })
	}
	f.rest(d.panel, customers[busy:])
	waitFor(t, "the burst is under way", func() bool { return f.acknowledged.Load() > 40 })
	f.armed.Store(true)
	f.ahead.Store(int64(time.Hour)) // over a full hour: usage is posted
	waitFor(t, "the leader is killed", func() bool { return f.killed.Load() != 0 })
	serving := f.serving(url)
	waitLong(t, "the panel serves again", func() bool { return f.last.Load() > serving.UnixNano() })
	again := time.Unix(0, f.last.Load())
	waitFor(t, "the burst goes on", func() bool { return f.acknowledged.Load() > 150 })
	stop()
	running.Wait()

	killed := time.Unix(0, f.killed.Load())
	t.Logf("the database was away for %.1f s; the panel served %.1f s after it did", serving.Sub(killed).Seconds(), again.Sub(serving).Seconds())
	if late := again.Sub(serving); late > servesAgain {
		t.Errorf("the panel served %s after the database did, want within %s", late, servesAgain)
	}
	f.examine(d)
}

// patroni runs scripts/patroni and returns what it prints.
func patroni(t *testing.T, command, dir string) string {
	t.Helper()
	c := exec.Command("../scripts/patroni", command, dir)
	var stderr strings.Builder
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		t.Fatalf("scripts/patroni %s: %v\n%s", command, err, stderr.String())
	}
	return strings.TrimSpace(string(out))
}

// failover is the story of a leader that is killed.
type failover struct {
	t            *testing.T
	dir          string
	ahead        atomic.Int64 // by how much the panel's clock is
	armed        atomic.Bool  // the next settlement is struck
	killed       atomic.Int64 // when
	acknowledged atomic.Int64 // how many orders and top-ups
	last         atomic.Int64 // when the last one was
	mu           sync.Mutex
	topUps       []string // the keys of acknowledged ones
	orders       []string // the names of acknowledged ones
}

func (f *failover) open(url string) *day {
	f.t.Helper()
	clock := func() time.Time { return time.Now().Add(time.Duration(f.ahead.Load())) }
	opened, err := store.Open(context.Background(), store.Options{URL: url, Now: clock})
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { opened.Close() })
	world, err := sim.Open("", sim.Options{Instant: true, Now: clock})
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { world.Close() })
	p := panel.New(struck{opened, f}, world, new(sim.Mailbox), identity.NewHasher(identity.TestParams, 2))
	return &day{panel: p, store: opened, world: world, worker: worker.New(p, slog.New(slog.DiscardHandler), worker.Options{})}
}

// customers makes the provider and its customers.
func (f *failover) customers(d *day) (all []identity.Who) {
	f.t.Helper()
	stock(f.t, d.panel)
	for n := range 2 * busy {
		email := fmt.Sprintf("c%d@example.org", n)
		account := panel.NewAccount{Name: email, Email: email, Password: "a long password", Credit: 5000 * billing.Credit}
		if _, _, err := d.panel.CreateAccount(context.Background(), admin, account); err != nil {
			f.t.Fatal(err)
		}
		who, err := d.panel.UserWho(context.Background(), email)
		if err != nil {
			f.t.Fatal(err)
		}
		all = append(all, who)
	}
	return all
}

// rest gives customers an instance each, and waits until it runs.
func (f *failover) rest(p *panel.Panel, customers []identity.Who) {
	f.t.Helper()
	locations, plans := f.offer(p)
	for _, who := range customers {
		order := panel.NewInstance{Name: "quiet", PlanID: plans[0].ID, LocationID: locations[0].ID}
		made, err := p.CreateInstance(context.Background(), who, order)
		if err != nil {
			f.t.Fatal(err)
		}
		waitFor(f.t, "a quiet instance runs", func() bool {
			view, err := p.Instance(context.Background(), who, made.ID)
			return err == nil && view.Lifecycle == fleet.LifecycleActive
		})
	}
}

// burst tops up and orders, again and again under the same key until it is
// acknowledged, as a good client does.
func (f *failover) burst(ctx context.Context, p *panel.Panel, who identity.Who, customer int) {
	locations, plans := f.offer(p)
	for n := 0; ctx.Err() == nil; n++ {
		key := fmt.Sprintf("%d-%d", customer, n)
		topUp := panel.Credit{Kind: panel.TopUp, Amount: billing.Credit, Reason: "Card", Request: key}
		f.insist(ctx, &f.topUps, "top-up/"+key, func() error {
			_, err := p.AddCredit(ctx, admin, who.AccountID, topUp)
			return err
		})
		if n%8 == 0 {
			order := panel.NewInstance{Name: "i" + key, PlanID: plans[0].ID, LocationID: locations[0].ID, ClientRef: key}
			f.insist(ctx, &f.orders, order.Name, func() error {
				_, err := p.CreateInstance(ctx, who, order)
				return err
			})
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func (f *failover) offer(p *panel.Panel) ([]panel.Location, []panel.Plan) {
	locations, err := p.Locations(context.Background())
	plans, err2 := p.Plans(context.Background())
	if err := errors.Join(err, err2); err != nil {
		f.t.Error(err)
	}
	return locations, plans
}

// insist asks until there is an answer, and notes what was acknowledged.
func (f *failover) insist(ctx context.Context, list *[]string, name string, ask func() error) {
	for ctx.Err() == nil {
		err := ask()
		switch {
		case err == nil:
			f.acknowledged.Add(1)
			f.last.Store(time.Now().UnixNano())
			f.mu.Lock()
			*list = append(*list, name)
			f.mu.Unlock()
			return
		case refusedIsFine(err) == nil:
			return // there is no room left
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// struck is a store whose database dies while a settlement is written.
type struck struct {
	panel.Store
	f *failover
}

func (s struck) Update(ctx context.Context, write func(panel.Tx) error) error {
	return s.Store.Update(ctx, func(tx panel.Tx) error { return write(struckTx{tx, s.f}) })
}

type struckTx struct {
	panel.Tx
	f *failover
}

func (t struckTx) PostUsage(usage panel.Settlement) error {
	err := t.Tx.PostUsage(usage)
	if t.f.armed.CompareAndSwap(true, false) {
		t.f.t.Logf("killed node %s while usage of %d accounts was posted", patroni(t.f.t, "kill-leader", t.f.dir), len(usage.Usage))
		t.f.killed.Store(time.Now().UnixNano())
	}
	return err
}

// serving waits until the database takes writes again, and returns when it did.
func (f *failover) serving(url string) (at time.Time) {
	waitLong(f.t, "there is a new leader", func() bool {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		at = time.Now()
		out, err := exec.CommandContext(ctx, "psql", "--no-psqlrc", "--quiet", "--command", "CREATE TEMPORARY TABLE writable (n INT)", url).CombinedOutput()
		return err == nil && len(out) == 0
	})
	return at
}

// waitLong is waitFor for what depends on a new leader.
func waitLong(t testing.TB, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !done(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

// examine brings the panel to rest and checks that everything acknowledged is
// there, once.
func (f *failover) examine(d *day) {
	t, ctx := f.t, context.Background()
	t.Helper()
	if err := d.worker.Step(ctx); err != nil {
		t.Fatal(err)
	}
	err := d.store.View(ctx, func(tx panel.Tx) error {
		for _, key := range f.topUps {
			if _, err := tx.TransactionByKey(key); err != nil {
				return fmt.Errorf("acknowledged %s: %w", key, err)
			}
		}
		made, err := tx.ListInstances(panel.InstanceFilter{})
		if err != nil {
			return err
		}
		names := map[string]int{} // an order's is its own
		for _, i := range made {
			names[i.Name]++
		}
		for _, name := range f.orders {
			if names[name] != 1 {
				return fmt.Errorf("acknowledged instance %s is there %d times", name, names[name])
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	t.Logf("%d top-ups and %d orders were acknowledged", len(f.topUps), len(f.orders))
	d.checkMachines(t, ctx)
	checkLaws(t, d.panel)
}
