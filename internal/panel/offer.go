package panel

import (
	"context"
	"errors"
	"slices"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/identity"
)

// Offer is what a customer can choose from, as it is at this moment.
type Offer struct {
	Account   Account
	Currency  billing.Currency
	Locations []OfferedLocation
	Groups    []PlanGroup
	Images    []Image
}

// OfferedLocation is a location with what can be had there.
type OfferedLocation struct {
	Location
	Apart bool          // the image is a snapshot, and is not here
	Plans []OfferedPlan // by group and position; also those that cannot be had now
}

// OfferedPlan is a plan as it can be had in a location.
type OfferedPlan struct {
	Plan
	Offered  bool  // in this location at all
	TooSmall bool  // for a disk of the image
	Room     int64 // how many more would fit now
}

// Offer returns the visible catalogue with its availability.
func (p *Panel) Offer(ctx context.Context, who identity.Who) (Offer, error) {
	return p.OfferFrom(ctx, who, 0)
}

// OfferFrom returns what can be had with a disk that is made from an image, which
// is a system or a snapshot of the caller's account; 0 stands for whichever.
func (p *Panel) OfferFrom(ctx context.Context, who identity.Who, image int64) (offer Offer, err error) {
	err = p.look(ctx, who, identity.ReadInstances, func(tx Tx) error {
		offer = Offer{}
		from, err := offeredImage(tx, who.AccountID, image)
		if err != nil {
			return err
		}
		if offer.Account, err = tx.Account(who.AccountID); err != nil {
			return err
		}
		if offer.Currency, err = currencyOf(tx, offer.Account.Currency); err != nil {
			return err
		}
		if offer.Images, err = visible(listed(tx, ImageFilter{Kind: ImageSystem}), func(i Image) bool { return i.offeredTo(who.AccountID) }); err != nil {
			return err
		}
		if offer.Groups, err = visible(tx.ListPlanGroups, func(g PlanGroup) bool { return g.Visible }); err != nil {
			return err
		}
		return offer.fill(tx, from)
	})
	return offer, err
}

// offeredImage is an image that an account can have a disk made from, as a
// snapshot that is on no hypervisor unless it is one.
func offeredImage(tx Tx, account, id int64) (s Snapshot, err error) {
	if id == 0 {
		return s, nil
	}
	if s.Image, err = tx.Image(id); err == nil && s.Kind == ImageSnapshot {
		s, err = tx.Snapshot(id)
	}
	if err == nil && !s.offeredTo(account) {
		err = ErrNotFound
	}
	return s, err
}

// visible lists things and keeps those that customers may see.
func visible[T any](list func() ([]T, error), shown func(T) bool) (kept []T, err error) {
	all, err := list()
	for _, thing := range all {
		if shown(thing) {
			kept = append(kept, thing)
		}
	}
	return kept, err
}

func (o *Offer) fill(tx Tx, from Snapshot) error {
	groups := map[int64]bool{}
	for _, g := range o.Groups {
		groups[g.ID] = true
	}
	plans, err := visible(tx.ListPlans, func(plan Plan) bool {
		return plan.Visible && plan.Price.ID != 0 && groups[plan.GroupID]
	})
	if err != nil {
		return err
	}
	locations, err := visible(tx.ListLocations, func(l Location) bool { return l.Visible })
	if err != nil {
		return err
	}
	pools, err := poolUsages(tx)
	if err != nil {
		return err
	}
	for _, l := range locations {
		hosts, err := tx.ListHypervisors(l.ID)
		if err != nil {
			return err
		}
		offered := OfferedLocation{Location: l}
		if from.HypervisorID != 0 {
			hosts = slices.DeleteFunc(hosts, func(h Hypervisor) bool { return h.ID != from.HypervisorID })
			offered.Apart = len(hosts) == 0
		}
		for _, plan := range plans {
			entry := OfferedPlan{Plan: plan, Offered: plan.OfferedAt(l.ID), TooSmall: from.fits(plan.Size.Resources) != nil}
			if entry.Offered {
				entry.Room = room(hosts, pools, plan.Size)
			}
			offered.Plans = append(offered.Plans, entry)
		}
		o.Locations = append(o.Locations, offered)
	}
	return nil
}

// room is how many more instances of a size would fit on hypervisors now, if each
// had the addresses of its pools to itself.
func room(hosts []Hypervisor, pools []PoolUsage, size fleet.Request) (n int64) {
	for _, h := range hosts {
		n += min(h.Fit(size), freeAddresses(h, pools))
	}
	return n
}

// Quoted is an order with its price and whether it would be accepted.
type Quoted struct {
	billing.Quote
	Now      billing.Instant // that all of this is true at
	Plan     Plan
	Currency billing.Currency
	Shown    billing.Price // the version that the order names
	Refused  error         // *Refusal or *Invalid: why CreateInstance would refuse it now
}

// Quote prices an order by the function that will bill it, and says whether it
// would be accepted. The name is not looked at while it is empty.
func (p *Panel) Quote(ctx context.Context, who identity.Who, order NewInstance) (quoted Quoted, err error) {
	err = p.look(ctx, who, identity.ReadInstances, func(tx Tx) error {
		b, err := readBook(tx, who.AccountID)
		if err != nil {
			return err
		}
		if quoted.Currency, err = currencyOf(tx, b.account.Currency); err != nil {
			return err
		}
		if quoted.Plan, err = tx.Plan(order.PlanID); errors.Is(err, ErrNotFound) {
			return invalid("plan", "choose one of the plans")
		} else if err != nil {
			return err
		}
		if quoted.Shown, err = shownPrice(tx, order, quoted.Plan); err != nil {
			return err
		}
		quoted.Now = b.now
		quoted.Refused = b.wouldRefuse(order, quoted.Plan)
		one := billing.Order{Price: quoted.Plan.Price, Count: 1}
		quoted.Quote, err = billing.NewQuote(b.position(), b.settings.Thresholds, b.account.Taken, one, b.settings.Rules(), b.now)
		return err
	})
	return quoted, err
}

// shownPrice is the version of a plan's price that an order names: the one in
// force if it names none, or one of another plan.
func shownPrice(tx Tx, order NewInstance, plan Plan) (billing.Price, error) {
	if order.Price == 0 || order.Price == plan.Price.ID {
		return plan.Price, nil
	}
	shown, err := tx.Price(order.Price)
	if errors.Is(err, ErrNotFound) || (err == nil && shown.PlanID != plan.ID) {
		return plan.Price, nil
	}
	return shown.Price, err
}

// wouldRefuse asks everything that creating would ask, without doing it.
func (b *book) wouldRefuse(order NewInstance, plan Plan) error {
	named := order
	if named.Name == "" {
		named.Name = "name"
	}
	if _, err := b.checkOrder(named); err != nil && (order.Name != "" || !onField(err, "name")) {
		return err
	}
	if err := b.mayCreate(plan.Price); err != nil {
		return err
	}
	hosts, err := b.tx.ListHypervisors(order.LocationID)
	if err != nil {
		return err
	}
	apart, err := b.apartFrom(order.ImageID, order.LocationID)
	if err != nil {
		return err
	}
	hosts = slices.DeleteFunc(hosts, func(h Hypervisor) bool { return slices.Contains(apart, h.ID) })
	pools, err := poolUsages(b.tx)
	if err != nil {
		return err
	}
	if room(hosts, pools, plan.Size) == 0 {
		return refuse(CodeNoCapacity, "There is no room for this plan here right now. Choose another location or a smaller plan.")
	}
	return nil
}

func onField(err error, field string) bool {
	var no *Invalid
	return errors.As(err, &no) && no.Field == field
}

// readBook opens an account's book for reading. What has come due and has not
// been lived through yet is not done here; a worker is moments behind at most.
func readBook(tx Tx, account int64) (*book, error) {
	a, err := tx.Account(account)
	if err != nil {
		return nil, err
	}
	settings, err := tx.Settings()
	if err != nil {
		return nil, err
	}
	open, err := tx.OpenSegments(account)
	if err != nil {
		return nil, err
	}
	if a, err = a.Settled(open); err != nil {
		return nil, err
	}
	return &book{tx: tx, now: max(tx.Now(), a.SeenAt), account: a, settings: settings, open: open}, nil
}
