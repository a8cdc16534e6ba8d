package api

import (
	"context"
	"fmt"
	"net/http"

	"accrue/client"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

const adminLocations = "/v1/admin/locations"

func (s *server) adminLocationOperations() {
	const tag = "Admin: locations"
	whole(s, operation{
		id: "admin-list-locations", tag: tag, path: adminLocations, need: identity.ReadFleet, summary: "Every location",
	}, func(ctx context.Context, _ identity.Who, _ *struct{}) ([]client.AdminLocation, error) {
		all, err := s.Panel.Locations(ctx)
		return each(all, adminLocation), err
	})
	post(s, operation{
		id: "admin-create-location", tag: tag, path: adminLocations, need: identity.WriteFleet, summary: "Add a location", status: http.StatusCreated,
	}, s.createLocation)
	getTagged(s, operation{
		id: "admin-get-location", tag: tag, path: adminLocations + "/{id}", need: identity.ReadFleet, summary: "A location",
	}, readLocation[ByID](s))
	changeTagged(s, operation{
		id: "admin-change-location", tag: tag, path: adminLocations + "/{id}", need: identity.WriteFleet, summary: "Change a location",
	}, readLocation[locationChange](s), s.changeLocation)
	remove(s, operation{
		id: "admin-delete-location", tag: tag, path: adminLocations + "/{id}", need: identity.WriteFleet, summary: "Remove a location that was never used",
		errors: []int{http.StatusConflict},
	}, func(ctx context.Context, who identity.Who, in *ByID) error {
		return s.Panel.DeleteLocation(ctx, who, in.ID)
	})
	post(s, operation{
		id: "admin-order-hypervisors", tag: tag, path: adminLocations + "/{id}/order", need: identity.WriteFleet,
		summary: "Put a location's hypervisors into another order", text: "New instances go to them in turn, in this order.", status: http.StatusOK,
	}, s.orderHypervisors)
}

func (i ByID) id() int64 { return i.ID }

func adminLocation(l panel.Location) client.AdminLocation {
	return client.AdminLocation{Location: location(l), Visible: l.Visible, Position: l.Position}
}

// readLocation reads the location that an input names.
func readLocation[I interface{ id() int64 }](s *server) func(context.Context, identity.Who, *I) (client.AdminLocation, error) {
	return func(ctx context.Context, _ identity.Who, in *I) (client.AdminLocation, error) {
		l, err := s.locationByID(ctx, (*in).id())
		return adminLocation(l), err
	}
}

func (s *server) locationByID(ctx context.Context, id int64) (panel.Location, error) {
	all, err := s.Panel.Locations(ctx)
	return only(all, err, func(l panel.Location) bool { return l.ID == id })
}

// only returns the one of some things that is asked for, or ErrNotFound.
func only[T any](all []T, err error, is func(T) bool) (thing T, _ error) {
	if err != nil {
		return thing, err
	}
	for _, candidate := range all {
		if is(candidate) {
			return candidate, nil
		}
	}
	return thing, panel.ErrNotFound
}

// newLocationInput is a location to be made.
type newLocationInput struct {
	Keyed
	Body client.NewLocation
}

func (s *server) createLocation(ctx context.Context, who identity.Who, in *newLocationInput) (out outcome[client.AdminLocation], err error) {
	b := in.Body
	l, err := s.Panel.SaveLocation(ctx, who, panel.Location{
		Slug: b.Slug, Name: b.Name, City: b.City, Country: b.Country, Visible: *b.Visible, Position: b.Position,
	})
	return created(fmt.Sprint(adminLocations, "/", l.ID), adminLocation(l)), err
}

// locationChange is a change of a location.
type locationChange struct {
	ByID
	Seen
	Body client.LocationChange
}

func (s *server) changeLocation(ctx context.Context, who identity.Who, in *locationChange) error {
	l, err := s.locationByID(ctx, in.ID)
	if err != nil {
		return err
	}
	put(&l.Slug, in.Body.Slug)
	put(&l.Name, in.Body.Name)
	put(&l.City, in.Body.City)
	put(&l.Country, in.Body.Country)
	put(&l.Visible, in.Body.Visible)
	put(&l.Position, in.Body.Position)
	_, err = s.Panel.SaveLocation(ctx, who, l)
	return err
}

// put changes a value to the one that is given, if there is one.
func put[T any](value, given *T) {
	if given != nil {
		*value = *given
	}
}

// orderInput is an order of hypervisors.
type orderInput struct {
	ByID
	Keyed
	Body client.HypervisorOrder
}

func (s *server) orderHypervisors(ctx context.Context, who identity.Who, in *orderInput) (out outcome[client.Page[client.Hypervisor]], err error) {
	if err := s.Panel.OrderHypervisors(ctx, who, in.ID, in.Body.HypervisorIDs); err != nil {
		return out, err
	}
	hosts, err := s.Panel.Hypervisors(ctx, who, in.ID)
	out.Body.Items = each(hosts, Hypervisor)
	return out, err
}
