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
		{"GET /images/actions", noActions},
		{"GET /images/{id}/{part}", d.partOf(d.getImage)},
		{"GET /images/{id}/actions/{action}", d.partOf(d.getImage)},
		{"PUT /images/{id}", d.updateImage},
		{"DELETE /images/{id}", d.deleteImage},
		{"POST /images/{id}/actions/change_protection", d.changeImageProtection},
		{"GET /pricing", d.getPricing},

		{"GET /actions", d.listActions},
		{"GET /actions/{id}", d.getAction},
		{"GET /servers/actions", d.listServerActions},
		{"GET /servers/{id}/{part}", d.getServerPart},
		{"GET /servers/{id}/actions/{action}", d.getAction},

		{"GET /ssh_keys", d.listSSHKeys},
		{"POST /ssh_keys", d.createSSHKey},
		{"GET /ssh_keys/{id}", d.getSSHKey},
		{"PUT /ssh_keys/{id}", d.updateSSHKey},
		{"DELETE /ssh_keys/{id}", d.deleteSSHKey},

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
		{"GET /primary_ips/actions", noActions},
		{"GET /primary_ips/{id}/{part}", d.partOf(d.getPrimaryIP)},
		{"GET /primary_ips/{id}/actions/{action}", d.partOf(d.getPrimaryIP)},
		{"POST /primary_ips/{id}/actions/change_dns_ptr", d.changePrimaryIPPointer},
		{"POST /primary_ips/{id}/actions/{action}", d.keptPrimaryIP},
	}, d.serverActions(), d.absent())
}

func (d *door) serverActions() []route {
	const path = "POST /servers/{id}/actions/"
	routes := []route{
		{path + "poweron", d.command(d.Panel.StartInstance, "start_server", panel.TaskPower, panel.TaskCreate)},
		{path + "poweroff", d.command(d.Panel.PowerOffInstance, "stop_server", panel.TaskPowerOff, panel.TaskPower, panel.TaskCreate)},
		{path + "shutdown", d.command(d.Panel.StopInstance, "shutdown_server", panel.TaskPower, panel.TaskPowerOff, panel.TaskCreate)},
		{path + "reboot", d.command(d.Panel.RebootInstance, "", panel.TaskReboot)},
		{path + "reset", d.command(d.Panel.ResetInstance, "", panel.TaskReset)},
		{path + "rebuild", d.rebuild},
		{path + "create_image", d.createImage},
		{path + "change_protection", d.changeProtection},
		{path + "change_type", d.changeType},
		{path + "change_dns_ptr", d.changeServerPointer},
		{path + "request_console", d.requestConsole},
		{path + "enable_rescue", d.enableRescue},
		{path + "disable_rescue", d.disableRescue},
		{path + "reset_password", d.resetPassword},
	}
	for action, message := range map[string]string{
		"enable_backup":               "There are no automatic backups here.",
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
