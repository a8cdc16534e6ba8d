package worker

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"accrue/internal/billing"
	"accrue/internal/panel"
)

// Options say how a Worker runs. The zero Options is how it should.
type Options struct {
	// Name is what the worker signs with. It must be its own: of two workers
	// of one name each would take the other's tasks for its own. Empty means
	// the machine, the process and something random.
	Name string
	// Grace is how long Run waits for what runs when it is to stop, and then
	// once more after telling it to give up; 0 means 10 seconds.
	Grace time.Duration
}

// Worker sees to it that what is due is done.
type Worker struct {
	panel   *panel.Panel
	log     *slog.Logger
	name    string
	grace   time.Duration
	settled billing.Instant // the last settlement it knows to be ordered
	ailing  ailing          // accounts that could not be brought up to date
}

// New returns a worker that is not at work yet.
func New(p *panel.Panel, log *slog.Logger, opts Options) *Worker {
	w := &Worker{panel: p, log: log, name: opts.Name, grace: opts.Grace}
	if w.name == "" {
		w.name = newName()
	}
	if w.grace == 0 {
		w.grace = 10 * time.Second
	}
	return w
}

func newName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return fmt.Sprintf("%s/%d/%s", host, os.Getpid(), rand.Text()[:8])
}

// Run works until ctx ends. It then begins nothing any more, lets what runs come
// to its end, tells it to give up after a while, and returns. Tasks that gave up
// run again later. The error says that something did not even give up.
//
// Run is called once, and Step not while it runs.
func (w *Worker) Run(ctx context.Context) error {
	work, giveUp := context.WithCancel(context.WithoutCancel(ctx))
	defer giveUp()
	loops := w.loops()
	w.log.Info("worker started", "worker", w.name)
	var running sync.WaitGroup
	for _, loop := range loops {
		running.Go(func() { loop(shift{until: ctx, work: work}) })
	}
	<-ctx.Done()
	ended := make(chan struct{})
	go func() {
		running.Wait()
		close(ended)
	}()
	if !within(w.grace, ended) {
		giveUp()
		if !within(w.grace, ended) {
			return errors.New("worker: something that runs does not give up")
		}
	}
	w.log.Info("worker stopped", "worker", w.name)
	return nil
}

// within waits for something to end, for a time.
func within(d time.Duration, ended <-chan struct{}) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ended:
		return true
	case <-timer.C:
		return false
	}
}

// shift is the time in which a loop runs: it begins nothing after the one ends,
// and what it has begun may go on until the other does.
type shift struct {
	until context.Context
	work  context.Context
}

// pause waits, and says whether the shift goes on.
func (s shift) pause(d time.Duration) bool {
	return !within(d, s.until.Done())
}

// loops returns everything that runs side by side.
func (w *Worker) loops() []func(shift) {
	var bells []bell
	hear := func() bell {
		b := make(bell, 1)
		bells = append(bells, b)
		return b
	}
	money := hear()
	loops := []func(shift){
		func(s shift) { w.keepMoney(s, money) },
		w.keepWatch,
		w.keepListening,
		w.keepSampling,
		w.keepBeating,
	}
	for _, lane := range lanes {
		c := newCrew(lane.name, hear())
		for range lane.runners {
			loops = append(loops, func(s shift) { w.runTasks(s, c) })
		}
	}
	return append(loops, func(s shift) { w.ringAll(s, bells) })
}
