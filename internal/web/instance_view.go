package web

// InstanceView is the page at /instances/{id}.
type InstanceView struct {
	ID, Name   string
	URL        string // of this page; actions hang below it
	Status     Status
	Reason     string // why it is in that state, in a sentence; "" when there is nothing to say
	Plan       string
	Image      string
	Place      Place
	Addresses  []InstanceAddress
	Chip       []string // what it costs: "$0.024/h", "$12.44 this month", "cap $16.00"
	Actions    []Action
	Task       *TaskView
	Suspension *SuspensionView
	Facts      []Fact // what it is made of
	Command    string // to reach it, such as "ssh root@203.0.113.17"; "" before it has an address
	Cost       InstanceCost
	Events     []Event
	Deleted    string // when it was deleted; "" while it is there
	Snapshots  *InstanceSnapshots
	Rescue     bool              // it boots the rescue system
	Settings   *InstanceSettings // nil where nothing can be set any more
}

// InstanceSettings are what is only written down. Protection posts to
// URL/protection: delete, rebuild; labels are edited at URL/labels.
type InstanceSettings struct {
	KeepFromDelete, KeepFromRebuild bool
	Labels                          []string // "env=prod"
}

// InstanceAddress is where an instance is reached.
type InstanceAddress struct {
	Family  string // "IPv4"
	Text    string
	Reverse string // the name it leads to; may be empty
	Edit    string // where that is changed
}

// Action is something that can be done with an instance. One that cannot be
// done now stays visible, and says why.
type Action struct {
	Name    string // "start", "stop", "restart", "resize", "delete"; in data-test as "action-start"
	Icon    string
	Text    string
	URL     string // a plain button posts here
	Refused string // why it cannot be done now; "" when it can
	Page    bool   // URL is a page to go to, rather than to post to
	Confirm *Confirm
	Danger  bool
	More    bool // it stands in the menu of what is done rarely
}

// SuspensionView explains on the page of a suspended instance what happened.
type SuspensionView struct {
	Who    string // "Accrue, by your balance", "Your provider"
	Why    string
	Since  Instant
	Lift   string // what lifts it: "Add at least $5.01. It starts again within a minute."
	Kept   string // what is kept, and until when
	TopUp  Link   // "" where credit does not lift it
	Charge string // "Nothing is charged while it is suspended."
}

// InstanceCost is what an instance has cost this month.
type InstanceCost struct {
	Month    Stat
	Rate     Stat
	Cap      Stat
	CapMeter *Meter // how much of the cap is used; nil without a cap
	States   []StateHours
	Segments []SegmentRow // from the latest to the earliest
	UsageURL string
	Note     string
}

// StateHours is how long an instance was in a state, and what that cost.
type StateHours struct {
	Status Status
	Hours  string
	Cost   Amount
}

// SegmentRow is a stretch of billable time at one price.
type SegmentRow struct {
	From, To string // "1 Nov 00:00", "now"
	Status   Status
	Plan     string
	Rate     string
	Hours    string
	Cost     Amount
}
