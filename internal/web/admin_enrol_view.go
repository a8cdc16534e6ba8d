package web

// AdminEnrolView is a page of the way on which a machine becomes a hypervisor, at
// /admin/hypervisors/enrol. What was said so far goes along in hidden fields; each
// page posts there, with the stage that it asks for as step.
type AdminEnrolView struct {
	Stage       string // "endpoint", "fingerprint", "checks" or "settings"
	Title       string
	Note        string
	Way         []Step
	Endpoint    string
	KeyFile     string
	Fingerprint string
	Compare     string // how to see the fingerprint on the machine itself
	Checks      []CheckRow
	Usable      bool
	Said        []Option // Text is the value of the field that Value names

	Name, VCPUs, Memory, Disk, CPURatio, Tags string
	Locations, Pools, Networks                []Option
	Errors                                    Errors
}

// CheckRow is one thing that was tried and what came of it. Fix may be "".
type CheckRow struct {
	Name, Title string
	Badge       Badge
	Detail, Fix string
}

// AdminExaminationView is what was found when a hypervisor was looked at, at
// /admin/hypervisors/{id}/check.
type AdminExaminationView struct {
	Name, URL string
	Checks    []CheckRow
	Usable    bool
}

// AdminTrialView is the page at /admin/hypervisors/{id}/test, which posts there to
// begin a test. It is read again every second at Poll, until that is "".
type AdminTrialView struct {
	Name, URL string
	State     string // "", "busy", "passed" or "failed"
	Image     string
	Trouble   string
	Poll      string
	Steps     []Step
	Checks    []CheckRow
	Enabled   bool
}

func (v AdminTrialView) says() string {
	switch v.State {
	case "busy":
		return "A machine goes through its life on it. You may leave this page."
	case "passed":
		return "Everything worked. Nothing is left of the machine."
	case "failed":
		return "The machine did not get through. What is left of it is removed."
	}
	return "Nobody has tried yet."
}
