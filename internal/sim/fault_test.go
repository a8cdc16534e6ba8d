package sim

import (
	"context"
	"slices"
	"testing"

	"accrue/internal/fleet"
	"accrue/internal/panel"
)

func set(t *testing.T, w *World, fault panel.Fault, on bool) {
	t.Helper()
	if err := w.SetFault(1, fault, on); err != nil {
		t.Fatal(err)
	}
}

func TestFaults(t *testing.T) {
	const fine = panel.ErrorKind("")
	for _, test := range []struct {
		fault        panel.Fault
		look, change panel.ErrorKind
		done         bool
	}{
		{panel.FaultUnreachable, panel.Unreachable, panel.Unreachable, false},
		{panel.FaultHang, panel.UnknownOutcome, panel.UnknownOutcome, false},
		{panel.FaultError, fine, panel.HostFault, false},
		{panel.FaultReplyLost, fine, panel.UnknownOutcome, true},
	} {
		t.Run(string(test.fault), func(t *testing.T) {
			w := open(t, "", Options{Instant: true})
			run(t, w, 1, "a")
			set(t, w, test.fault, true)
			d, ctx := connect(t, w, 1), t.Context()
			m := panel.Machine{UID: "b", Name: "b", Size: small}
			_, probe := d.Probe(ctx)
			_, inventory := d.Inventory(ctx)
			_, ready := d.Ready(ctx, "a")
			for _, call := range []struct {
				name string
				err  error
				want panel.ErrorKind
			}{
				{"probe", probe, test.look},
				{"inventory", inventory, test.look},
				{"ready", ready, test.look},
				{"disk", d.EnsureDisk(ctx, m), test.change},
				{"define", d.EnsureDefined(ctx, m), test.change},
				{"off", d.EnsurePower(ctx, "a", fleet.PowerOff, panel.ShutdownGrace), test.change},
				{"absent", d.EnsureAbsent(ctx, "a"), test.change},
			} {
				if got := call.err; (got == nil) != (call.want == fine) || got != nil && panel.KindOf(got) != call.want {
					t.Errorf("%s: got %v, want kind %q", call.name, got, call.want)
				}
			}
			_, made := powers(t, w)["b"]
			_, there := powers(t, w)["a"]
			if made != test.done || there == test.done {
				t.Errorf("got machines %v, want done %v", powers(t, w), test.done)
			}
			if _, err := connect(t, w, 2).Probe(ctx); err != nil {
				t.Errorf("the next hypervisor: got %v", err)
			}
			set(t, w, test.fault, false)
			if _, err := d.Probe(ctx); err != nil {
				t.Fatal(err)
			}
			if err := d.EnsureDisk(ctx, m); err != nil {
				t.Errorf("after the fault: got %v", err)
			}
		})
	}
}

func TestFaultsAreListedInOrder(t *testing.T) {
	w := open(t, "", Options{Instant: true})
	set(t, w, panel.FaultReplyLost, true)
	set(t, w, panel.FaultUnreachable, true)
	set(t, w, panel.FaultUnreachable, true)
	got, err := w.Faults(1)
	if want := []panel.Fault{panel.FaultUnreachable, panel.FaultReplyLost}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	if _, err := connect(t, w, 1).Probe(t.Context()); panel.KindOf(err) != panel.Unreachable {
		t.Errorf("of two faults: got %v, want unreachable", err)
	}
	if err := w.SetFault(1, "tired", true); err == nil {
		t.Error("an unknown fault: got no error")
	}
}

func TestErrorsSayWhatWasAskedOfWhom(t *testing.T) {
	w := open(t, "", Options{Instant: true})
	set(t, w, panel.FaultUnreachable, true)
	err := connect(t, w, 1).Reboot(context.Background(), "a", panel.ShutdownGrace)
	if want := "reboot on alpha: unreachable: no route to host"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
