package client

// Location is a place where instances can be.
type Location struct {
	ID      int64  `json:"id"`
	Slug    string `json:"slug" example:"ams"`
	Name    string `json:"name" example:"Amsterdam"`
	City    string `json:"city,omitempty"`
	Country string `json:"country,omitempty" example:"nl" doc:"ISO 3166, two lower-case letters."`
}

// Resources are what an instance or a hypervisor has.
type Resources struct {
	VCPUs     int64 `json:"vcpus" minimum:"1" maximum:"1073741824"`
	MemoryMiB int64 `json:"memory_mib" minimum:"1" maximum:"1073741824"`
	DiskGiB   int64 `json:"disk_gib" minimum:"1" maximum:"1073741824"`
	GPUs      int64 `json:"gpus,omitempty" minimum:"0" maximum:"1073741824"`
}

// PlanGroup is a family of plans.
type PlanGroup struct {
	ID          int64  `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
}

// Plan is what an instance can be, and what that costs.
type Plan struct {
	ID             int64        `json:"id"`
	Name           string       `json:"name"`
	Group          Ref          `json:"group"`
	Resources      Resources    `json:"resources"`
	Price          Price        `json:"price"`
	StoppedPercent int64        `json:"stopped_percent" doc:"How much of the price a stopped instance costs."`
	Traffic        Traffic      `json:"traffic"`
	Availability   []PlanInside `json:"availability" nullable:"false" doc:"Where it can be had."`
}

// Traffic is what an instance of a plan may send.
type Traffic struct {
	IncludedGiB  int64 `json:"included_gib" doc:"In a calendar month; 0: as much as it likes."`
	PerGiB       Money `json:"per_gib" doc:"What a GiB beyond that costs."`
	ThrottleMbit int64 `json:"throttle_mbit,omitempty" doc:"What its port is limited to beyond that; 0: nothing."`
}

// PlanInside is whether a plan can be had in a location.
type PlanInside struct {
	LocationID int64  `json:"location_id"`
	Available  bool   `json:"available"`
	Reason     string `json:"reason,omitempty" enum:"not_offered,no_capacity"`
}

// Image is an operating system that an instance starts from.
type Image struct {
	ID         int64  `json:"id"`
	Name       string `json:"name" example:"Debian 13"`
	Family     string `json:"family" example:"Debian"`
	Version    string `json:"version" example:"13"`
	MinDiskGiB int64  `json:"min_disk_gib"`
}

// Currency is how credit is shown and paid for.
type Currency struct {
	Code     string `json:"code" example:"EUR"`
	Prefix   string `json:"prefix"`
	Suffix   string `json:"suffix"`
	Decimals int    `json:"decimals"`
	Value    string `json:"value_per_credit" example:"0.0092" doc:"What one credit is worth now."`
	Default  bool   `json:"default"`
}

// Ref names something by its ID, with its name for people.
type Ref struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}
