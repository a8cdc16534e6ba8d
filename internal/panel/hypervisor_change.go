package panel

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"accrue/internal/identity"
)

// Locations returns every location in its order.
func (p *Panel) Locations(ctx context.Context) (locations []Location, err error) {
	err = p.view(ctx, func(tx Tx) error {
		locations, err = tx.ListLocations()
		return err
	})
	return locations, err
}

var slug = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$`)

// SaveLocation makes a location, or changes the one with its ID.
func (p *Panel) SaveLocation(ctx context.Context, who identity.Who, l Location) (Location, error) {
	if err := checkLabel("name", l.Name); err != nil {
		return l, err
	}
	if !slug.MatchString(l.Slug) {
		return l, invalid("slug", "use 1 to 32 lower-case letters, digits and hyphens, such as ams-1")
	}
	if l.Country != "" && (len(l.Country) != 2 || !slug.MatchString(l.Country)) {
		return l, invalid("country", "use a code of two lower-case letters, such as nl")
	}
	err := p.change(ctx, who, identity.WriteFleet, func(tx Tx) (err error) {
		if l.ID == 0 {
			l.ID, err = tx.InsertLocation(l)
		} else {
			var known Location
			if known, err = tx.LockLocation(l.ID); err != nil {
				return err
			}
			l.LastHypervisor = known.LastHypervisor
			err = tx.UpdateLocation(l)
		}
		if errors.Is(err, ErrExists) {
			return invalidf("slug", "there is a location %s already", l.Slug)
		}
		if err != nil {
			return err
		}
		return audit(tx, who, "location.save", fmt.Sprintf("location:%d", l.ID), l.Name)
	})
	return l, err
}

// OrderHypervisors puts a location's hypervisors into another order: that of
// their IDs. Those not named come after them.
func (p *Panel) OrderHypervisors(ctx context.Context, who identity.Who, location int64, ids []int64) error {
	return p.change(ctx, who, identity.WriteFleet, func(tx Tx) error {
		if _, err := tx.LockLocation(location); err != nil {
			return err
		}
		hosts, err := tx.ListHypervisors(location)
		if err != nil {
			return err
		}
		turn := func(h Hypervisor) int64 {
			if n := slices.Index(ids, h.ID); n >= 0 {
				return int64(n + 1)
			}
			return int64(len(ids) + 1)
		}
		order := ""
		slices.SortStableFunc(hosts, func(a, b Hypervisor) int { return int(turn(a) - turn(b)) })
		for n, h := range hosts {
			order += " " + h.Name
			if h.Position == int64(n+1) {
				continue
			}
			h.Position = int64(n + 1)
			if err := tx.UpdateHypervisor(h); err != nil {
				return err
			}
		}
		return audit(tx, who, "location.order", fmt.Sprintf("location:%d", location), strings.TrimSpace(order))
	})
}

// DeleteLocation removes a location that has neither hypervisors nor a past.
func (p *Panel) DeleteLocation(ctx context.Context, who identity.Who, id int64) error {
	return p.change(ctx, who, identity.WriteFleet, func(tx Tx) error {
		if err := tx.DeleteLocation(id); err != nil {
			return inUse(err, "The location has hypervisors or instances. Hide it instead: nobody can order there then.")
		}
		return audit(tx, who, "location.delete", fmt.Sprintf("location:%d", id), "")
	})
}

// Hypervisors returns the hypervisors of a location in its order; of all
// locations with 0.
func (p *Panel) Hypervisors(ctx context.Context, who identity.Who, location int64) (hosts []Hypervisor, err error) {
	err = p.look(ctx, who, identity.ReadFleet, func(tx Tx) error {
		hosts, err = tx.ListHypervisors(location)
		return err
	})
	return hosts, err
}

// Hypervisor returns a hypervisor.
func (p *Panel) Hypervisor(ctx context.Context, who identity.Who, id int64) (host Hypervisor, err error) {
	err = p.look(ctx, who, identity.ReadFleet, func(tx Tx) error {
		host, err = tx.Hypervisor(id)
		return err
	})
	return host, err
}

// SaveHypervisor makes a hypervisor, or changes the one with its ID. Making it
// smaller than what is reserved on it is refused.
func (p *Panel) SaveHypervisor(ctx context.Context, who identity.Who, h Hypervisor) (Hypervisor, error) {
	h.Endpoint, h.Accel = fromLibvirt(h.Endpoint), cmp.Or(h.Accel, AccelAuto)
	if err := checkHypervisor(h); err != nil {
		return h, err
	}
	err := p.change(ctx, who, identity.WriteFleet, func(tx Tx) (err error) {
		if h.ID == 0 {
			h.Online = true
			h.ID, err = tx.InsertHypervisor(h)
		} else {
			var known Hypervisor
			if known, err = tx.Hypervisor(h.ID); err != nil {
				return err
			}
			if !known.Used.Fits(h.Limit()) {
				return invalid("capacity", "is less than what instances on it have reserved")
			}
			if known.LocationID != h.LocationID && known.Instances > 0 {
				return invalid("location", "cannot change while instances are on it: they were sold in this one")
			}
			h.keep(known)
			err = tx.UpdateHypervisor(h)
			if err == nil && h.HostUID != known.HostUID {
				err = tx.SetStock(h)
			}
		}
		if errors.Is(err, ErrInUse) || errors.Is(err, ErrNotFound) {
			return invalid("location", "choose one of the locations")
		}
		if err != nil {
			return nameTaken(err, "hypervisor", h.Name)
		}
		return audit(tx, who, "hypervisor.save", fmt.Sprintf("hypervisor:%d", h.ID), h.Name)
	})
	return h, err
}

// DeleteHypervisor removes a hypervisor that never had an instance.
func (p *Panel) DeleteHypervisor(ctx context.Context, who identity.Who, id int64) error {
	return p.change(ctx, who, identity.WriteFleet, func(tx Tx) error {
		if err := tx.DeleteHypervisor(id); err != nil {
			return inUse(err, "The hypervisor has or had instances. Disable it instead: nothing new is placed on it then.")
		}
		return audit(tx, who, "hypervisor.delete", fmt.Sprintf("hypervisor:%d", id), "")
	})
}

// Faults returns what is made to fail on a simulated hypervisor. ok is false for
// a real one.
func (p *Panel) Faults(ctx context.Context, who identity.Who, id int64) (faults []Fault, ok bool, err error) {
	host, err := p.Hypervisor(ctx, who, id)
	if err != nil {
		return nil, false, err
	}
	faulty, ok := p.drivers.(Faulty)
	if !ok || host.Driver != "sim" {
		return nil, false, nil
	}
	faults, err = faulty.Faults(id)
	return faults, true, err
}

// SetFault makes a simulated hypervisor fail, or work again.
func (p *Panel) SetFault(ctx context.Context, who identity.Who, id int64, fault Fault, on bool) error {
	if !who.May(identity.WriteFleet) {
		return ErrForbidden
	}
	_, ok, err := p.Faults(ctx, who, id)
	if err != nil {
		return err
	}
	if !ok || !slices.Contains([]Fault{FaultUnreachable, FaultHang, FaultError, FaultReplyLost}, fault) {
		return invalid("fault", "is not something that this hypervisor can do")
	}
	if err := p.drivers.(Faulty).SetFault(id, fault, on); err != nil {
		return err
	}
	return p.update(ctx, func(tx Tx) error {
		return audit(tx, who, "hypervisor.fault", fmt.Sprintf("hypervisor:%d", id), fmt.Sprintf("%s: %t", fault, on))
	})
}
