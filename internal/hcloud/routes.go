package hcloud

import (
	"slices"

	"accrue/internal/panel"
)

// routes are all that the door answers.
func (d *door) routes() []route {
	return slices.Concat([]route{
		{"GET /locations", d.listLocations},
		{"GET /locations/{id}", d.getLocation},
		{"GET /datacenters", datacenters},
		{"GET /datacenters/{id}", datacenters},
		{"GET /server_types", d.listServerTypes},
		{"GET /server_types/{id}", d.getServerType},
		{"GET /images", d.listImages},
		{"GET /images/{id}", d.getImage},
		{"GET /pricing", d.getPricing},

		{"GET /actions", d.listActions},
		{"GET /actions/{id}", d.getAction},
		{"GET /servers/actions", d.listServerActions},
		{"GET /servers/{id}/{part}", d.getServerPart},
		{"GET /servers/{id}/actions/{action}", d.getAction},

		{"GET /servers", d.listServers},
		{"POST /servers", d.createServer},
		{"GET /servers/{id}", d.getServer},
		{"PUT /servers/{id}", d.updateServer},
		{"DELETE /servers/{id}", d.deleteServer},

		{"GET /primary_ips", d.listPrimaryIPs},
		{"POST /primary_ips", noPrimaryIPs},
		{"GET /primary_ips/{id}", d.getPrimaryIP},
		{"PUT /primary_ips/{id}", d.keptPrimaryIP},
		{"DELETE /primary_ips/{id}", d.keptPrimaryIP},
		{"POST /primary_ips/{id}/actions/change_dns_ptr", d.changePrimaryIPPointer},
		{"POST /primary_ips/{id}/actions/{action}", d.keptPrimaryIP},
	}, d.serverActions(), d.absent())
}

func (d *door) serverActions() []route {
	const path = "POST /servers/{id}/actions/"
	routes := []route{
		{path + "poweron", d.command(d.Panel.StartInstance, powerTasks...)},
		{path + "poweroff", d.command(d.Panel.StopInstance, powerTasks...)},
		{path + "shutdown", d.command(d.Panel.StopInstance, powerTasks...)},
		{path + "reboot", d.command(d.Panel.RebootInstance, panel.TaskReboot)},
		{path + "change_type", d.changeType},
		{path + "change_dns_ptr", d.changeServerPointer},
	}
	for action, message := range map[string]string{
		"enable_backup":               "There are no automatic backups here. Make a snapshot when you want one: action create_image.",
		"disable_backup":              "There are no automatic backups here.",
		"attach_iso":                  "There are no ISOs here.",
		"detach_iso":                  "There are no ISOs here.",
		"attach_to_network":           "There are no private networks here.",
		"detach_from_network":         "There are no private networks here.",
		"change_alias_ips":            "There are no private networks here.",
		"add_to_placement_group":      "There are no placement groups here.",
		"remove_from_placement_group": "There are no placement groups here.",
	} {
		routes = append(routes, route{path + action, d.lacking(message)})
	}
	return routes
}
