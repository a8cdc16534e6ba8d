package client

import "time"

// AdminPlanGroup is a plan group as administrators see it.
type AdminPlanGroup struct {
	PlanGroup
	Visible  bool  `json:"visible"`
	Position int64 `json:"position"`
}

// NewPlanGroup is a plan group to be made.
type NewPlanGroup struct {
	Name        string `json:"name" maxLength:"80"`
	Description string `json:"description,omitempty" maxLength:"500"`
	Visible     *bool  `json:"visible,omitempty" default:"true"`
	Position    int64  `json:"position,omitempty" minimum:"0" maximum:"1000000"`
}

// PlanGroupChange is what can be changed about a plan group. What is absent stays
// as it is.
type PlanGroupChange struct {
	Name        *string `json:"name,omitempty" maxLength:"80"`
	Description *string `json:"description,omitempty" maxLength:"500"`
	Visible     *bool   `json:"visible,omitempty"`
	Position    *int64  `json:"position,omitempty" minimum:"0" maximum:"1000000"`
}

// AdminPlan is a plan as administrators see it.
type AdminPlan struct {
	ID             int64     `json:"id"`
	Name           string    `json:"name"`
	GroupID        int64     `json:"plan_group_id"`
	Resources      Resources `json:"resources"`
	Tags           []string  `json:"tags" nullable:"false" doc:"What a hypervisor must have for it."`
	StoppedPercent int64     `json:"stopped_percent"`
	Visible        bool      `json:"visible"`
	Position       int64     `json:"position"`
	LocationIDs    []int64   `json:"location_ids" nullable:"false" doc:"Where it is offered; everywhere if there are none."`
	Price          Price     `json:"price"`
	Traffic        Traffic   `json:"traffic"`
	CPUPercent     int64     `json:"cpu_percent" doc:"That an instance may have of each vCPU; 0: all of it."`
	IOPS           int64     `json:"iops" doc:"That its disk may do, reads and writes together; 0: no limit."`
	DiskMiBPerS    int64     `json:"disk_mib_per_s" doc:"That its disk may move; 0: no limit."`
}

// NewPlan is a plan to be made, with its price.
type NewPlan struct {
	Name           string    `json:"name" maxLength:"80"`
	GroupID        int64     `json:"plan_group_id" minimum:"1"`
	Resources      Resources `json:"resources"`
	Tags           []string  `json:"tags,omitempty" maxItems:"100"`
	StoppedPercent *int64    `json:"stopped_percent,omitempty" default:"100" minimum:"0" maximum:"100"`
	Visible        *bool     `json:"visible,omitempty" default:"true"`
	Position       int64     `json:"position,omitempty" default:"1000" minimum:"0" maximum:"1000000"`
	LocationIDs    []int64   `json:"location_ids,omitempty" maxItems:"1000"`
	IncludedGiB    int64     `json:"included_gib,omitempty" minimum:"0" doc:"What an instance may send in a calendar month; 0: as much as it likes."`
	ThrottleMbit   int64     `json:"throttle_mbit,omitempty" minimum:"0"`
	CPUPercent     int64     `json:"cpu_percent,omitempty" minimum:"0" maximum:"100" doc:"That an instance may have of each vCPU; 0: all of it."`
	IOPS           int64     `json:"iops,omitempty" minimum:"0" doc:"That its disk may do, reads and writes together; 0: no limit."`
	DiskMiBPerS    int64     `json:"disk_mib_per_s,omitempty" minimum:"0" doc:"That its disk may move; 0: no limit."`
	Price          NewAmount `json:"price"`
}

// NewAmount is a price in credits: by the hour, by the month, or by the hour up to
// a cap.
type NewAmount struct {
	Hourly  *string `json:"hourly,omitempty" maxLength:"32" example:"0.75" doc:"Credits."`
	Monthly *string `json:"monthly,omitempty" maxLength:"32" example:"500" doc:"Credits. With hourly it is the cap."`
	PerGiB  string  `json:"per_gib,omitempty" maxLength:"32" doc:"Credits for a GiB of traffic beyond what the plan includes."`
}

// PlanChange is what can be changed about a plan. What is absent stays as it is.
type PlanChange struct {
	Name           *string    `json:"name,omitempty" maxLength:"80"`
	GroupID        *int64     `json:"plan_group_id,omitempty" minimum:"1"`
	Resources      *Resources `json:"resources,omitempty" doc:"Instances that are on the plan keep what they have."`
	Tags           *[]string  `json:"tags,omitempty" maxItems:"100"`
	StoppedPercent *int64     `json:"stopped_percent,omitempty" minimum:"0" maximum:"100"`
	Visible        *bool      `json:"visible,omitempty"`
	Position       *int64     `json:"position,omitempty" minimum:"0" maximum:"1000000"`
	LocationIDs    *[]int64   `json:"location_ids,omitempty" maxItems:"1000"`
	IncludedGiB    *int64     `json:"included_gib,omitempty" minimum:"0"`
	ThrottleMbit   *int64     `json:"throttle_mbit,omitempty" minimum:"0"`
	CPUPercent     *int64     `json:"cpu_percent,omitempty" minimum:"0" maximum:"100"`
	IOPS           *int64     `json:"iops,omitempty" minimum:"0"`
	DiskMiBPerS    *int64     `json:"disk_mib_per_s,omitempty" minimum:"0"`
}

// NewPrice is another price of a plan, from this second on.
type NewPrice struct {
	NewAmount
	Existing bool `json:"existing,omitempty" doc:"Also for the instances that are on the plan."`
}

// PriceVersion is a price in a plan's history.
type PriceVersion struct {
	Price
	PerGiB Money     `json:"per_gib"`
	At     time.Time `json:"at"`
	Actor  string    `json:"actor"`
}

// AdminImage is an image as administrators see it.
type AdminImage struct {
	Image
	Description  string    `json:"description,omitempty"`
	State        string    `json:"state" enum:"draft,importing,ready,failed,retired"`
	Visible      bool      `json:"visible" doc:"Offered to customers once it is ready."`
	Arch         string    `json:"arch" example:"x86_64"`
	MinMemoryMiB int64     `json:"min_memory_mib"`
	Digest       string    `json:"digest,omitempty" doc:"The SHA-256 of its file. Without one it is for simulated hypervisors only."`
	Bytes        int64     `json:"bytes" doc:"The length of its file."`
	VirtualGiB   int64     `json:"virtual_gib" doc:"The size of the disk in it."`
	Source       string    `json:"source,omitempty" doc:"Where its file is fetched from."`
	Failure      string    `json:"failure,omitempty" doc:"Why it has no file."`
	CreatedAt    time.Time `json:"created_at"`
}

// NewImage is an image to be offered.
type NewImage struct {
	Family       string `json:"family" minLength:"1" maxLength:"80" example:"Debian"`
	Version      string `json:"version" maxLength:"80" example:"13"`
	Arch         string `json:"arch,omitempty" enum:"x86_64,aarch64" default:"x86_64"`
	Description  string `json:"description,omitempty" maxLength:"500"`
	MinDiskGiB   int64  `json:"min_disk_gib,omitempty" minimum:"0" maximum:"1073741824"`
	MinMemoryMiB int64  `json:"min_memory_mib,omitempty" minimum:"0" maximum:"1073741824"`
	Visible      *bool  `json:"visible,omitempty" default:"true"`
	Draft        bool   `json:"draft,omitempty" doc:"Its file is sent or fetched next. Without it, the image has none and is offered at once, for simulated hypervisors."`
}

// ImageChange is what can be changed about an image. What is absent stays as it is.
type ImageChange struct {
	Family       *string `json:"family,omitempty" minLength:"1" maxLength:"80"`
	Version      *string `json:"version,omitempty" maxLength:"80"`
	Description  *string `json:"description,omitempty" maxLength:"500"`
	MinDiskGiB   *int64  `json:"min_disk_gib,omitempty" minimum:"0" maximum:"1048576"`
	MinMemoryMiB *int64  `json:"min_memory_mib,omitempty" minimum:"0" maximum:"1073741824"`
	Visible      *bool   `json:"visible,omitempty"`
}

// ImageImport says where the file of an image is.
type ImageImport struct {
	URL    string `json:"url" maxLength:"1000" example:"https://example.org/debian-13.qcow2"`
	Digest string `json:"digest" minLength:"64" maxLength:"64" doc:"The SHA-256 of the file, as whoever publishes it says."`
}

// ImageReplica is the file of an image on a hypervisor, or on its way there.
type ImageReplica struct {
	HypervisorID int64      `json:"hypervisor_id"`
	State        string     `json:"state" enum:"copying,ready,failed"`
	Bytes        int64      `json:"bytes" doc:"That have arrived."`
	VerifiedAt   *time.Time `json:"verified_at,omitempty" doc:"When it was last found to be whole."`
	Error        string     `json:"error,omitempty"`
}

// Distribution says where the file of an image is to go.
type Distribution struct {
	HypervisorIDs []int64 `json:"hypervisor_ids,omitempty" maxItems:"1000" nullable:"false" doc:"Absent: to all that are enabled."`
}

// AdminCurrency is a currency as administrators see it.
type AdminCurrency struct {
	Currency
	Since    time.Time `json:"since" doc:"Since when its value is in force."`
	Accounts int64     `json:"accounts" doc:"How many see amounts in it."`
}

// NewCurrency is a currency to be added.
type NewCurrency struct {
	Code     string `json:"code" pattern:"^[A-Z][A-Z0-9]{2,7}$" example:"EUR"`
	Prefix   string `json:"prefix,omitempty" maxLength:"12"`
	Suffix   string `json:"suffix,omitempty" maxLength:"12"`
	Decimals *int   `json:"decimals,omitempty" default:"2" minimum:"0" maximum:"6"`
	Value    string `json:"value_per_credit" maxLength:"32" example:"0.0092"`
}

// CurrencyChange is what can be changed about a currency. What is absent stays as
// it is. Another value is in force from this second on; past reports keep theirs.
type CurrencyChange struct {
	Prefix   *string `json:"prefix,omitempty" maxLength:"12"`
	Suffix   *string `json:"suffix,omitempty" maxLength:"12"`
	Decimals *int    `json:"decimals,omitempty" minimum:"0" maximum:"6"`
	Value    *string `json:"value_per_credit,omitempty" maxLength:"32"`
}

// CurrencyValue is an entry of a currency's history.
type CurrencyValue struct {
	Value string    `json:"value_per_credit"`
	From  time.Time `json:"from"`
	Actor string    `json:"actor"`
}
