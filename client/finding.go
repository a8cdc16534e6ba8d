package client

import "time"

// Finding is something about a hypervisor that people should know.
type Finding struct {
	ID           int64      `json:"id"`
	Kind         string     `json:"kind" example:"orphan" doc:"orphan and misplaced are discoveries: machines that are where they should not be. mass-change, stranger, unreachable, lost, crashing and unmetered are alarms."`
	Alarm        bool       `json:"alarm"`
	HypervisorID int64      `json:"hypervisor_id"`
	InstanceID   int64      `json:"instance_id,omitempty"`
	Machine      string     `json:"machine,omitempty" doc:"The UUID of the machine that it is about."`
	Detail       string     `json:"detail"`
	FoundAt      time.Time  `json:"found_at"`
	GoneAt       *time.Time `json:"gone_at,omitempty" doc:"Since when it is no longer so."`
	ResolvedAt   *time.Time `json:"resolved_at,omitempty" doc:"When somebody said that they know."`
	ResolvedBy   string     `json:"resolved_by,omitempty"`
	Note         string     `json:"note,omitempty"`
}

// Resolution is what is said of a finding that somebody knows.
type Resolution struct {
	Note string `json:"note,omitempty" maxLength:"500"`
}
