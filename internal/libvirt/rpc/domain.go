package rpc

import (
	"context"
	"net"
)

// Domain is a virtual machine, as libvirt calls it. Of the fields, calls go by
// the UUID.
type Domain struct {
	Name string
	UUID UUID
	ID   int32 // counts starts; -1 while it is off
}

// States of a domain, and reasons for which it is off.
const (
	StateRunning  = 1
	StateBlocked  = 2
	StatePaused   = 3
	StateShutdown = 4 // on its way to off
	StateOff      = 5
	StateCrashed  = 6
	StateAsleep   = 7

	OffShutdown = 1
	OffCrashed  = 3
	OffFailed   = 6
)

// Flags of calls.
const (
	CreatePaused      = 1 << 0 // begins paused
	CreateAutodestroy = 1 << 1 // ends with the connection

	XMLInactive = 1 << 1 // what it will be at its next start

	DefineValidate = 1 << 0

	UndefineManagedSave = 1 << 0
	UndefineSnapshots   = 1 << 1
	UndefineNVRAM       = 1 << 2
	UndefineCheckpoints = 1 << 4

	AffectLive   = 1 << 0
	AffectConfig = 1 << 1

	DestroyGraceful = 1 << 0

	metadataElement   = 2
	resizeBytes       = 1
	consoleForce      = 1 << 0
	passwordEncrypted = 1 << 0
)

type onDomain struct{ Domain Domain }

type onDomainWith struct {
	Domain Domain
	Flags  uint32
}

// Domains returns every domain, on or off.
func (c *Conn) Domains(ctx context.Context) ([]Domain, error) {
	var ret struct {
		Domains []Domain
		Number  uint32
	}
	err := c.Call(ctx, 273, struct {
		Results int32
		Flags   uint32
	}{Results: 1}, &ret)
	return ret.Domains, err
}

// Domain finds a domain.
func (c *Conn) Domain(ctx context.Context, uuid UUID) (d Domain, err error) {
	return d, c.Call(ctx, 24, struct{ UUID UUID }{uuid}, &d)
}

// DomainXML returns what a domain is, as XML.
func (c *Conn) DomainXML(ctx context.Context, d Domain, flags uint32) (string, error) {
	return c.text(ctx, 14, onDomainWith{d, flags})
}

// State returns a domain's state, and why it is in it.
func (c *Conn) State(ctx context.Context, d Domain) (state, reason int32, err error) {
	var ret struct{ State, Reason int32 }
	err = c.Call(ctx, 212, onDomainWith{Domain: d}, &ret)
	return ret.State, ret.Reason, err
}

// Define makes a domain known, or changes the one with its UUID.
func (c *Conn) Define(ctx context.Context, xml string) (d Domain, err error) {
	return d, c.Call(ctx, 350, struct {
		XML   string
		Flags uint32
	}{xml, DefineValidate}, &d)
}

// CreateTransient starts a domain that is not defined.
func (c *Conn) CreateTransient(ctx context.Context, xml string, flags uint32) (d Domain, err error) {
	return d, c.Call(ctx, 10, struct {
		XML   string
		Flags uint32
	}{xml, flags}, &d)
}

// Start switches a domain on.
func (c *Conn) Start(ctx context.Context, d Domain) error {
	return c.Call(ctx, 196, onDomainWith{Domain: d}, nil)
}

// Resume lets a paused domain go on.
func (c *Conn) Resume(ctx context.Context, d Domain) error {
	return c.Call(ctx, 28, onDomain{d}, nil)
}

// Shutdown asks a domain's guest to switch itself off.
func (c *Conn) Shutdown(ctx context.Context, d Domain) error {
	return c.Call(ctx, 258, onDomainWith{Domain: d}, nil)
}

// Reboot asks a domain's guest to restart.
func (c *Conn) Reboot(ctx context.Context, d Domain) error {
	return c.Call(ctx, 27, onDomainWith{Domain: d}, nil)
}

// Reset presses a domain's reset button.
func (c *Conn) Reset(ctx context.Context, d Domain) error {
	return c.Call(ctx, 245, onDomainWith{Domain: d}, nil)
}

// Destroy switches a domain off.
func (c *Conn) Destroy(ctx context.Context, d Domain, flags uint32) error {
	return c.Call(ctx, 234, onDomainWith{d, flags}, nil)
}

// Undefine makes a domain unknown.
func (c *Conn) Undefine(ctx context.Context, d Domain, flags uint32) error {
	return c.Call(ctx, 231, onDomainWith{d, flags}, nil)
}

// SetMetadata gives a domain an element of metadata, under its namespace.
func (c *Conn) SetMetadata(ctx context.Context, d Domain, element, prefix, namespace string, flags uint32) error {
	return c.Call(ctx, 264, struct {
		Domain             Domain
		Kind               int32
		Element, Key, Name *string
		Flags              uint32
	}{d, metadataElement, &element, &prefix, &namespace, flags}, nil)
}

// SetPassword gives a user of a domain's guest a password, as crypt(3) writes it,
// through the agent in the guest.
func (c *Conn) SetPassword(ctx context.Context, d Domain, user, hash string) error {
	return c.Call(ctx, 357, struct {
		Domain     Domain
		User, Hash *string
		Flags      uint32
	}{d, &user, &hash, passwordEncrypted}, nil)
}

// ResizeBlock grows a disk of a domain that is on, such as "vda".
func (c *Conn) ResizeBlock(ctx context.Context, d Domain, disk string, bytes uint64) error {
	return c.Call(ctx, 251, struct {
		Domain Domain
		Disk   string
		Bytes  uint64
		Flags  uint32
	}{d, disk, bytes, resizeBytes}, nil)
}

// Groups of statistics.
const (
	StatsState     = 1 << 0
	StatsCPU       = 1 << 1
	StatsBalloon   = 1 << 2
	StatsVCPU      = 1 << 3
	StatsInterface = 1 << 4
	StatsBlock     = 1 << 5
)

// Flags of statistics.
const (
	StatsOfActive = 1 << 0
	StatsNoWait   = 1 << 29 // leave out what a busy domain cannot say at once
)

// Stats are a domain's.
type Stats struct {
	Domain Domain
	Params []Param
}

// Stats returns statistics of domains, in one look.
func (c *Conn) Stats(ctx context.Context, domains []Domain, groups, flags uint32) ([]Stats, error) {
	var ret struct{ Stats []Stats }
	err := c.Call(ctx, 344, struct {
		Domains       []Domain
		Groups, Flags uint32
	}{domains, groups, flags}, &ret)
	return ret.Stats, err
}

// Events of a domain.
const (
	EventLifecycle = 0
	EventReboot    = 1
)

// Events of a domain's life, and details of its end.
const (
	LifeUndefined = 1
	LifeStarted   = 2
	LifeSuspended = 3
	LifeResumed   = 4
	LifeStopped   = 5
	LifeCrashed   = 8

	StoppedByShutdown = 0
	StoppedByCrash    = 2
	StoppedByFailure  = 5
)

// Event is something that happened to a domain.
type Event struct {
	Domain Domain
	Life   int32 // of a lifecycle event
	Detail int32
}

// OnEvent has events of all domains handed to handle, as On does.
func (c *Conn) OnEvent(ctx context.Context, event int32, handle func(Event)) error {
	var message struct {
		Callback int32
		Event
	}
	short := struct {
		Callback int32
		Domain   Domain
	}{}
	c.On(318+event, func(body []byte) {
		if event == EventLifecycle {
			if unmarshal(body, &message) == nil {
				handle(message.Event)
			}
		} else if unmarshal(body, &short) == nil {
			handle(Event{Domain: short.Domain})
		}
	})
	return c.Call(ctx, 316, struct {
		Event  int32
		Domain *Domain
	}{Event: event}, nil)
}

// OpenConsole opens a domain's first serial port, taking it from who has it.
func (c *Conn) OpenConsole(ctx context.Context, d Domain) (*Stream, error) {
	return c.Open(ctx, 201, struct {
		Domain Domain
		Name   *string
		Flags  uint32
	}{Domain: d, Flags: consoleForce})
}

// OpenGraphics opens a domain's first screen. It works on a Unix socket only:
// what comes is a file.
func (c *Conn) OpenGraphics(ctx context.Context, d Domain) (net.Conn, error) {
	got, err := c.call(ctx, 343, struct {
		Domain       Domain
		Index, Flags uint32
	}{Domain: d})
	return got.file, err
}

// BeginBackup begins a job that copies a domain's disks as they are now.
func (c *Conn) BeginBackup(ctx context.Context, d Domain, xml string, flags uint32) error {
	return c.Call(ctx, 421, struct {
		Domain     Domain
		Backup     string
		Checkpoint *string
		Flags      uint32
	}{Domain: d, Backup: xml, Flags: flags}, nil)
}

// BackupReuse makes a backup write to files that are there.
const BackupReuse = 1 << 0

// Backup returns the domain's backup that is under way, as XML.
func (c *Conn) Backup(ctx context.Context, d Domain) (string, error) {
	return c.text(ctx, 422, onDomainWith{Domain: d})
}

// JobCompleted asks JobStats for the last job instead of the present one.
const JobCompleted = 1 << 0

// Kinds of jobs, in what JobStats says.
const (
	JobNone      = 0
	JobDone      = 3
	JobFailed    = 4
	JobCancelled = 5
)

// JobStats returns the kind of a domain's job.
func (c *Conn) JobStats(ctx context.Context, d Domain, flags uint32) (kind int32, params []Param, err error) {
	var ret struct {
		Kind   int32
		Params []Param
	}
	err = c.Call(ctx, 298, onDomainWith{d, flags}, &ret)
	return ret.Kind, ret.Params, err
}

// AbortJob ends a domain's job.
func (c *Conn) AbortJob(ctx context.Context, d Domain) error {
	return c.Call(ctx, 164, onDomain{d}, nil)
}

// Rate is what an interface may carry on average, in KiB/s; 0 is no limit.
type Rate struct{ In, Out uint32 }

// SetRate limits an interface of a domain that is on, found by its MAC address.
func (c *Conn) SetRate(ctx context.Context, d Domain, mac string, rate Rate) error {
	type number struct {
		Name  string
		Kind  uint32
		Value uint32
	}
	return c.Call(ctx, 256, struct {
		Domain Domain
		Device string
		Params []number
		Flags  uint32
	}{d, mac, []number{{"inbound.average", paramUint, rate.In}, {"outbound.average", paramUint, rate.Out}}, AffectLive}, nil)
}
