package hcloud

import (
	"slices"
	"strings"
	"time"

	"accrue/internal/billing"
	"accrue/internal/panel"
)

// catalog is what the caller can choose from, as clients name it.
type catalog struct {
	panel.Offer
	snapshots []panel.SnapshotView // the caller's
	now       billing.Instant
}

func (d *door) catalog(c *call) (catalog, error) {
	offer, err := d.Panel.Offer(c.Context(), c.who)
	if err != nil {
		return catalog{}, err
	}
	snapshots, err := d.snapshots(c)
	if err != nil {
		return catalog{}, err
	}
	now, err := d.Panel.Now(c.Context())
	return catalog{offer, snapshots, now}, err
}

// location is a panel.Location as clients read it.
type location struct {
	ID          int64   `json:"id"`
	Name        string  `json:"name"`
	Description string  `json:"description"`
	Country     string  `json:"country"`
	City        string  `json:"city"`
	Latitude    float64 `json:"latitude"`
	Longitude   float64 `json:"longitude"`
	NetworkZone string  `json:"network_zone"`
}

func locationOf(l panel.Location) location {
	return location{
		ID:          l.ID,
		Name:        l.Slug,
		Description: l.Name,
		Country:     strings.ToUpper(l.Country),
		City:        l.City,
		NetworkZone: l.Slug, // no network reaches from one location to another
	}
}

func (d *door) listLocations(c *call) (reply, error) {
	known, err := d.catalog(c)
	if err != nil {
		return reply{}, err
	}
	all := known.locations()
	return list(c, "locations", keep(c, "name", all, func(l location) string { return l.Name }), order[location]{
		"id":   by(func(l location) int64 { return l.ID }),
		"name": by(func(l location) string { return l.Name }),
	})
}

func (d *door) getLocation(c *call) (reply, error) {
	known, err := d.catalog(c)
	if err != nil {
		return reply{}, err
	}
	return found(c, "location", known.locations(), func(l location) int64 { return l.ID })
}

func (k catalog) locations() []location {
	all := make([]location, 0, len(k.Locations))
	for _, l := range k.Locations {
		all = append(all, locationOf(l.Location))
	}
	return all
}

// found answers with the one of some things whose ID is in the address.
func found[T any](c *call, key string, things []T, id func(T) int64) (reply, error) {
	at := slices.IndexFunc(things, func(t T) bool { return id(t) == c.id() })
	if at < 0 {
		return reply{}, missing(key)
	}
	return ok(key, things[at]), nil
}

// serverType is a plan as clients read it.
type serverType struct {
	ID              int64          `json:"id"`
	Name            string         `json:"name"`
	Description     string         `json:"description"`
	Category        string         `json:"category"`
	Cores           int64          `json:"cores"`
	Memory          float64        `json:"memory"` // GB
	Disk            int64          `json:"disk"`   // GB
	StorageType     string         `json:"storage_type"`
	CPUType         string         `json:"cpu_type"`
	Architecture    string         `json:"architecture"`
	IncludedTraffic int64          `json:"included_traffic"`
	Deprecated      bool           `json:"deprecated"`
	Deprecation     *struct{}      `json:"deprecation"`
	Prices          []typePrice    `json:"prices"`
	Locations       []typeLocation `json:"locations"`
}

// typeLocation says whether a server type can be had in a location.
type typeLocation struct {
	ID          int64     `json:"id"`
	Name        string    `json:"name"`
	Available   bool      `json:"available"`
	Recommended bool      `json:"recommended"`
	Deprecation *struct{} `json:"deprecation"`
}

// serverType makes a server type of a plan, which need not be on offer any more.
func (k catalog) serverType(p panel.Plan) serverType {
	t := serverType{
		ID:           p.ID,
		Name:         p.Name,
		Description:  p.Name,
		Category:     k.group(p.GroupID),
		Cores:        p.Size.VCPUs,
		Memory:       float64(p.Size.MemoryMiB) / 1024,
		Disk:         p.Size.DiskGiB,
		StorageType:  "local",
		CPUType:      "shared",
		Architecture: "x86",
		Prices:       []typePrice{},
		Locations:    []typeLocation{},
	}
	for _, l := range k.Locations {
		if !p.OfferedAt(l.ID) {
			continue
		}
		t.Prices = append(t.Prices, k.typePrice(l.Slug, p))
		room := slices.ContainsFunc(l.Plans, func(o panel.OfferedPlan) bool { return o.ID == p.ID && o.Room > 0 })
		t.Locations = append(t.Locations, typeLocation{ID: l.ID, Name: l.Slug, Available: room})
	}
	return t
}

func (k catalog) group(id int64) string {
	for _, g := range k.Groups {
		if g.ID == id {
			return g.Name
		}
	}
	return ""
}

// serverTypes are the plans on offer in any location.
func (k catalog) serverTypes() []serverType {
	all := []serverType{}
	for _, p := range k.plans() {
		all = append(all, k.serverType(p))
	}
	return all
}

// plans are those on offer in any location, by ID.
func (k catalog) plans() []panel.Plan {
	var plans []panel.Plan
	if len(k.Locations) == 0 {
		return nil
	}
	for _, p := range k.Locations[0].Plans { // each location lists all
		if slices.ContainsFunc(k.Locations, func(l panel.OfferedLocation) bool { return p.OfferedAt(l.ID) }) {
			plans = append(plans, p.Plan)
		}
	}
	slices.SortFunc(plans, by(func(p panel.Plan) int64 { return p.ID }))
	return plans
}

func (d *door) listServerTypes(c *call) (reply, error) {
	known, err := d.catalog(c)
	if err != nil {
		return reply{}, err
	}
	all := keep(c, "name", known.serverTypes(), func(t serverType) string { return t.Name })
	return list(c, "server_types", all, order[serverType]{
		"id":   by(func(t serverType) int64 { return t.ID }),
		"name": by(func(t serverType) string { return t.Name }),
	})
}

func (d *door) getServerType(c *call) (reply, error) {
	known, err := d.catalog(c)
	if err != nil {
		return reply{}, err
	}
	return found(c, "server_type", known.serverTypes(), func(t serverType) int64 { return t.ID })
}

// plan finds the plan that a request means.
func (k catalog) plan(r ref) (panel.Plan, error) {
	if r.empty() {
		return panel.Plan{}, invalid("server_type", "say which server type; GET /server_types lists them")
	}
	for _, p := range k.plans() {
		if r.means(p.ID, p.Name) {
			return p, nil
		}
	}
	return panel.Plan{}, invalid("server_type", "there is no such server type; GET /server_types lists them")
}

// place finds the location that a request means. If it means none, it is the
// first where the plan can be had now.
func (k catalog) place(r ref, plan panel.Plan) (int64, error) {
	var offered int64
	for _, l := range k.Locations {
		if r.means(l.ID, l.Slug) {
			return l.ID, nil
		}
		for _, p := range l.Plans {
			switch {
			case p.ID != plan.ID || !p.Offered || !r.empty():
			case p.Room > 0:
				return l.ID, nil
			case offered == 0:
				offered = l.ID
			}
		}
	}
	if offered == 0 {
		return 0, invalid("location", "there is no such location; GET /locations lists them")
	}
	return offered, nil
}

// utc is an instant as clients read it.
func utc(at billing.Instant) *time.Time {
	if at == 0 {
		return nil
	}
	return new(at.Time().UTC())
}
