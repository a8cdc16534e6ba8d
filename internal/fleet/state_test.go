package fleet

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

func TestStatus(t *testing.T) {
	var none Holds
	billing := none.With(HoldBilling)
	const (
		active   = LifecycleActive
		on, off  = PowerOn, PowerOff
		paused   = PowerPaused
		crashed  = PowerCrashed
		absent   = PowerAbsent
		unknown  = PowerUnknown
		answers  = false
		isSilent = true
	)
	for _, test := range []struct {
		name string
		f    Facts
		want Status
	}{
		{"being created", Facts{LifecyclePending, on, absent, none, "create", answers}, StatusProvisioning},
		{"waits for its hypervisor", Facts{LifecyclePending, on, unknown, none, "", isSilent}, StatusQueued},
		{"could not be created", Facts{LifecycleFailed, on, absent, none, "", answers}, StatusError},
		{"being deleted", Facts{LifecycleDeleting, on, on, none, "delete", answers}, StatusDeleting},
		{"being deleted, whatever holds it", Facts{LifecycleDeleting, on, on, billing, "", isSilent}, StatusDeleting},
		{"deleted", Facts{LifecycleDeleted, off, absent, none, "", answers}, StatusDeleted},

		{"on and wanted on", Facts{active, on, on, none, "", answers}, StatusRunning},
		{"off and wanted off", Facts{active, off, off, none, "", answers}, StatusStopped},
		{"off and wanted on", Facts{active, on, off, none, "", answers}, StatusStarting},
		{"on and wanted off", Facts{active, off, on, none, "", answers}, StatusStopping},
		{"paused and wanted on", Facts{active, on, paused, none, "", answers}, StatusStarting},
		{"paused and wanted off", Facts{active, off, paused, none, "", answers}, StatusStopping},
		{"a power task shows in what is wanted", Facts{active, on, off, none, "power", answers}, StatusStarting},

		{"held and off", Facts{active, on, off, billing, "", answers}, StatusSuspended},
		{"held and still on", Facts{active, on, on, billing, "", answers}, StatusSuspending},
		{"held and stopped by its owner", Facts{active, off, off, billing, "", answers}, StatusSuspended},
		{"held and last seen off", Facts{active, on, off, billing, "", isSilent}, StatusSuspended},

		{"rebooting", Facts{active, on, on, none, ActivityReboot, answers}, StatusRebooting},
		{"rebuilding", Facts{active, on, off, none, ActivityRebuild, answers}, StatusRebuilding},
		{"resizing", Facts{active, on, off, none, ActivityResize, answers}, StatusResizing},
		{"migrating", Facts{active, on, on, none, ActivityMigrate, answers}, StatusMigrating},
		{"restoring", Facts{active, on, off, none, ActivityRestore, answers}, StatusRestoring},
		{"rescuing", Facts{active, on, on, none, ActivityRescue, answers}, StatusRescuing},
		{"work in progress before a suspension", Facts{active, on, off, billing, ActivityRebuild, answers}, StatusRebuilding},
		{"work in progress before silence", Facts{active, on, unknown, none, ActivityResize, isSilent}, StatusResizing},

		{"its hypervisor is silent", Facts{active, on, on, none, "", isSilent}, StatusUnknown},
		{"its hypervisor is silent, and it was lost before", Facts{active, on, absent, none, "", isSilent}, StatusUnknown},
		{"its hypervisor does not know", Facts{active, on, unknown, none, "", answers}, StatusUnknown},
		{"never observed", Facts{active, on, "", none, "", answers}, StatusUnknown},
		{"crashed", Facts{active, on, crashed, none, "", answers}, StatusError},
		{"lost", Facts{active, on, absent, none, "", answers}, StatusError},
		{"its machine is gone", Facts{active, on, absent, none.With(HoldLost), "", answers}, StatusError},
		{"its machine is gone, and it is held", Facts{active, on, absent, billing.With(HoldLost), "", isSilent}, StatusError},
		{"lost and wanted off", Facts{active, off, absent, none, "", answers}, StatusError},
		{"no facts", Facts{}, StatusUnknown},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := test.f.Status(); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestStatusLabel(t *testing.T) {
	for status, want := range map[Status]string{StatusRunning: "Running", StatusError: "Error", "": ""} {
		if got := status.Label(); got != want {
			t.Errorf("%q.Label() = %q, want %q", status, got, want)
		}
	}
}

func TestBilledPercent(t *testing.T) {
	const stopped = 40
	for _, test := range []struct {
		lifecycle Lifecycle
		desired   Power
		holds     Holds
		want      int64
	}{
		{LifecyclePending, PowerOn, 0, 0},
		{LifecycleFailed, PowerOn, 0, 0},
		{LifecycleActive, PowerOn, 0, 100},
		{LifecycleActive, PowerOff, 0, stopped},
		{LifecycleActive, PowerOn, Holds(HoldBilling), 0},
		{LifecycleActive, PowerOff, Holds(HoldBilling), 0},
		{LifecycleActive, PowerOn, Holds(HoldAdmin), 0},
		{LifecycleActive, PowerOn, Holds(HoldAbuse), 0},
		{LifecycleActive, PowerOn, Holds(HoldMaintenance), 0},
		{LifecycleActive, PowerOn, Holds(HoldLost), 0},
		{LifecycleDeleting, PowerOn, 0, 0},
		{LifecycleDeleting, PowerOff, 0, 0},
		{LifecycleDeleted, PowerOff, 0, 0},
		{"", PowerOn, 0, 0},
	} {
		t.Run(fmt.Sprintf("%s %s %s", test.lifecycle, test.desired, test.holds), func(t *testing.T) {
			f := Facts{Lifecycle: test.lifecycle, Desired: test.desired, Holds: test.holds}
			if got := f.BilledPercent(stopped); got != test.want {
				t.Errorf("got %d, want %d", got, test.want)
			}
		})
	}
}

func TestStoppedForNothingIsNoSegment(t *testing.T) {
	f := Facts{Lifecycle: LifecycleActive, Desired: PowerOff}
	if got := f.BilledPercent(0); got != 0 {
		t.Errorf("got %d, want 0", got)
	}
}

func genFacts() *rapid.Generator[Facts] {
	return rapid.Custom(func(t *rapid.T) Facts {
		return Facts{
			Lifecycle: rapid.SampledFrom([]Lifecycle{
				LifecyclePending, LifecycleActive, LifecycleActive, LifecycleDeleting, LifecycleDeleted, LifecycleFailed,
			}).Draw(t, "lifecycle"),
			Desired:     rapid.SampledFrom([]Power{PowerOn, PowerOff}).Draw(t, "desired"),
			Observed:    genPower().Draw(t, "observed"),
			Holds:       Holds(rapid.Uint8Range(0, 31).Draw(t, "holds")),
			Activity:    rapid.SampledFrom([]string{"", "create", "power", ActivityRebuild, ActivityResize}).Draw(t, "activity"),
			Unreachable: rapid.Bool().Draw(t, "unreachable"),
		}
	})
}

func genPower() *rapid.Generator[Power] {
	return rapid.SampledFrom([]Power{PowerOn, PowerOff, PowerPaused, PowerCrashed, PowerAbsent, PowerUnknown})
}

func TestNoHypervisorChangesABill(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := genFacts().Draw(t, "facts")
		want := f.BilledPercent(40)
		f.Observed = genPower().Draw(t, "observed instead")
		f.Activity = rapid.String().Draw(t, "activity instead")
		f.Unreachable = !f.Unreachable
		if got := f.BilledPercent(40); got != want {
			t.Fatalf("%+v: got %d, want %d", f, got, want)
		}
	})
}

func TestWhatShouldRunIsBilledInFull(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := genFacts().Draw(t, "facts")
		if got, want := f.BilledPercent(40) == 100, f.WantOn(); got != want {
			t.Fatalf("%+v: billed in full %v, should run %v", f, got, want)
		}
	})
}

func TestASuspensionEndsWhereTheOwnerLeftIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := genFacts().Draw(t, "facts")
		want.Holds = 0
		got := want
		kind := rapid.SampledFrom(Holds(31).Kinds()).Draw(t, "hold")
		if got.Holds = got.Holds.With(kind); got.WantOn() {
			t.Fatalf("%+v should run although it is held", got)
		}
		if got.Holds = got.Holds.Without(kind); got != want || got.WantOn() != want.WantOn() {
			t.Fatalf("got %+v, want %+v", got, want)
		}
	})
}
