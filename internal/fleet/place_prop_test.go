package fleet

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func genRequest() *rapid.Generator[Request] {
	return rapid.Custom(func(t *rapid.T) Request {
		return Request{
			Resources: Resources{
				VCPUs:     rapid.Int64Range(1, 6).Draw(t, "vcpus"),
				MemoryMiB: rapid.Int64Range(1, 8).Draw(t, "memory"),
				DiskGiB:   rapid.Int64Range(1, 8).Draw(t, "disk"),
				GPUs:      max(0, rapid.Int64Range(-4, 2).Draw(t, "gpus")),
			},
			Tags: genTags(1).Draw(t, "tags"),
		}
	})
}

// genTags draws at most n tags of a few.
func genTags(n int) *rapid.Generator[[]string] {
	return rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c"}), 0, n, rapid.ID)
}

func genHypervisor() *rapid.Generator[Hypervisor] {
	return rapid.Custom(func(t *rapid.T) Hypervisor {
		return Hypervisor{
			Capacity: Resources{
				VCPUs:     rapid.Int64Range(1, 8).Draw(t, "vcpus"),
				MemoryMiB: rapid.Int64Range(1, 64).Draw(t, "memory"),
				DiskGiB:   rapid.Int64Range(1, 64).Draw(t, "disk"),
				GPUs:      rapid.Int64Range(0, 4).Draw(t, "gpus"),
			},
			CPURatio: Ratio(rapid.Int64Range(1, 5000).Draw(t, "ratio")),
			Tags:     genTags(3).Draw(t, "tags"),
			Enabled:  rapid.IntRange(0, 4).Draw(t, "enabled") > 0,
			Online:   rapid.IntRange(0, 4).Draw(t, "online") > 0,
		}
	})
}

// genLocation draws hypervisors in an order that is not always that of IDs.
func genLocation() *rapid.Generator[[]Hypervisor] {
	return rapid.Custom(func(t *rapid.T) []Hypervisor {
		order := rapid.SliceOfN(genHypervisor(), 0, 8).Draw(t, "hypervisors")
		ids := rapid.Permutation([]int64{1, 2, 3, 4, 5, 6, 7, 8, 9}).Draw(t, "ids")
		for i := range order {
			order[i].ID = ids[i]
		}
		return order
	})
}

// hasRoom is section 8 of the billing rules, word by word.
func hasRoom(h Hypervisor, need Request) bool {
	for _, tag := range need.Tags {
		if !slices.Contains(h.Tags, tag) {
			return false
		}
	}
	return h.Enabled && h.Online &&
		need.VCPUs <= h.Capacity.VCPUs &&
		h.Used.VCPUs+need.VCPUs <= h.Capacity.VCPUs*int64(h.CPURatio)/1000 &&
		h.Used.MemoryMiB+need.MemoryMiB <= h.Capacity.MemoryMiB &&
		h.Used.DiskGiB+need.DiskGiB <= h.Capacity.DiskGiB &&
		(need.GPUs == 0 || h.Used.GPUs+need.GPUs <= h.Capacity.GPUs)
}

// placeNaively turns the list until last is at its end, and takes the first
// that has room.
func placeNaively(order []Hypervisor, last int64, need Request) (id int64) {
	order = slices.Clone(order)
	if slices.ContainsFunc(order, func(h Hypervisor) bool { return h.ID == last }) {
		for order[len(order)-1].ID != last {
			order = append(order[1:], order[0])
		}
	}
	for _, h := range order {
		if hasRoom(h, need) {
			return h.ID
		}
	}
	return 0
}

func TestPlaceTakesTheFirstWithRoomAfterTheLast(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		order := genLocation().Draw(t, "order")
		last := int64(0)
		for range rapid.IntRange(1, 30).Draw(t, "instances") {
			need := genRequest().Draw(t, "need")
			want := placeNaively(order, last, need)
			got := Place(order, last, need)
			if got.Hypervisor.ID != want || got.OK != (want != 0) {
				t.Fatalf("after %d: got %d, %v, want %d", last, got.Hypervisor.ID, got.OK, want)
			}
			if got.OK {
				last = got.Hypervisor.ID
				reserve(order, last, need.Resources)
			}
		}
	})
}

func TestPlaceHandlesALastThatIsGone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		order := genLocation().Draw(t, "order")
		slices.SortFunc(order, func(a, b Hypervisor) int { return int(a.ID - b.ID) })
		need := genRequest().Draw(t, "need")
		gone := Hypervisor{ID: rapid.Int64Range(1, 10).Draw(t, "last")} // disabled, hence never chosen

		before := slices.DeleteFunc(slices.Clone(order), func(h Hypervisor) bool { return h.ID == gone.ID })
		at := slices.IndexFunc(before, func(h Hypervisor) bool { return h.ID > gone.ID })
		if at < 0 {
			at = len(before)
		}
		want := Place(slices.Insert(slices.Clone(before), at, gone), gone.ID, need)
		got := Place(before, gone.ID, need)
		if diff := cmp.Diff(want.Hypervisor, got.Hypervisor); diff != "" {
			t.Fatalf("not where it would have gone on (-want +got):\n%s", diff)
		}
	})
}

func TestPlaceNeverPromisesBeyondTheLimit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		order := genLocation().Draw(t, "order")
		last := int64(0)
		for range 40 {
			need := genRequest().Draw(t, "need")
			got := Place(order, last, need)
			if !got.OK {
				continue
			}
			last = got.Hypervisor.ID
			reserve(order, last, need.Resources)
			for _, h := range order {
				if !h.Used.Fits(h.Limit()) {
					t.Fatalf("hypervisor %d: %+v used of %+v", h.ID, h.Used, h.Limit())
				}
			}
		}
	})
}

func TestPlaceIsFairAmongEquals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 9).Draw(t, "hypervisors")
		instances := rapid.IntRange(0, 60).Draw(t, "instances")
		order := make([]Hypervisor, n)
		for i := range order {
			order[i] = Hypervisor{
				ID: int64(i + 1), Enabled: true, Online: true,
				Capacity: Resources{VCPUs: 100, MemoryMiB: 100, DiskGiB: 100}, CPURatio: 1000,
			}
		}
		last := rapid.Int64Range(0, int64(n)).Draw(t, "last")
		for range instances {
			last = Place(order, last, ask(1, 1, 1, 0)).Hypervisor.ID
			reserve(order, last, ask(1, 1, 1, 0).Resources)
		}
		least, most := int64(instances/n), int64((instances+n-1)/n)
		for _, h := range order {
			if h.Used.VCPUs < least || h.Used.VCPUs > most {
				t.Fatalf("hypervisor %d has %d instances, want %d to %d", h.ID, h.Used.VCPUs, least, most)
			}
		}
	})
}

func TestReleasingRestoresWhatPlacingTook(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		order := genLocation().Draw(t, "order")
		want := slices.Clone(order)
		type placed struct {
			on   int64
			size Resources
		}
		var all []placed
		last := int64(0)
		for range 20 {
			need := genRequest().Draw(t, "need")
			if got := Place(order, last, need); got.OK {
				last = got.Hypervisor.ID
				reserve(order, last, need.Resources)
				all = append(all, placed{last, need.Resources})
			}
		}
		for _, p := range rapid.Permutation(all).Draw(t, "release") {
			reserve(order, p.on, Resources{}.Sub(p.size))
		}
		if diff := cmp.Diff(want, order); diff != "" {
			t.Fatalf("not as before (-want +got):\n%s", diff)
		}
	})
}

// reserve adds size to what the hypervisor with this ID has in use.
func reserve(order []Hypervisor, id int64, size Resources) {
	for i := range order {
		if order[i].ID == id {
			order[i].Used = order[i].Used.Add(size)
		}
	}
}
