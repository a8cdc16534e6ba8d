package paneltest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"accrue/internal/billing"
	"accrue/internal/panel"
)

func trafficIsCounted(t *testing.T, s panel.Store) {
	w := build(t, s)
	june := billing.NewMonth(2026, 6)
	second := w.addInstance(t, "web2")
	count := func(instance int64, month billing.Month, in, out int64, want panel.Traffic) {
		t.Helper()
		update(t, s, func(tx panel.Tx) error {
			got, err := tx.AddTraffic(instance, month, in, out)
			if diff := cmp.Diff(got, want); diff != "" {
				t.Errorf("- got, + want:\n%s", diff)
			}
			return err
		})
	}
	first := panel.Traffic{InstanceID: w.instance, Month: june, In: 1 << 40, Out: 2 << 40}
	count(w.instance, june, 1<<40, 2<<40, first)
	first.In, first.Out = first.In+1, first.Out+5
	count(w.instance, june, 1, 5, first)
	next := panel.Traffic{InstanceID: w.instance, Month: june + 1, Out: 7}
	count(w.instance, june+1, 0, 7, next)
	other := panel.Traffic{InstanceID: second, Month: june, In: 3}
	count(second, june, 3, 0, other)

	update(t, s, func(tx panel.Tx) error { return tx.OweTraffic(w.instance, june, w.price, 4) })
	fails(t, s, panel.ErrNotFound, func(tx panel.Tx) error { return tx.OweTraffic(second, june+1, w.price, 4) })
	first.Beyond = 4
	whole(t, first)
	list := func(account int64, month billing.Month, want ...panel.Traffic) {
		t.Helper()
		same(t, s, want, func(tx panel.Tx) ([]panel.Traffic, error) { return tx.ListTraffic(account, month) })
	}
	list(w.account, june, first, other)
	list(w.account, 0, first, next, other)
	list(w.account, june+2)
	list(w.addAccount(t, "other"), 0)
}

func owedTrafficIsTaken(t *testing.T, s panel.Store) {
	w := build(t, s)
	june := billing.NewMonth(2026, 6)
	later := add(t, s, panel.Tx.InsertPrice, panel.PriceVersion{Price: hourly, PlanID: w.plan})
	update(t, s, func(tx panel.Tx) error {
		_, err := tx.AddTraffic(w.instance, june, 0, 100)
		return err
	})
	owe := func(price billing.PriceID, bytes int64) {
		t.Helper()
		update(t, s, func(tx panel.Tx) error { return tx.OweTraffic(w.instance, june, price, bytes) })
	}
	take := func(account int64, want ...panel.OwedTraffic) {
		t.Helper()
		update(t, s, func(tx panel.Tx) error {
			got, err := tx.TakeOwed(account)
			if diff := cmp.Diff(got, want); diff != "" {
				t.Errorf("- got, + want:\n%s", diff)
			}
			return err
		})
	}
	owing := func(tx panel.Tx) ([]int64, error) { return tx.AccountsOwing(10) }
	same(t, s, nil, owing)
	owe(later, 5)
	owe(w.price, 1)
	owe(w.price, 2)
	same(t, s, []int64{w.account}, owing)
	same(t, s, nil, func(tx panel.Tx) ([]int64, error) { return tx.AccountsOwing(0) })
	take(w.addAccount(t, "other"))
	take(w.account, whole(t, panel.OwedTraffic{InstanceID: w.instance, Price: w.price, Bytes: 3}), panel.OwedTraffic{InstanceID: w.instance, Price: later, Bytes: 5})
	take(w.account)
	same(t, s, nil, owing)
}

func throttlesAreLifted(t *testing.T, s panel.Store) {
	w := build(t, s)
	second := w.addInstance(t, "web2")
	set := func(instance, mbit int64) {
		t.Helper()
		update(t, s, func(tx panel.Tx) error { return tx.SetThrottle(instance, mbit) })
	}
	throttle := func(tx panel.Tx) (int64, error) { return tx.Throttle(w.instance) }
	listed := func(tx panel.Tx) (map[int64]int64, error) { return tx.ListThrottles(w.hypervisor) }
	same(t, s, 0, throttle)
	set(w.instance, 10)
	set(w.instance, 20)
	set(second, 30)
	same(t, s, 20, throttle)
	same(t, s, map[int64]int64{w.instance: 20, second: 30}, listed)
	same(t, s, map[int64]int64{}, func(tx panel.Tx) (map[int64]int64, error) {
		return tx.ListThrottles(w.hypervisor + 1)
	})
	set(w.instance, 0)
	set(w.instance, 0)
	same(t, s, 0, throttle)
	same(t, s, map[int64]int64{second: 30}, listed)
}
