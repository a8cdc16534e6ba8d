package web

import "slices"

// routes is every page there is.
func (s *server) routes() []page {
	return slices.Concat(s.entryRoutes(), s.customerRoutes(), s.rescueRoutes(), s.snapshotRoutes(), s.adminRoutes())
}

func (s *server) entryRoutes() []page {
	return []page{
		{"GET /signin", anybody, s.signInForm},
		{"POST /signin", anybody, s.signIn},
		{"POST /signout", anybody, s.signOut},
		{"POST /preferences", anybody, s.preferences},
	}
}

func (s *server) customerRoutes() []page {
	return []page{
		{"GET /{$}", customers, s.dashboard},
		{"GET /create", customers, s.createForm},
		{"POST /create", customers, s.create},
		{"POST /create/quote", customers, s.quoteForm},
		{"POST /create/key", customers, s.createKey},
		{"GET /instances", customers, s.instances},
		{"GET /instances/{id}", customers, s.instance},
		{"GET /instances/{id}/task", customers, s.instanceProgress},
		{"GET /instances/{id}/graphs", customers, s.instanceGraphs},
		{"GET /instances/{id}/metrics", customers, s.instanceMetrics},
		{"POST /instances/{id}/start", customers, s.do(s.Panel.StartInstance, saidStart)},
		{"GET /instances/{id}/stop", customers, s.ask("stop")},
		{"POST /instances/{id}/stop", customers, s.do(s.Panel.StopInstance, saidStop)},
		{"POST /instances/{id}/restart", customers, s.do(s.Panel.RebootInstance, saidRestart)},
		{"POST /instances/{id}/retry", customers, s.retryCreate},
		{"GET /instances/{id}/rename", customers, s.ask("rename")},
		{"POST /instances/{id}/rename", customers, s.renameInstance},
		{"GET /instances/{id}/resize", customers, s.resizeForm},
		{"POST /instances/{id}/resize", customers, s.resize},
		{"GET /instances/{id}/delete", customers, s.ask("delete")},
		{"POST /instances/{id}/delete", customers, s.deleteInstance},
		{"GET /instances/{id}/poweroff", customers, s.ask("poweroff")},
		{"POST /instances/{id}/poweroff", customers, s.do(s.Panel.PowerOffInstance, saidStop)},
		{"GET /instances/{id}/reset", customers, s.ask("reset")},
		{"POST /instances/{id}/reset", customers, s.do(s.Panel.ResetInstance, saidRestart)},
		{"GET /instances/{id}/rebuild", customers, s.rebuildForm},
		{"POST /instances/{id}/rebuild", customers, s.rebuild},
		{"GET /instances/{id}/labels", customers, s.labelsForm},
		{"POST /instances/{id}/labels", customers, s.saveLabels},
		{"POST /instances/{id}/protection", customers, s.saveProtection},
		{"GET /instances/{id}/reverse", customers, s.reverseForm},
		{"POST /instances/{id}/reverse", customers, s.saveReverse},
		{"GET /instances/{id}/console", customers, s.consoleScreen},
		{"GET /instances/{id}/console/serial", customers, s.consoleSerial},
		{"POST /instances/{id}/console/ticket", customers, s.consoleTicket},
		{"GET /instances/{id}/console/stream", customers, s.consoleStream},
		{"GET /ssh-keys", customers, s.sshKeys},
		{"POST /ssh-keys", customers, s.addSSHKey},
		{"GET /ssh-keys/{id}/rename", customers, s.askAboutKey(renameKey)},
		{"POST /ssh-keys/{id}/rename", customers, s.renameSSHKey},
		{"GET /ssh-keys/{id}/delete", customers, s.askAboutKey(removeKey)},
		{"POST /ssh-keys/{id}/delete", customers, s.deleteSSHKey},
		{"GET /usage", customers, s.usage},
		{"GET /usage.csv", customers, s.usageCSV},
		{"GET /usage.json", customers, s.usageJSON},
		{"GET /billing", customers, s.billing},
		{"GET /billing.csv", customers, s.ledgerCSV},
		{"GET /billing.json", customers, s.ledgerJSON},
		{"GET /billing/topup", customers, s.topUpForm},
		{"POST /billing/topup", customers, s.topUp},
		{"GET /billing/topup/{id}", customers, s.showOrder},
		{"GET /billing/topup/{id}/cancel", customers, s.askCancelOrder},
		{"POST /billing/topup/{id}/cancel", customers, s.cancelOrder},
		{"GET /account", customers, s.account},
		{"POST /account", customers, s.saveProfile},
		{"POST /account/password", customers, s.savePassword},
		{"POST /account/sessions/{id}/revoke", customers, s.revokeSession},
		{"POST /account/sessions/revoke-others", customers, s.revokeOthers},
		{"POST /account/tokens", customers, s.createToken},
		{"GET /account/tokens/{id}/revoke", customers, s.askRevokeToken},
		{"POST /account/tokens/{id}/revoke", customers, s.revokeToken},
	}
}

func (s *server) rescueRoutes() []page {
	return []page{
		{"GET /instances/{id}/rescue", customers, s.rescueForm},
		{"POST /instances/{id}/rescue", customers, s.rescue},
		{"GET /instances/{id}/unrescue", customers, s.leaveRescueForm},
		{"POST /instances/{id}/unrescue", customers, s.do(s.Panel.DisableRescue, saidUnrescue)},
		{"GET /instances/{id}/password", customers, s.ask("password")},
		{"POST /instances/{id}/password", customers, s.resetPassword},
	}
}

func (s *server) snapshotRoutes() []page {
	return []page{
		{"GET /instances/{id}/snapshot", customers, s.snapshotForm},
		{"POST /instances/{id}/snapshot", customers, s.takeSnapshot},
		{"GET /snapshots", customers, s.snapshots},
		{"GET /snapshots/{id}/restore", customers, s.askAboutSnapshot(func(r SnapshotRow) *Confirm { return r.Restore })},
		{"POST /snapshots/{id}/restore", customers, s.restoreSnapshot},
		{"GET /snapshots/{id}/rename", customers, s.askAboutSnapshot(func(r SnapshotRow) *Confirm { return r.Rename })},
		{"POST /snapshots/{id}/rename", customers, s.renameSnapshot},
		{"GET /snapshots/{id}/delete", customers, s.askAboutSnapshot(func(r SnapshotRow) *Confirm { return r.Remove })},
		{"POST /snapshots/{id}/delete", customers, s.deleteSnapshot},
	}
}

func (s *server) adminRoutes() []page {
	return slices.Concat(s.adminMoneyRoutes(), s.adminAccountRoutes(), s.adminFleetRoutes(), s.adminCatalogRoutes())
}

func (s *server) adminMoneyRoutes() []page {
	confirm, reject := func(o OrderRow) *Confirm { return o.Confirm }, func(o OrderRow) *Confirm { return o.Reject }
	return []page{
		{"GET /admin", administrators, s.adminOverview},
		{"GET /admin/settings", administrators, s.adminSettings},
		{"POST /admin/settings", administrators, s.adminSaveSettings},
		{"POST /admin/settings/effect", administrators, s.adminEffect},
		{"GET /admin/settings/provider", administrators, s.adminProvider},
		{"POST /admin/settings/provider", administrators, s.adminSaveProvider},
		{"GET /admin/orders", administrators, s.adminOrders},
		{"GET /admin/orders/{id}/confirm", administrators, s.adminAskOrder(confirm)},
		{"POST /admin/orders/{id}/confirm", administrators, s.adminConfirmOrder},
		{"GET /admin/orders/{id}/reject", administrators, s.adminAskOrder(reject)},
		{"POST /admin/orders/{id}/reject", administrators, s.adminRejectOrder},
		{"GET /admin/usage", administrators, s.adminUsage},
		{"GET /admin/usage.csv", administrators, s.adminUsageCSV},
		{"GET /admin/ledger", administrators, s.adminLedger},
		{"GET /admin/ledger.csv", administrators, s.adminLedgerCSV},
		{"GET /admin/ledger/{id}/reverse", administrators, s.adminAskReverse},
		{"POST /admin/ledger/{id}/reverse", administrators, s.adminReverse},
		{"GET /admin/mail", administrators, s.adminMails},
		{"GET /admin/mail/{id}", administrators, s.adminMail},
		{"GET /admin/mail/{id}/html", administrators, s.adminMailHTML},
		{"POST /admin/mail/{id}/retry", administrators, s.adminRetryMail},
		{"GET /admin/tasks", administrators, s.adminTasks},
		{"POST /admin/tasks/{id}/retry", administrators, s.adminRetryTask},
		{"GET /admin/audit", administrators, s.adminAudit},
	}
}

func (s *server) adminAccountRoutes() []page {
	return []page{
		{"GET /admin/accounts", administrators, s.adminAccounts},
		{"GET /admin/accounts/new", administrators, s.adminNewAccount},
		{"POST /admin/accounts/new", administrators, s.adminAddAccount},
		{"GET /admin/accounts/{id}", administrators, s.adminAccount},
		{"GET /admin/accounts/{id}/usage", administrators, s.adminAccountUsage},
		{"GET /admin/accounts/{id}/usage.csv", administrators, s.adminAccountUsageCSV},
		{"GET /admin/accounts/{id}/usage.json", administrators, s.adminAccountUsageJSON},
		{"POST /admin/accounts/{id}/adjust", administrators, s.adminAdjust},
		{"POST /admin/accounts/{id}/adjust/preview", administrators, s.adminPreviewAdjust},
		{"GET /admin/accounts/{id}/suspend", administrators, s.adminAskSuspend},
		{"POST /admin/accounts/{id}/suspend", administrators, s.adminSuspend},
		{"POST /admin/accounts/{id}/resume", administrators, s.adminResume},
		{"POST /admin/accounts/{id}/sessions/{session}/revoke", administrators, s.adminEndSession},
		{"GET /admin/accounts/{id}/people/{person}/password", administrators, s.adminAskPassword},
		{"POST /admin/accounts/{id}/people/{person}/password", administrators, s.adminSetPassword},
		{"GET /admin/accounts/{id}/people/{person}/disable", administrators, s.adminAskDisable},
		{"POST /admin/accounts/{id}/people/{person}/disable", administrators, s.adminDisablePerson},
		{"POST /admin/accounts/{id}/people/{person}/enable", administrators, s.adminEnablePerson},
	}
}

func (s *server) adminFleetRoutes() []page {
	return []page{
		{"GET /admin/locations", administrators, s.adminLocations},
		{"GET /admin/locations/new", administrators, s.adminNewLocation},
		{"POST /admin/locations/new", administrators, s.adminSaveLocation},
		{"GET /admin/locations/{id}", administrators, s.adminLocation},
		{"POST /admin/locations/{id}", administrators, s.adminSaveLocation},
		{"GET /admin/locations/{id}/remove", administrators, s.adminAskRemoveLocation},
		{"POST /admin/locations/{id}/remove", administrators, s.adminRemoveLocation},
		{"GET /admin/address-pools", administrators, s.adminPools},
		{"GET /admin/address-pools/history", administrators, s.adminAddressHistory},
		{"GET /admin/address-pools/new", administrators, s.adminNewPool},
		{"POST /admin/address-pools/new", administrators, s.adminSavePool},
		{"GET /admin/address-pools/{id}", administrators, s.adminPool},
		{"POST /admin/address-pools/{id}", administrators, s.adminSavePool},
		{"POST /admin/address-pools/{id}/block", administrators, s.adminBlockAddress},
		{"POST /admin/address-pools/{id}/free", administrators, s.adminFreeAddress},
		{"GET /admin/address-pools/{id}/remove", administrators, s.adminAskRemovePool},
		{"POST /admin/address-pools/{id}/remove", administrators, s.adminRemovePool},
		{"GET /admin/findings", administrators, s.adminFindings},
		{"GET /admin/findings/{id}/resolve", administrators, s.adminAskResolve},
		{"POST /admin/findings/{id}/resolve", administrators, s.adminResolve},
		{"GET /admin/hypervisors", administrators, s.adminHypervisors},
		{"GET /admin/hypervisors/new", administrators, s.adminNewHypervisor},
		{"POST /admin/hypervisors/new", administrators, s.adminSaveHypervisor},
		{"GET /admin/hypervisors/enrol", administrators, s.adminEnrol},
		{"POST /admin/hypervisors/enrol", administrators, s.adminEnrolStep},
		{"GET /admin/hypervisors/{id}", administrators, s.adminHypervisor},
		{"POST /admin/hypervisors/{id}/check", administrators, s.adminExamine},
		{"GET /admin/hypervisors/{id}/test", administrators, s.adminTrial},
		{"POST /admin/hypervisors/{id}/test", administrators, s.adminTest},
		{"GET /admin/hypervisors/{id}/graphs", administrators, s.hypervisorGraphs},
		{"GET /admin/hypervisors/{id}/metrics", administrators, s.hypervisorMetrics},
		{"GET /admin/hypervisors/{id}/edit", administrators, s.adminEditHypervisor},
		{"POST /admin/hypervisors/{id}/edit", administrators, s.adminSaveHypervisor},
		{"POST /admin/hypervisors/{id}/enable", administrators, s.adminEnable},
		{"POST /admin/hypervisors/{id}/disable", administrators, s.adminDisable},
		{"POST /admin/hypervisors/{id}/faults", administrators, s.adminFaults},
		{"GET /admin/hypervisors/{id}/remove", administrators, s.adminAskRemoveHypervisor},
		{"POST /admin/hypervisors/{id}/remove", administrators, s.adminRemoveHypervisor},
	}
}

func (s *server) adminCatalogRoutes() []page {
	return []page{
		{"GET /admin/currencies", administrators, s.adminCurrencies},
		{"POST /admin/currencies", administrators, s.adminAddCurrency},
		{"GET /admin/currencies/{code}", administrators, s.adminCurrency},
		{"POST /admin/currencies/{code}", administrators, s.adminSaveCurrency},
		{"POST /admin/currencies/{code}/default", administrators, s.adminDefaultCurrency},
		{"GET /admin/currencies/{code}/remove", administrators, s.adminAskRemoveCurrency},
		{"POST /admin/currencies/{code}/remove", administrators, s.adminRemoveCurrency},
		{"GET /admin/plan-groups", administrators, s.adminPlanGroups},
		{"POST /admin/plan-groups", administrators, s.adminAddPlanGroup},
		{"GET /admin/plan-groups/{id}", administrators, s.adminPlanGroup},
		{"POST /admin/plan-groups/{id}", administrators, s.adminSavePlanGroup},
		{"GET /admin/plan-groups/{id}/remove", administrators, s.adminAskRemovePlanGroup},
		{"POST /admin/plan-groups/{id}/remove", administrators, s.adminRemovePlanGroup},
		{"GET /admin/images", administrators, s.adminImages},
		{"POST /admin/images/addresses", administrators, s.adminImageAddresses},
		{"GET /admin/images/new", administrators, s.adminNewImage},
		{"POST /admin/images/new", administrators, s.adminSaveImage},
		{"GET /admin/images/{id}", administrators, s.adminImage},
		{"GET /admin/images/{id}/edit", administrators, s.adminEditImage},
		{"POST /admin/images/{id}/edit", administrators, s.adminSaveImage},
		{uploadRoute, administrators, s.adminUploadImage},
		{"POST /admin/images/{id}/fetch", administrators, s.adminFetchImage},
		{"POST /admin/images/{id}/distribute", administrators, s.adminDistributeImage},
		{"POST /admin/images/{id}/rescue", administrators, s.adminRescueImage},
		{"GET /admin/images/{id}/retire", administrators, s.adminAskRetireImage},
		{"POST /admin/images/{id}/retire", administrators, s.adminRetireImage},
		{"GET /admin/plans", administrators, s.adminPlans},
		{"GET /admin/plans/new", administrators, s.adminNewPlan},
		{"POST /admin/plans/new", administrators, s.adminSavePlan},
		{"GET /admin/plans/snapshot-price", administrators, s.adminSnapshotPrice},
		{"POST /admin/plans/snapshot-price", administrators, s.adminSetSnapshotPrice},
		{"GET /admin/plans/{id}", administrators, s.adminPlan},
		{"POST /admin/plans/{id}", administrators, s.adminSavePlan},
		{"GET /admin/plans/{id}/remove", administrators, s.adminAskRemovePlan},
		{"POST /admin/plans/{id}/remove", administrators, s.adminRemovePlan},
	}
}
