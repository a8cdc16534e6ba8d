package test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/identity"
	"accrue/internal/panel"
	"accrue/internal/sim"
	"accrue/internal/smtp"
	"accrue/internal/store"
	"accrue/internal/worker"
)

// The environment of a child process: the directory it works in, the database,
// and the real time at which its simulated day began.
const (
	childDir   = "ACCRUE_CRASH_DIR"
	childDB    = "ACCRUE_CRASH_DB"
	childBegan = "ACCRUE_CRASH_BEGAN"
)

// The simulated day runs so much faster than the real one, and the panel is
// off for an outage after each kill.
const (
	speed  = 3000
	outage = 100 * time.Minute
)

func TestMain(m *testing.M) {
	if os.Getenv(childDir) != "" {
		if err := busyDay(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// TestKilledServer kills a busy panel at random instants, again and again, and
// checks afterwards that its records agree: every law of verify, every
// acknowledged top-up posted once, no instance on two hypervisors.
func TestKilledServer(t *testing.T) {
	kills := 12
	if testing.Short() {
		kills = 4
	}
	for _, db := range databases(t) {
		t.Run(db.name, func(t *testing.T) {
			dir := t.TempDir()
			url := db.url(t, dir)
			began := time.Now()
			for n := range kills {
				killSoon(t, dir, url, began, time.Duration(150+rand.IntN(700))*time.Millisecond, n)
				began = began.Add(-outage / speed)
			}
			examine(t, dir, url, began)
		})
	}
}

// killSoon runs the panel in a process of its own and kills it after a while.
func killSoon(t *testing.T, dir, db string, began time.Time, after time.Duration, n int) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childDir+"="+dir, childDB+"="+db, childBegan+"="+strconv.FormatInt(began.UnixNano(), 10))
	var stderr strings.Builder
	child.Stderr = &stderr
	stdout, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(stdout).ReadString('\n'); err != nil {
		_ = child.Wait()
		t.Fatalf("start %d: %v %q: %s", n, err, line, stderr.String())
	}
	time.Sleep(after)
	if err := child.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatalf("kill %d: %v: %s", n, err, stderr.String())
	}
	_ = child.Wait()
	if stderr.Len() > 0 {
		t.Fatalf("run %d: %s", n, stderr.String())
	}
}

// day is a panel whose clock runs fast.
type day struct {
	panel  *panel.Panel
	store  *store.Store
	world  *sim.World
	worker *worker.Worker
	dir    string
}

func openDay(ctx context.Context, dir, db string, began time.Time) (*day, error) {
	start := time.Date(2026, 3, 31, 10, 0, 0, 0, time.UTC)
	clock := func() time.Time { return start.Add(time.Since(began) * speed) }
	opened, err := store.Open(ctx, store.Options{URL: db, Now: clock})
	if err != nil {
		return nil, err
	}
	world, err := sim.Open(filepath.Join(dir, "sim.db"), sim.Options{Instant: true, Now: clock})
	if err != nil {
		return nil, err
	}
	p := panel.New(opened, world, smtp.Disabled(), identity.NewHasher(identity.TestParams, 1))
	return &day{p, opened, world, worker.New(p, slog.New(slog.DiscardHandler), worker.Options{}), dir}, nil
}

func (d *day) close() { _ = errors.Join(d.world.Close(), d.store.Close()) }

// busyDay is what the child process does until it is killed.
func busyDay() error {
	nanos, err := strconv.ParseInt(os.Getenv(childBegan), 10, 64)
	if err != nil {
		return err
	}
	ctx := context.Background()
	d, err := openDay(ctx, os.Getenv(childDir), os.Getenv(childDB), time.Unix(0, nanos))
	if err != nil {
		return err
	}
	defer d.close()
	customers, err := d.customers(ctx)
	if err != nil {
		return err
	}
	fmt.Println("at work")
	var wg sync.WaitGroup
	failures := make(chan error, len(customers)+1)
	for _, who := range customers {
		wg.Go(func() {
			for {
				if err := d.act(ctx, who); err != nil {
					failures <- fmt.Errorf("%s: %w", who.Name, err)
					return
				}
				time.Sleep(time.Duration(rand.IntN(20)) * time.Millisecond) // let the worker have its turn
			}
		})
	}
	wg.Go(func() {
		for {
			if err := d.worker.Step(ctx); err != nil {
				failures <- fmt.Errorf("worker: %w", err)
				return
			}
		}
	})
	return <-failures
}

var admin = identity.System("test")

// customers makes the provider and its customers, or finds those of an earlier
// life.
func (d *day) customers(ctx context.Context) (all []identity.Who, err error) {
	if locations, err := d.panel.Locations(ctx); err != nil || len(locations) == 0 {
		if err != nil {
			return nil, err
		}
		if err := d.build(ctx); err != nil {
			return nil, err
		}
	}
	for n := range 4 {
		email := fmt.Sprintf("customer-%d@example.org", n)
		who, err := d.panel.UserWho(ctx, email)
		if errors.Is(err, panel.ErrNotFound) {
			_, _, err = d.panel.CreateAccount(ctx, admin, panel.NewAccount{Name: fmt.Sprintf("customer-%d", n), Email: email, Password: "a long password", Credit: 40 * billing.Credit})
			if err == nil {
				who, err = d.panel.UserWho(ctx, email)
			}
		}
		if err != nil {
			return nil, err
		}
		all = append(all, who)
	}
	return all, nil
}

// build is repeatable, because it may have been killed half-way.
func (d *day) build(ctx context.Context) error {
	var exists *panel.Invalid
	usd := panel.DatedCurrency{Currency: billing.Currency{Code: "USD", Prefix: "$", Decimals: 2, Value: 10_000_000_000}}
	if err := d.panel.AddCurrency(ctx, admin, usd); err != nil && !errors.As(err, &exists) {
		return err
	}
	err := d.panel.ChangeSettings(ctx, admin, func(s *panel.Settings) {
		s.Low, s.Negative, s.Suspension = 20*billing.Credit, -1*billing.Credit, -5*billing.Credit
	})
	if err != nil {
		return err
	}
	group, err := d.panel.SavePlanGroup(ctx, admin, panel.PlanGroup{Name: fmt.Sprintf("General %d", time.Now().UnixNano()), Visible: true})
	if err != nil {
		return err
	}
	for n := int64(1); n <= 3; n++ {
		hourly, monthly := billing.Credits(n)*billing.Credit, billing.Credits(n)*300*billing.Credit
		plan := panel.Plan{GroupID: group.ID, Name: fmt.Sprintf("%s-%d", group.Name, n), StoppedPercent: 50, Visible: true}
		plan.Size.Resources = fleet.Resources{VCPUs: n, MemoryMiB: 1024 * n, DiskGiB: 10 * n}
		if _, err := d.panel.SavePlan(ctx, admin, plan, panel.PriceInput{Hourly: &hourly, Monthly: &monthly}); err != nil {
			return err
		}
	}
	location, err := d.panel.SaveLocation(ctx, admin, panel.Location{Slug: "lab", Name: "Lab", Visible: true})
	for n := 0; n < 3 && err == nil; n++ {
		host := panel.Hypervisor{LocationID: location.ID, Position: int64(n), Driver: "sim"}
		host.Name, host.CPURatio, host.Enabled = fmt.Sprintf("hv%d", n), fleet.DefaultCPURatio, true
		host.Capacity = fleet.Resources{VCPUs: 8, MemoryMiB: 16384, DiskGiB: 400}
		_, err = d.panel.SaveHypervisor(ctx, admin, host)
	}
	return err
}

// act does one thing that a customer, or an administrator for them, might do.
func (d *day) act(ctx context.Context, who identity.Who) error {
	if rand.IntN(8) == 0 {
		return d.topUp(ctx, who)
	}
	instances, err := d.panel.Instances(ctx, who, false)
	if err != nil {
		return err
	}
	plans, err := d.panel.Plans(ctx)
	if err != nil {
		return err
	}
	plan := plans[rand.IntN(len(plans))].ID
	if len(instances) < 3 {
		locations, err := d.panel.Locations(ctx)
		if err != nil {
			return err
		}
		order := panel.NewInstance{Name: fmt.Sprintf("i%d", rand.Uint32()), PlanID: plan, LocationID: locations[0].ID}
		_, err = d.panel.CreateInstance(ctx, who, order)
		return refusedIsFine(err)
	}
	id := instances[rand.IntN(len(instances))].ID
	switch rand.IntN(12) {
	case 0, 1, 2:
		_, err = d.panel.StopInstance(ctx, who, id)
	case 3, 4, 5, 6:
		_, err = d.panel.StartInstance(ctx, who, id)
	case 7, 8:
		_, err = d.panel.ResizeInstance(ctx, who, id, plan)
	case 9, 10:
		_, err = d.panel.RebootInstance(ctx, who, id)
	default:
		_, err = d.panel.DeleteInstance(ctx, who, id)
	}
	return refusedIsFine(err)
}

func refusedIsFine(err error) error {
	var refused *panel.Refusal
	var invalid *panel.Invalid
	if errors.As(err, &refused) || errors.As(err, &invalid) {
		return nil
	}
	return err
}

// topUp adds credit, twice under one key, and notes that it was acknowledged.
func (d *day) topUp(ctx context.Context, who identity.Who) error {
	c := panel.Credit{Kind: panel.TopUp, Amount: billing.Credits(1+rand.IntN(30)) * billing.Credit, Reason: "Card", Request: fmt.Sprintf("%d", rand.Uint64())}
	for range 2 {
		if _, err := d.panel.AddCredit(ctx, admin, who.AccountID, c); err != nil {
			return err
		}
	}
	f, err := os.OpenFile(filepath.Join(d.dir, "acknowledged"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = fmt.Fprintf(f, "top-up/%s %d\n", c.Request, c.Amount)
	return err
}

// examine lets the panel come to rest and checks everything.
func examine(t *testing.T, dir, db string, began time.Time) {
	t.Helper()
	ctx := context.Background()
	d, err := openDay(ctx, dir, db, began)
	if err != nil {
		t.Fatal(err)
	}
	defer d.close()
	if err := d.worker.Step(ctx); err != nil {
		t.Fatal(err)
	}
	checkLaws(t, d.panel)
	d.checkTopUps(t, ctx)
	d.checkMachines(t, ctx)
}

// checkLaws fails for every law of verify that does not hold.
func checkLaws(t testing.TB, p *panel.Panel) {
	t.Helper()
	laws, err := p.Verify(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, law := range laws {
		t.Logf("%6d  %s", law.Checked, law.Name)
		for _, broken := range law.Broken {
			t.Errorf("%s: %s", law.Name, broken)
		}
	}
}

func (d *day) checkTopUps(t *testing.T, ctx context.Context) {
	t.Helper()
	f, err := os.Open(filepath.Join(d.dir, "acknowledged"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	acknowledged := 0
	err = d.store.View(ctx, func(tx panel.Tx) error {
		for reader := bufio.NewReader(f); ; acknowledged++ {
			line, err := reader.ReadString('\n')
			if err == io.EOF {
				return nil
			}
			key, amount, _ := strings.Cut(strings.TrimSpace(line), " ")
			posted, err := tx.TransactionByKey(key)
			if err != nil {
				return fmt.Errorf("acknowledged top-up %s: %w", key, err)
			}
			for _, side := range posted.Postings {
				if got := strconv.FormatInt(int64(side.Amount), 10); side.AccountID > 0 && got != amount {
					return fmt.Errorf("top-up %s: posted %s, acknowledged %s", key, got, amount)
				}
			}
		}
	})
	if err != nil {
		t.Error(err)
	}
	if acknowledged == 0 {
		t.Error("no top-up was acknowledged: the day was not busy")
	}
	t.Logf("%6d  acknowledged top-ups are posted", acknowledged)
}

// checkMachines checks that no instance is on two hypervisors, and that what is
// on one belongs to a live instance that has its place there.
func (d *day) checkMachines(t *testing.T, ctx context.Context) {
	t.Helper()
	machines, err := d.world.Machines(ctx)
	if err != nil {
		t.Fatal(err)
	}
	live := map[string]int64{}
	views, err := d.panel.AllInstances(ctx, admin, panel.InstanceFilter{LiveOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range views {
		live[v.UID] = v.HypervisorID
	}
	seen := map[string]bool{}
	for _, m := range machines {
		if seen[m.UID] {
			t.Errorf("instance %s is on two hypervisors", m.UID)
		}
		seen[m.UID] = true
		if live[m.UID] != m.Hypervisor {
			t.Errorf("machine %s is on hypervisor %d, its instance on %d", m.UID, m.Hypervisor, live[m.UID])
		}
	}
	t.Logf("%6d  machines are where their instances are", len(machines))
}
