package hcloud

import (
	"net/http"

	"accrue/internal/fleet"
	"accrue/internal/panel"
)

// newServer is an order as clients write it.
type newServer struct {
	Name             string        `json:"name"`
	ServerType       ref           `json:"server_type"`
	Image            ref           `json:"image"`
	Location         ref           `json:"location"`
	Datacenter       ref           `json:"datacenter"`
	SSHKeys          []ref         `json:"ssh_keys"`
	UserData         string        `json:"user_data"`
	StartAfterCreate *bool         `json:"start_after_create"`
	Labels           fleet.Labels  `json:"labels"`
	PublicNet        *newPublicNet `json:"public_net"`

	// What Accrue does not have.
	Volumes        []int64       `json:"volumes"`
	Networks       []int64       `json:"networks"`
	Firewalls      []newFirewall `json:"firewalls"`
	PlacementGroup *int64        `json:"placement_group"`
}

type newPublicNet struct {
	EnableIPv4 *bool  `json:"enable_ipv4"`
	EnableIPv6 *bool  `json:"enable_ipv6"`
	IPv4       *int64 `json:"ipv4"`
	IPv6       *int64 `json:"ipv6"`
}

// changed says whether a server is to have other addresses than it would.
func (n *newPublicNet) changed() bool {
	if n == nil {
		return false
	}
	no := func(enabled *bool) bool { return enabled != nil && !*enabled }
	is := func(id *int64) bool { return id != nil && *id != 0 }
	return no(n.EnableIPv4) || no(n.EnableIPv6) || is(n.IPv4) || is(n.IPv6)
}

type newFirewall struct {
	Firewall int64 `json:"firewall"`
}

// absent refuses what names things that cannot be there.
func (n newServer) absent() error {
	switch {
	case len(n.Volumes) > 0:
		return invalid("volumes", "there are no volumes here; the disk is as large as the server type says")
	case len(n.Networks) > 0:
		return invalid("networks", "there are no private networks here")
	case len(n.Firewalls) > 0:
		return invalid("firewalls", "there are no firewalls here; the guest has its own")
	case n.PublicNet.changed():
		return invalid("public_net", "a server has the addresses that its location gives, all of them")
	case n.PlacementGroup != nil && *n.PlacementGroup != 0:
		return invalid("placement_group", "there are no placement groups here")
	}
	return nil
}

func (d *door) createServer(c *call) (reply, error) {
	var n newServer
	if err := c.read(&n); err != nil {
		return reply{}, err
	}
	if err := n.absent(); err != nil {
		return reply{}, err
	}
	known, err := d.catalog(c)
	if err != nil {
		return reply{}, err
	}
	order := panel.NewInstance{
		Name: n.Name, UserData: n.UserData, Labels: theirs(n.Labels), Off: n.StartAfterCreate != nil && !*n.StartAfterCreate,
	}
	if order.SSHKeyIDs, err = d.sshKeys(c, n.SSHKeys); err != nil {
		return reply{}, err
	}
	order.Password = len(order.SSHKeyIDs) == 0
	plan, err := known.plan(n.ServerType)
	if err != nil {
		return reply{}, err
	}
	order.PlanID = plan.ID
	if order.ImageID, err = known.image(n.Image); err != nil {
		return reply{}, err
	}
	if n.Location.empty() {
		n.Location = n.Datacenter // as clients from before July 2026 name it
	}
	if order.LocationID, err = known.place(n.Location, plan); err != nil {
		return reply{}, err
	}
	made, err := d.Panel.CreateInstance(c.Context(), c.who, order)
	if err != nil {
		return reply{}, err
	}
	return d.created(c, made)
}

// created answers with a new server and the action that makes it.
func (d *door) created(c *call, made panel.Instance) (reply, error) {
	shown, err := d.shown(c, made.ID)
	if err != nil {
		return reply{}, err
	}
	begun, err := d.begun(c, made.ID, panel.TaskCreate)
	if err != nil {
		return reply{}, err
	}
	body := shown.body.(map[string]any)
	body["action"], body["next_actions"], body["root_password"] = begun, []action{}, told(made)
	return reply{status: http.StatusCreated, body: body}, nil
}
