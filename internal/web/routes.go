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
	return []page{}
}

func (s *server) adminRoutes() []page {
	return []page{}
}
