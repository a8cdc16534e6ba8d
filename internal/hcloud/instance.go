package hcloud

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"accrue/internal/fleet"
	"accrue/internal/panel"
)

// server is an instance as clients read it.
type server struct {
	ID              int64        `json:"id"`
	Name            string       `json:"name"`
	Status          string       `json:"status"`
	Created         *time.Time   `json:"created"`
	PublicNet       publicNet    `json:"public_net"`
	PrivateNet      []struct{}   `json:"private_net"`
	ServerType      serverType   `json:"server_type"`
	Location        location     `json:"location"`
	Datacenter      datacenter   `json:"datacenter"`
	Image           *image       `json:"image"`
	ISO             *struct{}    `json:"iso"`
	RescueEnabled   bool         `json:"rescue_enabled"`
	Locked          bool         `json:"locked"`
	BackupWindow    *string      `json:"backup_window"`
	OutgoingTraffic *int64       `json:"outgoing_traffic"`
	IngoingTraffic  *int64       `json:"ingoing_traffic"`
	IncludedTraffic int64        `json:"included_traffic"`
	Protection      protection   `json:"protection"`
	Labels          fleet.Labels `json:"labels"`
	Volumes         []int64      `json:"volumes"`
	LoadBalancers   []int64      `json:"load_balancers"`
	PrimaryDiskSize int64        `json:"primary_disk_size"`
	PlacementGroup  *struct{}    `json:"placement_group"`
}

type protection struct {
	Delete  bool `json:"delete"`
	Rebuild bool `json:"rebuild"`
}

// publicNet are the addresses of a server.
type publicNet struct {
	IPv4        *ipv4      `json:"ipv4"`
	IPv6        *ipv6      `json:"ipv6"`
	FloatingIPs []int64    `json:"floating_ips"`
	Firewalls   []struct{} `json:"firewalls"`
}

// statuses are what clients call the statuses of an instance.
var statuses = map[fleet.Status]string{
	fleet.StatusQueued:       "initializing",
	fleet.StatusProvisioning: "initializing",
	fleet.StatusRunning:      "running",
	fleet.StatusStarting:     "starting",
	fleet.StatusStopping:     "stopping",
	fleet.StatusStopped:      "off",
	fleet.StatusSuspending:   "stopping",
	fleet.StatusSuspended:    "off",
	fleet.StatusRebooting:    "running",
	fleet.StatusRebuilding:   "rebuilding",
	fleet.StatusResizing:     "migrating",
	fleet.StatusMigrating:    "migrating",
	fleet.StatusRestoring:    "rebuilding",
	fleet.StatusRescuing:     "starting",
	fleet.StatusUnknown:      "unknown",
	fleet.StatusError:        "unknown",
	fleet.StatusDeleting:     "deleting",
}

// serverOf makes a server of an instance.
func (k catalog) serverOf(v panel.InstanceView, images []panel.Image, held []panel.HeldAddress) server {
	s := server{
		ID:              v.ID,
		Name:            v.Name,
		Status:          statuses[v.Status],
		Created:         utc(v.CreatedAt),
		PublicNet:       publicNetOf(v.ID, held),
		PrivateNet:      []struct{}{},
		ServerType:      k.serverType(v.Plan),
		Location:        locationOf(v.Location),
		Datacenter:      k.datacenterOf(v.Location),
		RescueEnabled:   v.RescueImage != 0,
		Locked:          v.Facts.Lifecycle != fleet.LifecycleActive || v.Facts.Activity != "" || !v.Facts.Holds.Empty(),
		Labels:          labelsOf(v.Labels),
		Protection:      protection(v.Protection),
		Volumes:         []int64{},
		LoadBalancers:   []int64{},
		PrimaryDiskSize: v.Size.DiskGiB,
		IncludedTraffic: v.Plan.Transfer(),
		IngoingTraffic:  new(v.Traffic.In),
		OutgoingTraffic: new(v.Traffic.Out),
	}
	for _, i := range images {
		if i.ID == v.ImageID {
			s.Image = new(imageOf(i))
		}
	}
	if kinds := v.Facts.Holds.Kinds(); len(kinds) > 0 {
		s.Labels[suspendedLabel] = kinds[0].String()
	}
	return s
}

// datacenter is what clients from before July 2026 look for in a server. Each
// location is one.
type datacenter struct {
	ID          int64           `json:"id"`
	Name        string          `json:"name"`
	Description string          `json:"description"`
	Location    location        `json:"location"`
	ServerTypes datacenterTypes `json:"server_types"`
}

type datacenterTypes struct {
	Supported    []int64 `json:"supported"`
	Available    []int64 `json:"available"`
	ForMigration []int64 `json:"available_for_migration"`
}

func (k catalog) datacenterOf(l panel.Location) datacenter {
	c := datacenter{ID: l.ID, Name: l.Slug, Description: l.Name, Location: locationOf(l)}
	c.ServerTypes = datacenterTypes{[]int64{}, []int64{}, []int64{}}
	for _, offered := range k.Locations {
		for _, p := range offered.Plans {
			if offered.ID != l.ID || !p.Offered {
				continue
			}
			c.ServerTypes.Supported = append(c.ServerTypes.Supported, p.ID)
			c.ServerTypes.ForMigration = append(c.ServerTypes.ForMigration, p.ID)
			if p.Room > 0 {
				c.ServerTypes.Available = append(c.ServerTypes.Available, p.ID)
			}
		}
	}
	return c
}

// servers joins instances with what clients want to know of them besides.
func (d *door) servers(c *call, views ...panel.InstanceView) ([]server, error) {
	known, err := d.catalog(c)
	if err != nil {
		return nil, err
	}
	images, err := d.Panel.Images(c.Context(), c.who)
	if err != nil {
		return nil, err
	}
	held, err := d.Panel.MyAddresses(c.Context(), c.who)
	if err != nil {
		return nil, err
	}
	all := make([]server, 0, len(views))
	for _, v := range views {
		all = append(all, known.serverOf(v, images, held))
	}
	return all, nil
}

func (d *door) listServers(c *call) (reply, error) {
	if err := oneOf(c, "status", slices.Compact(slices.Sorted(maps.Values(statuses)))...); err != nil {
		return reply{}, err
	}
	views, err := d.Panel.Instances(c.Context(), c.who, false)
	if err != nil {
		return reply{}, err
	}
	views = keep(c, "name", views, func(v panel.InstanceView) string { return v.Name })
	if views, err = selected(c, views, func(v panel.InstanceView) fleet.Labels { return v.Labels }); err != nil {
		return reply{}, err
	}
	views = keep(c, "status", views, func(v panel.InstanceView) string { return statuses[v.Status] })
	all, err := d.servers(c, views...)
	if err != nil {
		return reply{}, err
	}
	return list(c, "servers", all, order[server]{
		"id":      by(func(s server) int64 { return s.ID }),
		"name":    by(func(s server) string { return s.Name }),
		"created": func(a, b server) int { return a.Created.Compare(*b.Created) },
	})
}

func (d *door) getServer(c *call) (reply, error) {
	v, err := d.server(c)
	if err != nil {
		return reply{}, err
	}
	return d.shown(c, v.ID)
}

// shown answers with a server as it is now.
func (d *door) shown(c *call, id int64) (reply, error) {
	v, err := d.Panel.Instance(c.Context(), c.who, id)
	if err != nil {
		return reply{}, err
	}
	all, err := d.servers(c, v)
	if err != nil {
		return reply{}, err
	}
	return ok("server", all[0]), nil
}

// server returns the caller's instance that is in the address. One that has been
// deleted is not there any more.
func (d *door) server(c *call) (panel.InstanceView, error) {
	v, err := d.Panel.Instance(c.Context(), c.who, c.id())
	if errors.Is(err, panel.ErrNotFound) || err == nil && v.Lifecycle == fleet.LifecycleDeleted {
		return v, missing("server")
	}
	return v, err
}

// updateServer changes what a request names, all of it or nothing.
func (d *door) updateServer(c *call) (reply, error) {
	var change struct {
		Name   *string       `json:"name"`
		Labels *fleet.Labels `json:"labels"`
	}
	if err := c.read(&change); err != nil {
		return reply{}, err
	}
	v, err := d.server(c)
	if err != nil {
		return reply{}, err
	}
	err = d.Panel.Together(c.Context(), func(ctx context.Context) error {
		if change.Name != nil {
			if _, err := d.Panel.RenameInstance(ctx, c.who, v.ID, *change.Name); err != nil {
				return err
			}
		}
		if change.Labels != nil {
			if _, err := d.Panel.LabelInstance(ctx, c.who, v.ID, theirs(*change.Labels)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return reply{}, err
	}
	return d.shown(c, v.ID)
}
