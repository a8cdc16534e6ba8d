package api

import (
	"cmp"
	"context"
	"fmt"
	"net/http"

	"accrue/client"
	"accrue/internal/fleet"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

const adminHypervisors = "/v1/admin/hypervisors"

func (s *server) adminHypervisorOperations() {
	const tag = "Admin: hypervisors"
	whole(s, operation{
		id: "list-hypervisors", tag: tag, path: adminHypervisors, need: identity.ReadFleet, summary: "Hypervisors, by location and in their order",
	}, func(ctx context.Context, who identity.Who, in *hypervisorQuery) ([]client.Hypervisor, error) {
		hosts, err := s.Panel.Hypervisors(ctx, who, in.Location)
		return each(hosts, Hypervisor), err
	})
	post(s, operation{
		id: "create-hypervisor", tag: tag, path: adminHypervisors, need: identity.WriteFleet, summary: "Add a hypervisor", status: http.StatusCreated,
	}, s.createHypervisor)
	get(s, operation{
		id: "get-hypervisor", tag: tag, path: adminHypervisors + "/{id}", need: identity.ReadFleet, summary: "A hypervisor",
	}, func(ctx context.Context, who identity.Who, in *ByID) (client.Hypervisor, error) {
		h, err := s.Panel.Hypervisor(ctx, who, in.ID)
		return Hypervisor(h), err
	})
	patch(s, operation{
		id: "change-hypervisor", tag: tag, path: adminHypervisors + "/{id}", need: identity.WriteFleet,
		summary: "Change, enable or disable a hypervisor", text: "A disabled one takes no new instances; those it has keep running.",
	}, s.changeHypervisor)
	remove(s, operation{
		id: "delete-hypervisor", tag: tag, path: adminHypervisors + "/{id}", need: identity.WriteFleet,
		summary: "Remove a hypervisor that never had an instance", errors: []int{http.StatusConflict},
	}, func(ctx context.Context, who identity.Who, in *ByID) error {
		return s.Panel.DeleteHypervisor(ctx, who, in.ID)
	})
	s.examinationOperations(tag)
	get(s, operation{
		id: "get-faults", tag: tag, path: adminHypervisors + "/{id}/faults", need: identity.ReadFleet, summary: "What is made to fail on a simulated hypervisor",
	}, func(ctx context.Context, who identity.Who, in *ByID) (client.Faults, error) {
		return s.faults(ctx, who, in.ID)
	})
	post(s, operation{
		id: "switch-fault", tag: tag, path: adminHypervisors + "/{id}/faults", need: identity.WriteFleet,
		summary: "Make a simulated hypervisor fail, or work again", status: http.StatusOK,
	}, s.switchFault)
}

// hypervisorQuery selects hypervisors.
type hypervisorQuery struct {
	Location int64 `query:"location_id" minimum:"0" doc:"Only those there."`
}

// Hypervisor is a hypervisor as programs see it.
func Hypervisor(h panel.Hypervisor) client.Hypervisor {
	return client.Hypervisor{
		ID: h.ID, Name: h.Name, LocationID: h.LocationID, Position: h.Position, Driver: h.Driver,
		Endpoint: h.Endpoint, HostKey: h.HostKey, KeyFile: h.KeyFile, Network: h.Network, Storage: h.Storage, Accel: string(h.Accel),
		Capacity: resources(h.Capacity), CPURatio: h.CPURatio.String(), Limit: resources(h.Limit()), Used: resources(h.Used), Instances: h.Instances,
		Tags: append([]string{}, h.Tags...), Enabled: h.Enabled, Online: h.Online, SeenAt: moment(h.Heartbeat.SeenAt), Error: h.Heartbeat.Error,
	}
}

// newHypervisorInput is a hypervisor to be added.
type newHypervisorInput struct {
	Keyed
	Body client.NewHypervisor
}

// lastPlace is behind every other thing in an order.
const lastPlace = 1_000

func (s *server) createHypervisor(ctx context.Context, who identity.Who, in *newHypervisorInput) (out outcome[client.Hypervisor], err error) {
	b := in.Body
	h := reached(b.HypervisorReach)
	h.LocationID, h.Position = b.LocationID, lastPlace
	h.Name, h.Capacity, h.Tags, h.Enabled = b.Name, sizeOf(b.Capacity), b.Tags, *b.Enabled
	if h.CPURatio, err = ratio(cmp.Or(b.CPURatio, fleet.DefaultCPURatio.String())); err != nil {
		return out, err
	}
	if h, err = s.Panel.SaveHypervisor(ctx, who, h); err != nil {
		return out, err
	}
	return created(fmt.Sprint(adminHypervisors, "/", h.ID), Hypervisor(h)), nil
}

func sizeOf(r client.Resources) fleet.Resources {
	return fleet.Resources{VCPUs: r.VCPUs, MemoryMiB: r.MemoryMiB, DiskGiB: r.DiskGiB, GPUs: r.GPUs}
}

func ratio(text string) (fleet.Ratio, error) {
	r, err := fleet.ParseRatio(text)
	if err != nil {
		return 0, &panel.Invalid{Field: "cpu_ratio", Message: err.Error()}
	}
	return r, nil
}

// hypervisorChange is a change of a hypervisor.
type hypervisorChange struct {
	ByID
	Body client.HypervisorChange
}

func (s *server) changeHypervisor(ctx context.Context, who identity.Who, in *hypervisorChange) (out client.Hypervisor, err error) {
	err = s.Panel.Alone(ctx, who, identity.WriteFleet, func(ctx context.Context) error {
		h, err := s.Panel.Hypervisor(ctx, who, in.ID)
		if err != nil {
			return err
		}
		b := in.Body
		if b.LocationID != nil && *b.LocationID != h.LocationID {
			h.LocationID, h.Position = *b.LocationID, lastPlace
		}
		put(&h.Name, b.Name)
		put(&h.Endpoint, b.Endpoint)
		put(&h.HostKey, b.HostKey)
		put(&h.KeyFile, b.KeyFile)
		put(&h.Network, b.Network)
		put(&h.Storage, b.Storage)
		put((*string)(&h.Accel), b.Accel)
		put(&h.Tags, b.Tags)
		put(&h.Enabled, b.Enabled)
		if b.Capacity != nil {
			h.Capacity = sizeOf(*b.Capacity)
		}
		if b.CPURatio != nil {
			if h.CPURatio, err = ratio(*b.CPURatio); err != nil {
				return err
			}
		}
		h, err = s.Panel.SaveHypervisor(ctx, who, h)
		out = Hypervisor(h)
		return err
	})
	return out, err
}

// faultInput switches a fault.
type faultInput struct {
	ByID
	Keyed
	Body client.FaultSwitch
}

func (s *server) switchFault(ctx context.Context, who identity.Who, in *faultInput) (out outcome[client.Faults], err error) {
	if err := s.Panel.SetFault(ctx, who, in.ID, panel.Fault(in.Body.Fault), in.Body.On); err != nil {
		return out, err
	}
	out.Body, err = s.faults(ctx, who, in.ID)
	return out, err
}

func (s *server) faults(ctx context.Context, who identity.Who, id int64) (client.Faults, error) {
	faults, simulated, err := s.Panel.Faults(ctx, who, id)
	return client.Faults{Simulated: simulated, Faults: each(faults, func(f panel.Fault) string { return string(f) })}, err
}
