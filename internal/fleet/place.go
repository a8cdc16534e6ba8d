package fleet

import (
	"fmt"
	"slices"
	"strings"
)

// Placement is where an instance goes, and how that was decided.
type Placement struct {
	Hypervisor Hypervisor // as it was before; the zero Hypervisor unless OK
	OK         bool       // false: no capacity
	Funnel     []Count    // how many hypervisors each filter left, in order; ends at the first 0
}

// Count is one step of a funnel: how many were left after a filter.
type Count struct {
	Filter string // "hypervisors" for all of them, then "enabled", "online", "vcpus", ...
	Left   int64
}

// Place chooses the hypervisor of a location for an instance: the first that
// has room, in the location's fixed order, starting after the one used last and
// coming round to it again. The caller keeps the ID of the chosen one as the
// next last; hypervisors passed over leave no trace, and nor does a refusal.
//
// A last of 0 starts from the first. If last has left the location, Place
// starts at the first hypervisor with a greater ID: in a location ordered by
// ID, the very place where it would have gone on.
func Place(order []Hypervisor, last int64, need Request) Placement {
	var placement Placement
	lost := make(map[Reason]int64)
	start := after(order, last)
	for i := range order {
		h := order[(start+i)%len(order)]
		reason := h.Room(need)
		lost[reason]++
		if reason == RoomOK && !placement.OK {
			placement.Hypervisor, placement.OK = h, true
		}
	}
	placement.Funnel = funnel(int64(len(order)), lost)
	return placement
}

// after returns the index at which to start when last was used last.
func after(order []Hypervisor, last int64) int {
	if last == 0 {
		return 0
	}
	if i := slices.IndexFunc(order, func(h Hypervisor) bool { return h.ID == last }); i >= 0 {
		return i + 1
	}
	return max(0, slices.IndexFunc(order, func(h Hypervisor) bool { return h.ID > last }))
}

// funnel turns the numbers lost for each reason into the numbers left after it.
func funnel(candidates int64, lost map[Reason]int64) []Count {
	counts := []Count{{"hypervisors", candidates}}
	for _, step := range [...]struct {
		filter string
		drops  Reason
	}{
		{"enabled", RoomDisabled},
		{"online", RoomOffline},
		{"vcpus", RoomVCPUs},
		{"memory", RoomMemory},
		{"disk", RoomDisk},
		{"gpus", RoomGPUs},
		{"tags", RoomTags},
	} {
		left := counts[len(counts)-1].Left
		if left == 0 {
			break
		}
		counts = append(counts, Count{step.filter, left - lost[step.drops]})
	}
	return counts
}

// Explain writes the funnel on one line for a log, so that whoever asks why
// there was no capacity sees which resource ran out:
// "12 hypervisors -> 9 enabled -> 9 online -> 9 vcpus -> 3 memory -> 0 disk".
func (p Placement) Explain() string {
	steps := make([]string, len(p.Funnel))
	for i, count := range p.Funnel {
		steps[i] = fmt.Sprintf("%d %s", count.Left, count.Filter)
	}
	return strings.Join(steps, " -> ")
}
