package fleet

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var commands = []Command{
	CommandStart, CommandStop, CommandReboot, CommandResize, CommandRebuild, CommandDelete, CommandConsole,
}

func TestMay(t *testing.T) {
	up := Facts{Lifecycle: LifecycleActive, Desired: PowerOn, Observed: PowerOn}
	with := func(change func(*Facts)) Facts {
		f := up
		change(&f)
		return f
	}
	const ok, gone, was, early, failed, held, busy, down = "",
		CodeDeleting, CodeDeleted, CodeNotReady, CodeFailed, CodeSuspended, CodeBusy, CodeNotRunning
	for _, test := range []struct {
		name string
		f    Facts
		want [7]string // codes for start, stop, reboot, resize, rebuild, delete, console
	}{
		{"running", up, [7]string{ok, ok, ok, ok, ok, ok, ok}},
		{"stopped", with(func(f *Facts) { f.Desired, f.Observed = PowerOff, PowerOff }), [7]string{ok, ok, down, ok, ok, ok, down}},
		{"stopping", with(func(f *Facts) { f.Desired = PowerOff }), [7]string{ok, ok, down, ok, ok, ok, ok}},
		{"starting", with(func(f *Facts) { f.Observed = PowerOff }), [7]string{ok, ok, down, ok, ok, ok, down}},
		{"crashed", with(func(f *Facts) { f.Observed = PowerCrashed }), [7]string{ok, ok, down, ok, ok, ok, down}},
		{"unreachable", with(func(f *Facts) { f.Unreachable = true }), [7]string{ok, ok, ok, ok, ok, ok, ok}},
		{"busy", with(func(f *Facts) { f.Activity = ActivityRebuild }), [7]string{busy, ok, busy, busy, busy, ok, ok}},
		{"held", with(func(f *Facts) { f.Holds = Holds(HoldBilling) }), [7]string{held, ok, held, held, held, ok, held}},
		{"held and busy", with(func(f *Facts) { f.Holds, f.Activity = Holds(HoldAdmin), "power" }), [7]string{held, ok, held, held, held, ok, held}},
		{"pending", with(func(f *Facts) { f.Lifecycle = LifecyclePending }), [7]string{early, early, early, early, early, ok, early}},
		{"failed", with(func(f *Facts) { f.Lifecycle = LifecycleFailed }), [7]string{failed, failed, failed, failed, failed, ok, failed}},
		{"deleting", with(func(f *Facts) { f.Lifecycle = LifecycleDeleting }), [7]string{gone, gone, gone, gone, gone, gone, gone}},
		{"deleted", with(func(f *Facts) { f.Lifecycle = LifecycleDeleted }), [7]string{was, was, was, was, was, was, was}},
	} {
		for i, command := range commands {
			t.Run(fmt.Sprintf("%s %s", command, test.name), func(t *testing.T) {
				if got := code(t, test.f.May(command)); got != test.want[i] {
					t.Errorf("got %q, want %q", got, test.want[i])
				}
			})
		}
	}
}

func TestMayAnswersAlikeForCommandsOfAKind(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := genFacts().Draw(t, "facts")
		if f.Activity == ActivityReboot {
			resting := f
			resting.Activity = ""
			if got, want := fmt.Sprint(f.May(CommandReset)), fmt.Sprint(resting.May(CommandReboot)); got != want {
				t.Fatalf("a reset of what reboots: got %s, want %s", got, want)
			}
			return
		}
		for command, like := range map[Command]Command{
			CommandPowerOff: CommandStop, CommandReset: CommandReboot, CommandEdit: CommandDelete,
			CommandRestore: CommandRebuild, CommandSnapshot: CommandRebuild, CommandRescue: CommandRebuild, CommandPassword: CommandReboot,
		} {
			if got, want := fmt.Sprint(f.May(command)), fmt.Sprint(f.May(like)); got != want {
				t.Fatalf("%s: got %s, want that of %s, %s", command, got, like, want)
			}
		}
	})
}

// code returns the code of a refusal, and "" of nil.
func code(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	refusal, ok := errors.AsType[*Refusal](err)
	if !ok {
		t.Fatalf("got %v, want a *Refusal", err)
	}
	return refusal.Code
}

func TestMayRefusesAnUnknownCommand(t *testing.T) {
	f := Facts{Lifecycle: LifecycleActive, Desired: PowerOn, Observed: PowerOn}
	for _, command := range []Command{"", "explode", "START"} {
		if got := code(t, f.May(command)); got != CodeUnknownCommand {
			t.Errorf("May(%q): got %q, want %q", command, got, CodeUnknownCommand)
		}
	}
}

func TestARefusalNamesTheHoldThatItsOwnerCanDoLeastAbout(t *testing.T) {
	for _, test := range []struct {
		holds Holds
		want  string
	}{
		{Holds(HoldBilling), "top-up"},
		{Holds(HoldBilling | HoldMaintenance), "maintained"},
		{Holds(HoldBilling | HoldAdmin | HoldMaintenance), "administrator"},
		{Holds(HoldBilling | HoldAdmin | HoldAbuse | HoldMaintenance), "abuse"},
	} {
		err := Facts{Lifecycle: LifecycleActive, Holds: test.holds}.May(CommandStart)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("held for %s: got %v, want a word of %q", test.holds, err, test.want)
		}
	}
}

func TestEveryRefusalIsASentence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		err := genFacts().Draw(t, "facts").May(rapid.SampledFrom(commands).Draw(t, "command"))
		if err == nil {
			return
		}
		sentence := err.Error()
		if first := sentence[:1]; first != strings.ToUpper(first) || !strings.HasSuffix(sentence, ".") {
			t.Fatalf("got %q, want a sentence", sentence)
		}
	})
}

func TestNobodyIsKeptFromEndingTheirCosts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := genFacts().Draw(t, "facts")
		if f.BilledPercent(100) == 0 {
			return
		}
		for _, command := range []Command{CommandStop, CommandDelete} {
			if err := f.May(command); err != nil {
				t.Fatalf("%+v is billed, but may not %s: %v", f, command, err)
			}
		}
	})
}
