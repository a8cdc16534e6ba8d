package panel

import (
	"context"
	"errors"
	"fmt"

	"accrue/internal/identity"
)

// Plans returns every plan, by group and position.
func (p *Panel) Plans(ctx context.Context) (plans []Plan, err error) {
	err = p.view(ctx, func(tx Tx) error {
		plans, err = tx.ListPlans()
		return err
	})
	return plans, err
}

// Plan returns a plan.
func (p *Panel) Plan(ctx context.Context, id int64) (plan Plan, err error) {
	err = p.view(ctx, func(tx Tx) error {
		plan, err = tx.Plan(id)
		return err
	})
	return plan, err
}

// PlanGroups returns every plan group in its order.
func (p *Panel) PlanGroups(ctx context.Context) (groups []PlanGroup, err error) {
	err = p.view(ctx, func(tx Tx) error {
		groups, err = tx.ListPlanGroups()
		return err
	})
	return groups, err
}

// PriceHistory returns a plan's prices, the newest first.
func (p *Panel) PriceHistory(ctx context.Context, who identity.Who, plan int64) (prices []PriceVersion, err error) {
	err = p.look(ctx, who, identity.ReadSettings, func(tx Tx) error {
		prices, err = tx.ListPrices(plan)
		return err
	})
	return prices, err
}

// SavePlanGroup makes a plan group, or changes the one with its ID.
func (p *Panel) SavePlanGroup(ctx context.Context, who identity.Who, g PlanGroup) (PlanGroup, error) {
	if err := checkLabel("name", g.Name); err != nil {
		return g, err
	}
	if len(g.Description) > 500 {
		return g, invalid("description", "must be at most 500 characters")
	}
	err := p.change(ctx, who, identity.WriteCatalog, func(tx Tx) (err error) {
		if g.ID == 0 {
			g.ID, err = tx.InsertPlanGroup(g)
		} else {
			err = tx.UpdatePlanGroup(g)
		}
		if err != nil {
			return nameTaken(err, "plan group", g.Name)
		}
		return audit(tx, who, "plan-group.save", fmt.Sprintf("plan-group:%d", g.ID), g.Name)
	})
	return g, err
}

// nameTaken says so beside the field when a name exists already.
func nameTaken(err error, what, name string) error {
	if errors.Is(err, ErrExists) {
		return &Invalid{Field: "name", Message: fmt.Sprintf("there is a %s %s already", what, name), Code: CodeNameTaken}
	}
	return err
}

// DeletePlanGroup removes a plan group that has no plans.
func (p *Panel) DeletePlanGroup(ctx context.Context, who identity.Who, id int64) error {
	return p.change(ctx, who, identity.WriteCatalog, func(tx Tx) error {
		if err := tx.DeletePlanGroup(id); err != nil {
			return inUse(err, "The plan group still has plans. Move or delete them first.")
		}
		return audit(tx, who, "plan-group.delete", fmt.Sprintf("plan-group:%d", id), "")
	})
}

// inUse puts a refusal to delete into words.
func inUse(err error, message string) error {
	if errors.Is(err, ErrInUse) {
		return refuse(CodeInUse, "%s", message)
	}
	return err
}

// SavePlan makes a plan, or changes the one with its ID. Instances that are on
// it keep the size they have. A new plan needs a price; the price of an existing
// one is changed by ChangePrice.
func (p *Panel) SavePlan(ctx context.Context, who identity.Who, plan Plan, price PriceInput) (Plan, error) {
	if err := checkPlan(plan); err != nil {
		return plan, err
	}
	if plan.ID == 0 {
		if _, err := price.Price(); err != nil {
			return plan, err
		}
	}
	err := p.change(ctx, who, identity.WriteCatalog, func(tx Tx) (err error) {
		fresh := plan.ID == 0
		if fresh {
			plan.ID, err = tx.InsertPlan(plan)
		} else {
			err = tx.UpdatePlan(plan)
		}
		if errors.Is(err, ErrInUse) || errors.Is(err, ErrNotFound) {
			return invalid("group", "choose one of the plan groups, and locations that exist")
		}
		if err != nil {
			return nameTaken(err, "plan", plan.Name)
		}
		if fresh {
			if plan.Price, err = insertPrice(tx, who, plan.ID, price); err != nil {
				return err
			}
			plan.TrafficPrice = price.Traffic
		}
		return audit(tx, who, "plan.save", fmt.Sprintf("plan:%d", plan.ID), plan.Name)
	})
	return plan, err
}

func checkPlan(plan Plan) error {
	if err := checkLabel("name", plan.Name); err != nil {
		return err
	}
	if err := plan.Size.Validate(); err != nil {
		return asInvalidSize(err)
	}
	switch {
	case plan.Size.VCPUs < 1:
		return invalid("vcpus", "must be at least 1")
	case plan.Size.MemoryMiB < 1:
		return invalid("memory_mib", "must be at least 1")
	case plan.Size.DiskGiB < 1:
		return invalid("disk_gib", "must be at least 1")
	case plan.StoppedPercent < 0 || plan.StoppedPercent > 100:
		return invalid("stopped_percent", "must be between 0 and 100")
	case plan.TransferGiB < 0 || plan.TransferGiB > maxTransfer:
		return invalidf("transfer_gib", "must be between 0 and %d", maxTransfer)
	case plan.ThrottleMbit < 0 || plan.ThrottleMbit > maxThrottle:
		return invalidf("throttle_mbit", "must be between 0 and %d", maxThrottle)
	case plan.CPUPercent < 0 || plan.CPUPercent > 100:
		return invalid("cpu_percent", "must be between 0 and 100")
	case plan.IOPS < 0 || plan.IOPS > maxIOPS:
		return invalidf("iops", "must be between 0 and %d", maxIOPS)
	case plan.DiskMiBPerS < 0 || plan.DiskMiBPerS > maxDiskMiBPerS:
		return invalidf("disk_mib_per_s", "must be between 0 and %d", maxDiskMiBPerS)
	case plan.GroupID == 0:
		return invalid("group", "choose a plan group")
	}
	return nil
}

// The most that a plan can include and that a port can be limited to: an exbibyte
// a month, a terabit a second.
const (
	maxTransfer = 1 << 30
	maxThrottle = 1_000_000
)

// The most that a disk can be limited to: far beyond what any disk does.
const (
	maxIOPS        = 100_000_000
	maxDiskMiBPerS = 1_000_000
)

// DeletePlan removes a plan that no instance was ever on. One that was is hidden
// instead, because bills name it.
func (p *Panel) DeletePlan(ctx context.Context, who identity.Who, id int64) error {
	return p.change(ctx, who, identity.WriteCatalog, func(tx Tx) error {
		if err := tx.DeletePlan(id); err != nil {
			return inUse(err, "Instances are or were on this plan, and their bills name it. Hide it instead: nobody can order it then.")
		}
		return audit(tx, who, "plan.delete", fmt.Sprintf("plan:%d", id), "")
	})
}
