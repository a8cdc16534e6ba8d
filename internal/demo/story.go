package demo

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"accrue/internal/billing"
	"accrue/internal/identity"
	"accrue/internal/panel"
	"accrue/internal/worker"
)

// story is a history on its way: the panel with a clock that the story turns,
// and the names that its events use.
type story struct {
	panel       *panel.Panel
	worker      *worker.Worker
	now, end    billing.Instant
	newPassword func() string

	provider  identity.Who
	plans     map[string]panel.Plan
	locations map[string]int64
	images    map[string]int64
	customers map[string]identity.Who
	handout   Handout
}

// days is how far back the history goes.
const days = 61

func newStory(end billing.Instant, newPassword func() string) *story {
	return &story{
		now:         end.Midnight() - days*billing.Day,
		end:         end,
		newPassword: newPassword,
		provider:    identity.System("demo"),
		plans:       map[string]panel.Plan{},
		locations:   map[string]int64{},
		images:      map[string]int64{},
		customers:   map[string]identity.Who{},
	}
}

// time is the clock.
func (s *story) time() time.Time { return s.now.Time() }

// event is something that somebody did, so many days ago, at a time of the day.
// who is a customer's key; it is empty for what the provider did.
type event struct {
	day int
	at  string
	who string
	do  act
}

// act is what was done. Customers act for themselves; s.provider does the rest.
type act func(ctx context.Context, s *story, who identity.Who) error

// tell lives through everything and returns how to look at it.
func (s *story) tell(ctx context.Context) (Handout, error) {
	if err := s.open(ctx); err != nil {
		return Handout{}, err
	}
	all := slices.Concat(provider, northwind, kestrel, brightwater, tundra, maple, harbour, bakery)
	when := make(map[*event]billing.Instant, len(all))
	order := make([]*event, len(all))
	for i := range all {
		at, err := time.Parse("15:04", all[i].at)
		if err != nil {
			return Handout{}, err
		}
		order[i] = &all[i]
		when[order[i]] = s.end.Midnight() - billing.Instant(all[i].day)*billing.Day + billing.Instant(at.Hour()*3600+at.Minute()*60)
	}
	slices.SortStableFunc(order, func(a, b *event) int { return cmp.Compare(when[a], when[b]) })
	for _, e := range order {
		if err := s.advance(ctx, when[e]); err != nil {
			return Handout{}, err
		}
		err := e.do(ctx, s, s.customers[e.who])
		if err == nil {
			err = s.worker.Step(ctx)
		}
		if err != nil {
			return Handout{}, fmt.Errorf("%d days ago at %s, %s: %w", e.day, e.at, cmp.Or(e.who, "the provider"), err)
		}
	}
	if err := s.advance(ctx, s.end); err != nil {
		return Handout{}, err
	}
	return s.handout, s.handOut(ctx)
}

// advance turns the clock to an instant, and stops at each one at which
// something comes due by itself.
func (s *story) advance(ctx context.Context, to billing.Instant) error {
	next, err := s.worker.Next(ctx)
	for err == nil && next <= to {
		s.now = max(s.now, next)
		next, err = s.worker.StepNext(ctx)
	}
	s.now = to
	return err
}

// handOut makes tokens for those whose sign-ins are printed.
func (s *story) handOut(ctx context.Context) error {
	for _, signIn := range []*SignIn{&s.handout.Admin, &s.handout.Customer} {
		who, err := s.panel.UserWho(ctx, signIn.Email)
		if err != nil {
			return err
		}
		token, _, err := s.panel.CreateToken(ctx, who, panel.NewToken{Name: "Demo", Scope: identity.ScopeWrite})
		if err != nil {
			return err
		}
		signIn.Token = token.Reveal()
	}
	return nil
}
