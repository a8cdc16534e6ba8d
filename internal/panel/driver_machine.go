package panel

import (
	"context"
	"fmt"
	"io"
	"net/netip"

	"accrue/internal/fleet"
	"accrue/internal/metric"
)

// Machine is an instance as a hypervisor is asked to have it. Everything on the
// hypervisor is named after its UID, so that asking twice finds the same.
type Machine struct {
	UID  string
	Name string // the guest's host name
	// Generation counts how often the disk was made anew, by rebuilding or by
	// restoring a snapshot. Each has a disk of its own, and is a first boot.
	Generation int64
	Image      ImageFile // what the disk starts from
	Rescue     ImageFile // what it boots instead, from a disk of its own; zero: nothing
	Size       fleet.Resources
	Limits     Limits
	Interfaces []Interface
	Seed       Seed
	Power      fleet.Power // in an inventory: what it is
	// ByGuest, in an inventory, says of a machine that is off that its guest has
	// switched it off in an orderly way, where the hypervisor remembers that.
	ByGuest bool
}

// ImageFile is what a disk starts from: the file of an image, by its digest, or
// a snapshot on the same hypervisor, by its UID. With neither, the hypervisor
// makes an empty disk; simulated ones go by the name.
type ImageFile struct {
	Name     string // for people, "Debian 13"
	Digest   string // SHA-256 of the file, 64 hexadecimal digits; may be empty
	Snapshot string // the UID of a snapshot; may be empty
	Bytes    int64  // the length of the file
}

// Empty says whether there is no image.
func (f ImageFile) Empty() bool { return f == ImageFile{} }

// ImageSource opens the file of an image to be read from its beginning. It says
// to progress how many bytes have been read.
type ImageSource interface {
	Open(ctx context.Context) (io.ReadCloser, error)
	Progress(bytes int64)
}

// Limits are what a machine may take of what it shares. Zero is no limit.
type Limits struct {
	CPUPercent    int64 // of each vCPU
	IOPS          int64 // of the disk, reads and writes together
	DiskBytesPerS int64
	PortMbitPerS  int64 // of the network, in each direction
}

// Interface is a machine's connection to a network of its hypervisor.
type Interface struct {
	MAC       string // lower case, "52:54:00:12:34:56"
	Network   string // the hypervisor's name for the network or bridge
	Addresses []netip.Prefix
	Networks  []netip.Prefix // that are the machine's alone, with every address in them
	Gateways  []netip.Addr
	DNS       []netip.Addr
}

// Seed is what a guest is told at the first boot of a generation, as cloud-init
// reads it. The user data is passed on as it is and never looked into.
type Seed struct {
	SSHKeys      []string // in authorized_keys form, without options
	UserData     string
	PasswordHash string // of root, as crypt(3) writes it; empty: no password
}

// SeedKind says which guest of an instance is told a seed.
type SeedKind string

// The kinds of seeds. A password is what the guest that runs is about to be given,
// and kept no longer than that takes.
const (
	SeedDisk     SeedKind = "disk"
	SeedRescue   SeedKind = "rescue"
	SeedPassword SeedKind = "password"
)

// Empty says whether the guest is told nothing.
func (s Seed) Empty() bool { return len(s.SSHKeys) == 0 && s.UserData == "" && s.PasswordHash == "" }

// String says how much there is of it. User data can hold secrets, which must
// end up in no log.
func (s Seed) String() string {
	return fmt.Sprintf("%d SSH keys and %d bytes of user data", len(s.SSHKeys), len(s.UserData))
}

// GoString is String.
func (s Seed) GoString() string { return s.String() }

// Inventory is what a hypervisor has.
type Inventory struct {
	Machines []Machine       // with our mark; only UID, Name, Generation, Size, Power and ByGuest count
	Foreign  int64           // machines without it, which are never touched
	Taken    fleet.Resources // what the foreign ones take
}

// Facts are what a hypervisor says of itself.
type Facts struct {
	UID      string // its own, which stays
	BootID   string // changes with each boot
	Version  string // of its software
	Arch     string // "x86_64"
	Accel    string // "kvm" or "tcg", as found by trying; empty if not tried
	Capacity fleet.Resources
	FreeDisk int64    // GiB
	Networks []string // names an Interface may have
}

// Sampler is a Driver that can read the counters of its machines.
type Sampler interface {
	// Samples returns one for every machine of ours that is on, from one look.
	Samples(ctx context.Context) ([]Sample, error)
}

// Sample is what a machine's counters show.
type Sample = metric.Sample

// Screener is a Driver that shows a machine's screen and its serial port. Both
// are streams of bytes and end when they are closed or the machine is off; the
// context bounds the opening alone.
type Screener interface {
	OpenScreen(ctx context.Context, uid string) (io.ReadWriteCloser, error) // speaks RFB 3.8 as a server without a password
	OpenSerial(ctx context.Context, uid string) (io.ReadWriteCloser, error)
}

// Snapshotter is a Driver that keeps a machine's disk as it was at an instant. A
// snapshot is named by a UID of its own and outlives its machine; a disk is made
// from it on the same hypervisor by Machine.Image.
type Snapshotter interface {
	// EnsureSnapshot returns how many bytes the snapshot takes. The guest goes on.
	EnsureSnapshot(ctx context.Context, uid, snapshot string) (bytes int64, err error)
	// EnsureNoSnapshot removes it. Disks that were made from it stay whole.
	EnsureNoSnapshot(ctx context.Context, snapshot string) error
}

// PasswordSetter is a Driver that can give root another password while the guest
// runs, with the help of an agent in it.
type PasswordSetter interface {
	// SetPassword takes the password as crypt(3) writes it. Its error is a GuestFault
	// when there is no agent, or none that does it.
	SetPassword(ctx context.Context, uid, hash string) error
}

// Watcher is a Driver that says when something happens on its hypervisor. What
// it says is a hint to look at once; nothing relies on it.
type Watcher interface {
	// Watch calls changed, from one goroutine, until ctx ends or the connection
	// is lost, and returns why it ended. The first change is of no machine: what
	// was before nobody has heard.
	Watch(ctx context.Context, changed func(Change)) error
}

// Change is what a Watcher saw of a machine.
type Change struct {
	UID   string // empty: anything may have changed
	Power fleet.Power
	// ByGuest says that the guest switched itself off in an orderly way, which is
	// its owner's wish as much as a command.
	ByGuest bool
}
