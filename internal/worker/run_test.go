package worker_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/panel"
	"accrue/internal/smtp"
	"accrue/internal/worker"
)

// bubble runs a test in which time passes only while everybody waits, and the
// worker runs by that time. The provider's clock is the bubble's.
func bubble(t *testing.T, w with, do func(t *testing.T, p *provider)) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(12*time.Hour + 300*time.Millisecond) // not on a full hour, and not on a full second
		w.now = time.Now
		p := newProvider(t, w)
		do(t, p)
		p.must(p.store.Close())
	})
}

// work starts the worker and returns what ends it.
func (p *provider) work() (end func() error) {
	ctx, stop := context.WithCancel(p.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- p.worker.Run(ctx) }()
	return func() error {
		stop()
		return <-ended
	}
}

// until sleeps until some time after an instant, and then until everybody waits.
func until(at billing.Instant, after time.Duration) {
	time.Sleep(time.Until(at.Time().Add(after)))
	synctest.Wait()
}

func TestAccountIsSuspendedInTheSecondThatWasWorkedOut(t *testing.T) {
	bubble(t, with{}, func(t *testing.T, p *provider) {
		who := p.customer("ida", 0)
		p.must(p.ChangeSettings(t.Context(), admin, func(s *panel.Settings) {
			s.CreateOnNegative, s.Suspension = true, -billing.Credit/60
		}))
		instance := p.order(who, "web-1")
		end := p.work()
		synctest.Wait()
		before, err := p.Summary(t.Context(), who, who.AccountID)
		p.must(err)
		if wait := before.SuspendAt - before.Now; wait < 55 || wait > 65 {
			t.Fatalf("suspension is %d seconds away, want a minute", wait)
		}
		until(before.SuspendAt, -time.Millisecond)
		if _, is := p.suspended(who); is {
			t.Error("suspended before its second")
		}
		until(before.SuspendAt, time.Millisecond)
		if since, is := p.suspended(who); !is || since != before.SuspendAt {
			t.Errorf("a millisecond into the second: suspended %t since %s, want since %s", is, since, before.SuspendAt)
		}
		if view := p.view(who, instance.ID); view.Percent != 0 {
			t.Errorf("a suspended instance is billed at %d%%", view.Percent)
		}
		p.must(end())
		p.verify()
	})
}

// What another process writes rings no bell here.
func TestOtherProcessesAreNoticed(t *testing.T) {
	bubble(t, with{}, func(t *testing.T, p *provider) {
		who := p.customer("ida", 100*billing.Credit)
		end := p.work()
		synctest.Wait()
		other := panel.New(p.store, p.world, nil, nil)
		i, err := other.CreateInstance(t.Context(), who, panel.NewInstance{Name: "web-1", PlanID: p.plan, LocationID: p.hosts[0].LocationID})
		p.must(err)
		time.Sleep(501 * time.Millisecond)
		synctest.Wait()
		if got := p.view(who, i.ID).Lifecycle; got != fleet.LifecycleActive {
			t.Errorf("half a second later the instance is %s", got)
		}
		p.must(end())
	})
}

func TestUsageIsPostedAtFullHours(t *testing.T) {
	bubble(t, with{}, func(t *testing.T, p *provider) {
		who := p.customer("ida", 100*billing.Credit)
		time.Sleep(59*time.Minute + 50*time.Second)
		p.order(who, "web-1")
		end := p.work()
		time.Sleep(10 * time.Second)
		synctest.Wait()
		entries, err := p.Ledger(t.Context(), who, panel.LedgerFilter{AccountID: who.AccountID, Kind: panel.Usage, Limit: 10})
		p.must(err)
		if len(entries) != 1 || entries[0].At%billing.Hour != 0 {
			t.Errorf("got %d entries of usage, %+v, want one at the full hour", len(entries), entries)
		}
		p.must(end())
		p.verify()
	})
}

func TestHypervisorThatHangsHoldsUpNoOther(t *testing.T) {
	bubble(t, with{slow: true}, func(t *testing.T, p *provider) {
		who := p.customer("ida", 100*billing.Credit)
		end := p.work()
		synctest.Wait()
		p.must(p.world.SetFault(p.hosts[0].ID, panel.FaultHang, true))
		var stuck, well []panel.Instance
		for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"} {
			i := p.order(who, name)
			if i.HypervisorID == p.hosts[0].ID {
				stuck = append(stuck, i)
			} else {
				well = append(well, i)
			}
		}
		time.Sleep(25 * time.Second)
		synctest.Wait()
		for _, i := range well {
			if got := p.view(who, i.ID); got.Lifecycle != fleet.LifecycleActive {
				t.Errorf("%s on the other hypervisor is %s", i.Name, got.Lifecycle)
			}
		}
		for _, i := range stuck {
			if got := p.view(who, i.ID); got.Lifecycle != fleet.LifecyclePending {
				t.Errorf("%s on the one that hangs is %s", i.Name, got.Lifecycle)
			}
		}
		if testing.Short() {
			p.must(end())
			return
		}
		p.must(p.world.SetFault(p.hosts[0].ID, panel.FaultHang, false))
		time.Sleep(2 * time.Minute) // a try takes 90 seconds, and the next one waits
		synctest.Wait()
		for _, i := range stuck {
			if got := p.view(who, i.ID); got.Lifecycle != fleet.LifecycleActive {
				t.Errorf("%s is %s after the hypervisor came back", i.Name, got.Lifecycle)
			}
		}
		p.must(end())
		p.verify()
	})
}

func TestAHypervisorThatDoesNotAnswerIsMailed(t *testing.T) {
	bubble(t, with{}, func(t *testing.T, p *provider) {
		_, err := p.CreateAdministrator(t.Context(), admin, "root@example.org", "root", "a long password")
		p.must(err)
		end := p.work()
		synctest.Wait()
		p.must(p.world.SetFault(p.hosts[0].ID, panel.FaultUnreachable, true))
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		mails, err := p.Mails(t.Context(), admin, 0, 10)
		p.must(err)
		if len(mails) != 1 || mails[0].Kind != panel.MailFindings || mails[0].To != "root@example.org" || mails[0].SentAt == 0 {
			t.Errorf("got the mails %+v, want one of findings that was sent", mails)
		}
		p.must(end())
	})
}

func TestHypervisorThatDoesNotAnswerGoesOffline(t *testing.T) {
	bubble(t, with{slow: true}, func(t *testing.T, p *provider) {
		end := p.work()
		time.Sleep(time.Second)
		p.must(p.world.SetFault(p.hosts[0].ID, panel.FaultUnreachable, true))
		time.Sleep(45 * time.Second)
		synctest.Wait()
		hosts, err := p.Hypervisors(t.Context(), admin, 0)
		p.must(err)
		if hosts[0].Online || !hosts[1].Online {
			t.Errorf("online: got %t and %t, want the second alone", hosts[0].Online, hosts[1].Online)
		}
		health, err := p.Health(t.Context())
		p.must(err)
		if !health.Alive() || len(health.Workers) != 1 {
			t.Errorf("got %+v, want one worker that is alive", health.Workers)
		}
		p.must(end())
	})
}

// poison is a store in which one account cannot be locked.
type poison struct {
	panel.Store
	mu      sync.Mutex
	account int64
	panics  bool
	tries   int
}

func (s *poison) Update(ctx context.Context, write func(panel.Tx) error) error {
	return s.Store.Update(ctx, func(tx panel.Tx) error { return write(poisonTx{tx, s}) })
}

type poisonTx struct {
	panel.Tx
	store *poison
}

func (tx poisonTx) LockAccount(id int64) (panel.Account, error) {
	tx.store.mu.Lock()
	defer tx.store.mu.Unlock()
	if id != tx.store.account {
		return tx.Tx.LockAccount(id)
	}
	tx.store.tries++
	if tx.store.panics {
		panic("poison")
	}
	return panel.Account{}, errors.New("poison")
}

func (s *poison) set(account int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.account = account
}

func TestAccountThatFailsBlocksNobody(t *testing.T) {
	for name, panics := range map[string]bool{"error": false, "panic": true} {
		if testing.Short() && !panics {
			continue
		}
		t.Run(name, func(t *testing.T) {
			bad := &poison{panics: panics}
			w := with{wrap: func(s panel.Store) panel.Store { bad.Store = s; return bad }}
			bubble(t, w, func(t *testing.T, p *provider) {
				p.must(p.ChangeSettings(t.Context(), admin, func(s *panel.Settings) {
					s.CreateOnNegative, s.Suspension = true, -billing.Credit/60
				}))
				sick, sound := p.customer("sick", 0), p.customer("sound", 0)
				p.order(sick, "a")
				end := p.work()
				synctest.Wait()
				time.Sleep(5 * time.Second)
				p.order(sound, "b")
				synctest.Wait()
				bad.set(sick.AccountID)
				s, err := p.Summary(t.Context(), sound, sound.AccountID)
				p.must(err)
				until(s.SuspendAt, time.Millisecond)
				if _, is := p.suspended(sound); !is {
					t.Error("the account behind one that fails was not suspended in its second")
				}
				time.Sleep(time.Minute)
				synctest.Wait()
				if bad.tries < 4 || bad.tries > 10 {
					t.Errorf("it was tried %d times in a minute, want less and less often", bad.tries)
				}
				was, err := p.Summary(t.Context(), sick, sick.AccountID)
				p.must(err)
				bad.set(0)
				time.Sleep(65 * time.Second) // the longest that it is left alone by now
				synctest.Wait()
				if since, is := p.suspended(sick); !is || since >= was.Now {
					t.Errorf("suspended %t since %s: it did not live through the second it had missed", is, since)
				}
				p.must(end())
				p.verify()
			})
		})
	}
}

// A task that only waits for a guest to come up is not waited for: it is written
// down and goes on with the next worker.
func TestRunWaitsForWhatRuns(t *testing.T) {
	bubble(t, with{slow: true, grace: 10 * time.Second}, func(t *testing.T, p *provider) {
		who := p.customer("ida", 100*billing.Credit)
		end := p.work()
		synctest.Wait()
		i := p.order(who, "web-1")
		time.Sleep(100 * time.Millisecond) // the disk is being made
		began := time.Now()
		p.must(end())
		if took := time.Since(began); took == 0 || took > 10*time.Second {
			t.Errorf("it ended after %s, want the time that the task takes", took)
		}
		task := p.view(who, i.ID).Tasks[0]
		if task.State != panel.TaskQueued || task.Step == "" {
			t.Errorf("the task is %s at step %q, want it to wait for the next worker", task.State, task.Step)
		}
	})
}

func TestRunTellsWhatHangsToGiveUp(t *testing.T) {
	bubble(t, with{slow: true, grace: 10 * time.Second}, func(t *testing.T, p *provider) {
		who := p.customer("ida", 100*billing.Credit)
		p.must(p.world.SetFault(p.hosts[0].ID, panel.FaultHang, true))
		i := p.order(who, "web-1")
		end := p.work()
		synctest.Wait()
		began := time.Now()
		p.must(end())
		if took := time.Since(began); took != 10*time.Second {
			t.Errorf("it ended after %s, want the grace", took)
		}
		if task := p.view(who, i.ID).Tasks[0]; task.State != panel.TaskQueued {
			t.Errorf("the task is %s, want it to be taken up again", task.State)
		}
	})
}

// lines counts what is logged.
type lines struct {
	slog.Handler
	mu   sync.Mutex
	text []string
}

func (l *lines) Enabled(context.Context, slog.Level) bool { return true }

func (l *lines) Handle(_ context.Context, r slog.Record) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = append(l.text, r.Message)
	return nil
}

// broken is a store that has gone away.
type broken struct {
	panel.Store
	mu   sync.Mutex
	gone bool
}

var errGone = errors.New("the database has gone away")

func (s *broken) ok() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gone {
		return errGone
	}
	return nil
}

func (s *broken) set(gone bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gone = gone
}

func (s *broken) View(ctx context.Context, read func(panel.Tx) error) error {
	return errors.Join(s.ok(), s.Store.View(ctx, read))
}

func (s *broken) Update(ctx context.Context, write func(panel.Tx) error) error {
	if err := s.ok(); err != nil {
		return err
	}
	return s.Store.Update(ctx, write)
}

func TestWorkGoesOnWhenTheDatabaseIsBack(t *testing.T) {
	bad, log := &broken{}, &lines{}
	w := with{logs: log, wrap: func(s panel.Store) panel.Store { bad.Store = s; return bad }}
	bubble(t, w, func(t *testing.T, p *provider) {
		who := p.customer("ida", 100*billing.Credit)
		end := p.work()
		synctest.Wait()
		i := p.order(who, "web-1")
		bad.set(true)
		time.Sleep(time.Minute)
		bad.set(false)
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if got := p.view(who, i.ID).Lifecycle; got != fleet.LifecycleActive {
			t.Errorf("the instance is %s", got)
		}
		p.must(end())
		log.mu.Lock()
		defer log.mu.Unlock()
		if n := len(log.text); n < 10 || n > 500 {
			t.Errorf("a minute without a database left %d lines in the log:\n%s", n, strings.Join(log.text[:min(n, 20)], "\n"))
		}
	})
}

func TestTwoWorkersDoEverythingOnce(t *testing.T) {
	bubble(t, with{}, func(t *testing.T, p *provider) {
		who := p.customer("ida", 100*billing.Credit)
		twin := panel.New(p.store, p.world, delivered{smtp.Disabled()}, nil)
		other := *p
		other.worker = worker.New(twin, slog.New(slog.DiscardHandler), worker.Options{})
		time.Sleep(59*time.Minute + 55*time.Second)
		ends := []func() error{p.work(), other.work()}
		for _, name := range []string{"a", "b", "c", "d", "e"} {
			p.order(who, name)
		}
		time.Sleep(5 * time.Second)
		synctest.Wait()
		live, err := p.Instances(t.Context(), who, false)
		p.must(err)
		for _, i := range live {
			if i.Lifecycle != fleet.LifecycleActive || len(i.Tasks) > 0 {
				t.Errorf("%s is %s with %d tasks open", i.Name, i.Lifecycle, len(i.Tasks))
			}
		}
		events, err := p.Events(t.Context(), who, panel.EventFilter{AccountID: who.AccountID, Limit: 100})
		p.must(err)
		created := 0
		for _, e := range events {
			if e.Kind == panel.EventInstanceCreated {
				created++
			}
		}
		if created != len(live) {
			t.Errorf("%d instances were created %d times", len(live), created)
		}
		entries, err := p.Ledger(t.Context(), who, panel.LedgerFilter{AccountID: who.AccountID, Kind: panel.Usage, Limit: 10})
		p.must(err)
		if len(entries) != 1 {
			t.Errorf("usage of one hour was posted %d times", len(entries))
		}
		for _, end := range ends {
			p.must(end())
		}
		p.verify()
	})
}
