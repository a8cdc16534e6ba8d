package hcloud

import "net/http"

// A lack is a kind of thing that Accrue does not have. Its lists are empty, so
// that clients that list everything go on, and none can be made.
type lack struct {
	path    string // also the key of a list
	thing   string
	message string // why none can be made, and what there is instead; empty: nobody could make any
}

var lacks = []lack{
	{"volumes", "volume", "There are no volumes here: a server's disk is as large as its type says. Choose a larger type."},
	{"networks", "network", "There are no private networks here."},
	{"firewalls", "firewall", "There are no firewalls here: use the one of the guest's system."},
	{"floating_ips", "floating_ip", "There are no floating IPs here: a server keeps its address as long as it lives."},
	{"load_balancers", "load_balancer", "There are no load balancers here: run one on a server."},
	{"certificates", "certificate", "There are no certificates here: the guest gets its own."},
	{"placement_groups", "placement_group", "There are no placement groups here: servers of a location are spread over its hypervisors anyway."},
	{"zones", "zone", "There is no DNS here beyond the reverse entries of servers."},
	{"storage_boxes", "storage_box", "There are no storage boxes here."},
	{"load_balancer_types", "load_balancer_type", ""},
	{"storage_box_types", "storage_box_type", ""},
	{"isos", "iso", ""},
}

func (d *door) absent() []route {
	var routes []route
	for _, l := range lacks {
		none := func(*call) (reply, error) { return reply{}, missing(l.thing) }
		empty := func(key string) answer {
			return func(c *call) (reply, error) { return list(c, key, []struct{}{}, anyOrder()) }
		}
		routes = append(routes,
			route{"GET /" + l.path, empty(l.path)},
			route{"GET /" + l.path + "/{id}", none})
		if l.message == "" {
			continue
		}
		refused := func(*call) (reply, error) { return reply{}, unsupported(l.message) }
		routes = append(routes,
			route{"POST /" + l.path, refused},
			route{"PUT /" + l.path + "/{id}", none},
			route{"DELETE /" + l.path + "/{id}", none},
			route{"GET /" + l.path + "/actions", empty("actions")},
			route{"GET /" + l.path + "/{id}/{rest...}", none},
			route{"POST /" + l.path + "/{id}/{rest...}", none})
	}
	return routes
}

// anyOrder has every key by which clients sort what is not there.
func anyOrder() order[struct{}] {
	keys := order[struct{}]{}
	for _, key := range []string{"id", "name", "created", "command", "status", "progress", "started", "finished", "type"} {
		keys[key] = func(struct{}, struct{}) int { return 0 }
	}
	return keys
}

// datacenters were taken out of the API in October 2026.
func datacenters(*call) (reply, error) {
	return reply{}, &problem{http.StatusGone, codeDeprecated, "Datacenters are no more; GET /locations lists where servers can be.", nil}
}
