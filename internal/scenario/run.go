package scenario

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"accrue/internal/billing"
	"accrue/internal/identity"
	"accrue/internal/panel"
	"accrue/internal/sim"
	"accrue/internal/store"
	"accrue/internal/worker"
)

// run is a scenario on its way: the application with a clock that the scenario
// turns, and the names that events use.
type run struct {
	scenario  *Scenario
	panel     *panel.Panel
	worker    *worker.Worker
	now       billing.Instant
	who       identity.Who
	plans     map[string]int64
	locations map[string]int64
	users     map[string]identity.Who
	accounts  map[int64]string
	bytes     int64 // what the snapshot that is being taken takes
	lastEvent int64
	timeline  []Happening
}

// Run runs a scenario from its start to its end. The error is one line that
// names the file, the event and the reason.
func (s *Scenario) Run(ctx context.Context) (*Result, error) {
	result, err := s.run(ctx)
	if err != nil && s.file != "" {
		return nil, fmt.Errorf("%s: %w", s.file, err)
	}
	return result, err
}

func (s *Scenario) run(ctx context.Context) (*Result, error) {
	r := &run{
		scenario:  s,
		now:       s.Start.Instant,
		who:       identity.System("simulate"),
		plans:     map[string]int64{},
		locations: map[string]int64{},
		users:     map[string]identity.Who{},
		accounts:  map[int64]string{},
	}
	clock := func() time.Time { return r.now.Time() }
	db, err := store.Open(ctx, store.Options{URL: "sqlite::memory:", Now: clock})
	if err != nil {
		return nil, err
	}
	defer db.Close()
	world, err := sim.Open("", sim.Options{Instant: true, Now: clock, Written: func(int64) int64 { return r.bytes }})
	if err != nil {
		return nil, err
	}
	defer world.Close()
	r.panel = panel.New(db, world, new(sim.Mailbox), identity.NewHasher(identity.TestParams, 1))
	r.worker = worker.New(r.panel, slog.New(slog.DiscardHandler), worker.Options{})
	if err := r.setUp(ctx); err != nil {
		return nil, err
	}
	for n, e := range s.Events {
		if err := r.advance(ctx, e.At.Instant); err != nil {
			return nil, err
		}
		if err := r.do(ctx, e, n); err != nil {
			return nil, fmt.Errorf("event %d (%s %s): %s", n+1, e.At, e.kind(), reason(err))
		}
		if err := r.worker.Step(ctx); err != nil {
			return nil, err
		}
		if err := r.record(ctx); err != nil {
			return nil, err
		}
	}
	if err := r.advance(ctx, s.End.Instant); err != nil {
		return nil, err
	}
	return r.result(ctx)
}

// reason says what is wrong, with the field where there is one.
func reason(err error) string {
	var field *panel.Invalid
	if errors.As(err, &field) {
		return field.Field + ": " + field.Message
	}
	return err.Error()
}

// advance turns the clock to an instant, and stops at each one at which
// something comes due by itself.
func (r *run) advance(ctx context.Context, to billing.Instant) error {
	next, err := r.worker.Next(ctx)
	for err == nil && next <= to {
		r.now = max(r.now, next)
		next, err = r.worker.StepNext(ctx)
	}
	if err != nil {
		return err
	}
	r.now = to
	return r.record(ctx)
}

// do makes one event happen. A refusal is part of the story; anything else that
// goes wrong means that the scenario cannot be run.
func (r *run) do(ctx context.Context, e event, n int) error {
	switch {
	case e.Price != nil:
		return r.changePrice(ctx, *e.Price)
	case e.Settings != nil:
		return r.changeSettings(ctx, *e.Settings)
	case e.Currency != nil:
		return r.changeCurrency(ctx, *e.Currency)
	}
	who, known := r.users[e.User]
	if !known {
		return fmt.Errorf("there is no user %q", e.User)
	}
	if e.Credit != nil {
		amount, err := e.Credit.credits()
		if err != nil {
			return err
		}
		c := panel.Credit{Amount: amount, Reason: "scenario", Request: fmt.Sprintf("event-%d", n+1)}
		_, err = r.panel.AddCredit(ctx, r.who, who.AccountID, c)
		return err
	}
	name, err := r.command(ctx, who, e)
	var refused *panel.Refusal
	if errors.As(err, &refused) {
		r.reject(e, name, refused.Code)
		return nil
	}
	return err
}

// command gives the event's command and returns the instance it is about.
func (r *run) command(ctx context.Context, who identity.Who, e event) (name string, err error) {
	if e.Create != nil {
		order := panel.NewInstance{
			Name:       e.Create.Name,
			PlanID:     r.plans[e.Create.Plan],
			LocationID: r.locations[e.Create.Location],
		}
		if order.PlanID == 0 {
			return "", fmt.Errorf("there is no plan %q", e.Create.Plan)
		}
		if order.LocationID == 0 {
			return "", fmt.Errorf("there is no location %q", e.Create.Location)
		}
		_, err := r.panel.CreateInstance(ctx, who, order)
		return order.Name, err
	}
	switch {
	case e.SnapshotCreate != nil:
		return e.SnapshotCreate.Instance, r.takeSnapshot(ctx, who, *e.SnapshotCreate)
	case e.SnapshotDelete != nil:
		return "", r.deleteSnapshot(ctx, who, e.SnapshotDelete.Name)
	case e.Resize != nil:
		name = e.Resize.Name
	case e.Start != nil:
		name = e.Start.Name
	case e.Stop != nil:
		name = e.Stop.Name
	default:
		name = e.Delete.Name
	}
	id, err := r.instance(ctx, who, name)
	if err != nil {
		return name, err
	}
	switch {
	case e.Resize != nil:
		plan, known := r.plans[e.Resize.Plan]
		if !known {
			return name, fmt.Errorf("there is no plan %q", e.Resize.Plan)
		}
		_, err = r.panel.ResizeInstance(ctx, who, id, plan)
	case e.Start != nil:
		_, err = r.panel.StartInstance(ctx, who, id)
	case e.Stop != nil:
		_, err = r.panel.StopInstance(ctx, who, id)
	default:
		_, err = r.panel.DeleteInstance(ctx, who, id)
	}
	return name, err
}

// instance finds a user's live instance by its name.
func (r *run) instance(ctx context.Context, who identity.Who, name string) (int64, error) {
	views, err := r.panel.Instances(ctx, who, false)
	if err != nil {
		return 0, err
	}
	for _, v := range views {
		if v.Name == name {
			return v.ID, nil
		}
	}
	return 0, fmt.Errorf("user has no instance %q at this time", name)
}
