package panel

import (
	"context"
	"errors"
	"fmt"

	"accrue/internal/billing"
	"accrue/internal/fleet"
)

// Traffic is what an instance sent and received in a month, in bytes. They belong
// to the month in which they were counted, which is some minutes later than they
// were sent.
type Traffic struct {
	InstanceID int64
	Month      billing.Month
	In, Out    int64
	Beyond     int64 // of Out: what was to be paid for
}

// OwedTraffic are bytes that an instance has sent beyond its allowance, at a
// price, and not been charged for.
type OwedTraffic struct {
	InstanceID int64
	Price      billing.PriceID
	Bytes      int64
}

// Transfer is what an instance of the plan may send in a month, in bytes; 0 is as
// much as it likes.
func (p Plan) Transfer() int64 { return p.TransferGiB * billing.GiB }

// counter is an instance with what decides about its traffic.
type counter struct {
	Instance
	plan     Plan
	price    PriceVersion
	throttle int64 // what its port is limited to now; 0: nothing
	vcpus    int64
}

// countTraffic adds what an instance has sent and received to its month. What
// lies beyond the plan's transfer is owed, or makes its port slow, as the plan
// and the instance's price have it.
func countTraffic(tx Tx, i counter, in, out int64) error {
	if in == 0 && out == 0 && i.throttle == 0 {
		return nil
	}
	counted, err := tx.AddTraffic(i.ID, tx.Now().Month(), in, out)
	if err != nil {
		return fmt.Errorf("traffic of instance %d: %w", i.ID, err)
	}
	allowance, limit := i.plan.Transfer(), int64(0)
	if i.price.Traffic == 0 && allowance > 0 && counted.Out > allowance {
		limit = i.plan.ThrottleMbit
	}
	if limit != i.throttle {
		if err := setThrottle(tx, i.Instance, limit); err != nil {
			return err
		}
	}
	if beyond := billing.Beyond(allowance, counted.Out-out, out); i.price.Traffic > 0 && beyond > 0 {
		return tx.OweTraffic(i.ID, counted.Month, i.price.ID, beyond)
	}
	return nil
}

// setThrottle limits an instance's port to something, or to nothing with 0.
func setThrottle(tx Tx, i Instance, mbit int64) error {
	if err := tx.SetThrottle(i.ID, mbit); err != nil {
		return err
	}
	return insertTask(tx, Task{
		Kind: TaskLimits, AccountID: i.AccountID, InstanceID: i.ID, HypervisorID: i.HypervisorID, RequestedBy: "accrue",
	}, tx.Now())
}

// performLimits tells a machine what it may take of what it shares.
func (p *Panel) performLimits(ctx context.Context, t *Task) error {
	done, err := p.takeSteps(ctx, t, step{StepDefine, define})
	if !done || err != nil {
		return err
	}
	return p.endTask(ctx, t, TaskSucceeded)
}

// owingAtOnce is how many accounts with traffic to be charged are looked up
// together.
const owingAtOnce = 200

// ChargeTraffic charges traffic that was counted beyond what plans include. An
// account that fails keeps no other waiting.
func (p *Panel) ChargeTraffic(ctx context.Context) error {
	var owing []int64
	err := p.view(ctx, func(tx Tx) (err error) {
		owing, err = tx.AccountsOwing(owingAtOnce)
		return err
	})
	var failed []error
	for _, account := range owing {
		if err := p.onAccount(ctx, account, (*book).chargeTraffic); err != nil {
			failed = append(failed, fmt.Errorf("charge traffic of account %d: %w", account, err))
		}
	}
	return errors.Join(append(failed, err)...)
}

// chargeTraffic charges what the account's instances have sent beyond what their
// plans include. What is counted only after an instance was suspended or deleted
// is free, like everything of it is from then on.
func (b *book) chargeTraffic() error {
	owed, err := b.tx.TakeOwed(b.account.ID)
	if err != nil {
		return err
	}
	for _, o := range owed {
		i, err := b.tx.Instance(o.InstanceID)
		if err != nil {
			return err
		}
		if i.Lifecycle != fleet.LifecycleActive || i.Holds|b.account.Holds != 0 {
			continue
		}
		if err := b.chargeOwed(o); err != nil {
			return fmt.Errorf("traffic of instance %d: %w", o.InstanceID, err)
		}
	}
	return b.judge()
}

func (b *book) chargeOwed(o OwedTraffic) error {
	price, err := b.tx.Price(o.Price)
	if err != nil {
		return err
	}
	before, err := b.tx.ChargedTraffic(o.InstanceID, o.Price, b.now.Month().Start(), b.now+1)
	if err != nil {
		return err
	}
	amount, err := billing.TrafficCharge(price.Traffic, before, o.Bytes)
	if err != nil {
		return err
	}
	return b.chargeOneOff(billing.OneOff{
		Instance: o.InstanceID, Price: o.Price, Kind: billing.KindTraffic, Bytes: o.Bytes, Amount: amount,
	})
}
