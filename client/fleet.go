package client

import "time"

// AdminLocation is a location as administrators see it.
type AdminLocation struct {
	Location
	Visible  bool  `json:"visible" doc:"Customers can order there."`
	Position int64 `json:"position"`
}

// NewLocation is a location to be made.
type NewLocation struct {
	Slug     string `json:"slug" maxLength:"32" example:"ams-1"`
	Name     string `json:"name" maxLength:"80" example:"Amsterdam"`
	City     string `json:"city,omitempty" maxLength:"80"`
	Country  string `json:"country,omitempty" maxLength:"2" example:"nl"`
	Visible  *bool  `json:"visible,omitempty" default:"true"`
	Position int64  `json:"position,omitempty" minimum:"0" maximum:"1000000"`
}

// LocationChange is what can be changed about a location. What is absent stays as
// it is.
type LocationChange struct {
	Slug     *string `json:"slug,omitempty" maxLength:"32"`
	Name     *string `json:"name,omitempty" maxLength:"80"`
	City     *string `json:"city,omitempty" maxLength:"80"`
	Country  *string `json:"country,omitempty" maxLength:"2"`
	Visible  *bool   `json:"visible,omitempty"`
	Position *int64  `json:"position,omitempty" minimum:"0" maximum:"1000000"`
}

// HypervisorOrder is the order in which a location's hypervisors take turns.
type HypervisorOrder struct {
	HypervisorIDs []int64 `json:"hypervisor_ids" maxItems:"1000" nullable:"false" doc:"Those not named come after them."`
}

// Hypervisor is a machine that runs instances.
type Hypervisor struct {
	ID         int64      `json:"id"`
	Name       string     `json:"name"`
	LocationID int64      `json:"location_id"`
	Position   int64      `json:"position"`
	Driver     string     `json:"driver" example:"libvirt"`
	Endpoint   string     `json:"endpoint,omitempty"`
	Capacity   Resources  `json:"capacity"`
	CPURatio   string     `json:"cpu_ratio" example:"4" doc:"vCPUs that may be promised for each one it has."`
	Limit      Resources  `json:"limit" doc:"What may be promised in all."`
	Used       Resources  `json:"used" doc:"What its instances have reserved."`
	Instances  int64      `json:"instances"`
	Tags       []string   `json:"tags" nullable:"false"`
	Enabled    bool       `json:"enabled" doc:"New instances may be placed on it."`
	Online     bool       `json:"online" doc:"It answers."`
	SeenAt     *time.Time `json:"seen_at,omitempty" doc:"Its last answer."`
	Error      string     `json:"error,omitempty" doc:"Why the last try failed."`
}

// NewHypervisor is a hypervisor to be added.
type NewHypervisor struct {
	Name       string    `json:"name" maxLength:"63"`
	LocationID int64     `json:"location_id" minimum:"1"`
	Driver     string    `json:"driver" maxLength:"32" example:"sim"`
	Endpoint   string    `json:"endpoint,omitempty" maxLength:"500"`
	Capacity   Resources `json:"capacity"`
	CPURatio   string    `json:"cpu_ratio,omitempty" maxLength:"8" default:"4"`
	Tags       []string  `json:"tags,omitempty" maxItems:"100"`
	Enabled    *bool     `json:"enabled,omitempty" default:"true"`
}

// HypervisorChange is what can be changed about a hypervisor. What is absent stays
// as it is.
type HypervisorChange struct {
	Name       *string    `json:"name,omitempty" maxLength:"63"`
	LocationID *int64     `json:"location_id,omitempty" minimum:"1"`
	Endpoint   *string    `json:"endpoint,omitempty" maxLength:"500"`
	Capacity   *Resources `json:"capacity,omitempty"`
	CPURatio   *string    `json:"cpu_ratio,omitempty" maxLength:"8"`
	Tags       *[]string  `json:"tags,omitempty" maxItems:"100"`
	Enabled    *bool      `json:"enabled,omitempty"`
}

// FaultSwitch makes a simulated hypervisor fail, or work again.
type FaultSwitch struct {
	Fault string `json:"fault" enum:"unreachable,hang,error,reply-lost"`
	On    bool   `json:"on"`
}

// Faults is what is made to fail on a simulated hypervisor.
type Faults struct {
	Simulated bool     `json:"simulated" doc:"Only simulated hypervisors can be made to fail."`
	Faults    []string `json:"faults" nullable:"false"`
}
