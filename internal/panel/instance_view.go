package panel

import (
	"context"
	"errors"
	"slices"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/identity"
)

func viewInstances(tx Tx, f InstanceFilter) ([]InstanceView, error) {
	instances, err := tx.ListInstances(f)
	if err != nil {
		return nil, err
	}
	return viewAll(tx, instances)
}

// accountUse is what one account's instances share: its holds, its tasks, and
// what each instance has used this month.
type accountUse struct {
	holds     fleet.Holds
	open      map[int64]billing.Segment
	used      map[int64]billing.Credits
	tasks     map[int64][]Task
	sizes     map[int64]fleet.Resources // of the room that is reserved
	traffic   map[int64]Traffic         // of this month
	addresses map[int64][]Address
}

// viewAll joins instances with everything their pages say of them.
func viewAll(tx Tx, instances []Instance) ([]InstanceView, error) {
	names, err := loadNames(tx)
	if err != nil {
		return nil, err
	}
	hosts := map[int64]Hypervisor{}
	all, err := tx.ListHypervisors(0)
	if err != nil {
		return nil, err
	}
	for _, h := range all {
		hosts[h.ID] = h
	}
	accounts := map[int64]accountUse{}
	views := make([]InstanceView, 0, len(instances))
	for _, i := range instances {
		use, known := accounts[i.AccountID]
		if !known {
			if use, err = loadUse(tx, i.AccountID); err != nil {
				return nil, err
			}
			accounts[i.AccountID] = use
		}
		if _, known := names.images[i.ImageID]; !known {
			if names.images[i.ImageID], err = imageOf(tx, i.ImageID); err != nil {
				return nil, err
			}
		}
		v := viewOf(i, names, hosts[i.HypervisorID], use, tx.Now())
		if v.Size, known = use.sizes[i.ID]; !known {
			v.Size = v.Plan.Size.Resources
		}
		if v.Plan.ThrottleMbit > 0 {
			if v.Throttle, err = tx.Throttle(i.ID); err != nil {
				return nil, err
			}
		}
		views = append(views, v)
	}
	return views, nil
}

func loadUse(tx Tx, account int64) (accountUse, error) {
	use := accountUse{
		open:      map[int64]billing.Segment{},
		used:      map[int64]billing.Credits{},
		tasks:     map[int64][]Task{},
		sizes:     map[int64]fleet.Resources{},
		traffic:   map[int64]Traffic{},
		addresses: map[int64][]Address{},
	}
	a, err := tx.Account(account)
	if err != nil {
		return use, err
	}
	use.holds = a.Holds
	now := max(tx.Now(), a.SeenAt)
	lines, err := monthLines(tx, account, now.Month(), now)
	if err != nil {
		return use, err
	}
	for _, line := range lines {
		use.used[line.Instance] += line.Amount // those of snapshots under 0
	}
	segments, err := tx.OpenSegments(account)
	if err != nil {
		return use, err
	}
	for _, s := range segments {
		use.open[s.Instance] = s
	}
	allocations, err := tx.AllocationsOf(account)
	if err != nil {
		return use, err
	}
	for _, a := range allocations {
		use.sizes[a.InstanceID] = a.Size
	}
	addresses, err := tx.ListAddresses(AddressFilter{AccountID: account})
	if err != nil {
		return use, err
	}
	for _, a := range addresses {
		use.addresses[a.InstanceID] = append(use.addresses[a.InstanceID], a)
	}
	counted, err := tx.ListTraffic(account, now.Month())
	if err != nil {
		return use, err
	}
	for _, u := range counted {
		use.traffic[u.InstanceID] = u
	}
	tasks, err := tx.ListTasks(TaskFilter{AccountID: account, OpenOnly: true})
	for _, t := range tasks {
		use.tasks[t.InstanceID] = append(use.tasks[t.InstanceID], t)
	}
	return use, err
}

func viewOf(i Instance, n names, host Hypervisor, use accountUse, now billing.Instant) InstanceView {
	tasks := use.tasks[i.ID]
	var activity TaskKind
	for _, t := range tasks {
		if t.Kind.Verb() != "" {
			activity = t.Kind
		}
	}
	facts := i.Facts(use.holds, activity, host.ID != 0 && !host.Online)
	v := InstanceView{
		Instance:     i,
		Facts:        facts,
		Status:       facts.Status(),
		Plan:         n.plans[i.PlanID],
		Price:        n.prices[i.PriceID].Price,
		Location:     n.locations[i.LocationID],
		Hypervisor:   host.Name,
		Image:        n.images[i.ImageID].Name(),
		Addresses:    use.addresses[i.ID],
		MonthUsed:    use.used[i.ID],
		Traffic:      use.traffic[i.ID],
		TrafficPrice: n.prices[i.PriceID].Traffic,
		Tasks:        tasks,
	}
	if i.ImageID == 0 {
		v.Image = ""
	}
	if s, billed := use.open[i.ID]; billed {
		v.Percent = s.Percent
		v.Burn = s.Charge(now, now+billing.Hour)
	}
	return v
}

// InstanceSegments returns an instance's billable life, oldest first.
func (p *Panel) InstanceSegments(ctx context.Context, who identity.Who, id int64) (segments []billing.Segment, err error) {
	err = p.look(ctx, who, identity.ReadInstances, func(tx Tx) error {
		i, err := visibleInstance(tx, who, id)
		if err != nil {
			return err
		}
		segments, err = tx.ListSegments(i.AccountID, i.ID, 0, billing.Never)
		return err
	})
	return segments, err
}

// InstanceTasks returns what has been done to an instance, newest first: tasks
// before one of them, or from the newest on with 0.
func (p *Panel) InstanceTasks(ctx context.Context, who identity.Who, id, before int64, limit int) (tasks []Task, err error) {
	err = p.look(ctx, who, identity.ReadInstances, func(tx Tx) error {
		if _, err := visibleInstance(tx, who, id); err != nil {
			return err
		}
		tasks, err = tx.ListTasks(TaskFilter{InstanceID: id, Before: before, Limit: limit})
		return err
	})
	return tasks, err
}

// usualOf is how many tasks are looked at to say how long one takes.
const usualOf = 21

// UsualDuration is how long tasks of a kind have taken lately, from the order to
// the end: the median of those that succeeded, or 0 if none has.
func (p *Panel) UsualDuration(ctx context.Context, kind TaskKind) (usual billing.Instant, err error) {
	var took []billing.Instant
	err = p.view(ctx, func(tx Tx) error {
		took = nil
		tasks, err := tx.ListTasks(TaskFilter{Kind: kind, State: TaskSucceeded, Limit: usualOf})
		for _, t := range tasks {
			took = append(took, t.FinishedAt-t.CreatedAt)
		}
		return err
	})
	if err != nil || len(took) == 0 {
		return 0, err
	}
	slices.Sort(took)
	return took[len(took)/2], nil
}

// ResizeChoice is a plan that an instance could move to.
type ResizeChoice struct {
	Plan
	Reason string // why it cannot; empty if it can
}

// ResizeChoices returns the visible plans, and why an instance cannot move to
// those it cannot.
func (p *Panel) ResizeChoices(ctx context.Context, who identity.Who, id int64) (choices []ResizeChoice, err error) {
	err = p.look(ctx, who, identity.ReadInstances, func(tx Tx) error {
		choices = nil
		i, err := visibleInstance(tx, who, id)
		if err != nil {
			return err
		}
		b, err := readBook(tx, i.AccountID)
		if err != nil {
			return err
		}
		plans, err := visible(tx.ListPlans, func(plan Plan) bool { return plan.Visible && plan.Price.ID != 0 })
		if err != nil {
			return err
		}
		for _, plan := range plans {
			choices = append(choices, ResizeChoice{Plan: plan, Reason: b.resizeReason(i, plan)})
		}
		return nil
	})
	return choices, err
}

func (b *book) resizeReason(i Instance, plan Plan) string {
	if _, err := b.checkResize(i, plan.ID); err != nil {
		var no *Invalid
		if errors.As(err, &no) {
			return no.Message
		}
		return err.Error()
	}
	host, err := b.tx.Hypervisor(i.HypervisorID)
	if err != nil {
		return "the hypervisor is not known"
	}
	old, err := b.reserved(i)
	if err != nil {
		return "the instance has no room reserved"
	}
	if reason := host.RoomInPlace(old, plan.Size); reason != fleet.RoomOK {
		return "its hypervisor has no room for it: " + reason.Label()
	}
	return ""
}
