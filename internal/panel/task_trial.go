package panel

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"accrue/internal/fleet"
)

// tryout is a trial that is under way. It begins anew whenever its task is taken
// up again: what an earlier worker has left is removed first.
type tryout struct {
	*Trial
	host    Hypervisor
	image   Image
	driver  Driver
	machine Machine
	heard   *recording // what comes from the serial port
}

// trialStep is a step of a trial: what it shows, and how.
type trialStep struct {
	name string
	show CheckName // empty: nothing by itself
	do   func(context.Context, *tryout) (detail string, err error)
}

func (p *Panel) performTest(ctx context.Context, t *Task) error {
	y, err := p.tryout(ctx, t)
	if errors.Is(err, ErrNotFound) {
		return p.endTask(ctx, t, TaskCanceled) // the hypervisor is gone
	}
	if err != nil {
		return err
	}
	defer y.heard.Close()
	y.Checks = nil
	if y.driver, err = p.drivers.Driver(y.host); err != nil {
		return p.failTest(ctx, t, y, trialStep{name: StepDefine, show: TrialMake}, err)
	}
	for _, s := range []trialStep{
		{StepRemove, "", removeTrial},
		{StepImage, "", func(ctx context.Context, y *tryout) (string, error) {
			return "", p.bring(ctx, t.ID, y.driver, y.host.ID, y.image)
		}},
		{StepDisk, "", func(ctx context.Context, y *tryout) (string, error) { return "", y.driver.EnsureDisk(ctx, y.machine) }},
		{StepDefine, TrialMake, defineTrial},
		{StepPower, "", startTrial},
		{StepBoot, TrialBoot, bootTrial},
		{StepLook, TrialSeen, seeTrial},
		{StepLook, TrialScreen, watchTrial},
		{StepRemove, TrialRemove, removeTrial},
	} {
		if err := p.step(ctx, t, s.name); err != nil {
			return err
		}
		detail, err := p.tryStep(ctx, y, s)
		if err != nil && (ctx.Err() != nil || errors.Is(err, errNap)) {
			return err // the worker is being stopped, or must wait; the next one begins anew
		}
		if err != nil {
			return p.failTest(ctx, t, y, s, err)
		}
		if s.show == "" {
			continue
		}
		y.Checks = append(y.Checks, Check{Name: s.show, State: CheckPassed, Detail: detail})
		if err := p.noteTrial(ctx, y); err != nil {
			return err
		}
	}
	return nil
}

func (p *Panel) tryStep(ctx context.Context, y *tryout, s trialStep) (string, error) {
	if s.name != StepImage {
		bounded, cancel := context.WithTimeout(ctx, taskBound)
		defer cancel()
		ctx = bounded
	}
	return s.do(ctx, y)
}

func (p *Panel) tryout(ctx context.Context, t *Task) (*tryout, error) {
	y := &tryout{heard: new(recording)}
	err := p.view(ctx, func(tx Tx) (err error) {
		if y.host, err = tx.Hypervisor(t.HypervisorID); err != nil {
			return err
		}
		if y.host.Trial.TaskID != t.ID {
			return ErrNotFound
		}
		y.image, err = imageOf(tx, t.ImageID)
		return err
	})
	if err != nil {
		return nil, err
	}
	y.Trial = &y.host.Trial
	y.machine = Machine{
		UID: TestMachineUID, Name: "accrue-test", Generation: 1, Image: y.image.file(),
		Size: fleet.Resources{VCPUs: 1, MemoryMiB: max(256, y.image.MinMemoryMiB), DiskGiB: max(1, y.image.DiskGiB())},
	}
	if y.image.ID == 0 {
		y.machine.Image = ImageFile{}
	}
	if y.host.Network != "" {
		y.machine.Interfaces = []Interface{{MAC: "52:54:00:7e:57:01", Network: y.host.Network}}
	}
	return y, nil
}

// noteTrial writes down how far a trial has come.
func (p *Panel) noteTrial(ctx context.Context, y *tryout) error {
	return p.store.Update(ctx, func(tx Tx) error {
		y.At = tx.Now()
		return tx.SetTrial(y.host.ID, *y.Trial)
	})
}

// failTest ends a trial with what went wrong. What is left is removed by a task of
// its own, however long the hypervisor does not answer.
func (p *Panel) failTest(ctx context.Context, t *Task, y *tryout, s trialStep, cause error) error {
	fix := "See what the hypervisor says of it, and check it: what does not work is mostly found there."
	if KindOf(cause) == Unreachable {
		fix = "See that the hypervisor is up and can be reached."
	}
	shown := s.show
	switch {
	case shown != "":
	case s.name == StepPower:
		shown = TrialBoot
	default:
		shown = TrialMake
	}
	y.Checks = append(y.Checks, Check{Name: shown, State: CheckFailed, Detail: s.name + ": " + cause.Error(), Fix: fix})
	if err := p.noteTrial(ctx, y); err != nil {
		return err
	}
	return p.giveUp(ctx, t, string(KindOf(cause)), "The test machine did not get through.", cause)
}

func defineTrial(ctx context.Context, y *tryout) (string, error) {
	from := "with an empty disk, as no image has a file yet"
	if y.image.ID != 0 {
		from = "from " + y.image.Name()
	}
	return fmt.Sprintf("A machine of %d MiB was made %s.", y.machine.Size.MemoryMiB, from), y.driver.EnsureDefined(ctx, y.machine)
}

// startTrial switches the machine on, and listens to its serial port from then on.
func startTrial(ctx context.Context, y *tryout) (string, error) {
	if err := y.driver.EnsurePower(ctx, y.machine.UID, fleet.PowerOn, 0); err != nil {
		return "", err
	}
	if screener, ok := y.driver.(Screener); ok {
		if serial, err := screener.OpenSerial(ctx, y.machine.UID); err == nil {
			y.heard.listen(serial)
		}
	}
	return "", nil
}

// lookAgain is how soon after a look at the machine there is another one.
const lookAgain = 500 * time.Millisecond

// bootTrial waits for the guest to come up, where there is one.
func bootTrial(ctx context.Context, y *tryout) (string, error) {
	if y.image.ID == 0 && y.host.Driver != "sim" {
		return "It was switched on. Without an image there is no guest to come up.", nil
	}
	began := time.Now()
	for {
		up, err := y.driver.Ready(ctx, y.machine.UID)
		if err != nil {
			return "", err
		}
		if up {
			return fmt.Sprintf("The guest was up after %.0f seconds.", time.Since(began).Seconds()), nil
		}
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("the guest did not come up: %w", ctx.Err())
		case <-time.After(lookAgain):
		}
	}
}

// seeTrial looks for the machine among all others.
func seeTrial(ctx context.Context, y *tryout) (string, error) {
	inventory, err := y.driver.Inventory(ctx)
	if err != nil {
		return "", err
	}
	for _, m := range inventory.Machines {
		if m.UID == y.machine.UID && m.Power == fleet.PowerOn {
			return fmt.Sprintf("The hypervisor lists it as on, beside %d others.", int64(len(inventory.Machines))-1+inventory.Foreign), nil
		}
	}
	return "", errors.New("the machine is not on")
}

// watchTrial looks at the machine's screen, and at what its serial port said.
func watchTrial(ctx context.Context, y *tryout) (string, error) {
	screener, ok := y.driver.(Screener)
	if !ok || strings.HasPrefix(y.host.Endpoint, "tls:") {
		return "Screens cannot be shown from here.", nil
	}
	screen, err := screener.OpenScreen(ctx, y.machine.UID)
	if err != nil {
		return "", err
	}
	defer screen.Close()
	stop := context.AfterFunc(ctx, func() { screen.Close() })
	defer stop()
	if _, err := io.ReadFull(screen, make([]byte, len("RFB 003.008\n"))); err != nil {
		return "", fmt.Errorf("screen: %w", err)
	}
	if said := y.heard.last(); said != "" {
		return fmt.Sprintf("Its screen is there. The last it said on its serial port: %q.", said), nil
	}
	return "Its screen is there. It said nothing on its serial port.", nil
}

func removeTrial(ctx context.Context, y *tryout) (string, error) {
	y.heard.Close()
	return "The machine and its disk are gone.", y.driver.EnsureAbsent(ctx, y.machine.UID)
}

// performTestCleanup removes what a trial that failed has left.
func (p *Panel) performTestCleanup(ctx context.Context, t *Task) error {
	host, _, err := p.hostNow(ctx, t.HypervisorID)
	if errors.Is(err, ErrNotFound) {
		return p.endTask(ctx, t, TaskCanceled)
	}
	if err != nil {
		return err
	}
	driver, err := p.drivers.Driver(host)
	if err != nil {
		return err
	}
	if err := p.step(ctx, t, StepRemove); err != nil {
		return err
	}
	return driver.EnsureAbsent(ctx, TestMachineUID)
}
