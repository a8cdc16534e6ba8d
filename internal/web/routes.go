package web

import "slices"

// routes is every page there is.
func (s *server) routes() []page {
	return slices.Concat(s.entryRoutes(), s.customerRoutes(), s.adminRoutes())
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
		{"GET /instances", customers, s.instances},
		{"GET /instances/{id}", customers, s.instance},
		{"GET /instances/{id}/task", customers, s.instanceProgress},
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

func (s *server) adminRoutes() []page {
	return []page{}
}
