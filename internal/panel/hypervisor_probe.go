package panel

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/identity"
)

// Examiner is a Drivers that looks closely at a machine, be it a hypervisor of
// the panel's or one that somebody would like to make one.
type Examiner interface {
	// Examine tries everything that machines will need, one thing after another,
	// and says what came of it. A machine that does not show the key that its
	// HostKey names is asked for nothing; where there is none, what it shows is all
	// that is returned. What it makes to find out is gone afterwards, but for the
	// storage pool that it makes where none is named.
	Examine(ctx context.Context, h Hypervisor) Examination
}

// Examination is what an Examiner has found.
type Examination struct {
	At          billing.Instant
	Fingerprint string // of the key that the machine shows; empty where it shows none, as on a local socket
	Facts       Facts  // as far as they could be had
	Pools       []string
	Checks      []Check // in the order in which they were made
}

// Check is one thing that was tried and what came of it, in words for people.
type Check struct {
	Name   CheckName
	State  CheckState
	Detail string // what was found
	Fix    string // what to do about it; empty if there is nothing to be done
}

// CheckState is what came of a check.
type CheckState string

// The outcomes. With a warning machines run, with less than they could have.
const (
	CheckPassed  CheckState = "passed"
	CheckWarning CheckState = "warning"
	CheckFailed  CheckState = "failed"
	CheckConfirm CheckState = "confirm" // somebody has to say whether it is right
	CheckSkipped CheckState = "skipped" // it could not be tried
)

// CheckName names a check, for programs.
type CheckName string

// The checks of an examination.
const (
	CheckReach    CheckName = "reach"
	CheckIdentity CheckName = "identity"
	CheckAccess   CheckName = "access"
	CheckVersions CheckName = "versions"
	CheckUnique   CheckName = "unique"
	CheckCapacity CheckName = "capacity"
	CheckStorage  CheckName = "storage"
	CheckRoom     CheckName = "room"
	CheckClock    CheckName = "clock"
	CheckAccel    CheckName = "acceleration"
	CheckDefine   CheckName = "define"
	CheckNetwork  CheckName = "network"
	CheckFilter   CheckName = "filter"
	CheckLimits   CheckName = "limits"
	CheckConsole  CheckName = "console"
)

// titles are the checks in words.
var titles = map[CheckName]string{
	CheckReach: "Address", CheckIdentity: "Fingerprint", CheckAccess: "Access to libvirt", CheckVersions: "libvirt and QEMU",
	CheckUnique: "Registered once", CheckCapacity: "Processors and memory", CheckStorage: "Storage pool", CheckRoom: "Room for disks",
	CheckClock: "Clock", CheckAccel: "Hardware acceleration", CheckDefine: "Defining machines", CheckNetwork: "Network",
	CheckFilter: "Anti-spoofing filter", CheckLimits: "Limits", CheckConsole: "Screen and serial port",
	TrialMake: "Making the machine", TrialBoot: "Switching it on", TrialSeen: "Seeing it run", TrialScreen: "Its screen", TrialRemove: "Removing it",
}

// Title returns the check in words: "Storage pool".
func (n CheckName) Title() string { return cmp.Or(titles[n], string(n)) }

// Usable says whether machines would run: nothing failed, and nothing waits for
// somebody's word.
func (e Examination) Usable() bool {
	return !slices.ContainsFunc(e.Checks, func(c Check) bool { return c.State == CheckFailed || c.State == CheckConfirm })
}

// Confirms says whether all that is missing is somebody's word that the machine
// is the one that was meant.
func (e Examination) Confirms() bool {
	return slices.ContainsFunc(e.Checks, func(c Check) bool { return c.State == CheckConfirm })
}

// Offer is what of the machine could be registered: its processors, its memory
// without a tenth of it or a GiB at least, and what of its disk is free.
func (e Examination) Offer() fleet.Resources {
	offer := e.Facts.Capacity
	offer.MemoryMiB = max(0, offer.MemoryMiB-max(1024, offer.MemoryMiB/10))
	offer.DiskGiB = e.Facts.FreeDisk
	return offer
}

// examineBound is how long an examination may take. Most of it is waiting for a
// guest, to see whether the hardware helps.
const examineBound = 50 * time.Second

// ProbeHypervisor examines a machine that is not a hypervisor yet. Without a
// HostKey, one that is reached over a network is asked only who it is.
func (p *Panel) ProbeHypervisor(ctx context.Context, who identity.Who, h Hypervisor) (e Examination, err error) {
	if !who.May(identity.WriteFleet) {
		return e, ErrForbidden
	}
	h.Endpoint, h.Accel = fromLibvirt(h.Endpoint), cmp.Or(h.Accel, AccelAuto)
	h.Name = cmp.Or(h.Name, "the machine")
	if h.Driver != "sim" {
		if err := checkEndpoint(h); err != nil {
			return e, err
		}
		if h.HostKey != "" {
			if err := checkTrust(h); err != nil {
				return e, err
			}
		}
	}
	return p.examine(ctx, h)
}

// ExamineHypervisor examines one of the panel's hypervisors.
func (p *Panel) ExamineHypervisor(ctx context.Context, who identity.Who, id int64) (e Examination, err error) {
	if !who.May(identity.WriteFleet) {
		return e, ErrForbidden
	}
	h, _, err := p.hostNow(ctx, id)
	if err != nil {
		return e, err
	}
	return p.examine(ctx, h)
}

func (p *Panel) examine(ctx context.Context, h Hypervisor) (e Examination, err error) {
	examiner, ok := p.drivers.(Examiner)
	if !ok {
		return e, refuse(CodeUnsupported, "Hypervisors cannot be examined from here.")
	}
	bounded, cancel := context.WithTimeout(ctx, examineBound)
	defer cancel()
	e = examiner.Examine(bounded, h)
	err = p.view(ctx, func(tx Tx) error {
		e.At = tx.Now()
		others, err := tx.ListHypervisors(0)
		if e.Facts.UID != "" {
			e.insert(CheckVersions, unique(h, e.Facts.UID, others))
		}
		return err
	})
	if h.Capacity.VCPUs > 0 {
		e.compare(h)
	}
	return e, err
}

// insert puts a check behind another one.
func (e *Examination) insert(after CheckName, c Check) {
	n := slices.IndexFunc(e.Checks, func(c Check) bool { return c.Name == after })
	e.Checks = slices.Insert(e.Checks, n+1, c)
}

// unique says whether a machine is another hypervisor as well.
func unique(h Hypervisor, uid string, others []Hypervisor) Check {
	for _, o := range others {
		if o.ID != h.ID && (o.HostUID == uid || o.Stock.Facts.UID == uid) {
			return Check{
				Name: CheckUnique, State: CheckFailed, Detail: fmt.Sprintf("It is registered as %s already, with the identity %s.", o.Name, uid),
				Fix: "Use that one. If these are two machines, one was copied from the other: give each a host_uuid of its own in /etc/libvirt/libvirtd.conf and restart libvirtd.",
			}
		}
	}
	if h.HostUID != "" && h.HostUID != uid {
		return Check{
			Name: CheckUnique, State: CheckFailed, Detail: fmt.Sprintf("It calls itself %s, and was %s.", uid, h.HostUID),
			Fix: "Another machine answers in its place, or it was installed anew. If that is right, resolve the alarm on its page.",
		}
	}
	return Check{Name: CheckUnique, State: CheckPassed, Detail: "Its identity is " + uid + "."}
}

// compare warns of selling more memory than there is.
func (e *Examination) compare(h Hypervisor) {
	for n, c := range e.Checks {
		has := e.Facts.Capacity
		if c.Name != CheckCapacity || c.State != CheckPassed {
			continue
		}
		if h.Capacity.MemoryMiB > has.MemoryMiB || h.Capacity.VCPUs > has.VCPUs || has.DiskGiB > 0 && h.Capacity.DiskGiB > has.DiskGiB {
			e.Checks[n].State = CheckWarning
			e.Checks[n].Detail += fmt.Sprintf(" It is registered with %d processors, %d MiB of memory and %d GiB of disk.", h.Capacity.VCPUs, h.Capacity.MemoryMiB, h.Capacity.DiskGiB)
			e.Checks[n].Fix = "Register what it has at most, and leave some memory to the machine itself. Processors are sold several times over by the CPU ratio."
		}
	}
}
