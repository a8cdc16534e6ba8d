package billing

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func aThreshold(t *rapid.T) Thresholds {
	draw := func(label string, low, high int64) Credits {
		return Credits(rapid.Int64Range(low, high).Draw(t, label)) * Credit / 10
	}
	return Thresholds{
		Low:        draw("low", -50, 500),
		Negative:   draw("negative", -100, 0),
		Suspension: draw("suspension", -200, 0),
		Resume:     draw("resume", -300, 100),
	}
}

func aCondition(t *rapid.T) Conditions {
	draw := func(label string) bool { return rapid.Bool().Draw(t, label) }
	return Conditions{Low: draw("taken low"), Negative: draw("taken negative"), Suspended: draw("taken suspended")}
}

func TestJudgingAgainSaysNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		thresholds := aThreshold(t)
		balance := Credits(rapid.Int64Range(-40_000_000, 60_000_000).Draw(t, "balance"))
		now, notices := thresholds.Judge(aCondition(t), balance)
		again, more := thresholds.Judge(now, balance)
		if again != now || len(more) > 0 {
			t.Fatalf("judged %+v, then %+v with %v", now, again, more)
		}
		if !slices.IsSorted(notices) {
			t.Fatalf("notices %v are out of order", notices)
		}
	})
}

func TestNewAccountGetsNoNotice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		thresholds := aThreshold(t)
		balance := Credits(rapid.Int64Range(-40_000_000, 60_000_000).Draw(t, "balance"))
		if _, notices := thresholds.Judge(thresholds.Holds(balance), balance); len(notices) > 0 {
			t.Fatalf("notices %v for a balance that was taken", notices)
		}
	})
}

func TestNextCrossingGivesANoticeAtItsSecondAndNoneBefore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, thresholds, taken := anAccount(t), aThreshold(t), aCondition(t)
		a.credited = Credits(rapid.Int64Range(-100, 6000).Draw(t, "a few credits")) * Credit / 10
		since := anInstant(t, "since")
		p := a.position(since)
		after := between(t, "after", since, since+40*Day)
		if balance, _ := p.Balance(after); taken.Suspended && balance >= thresholds.resumeLimit() {
			t.Skip("time passing lifts no suspension: it would have been lifted before")
		}
		next := thresholds.NextCrossing(taken, p, after, after+100*Day)
		judge := func(at Instant) []Notice {
			balance, _ := p.Balance(at)
			_, notices := thresholds.Judge(taken, balance)
			return notices
		}
		switch {
		case next == Never:
			if notices := judge(after + 100*Day); len(notices) > 0 {
				t.Fatalf("never, but %v at the horizon", notices)
			}
		case len(judge(next)) == 0:
			t.Fatalf("no notice at %v", next)
		case next > after && len(judge(next-1)) > 0:
			t.Fatalf("notices %v one second before %v", judge(next-1), next)
		}
	})
}

func TestJudge(t *testing.T) {
	defaults := Thresholds{}
	split := Thresholds{Low: 50 * Credit, Negative: -5 * Credit, Suspension: -10 * Credit, Resume: 0}
	all := Conditions{Low: true, Negative: true, Suspended: true}
	for _, test := range []struct {
		name       string
		thresholds Thresholds
		before     Conditions
		balance    Credits
		want       Conditions
		notices    []Notice
	}{
		{"exactly 0 is low, not negative", defaults, Conditions{}, 0, Conditions{Low: true}, []Notice{BalanceLow}},
		{"a microcredit below 0 is everything, in order", defaults, Conditions{}, -1, all, []Notice{BalanceLow, BalanceNegative, AccountSuspended}},
		{"a microcredit is enough not to be low", defaults, Conditions{}, 1, Conditions{}, nil},
		{"low at its value", split, Conditions{}, 50 * Credit, Conditions{Low: true}, []Notice{BalanceLow}},
		{"below 0 but above the negative value", split, Conditions{Low: true}, -5*Credit + 1, Conditions{Low: true}, nil},
		{"negative at its value", split, Conditions{Low: true}, -5 * Credit, Conditions{Low: true, Negative: true}, []Notice{BalanceNegative}},
		{"not suspended at the suspension balance", split, Conditions{Low: true, Negative: true}, -10 * Credit, Conditions{Low: true, Negative: true}, nil},
		{"suspended below it", split, Conditions{Low: true, Negative: true}, -10*Credit - 1, all, []Notice{AccountSuspended}},
		{"not resumed below the resume balance", split, all, -1, Conditions{Low: true, Suspended: true}, nil},
		{"resumed at it", split, all, 0, Conditions{Low: true}, []Notice{AccountResumed}},
		{"armed again once false", split, Conditions{Low: true}, 51 * Credit, Conditions{}, nil},
		{"a resume balance below the suspension balance resumes at the latter", Thresholds{Suspension: -5 * Credit, Resume: -9 * Credit}, all, -5*Credit - 1, all, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, notices := test.thresholds.Judge(test.before, test.balance)
			if got != test.want || !slices.Equal(notices, test.notices) {
				t.Errorf("judged %+v %v, want %+v %v", got, notices, test.want, test.notices)
			}
		})
	}
}

func TestThresholdsValidate(t *testing.T) {
	for _, test := range []struct {
		thresholds Thresholds
		field      string
	}{
		{Thresholds{}, ""},
		{Thresholds{Low: 50 * Credit, Negative: -5 * Credit, Suspension: -10 * Credit, Resume: -20 * Credit}, ""},
		{Thresholds{Low: -Credit, Resume: Credit}, ""},
		{Thresholds{Negative: 1}, "negative_balance"},
		{Thresholds{Suspension: 1}, "suspension_balance"},
		{Thresholds{Suspension: -MaxThreshold - 1}, "suspension_balance"},
		{Thresholds{Low: MaxCredits}, "low_balance"},
		{Thresholds{Resume: MaxThreshold + 1}, "resume_balance"},
	} {
		wantField(t, test.thresholds.Validate(), test.field)
	}
}

// wantField fails unless err is a FieldError of a field, or nil for none.
func wantField(t *testing.T, err error, field string) {
	t.Helper()
	var got *FieldError
	if errors.As(err, &got) != (field != "") || (got != nil && got.Field != field) {
		t.Errorf("error %v, want one of field %q", err, field)
	}
}
