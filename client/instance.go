package client

import "time"

// Instance is a virtual machine.
type Instance struct {
	ID         int64      `json:"id"`
	Name       string     `json:"name"`
	Status     string     `json:"status" example:"running" doc:"queued, provisioning, running, starting, stopping, stopped, suspending, suspended, rebooting, rebuilding, resizing, migrating, restoring, rescuing, unknown, error, deleting or deleted."`
	Power      string     `json:"desired_power" doc:"What its owner wants: on or off."`
	Account    int64      `json:"account_id"`
	Location   Ref        `json:"location"`
	Plan       Ref        `json:"plan"`
	Image      *Ref       `json:"image,omitempty"`
	Resources  Resources  `json:"resources"`
	Price      Price      `json:"price" doc:"What it pays, which is not what new ones pay after the plan's price has changed."`
	Percent    int64      `json:"percent" doc:"How much of the price it is billed at now; 0 while it costs nothing."`
	PerHour    Money      `json:"per_hour" doc:"What it costs over the next hour, caps included."`
	MonthUsed  Money      `json:"month_used" doc:"What it has cost since the month began."`
	Addresses  []string   `json:"addresses" nullable:"false"`
	Labels     Labels     `json:"labels"`
	Protection Protection `json:"protection"`
	Rescue     bool       `json:"rescue" doc:"It boots the rescue system instead of its disk."`
	Holds      []string   `json:"holds" nullable:"false" doc:"What forbids it to run: billing, admin, abuse, maintenance."`
	Hypervisor *Ref       `json:"hypervisor,omitempty" doc:"For administrators."`
	Failure    string     `json:"failure,omitempty" doc:"Why it could not be created."`
	Actions    []Action   `json:"actions" nullable:"false" doc:"What is being done to it, the newest first."`
	CreatedAt  time.Time  `json:"created_at"`
	UpAt       *time.Time `json:"up_at,omitempty" doc:"Since when it costs something."`
	DeletedAt  *time.Time `json:"deleted_at,omitempty"`
}

// Labels are what owners write on their things to find them again.
type Labels = map[string]string

// Protection is what an owner keeps from being done by mistake.
type Protection struct {
	Delete  bool `json:"delete"`
	Rebuild bool `json:"rebuild"`
}

// NewInstance is an order for an instance.
type NewInstance struct {
	Name       string  `json:"name" minLength:"1" maxLength:"63" example:"web-1" doc:"A host name, unique among the account's instances."`
	PlanID     int64   `json:"plan_id" minimum:"1"`
	LocationID int64   `json:"location_id" minimum:"1"`
	ImageID    int64   `json:"image_id,omitempty" minimum:"0" doc:"The operating system; the hypervisor decides if it is absent."`
	PriceID    int64   `json:"price_id,omitempty" minimum:"0" doc:"The version of the price that was quoted. If the plan has another one by now, the order is refused. Absent: whatever is in force."`
	SSHKeyIDs  []int64 `json:"ssh_key_ids,omitempty" maxItems:"100" doc:"The keys that its guest lets in. It keeps them when they are deleted."`
	UserData   string  `json:"user_data,omitempty" maxLength:"32768" doc:"What cloud-init runs."`
	Labels     Labels  `json:"labels,omitempty"`
	Password   bool    `json:"root_password,omitempty" doc:"Root of its guest gets a password, which the answer tells once."`
	Off        bool    `json:"off,omitempty" doc:"It is made, and stays off until it is started."`
}

// InstanceChange is what can be changed about an instance. What is absent stays
// as it is.
type InstanceChange struct {
	Name       *string     `json:"name,omitempty" minLength:"1" maxLength:"63"`
	Labels     *Labels     `json:"labels,omitempty" doc:"All labels; those that are left out are taken away."`
	Protection *Protection `json:"protection,omitempty"`
}

// Rebuild says what a new disk is made from.
type Rebuild struct {
	ImageID int64 `json:"image_id,omitempty" minimum:"0" doc:"The image that it has if it is absent."`
}

// Resize names the plan to move to.
type Resize struct {
	PlanID int64 `json:"plan_id" minimum:"1"`
}

// Ordered is what a command has come to: the instance as it is now, and the
// action that carries the command out. There is none when there is nothing to do.
type Ordered struct {
	Instance Instance `json:"instance"`
	Action   *Action  `json:"action,omitempty"`
	// RootPassword is what root of the guest signs in with, once the action has
	// succeeded.
	RootPassword string `json:"root_password,omitempty" doc:"What root of the guest signs in with, once the action has succeeded. It is kept nowhere and told this once: the same request with the same Idempotency-Key is answered without it."`
}

// Rescue says how to get into a rescue system.
type Rescue struct {
	SSHKeyIDs []int64 `json:"ssh_key_ids,omitempty" maxItems:"100" doc:"The keys that let in. Without any there is a root_password."`
}

// Action is something that is done to an instance.
type Action struct {
	ID         int64        `json:"id"`
	Kind       string       `json:"kind" example:"instance.create"`
	State      string       `json:"state" enum:"queued,running,waiting,succeeded,failed,canceled" doc:"waiting: for a hypervisor that does not answer."`
	Step       string       `json:"step,omitempty" doc:"What it is doing now."`
	Steps      []string     `json:"steps" nullable:"false" doc:"Everything it goes through."`
	Progress   int          `json:"progress" minimum:"0" maximum:"100" doc:"How many of 100 parts are done."`
	InstanceID int64        `json:"instance_id"`
	Error      *ActionError `json:"error,omitempty"`
	CreatedAt  time.Time    `json:"created_at"`
	StartedAt  *time.Time   `json:"started_at,omitempty"`
	FinishedAt *time.Time   `json:"finished_at,omitempty"`
}

// Ended says whether nothing more will be done.
func (a Action) Ended() bool {
	return a.State == "succeeded" || a.State == "failed" || a.State == "canceled"
}

// ActionError is why an action has failed, or what it is waiting for.
type ActionError struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}
