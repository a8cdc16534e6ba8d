package hcloud

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"accrue/internal/fleet"
	"accrue/internal/panel"
)

// primaryIP is an address as clients read it. It comes and goes with its server.
type primaryIP struct {
	ID           int64           `json:"id"`
	IP           string          `json:"ip"` // with IPv6, the network of it
	Name         string          `json:"name"`
	Type         string          `json:"type"`
	AssigneeID   *int64          `json:"assignee_id"`
	AssigneeType string          `json:"assignee_type"`
	AutoDelete   bool            `json:"auto_delete"`
	Blocked      bool            `json:"blocked"`
	DNSPtr       []pointer       `json:"dns_ptr"`
	Protection   imageProtection `json:"protection"`
	Labels       fleet.Labels    `json:"labels"`
	Created      *time.Time      `json:"created"`
	Location     location        `json:"location"`
	Datacenter   datacenter      `json:"datacenter"`
}

// pointer is the name that an address leads to.
type pointer struct {
	IP     string `json:"ip"`
	DNSPtr string `json:"dns_ptr"`
}

// ipv4 and ipv6 are the addresses of a server.
type ipv4 struct {
	ID      int64  `json:"id"`
	IP      string `json:"ip"`
	Blocked bool   `json:"blocked"`
	DNSPtr  string `json:"dns_ptr"`
}

type ipv6 struct {
	ID      int64     `json:"id"`
	IP      string    `json:"ip"`
	Blocked bool      `json:"blocked"`
	DNSPtr  []pointer `json:"dns_ptr"`
}

// piecesOfPool is more than a pool has pieces; an address has the number of its
// piece behind that of its pool.
const piecesOfPool = 1 << 40

func addressID(a panel.HeldAddress) int64 { return a.PoolID*piecesOfPool + a.Number }

// shownAddress is what clients take for an address: with IPv6, all of its network.
func shownAddress(a panel.HeldAddress) string {
	if a.Addr.Is4() {
		return a.Addr.String()
	}
	return a.Piece.String()
}

func pointers(a panel.HeldAddress) []pointer {
	if a.ReverseName == "" {
		return []pointer{}
	}
	return []pointer{{a.Addr.String(), a.ReverseName}}
}

// publicNetOf are the addresses of an instance among those of its account.
func publicNetOf(instance int64, held []panel.HeldAddress) publicNet {
	n := publicNet{FloatingIPs: []int64{}, Firewalls: []struct{}{}}
	for _, a := range held {
		switch {
		case a.InstanceID != instance:
		case a.Addr.Is4() && n.IPv4 == nil:
			n.IPv4 = &ipv4{ID: addressID(a), IP: shownAddress(a), DNSPtr: a.ReverseName}
		case a.Addr.Is6() && n.IPv6 == nil:
			n.IPv6 = &ipv6{ID: addressID(a), IP: shownAddress(a), DNSPtr: pointers(a)}
		}
	}
	return n
}

func (k catalog) primaryIPOf(a panel.HeldAddress, locations []panel.Location) primaryIP {
	ip := primaryIP{
		ID:           addressID(a),
		IP:           shownAddress(a),
		Name:         fmt.Sprintf("primary_ip-%d", addressID(a)),
		Type:         "ipv6",
		AssigneeID:   new(a.InstanceID),
		AssigneeType: "server",
		AutoDelete:   true,
		DNSPtr:       pointers(a),
		Labels:       fleet.Labels{},
		Created:      utc(a.Instance.CreatedAt),
	}
	if a.Addr.Is4() {
		ip.Type = "ipv4"
	}
	for _, l := range locations {
		if l.ID == a.Instance.LocationID {
			ip.Location, ip.Datacenter = locationOf(l), k.datacenterOf(l)
		}
	}
	return ip
}

func (d *door) primaryIPs(c *call) ([]primaryIP, error) {
	known, err := d.catalog(c)
	if err != nil {
		return nil, err
	}
	held, err := d.Panel.MyAddresses(c.Context(), c.who)
	if err != nil {
		return nil, err
	}
	locations, err := d.Panel.Locations(c.Context())
	if err != nil {
		return nil, err
	}
	all := make([]primaryIP, 0, len(held))
	for _, a := range held {
		all = append(all, known.primaryIPOf(a, locations))
	}
	return all, nil
}

func (d *door) listPrimaryIPs(c *call) (reply, error) {
	all, err := d.primaryIPs(c)
	if err != nil {
		return reply{}, err
	}
	if all, err = selected(c, all, func(ip primaryIP) fleet.Labels { return ip.Labels }); err != nil {
		return reply{}, err
	}
	all = keep(c, "name", all, func(ip primaryIP) string { return ip.Name })
	all = keep(c, "ip", all, func(ip primaryIP) string { return ip.IP })
	return list(c, "primary_ips", all, order[primaryIP]{
		"id":      by(func(ip primaryIP) int64 { return ip.ID }),
		"created": func(a, b primaryIP) int { return a.Created.Compare(*b.Created) },
	})
}

func (d *door) getPrimaryIP(c *call) (reply, error) {
	all, err := d.primaryIPs(c)
	if err != nil {
		return reply{}, err
	}
	return found(c, "primary_ip", all, func(ip primaryIP) int64 { return ip.ID })
}

// keptPrimaryIP refuses what cannot be done to an address of the caller's.
func (d *door) keptPrimaryIP(c *call) (reply, error) {
	if _, err := d.getPrimaryIP(c); err != nil {
		return reply{}, err
	}
	return reply{}, unsupported("An address comes with its server and goes with it; it cannot be changed but for its reverse DNS entry.")
}

func noPrimaryIPs(*call) (reply, error) {
	return reply{}, unsupported("Addresses come with servers here: create a server.")
}

// changedPointer is the name that an address is to lead to; none takes it back.
type changedPointer struct {
	IP     string  `json:"ip"`
	DNSPtr *string `json:"dns_ptr"`
}

// changePointer answers change_dns_ptr of a server or of an address.
func (d *door) changePointer(c *call, which func(panel.HeldAddress) bool) (reply, error) {
	var change changedPointer
	if err := c.read(&change); err != nil {
		return reply{}, err
	}
	held, err := d.Panel.MyAddresses(c.Context(), c.who)
	if err != nil {
		return reply{}, err
	}
	held = slices.DeleteFunc(held, func(a panel.HeldAddress) bool { return !which(a) })
	at := slices.IndexFunc(held, func(a panel.HeldAddress) bool { return a.Addr.String() == canonical(change.IP) })
	if at < 0 {
		return reply{}, invalid("ip", "must be an address that leads here, such as the one that the server itself has")
	}
	name := ""
	if change.DNSPtr != nil {
		name = *change.DNSPtr
	}
	if _, err := d.Panel.SetReverseName(c.Context(), c.who, held[at].Addr, name); err != nil {
		return reply{}, err
	}
	return d.noted(c, held[at].InstanceID, panel.EventReverseName)
}

// canonical is an address as it is written here.
func canonical(text string) string {
	addr, err := netip.ParseAddr(text)
	if err != nil {
		return ""
	}
	return addr.Unmap().String()
}

func (d *door) changeServerPointer(c *call) (reply, error) {
	v, err := d.server(c)
	if err != nil {
		return reply{}, err
	}
	return d.changePointer(c, func(a panel.HeldAddress) bool { return a.InstanceID == v.ID })
}

func (d *door) changePrimaryIPPointer(c *call) (reply, error) {
	if _, err := d.getPrimaryIP(c); err != nil {
		return reply{}, err
	}
	return d.changePointer(c, func(a panel.HeldAddress) bool { return addressID(a) == c.id() })
}
