package fleet

import "slices"

// Hypervisor is a machine that runs instances, as placement sees it.
type Hypervisor struct {
	ID       int64
	Name     string
	Capacity Resources // what the machine has for instances
	CPURatio Ratio     // vCPUs that may be promised for each one it has
	Tags     []string  // what is special about it: "nvme", "gpu:a100"

	Enabled bool // an administrator wants new instances on it
	Online  bool // it answers

	Used      Resources // what its instances reserve, running or not
	Instances int64     // how many they are
	Taken     Resources // what runs on it besides, which is not the panel's
}

// Request is what an instance asks of a hypervisor. Its resources are valid.
type Request struct {
	Resources
	Tags []string // a hypervisor must have all of them
}

// Reason says why a hypervisor has no room, as a word for programs.
type Reason string

// The reasons, in the order in which they are found. RoomOK is the absence of
// one.
const (
	RoomOK       Reason = ""
	RoomDisabled Reason = "disabled"
	RoomOffline  Reason = "offline"
	RoomVCPUs    Reason = "vcpus"
	RoomMemory   Reason = "memory"
	RoomDisk     Reason = "disk"
	RoomGPUs     Reason = "gpus"
	RoomTags     Reason = "tags"
)

// Label returns the reason in words for people: "not enough memory".
func (r Reason) Label() string {
	switch r {
	case RoomOK:
		return "has room"
	case RoomDisabled:
		return "disabled"
	case RoomOffline:
		return "offline"
	case RoomVCPUs:
		return "not enough vCPUs"
	case RoomMemory:
		return "not enough memory"
	case RoomDisk:
		return "not enough disk"
	case RoomGPUs:
		return "not enough GPUs"
	case RoomTags:
		return "lacks a tag"
	}
	return string(r)
}

// Limit returns what may be promised in all: the capacity, with its vCPUs times
// the ratio, rounded down. Memory and disk are never promised twice.
func (h Hypervisor) Limit() Resources {
	limit := h.Capacity
	limit.VCPUs = h.CPURatio.of(limit.VCPUs)
	return limit
}

// Free returns what may still be promised. It is negative where more is used
// than may be, as after a ratio was lowered or somebody ran something besides.
func (h Hypervisor) Free() Resources { return h.Limit().Sub(h.Used).Sub(h.Taken) }

// Room says why h cannot take need, or RoomOK. One instance never has more vCPUs
// than the machine itself, whatever the ratio. What need does not ask for is
// not judged, so that a hypervisor short of GPUs still takes instances without.
func (h Hypervisor) Room(need Request) Reason {
	free := h.Free()
	switch {
	case !h.Enabled:
		return RoomDisabled
	case !h.Online:
		return RoomOffline
	case short(need.VCPUs, min(free.VCPUs, h.Capacity.VCPUs)):
		return RoomVCPUs
	case short(need.MemoryMiB, free.MemoryMiB):
		return RoomMemory
	case short(need.DiskGiB, free.DiskGiB):
		return RoomDisk
	case short(need.GPUs, free.GPUs):
		return RoomGPUs
	case !subset(need.Tags, h.Tags):
		return RoomTags
	}
	return RoomOK
}

// RoomInPlace says why h, which has an instance of size old, cannot take it in
// size need instead, or RoomOK.
//
// It judges only what need asks for beyond old. Whoever shrinks or keeps a size
// takes nothing from anybody, so that is possible on every hypervisor, be it
// disabled, offline (the work waits for it) or promised beyond its limit.
// Whoever grows in one amount, or asks for a tag more, needs a hypervisor that
// is enabled and online and has room for exactly that.
func (h Hypervisor) RoomInPlace(old, need Request) Reason {
	more := need.beyond(old)
	if more.Resources == (Resources{}) && len(more.Tags) == 0 {
		return RoomOK
	}
	h.Used = h.Used.Sub(old.Resources)
	return h.Room(more)
}

// Fit returns how many instances that ask for need h can still take: 0 exactly
// when Room gives a reason. It is at most MaxAmount, which is the answer for a
// request that asks for nothing.
func (h Hypervisor) Fit(need Request) int64 {
	if h.Room(need) != RoomOK {
		return 0
	}
	free, fit := h.Free(), int64(MaxAmount)
	for _, amount := range [...]struct{ need, free int64 }{
		{need.VCPUs, free.VCPUs},
		{need.MemoryMiB, free.MemoryMiB},
		{need.DiskGiB, free.DiskGiB},
		{need.GPUs, free.GPUs},
	} {
		if amount.need > 0 {
			fit = min(fit, amount.free/amount.need)
		}
	}
	return fit
}

// beyond returns need without the amounts and tags that old asks for as well.
// An amount that grows is kept whole, because it takes the place of the old.
func (need Request) beyond(old Request) Request {
	grown := func(old, need int64) int64 {
		if need <= old {
			return 0
		}
		return need
	}
	more := Request{Resources: Resources{
		VCPUs:     grown(old.VCPUs, need.VCPUs),
		MemoryMiB: grown(old.MemoryMiB, need.MemoryMiB),
		DiskGiB:   grown(old.DiskGiB, need.DiskGiB),
		GPUs:      grown(old.GPUs, need.GPUs),
	}}
	for _, tag := range need.Tags {
		if !slices.Contains(old.Tags, tag) {
			more.Tags = append(more.Tags, tag)
		}
	}
	return more
}

func short(need, free int64) bool { return need > 0 && need > free }

func subset(of, all []string) bool {
	for _, tag := range of {
		if !slices.Contains(all, tag) {
			return false
		}
	}
	return true
}
