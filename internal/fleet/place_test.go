package fleet

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// location returns hypervisors with the given IDs and much room, as changed by ID.
func location(ids []int64, change map[int64]func(*Hypervisor)) []Hypervisor {
	var order []Hypervisor
	for _, id := range ids {
		h := host(func(h *Hypervisor) { h.ID, h.Name = id, fmt.Sprint("hv", id) })
		if c := change[id]; c != nil {
			c(&h)
		}
		order = append(order, h)
	}
	return order
}

func full(h *Hypervisor) { h.Used.MemoryMiB = h.Capacity.MemoryMiB }

func TestPlace(t *testing.T) {
	type changes = map[int64]func(*Hypervisor)
	four := []int64{1, 2, 3, 4}
	for _, test := range []struct {
		name    string
		ids     []int64
		changes changes
		last    int64
		want    int64 // 0: no capacity
	}{
		{"the first when none was used", four, nil, 0, 1},
		{"the one after the last", four, nil, 1, 2},
		{"round to the first again", four, nil, 4, 1},
		{"full ones are passed over", four, changes{2: full, 3: full}, 1, 4},
		{"full ones are passed over round the end", four, changes{4: full, 1: full}, 3, 2},
		{"disabled and offline ones are passed over", four, changes{2: disabled, 3: offline}, 1, 4},
		{"the last itself when all others are full", four, changes{1: full, 2: full, 4: full}, 3, 3},
		{"none when all are full", four, changes{1: full, 2: full, 3: full, 4: full}, 2, 0},
		{"none in an empty location", nil, nil, 0, 0},
		{"none in a location that emptied", nil, nil, 7, 0},
		{"the only one again", []int64{5}, nil, 5, 5},
		{"goes on where a last that is gone had been", []int64{1, 2, 4}, nil, 3, 4},
		{"from the first when a last that is gone was the greatest", []int64{1, 2, 4}, nil, 9, 1},
		{"from the first when a last that is gone was the smallest", []int64{2, 4}, nil, 1, 2},
		{"the fixed order need not be that of IDs", []int64{30, 10, 20}, nil, 30, 10},
		{"round an order that is not that of IDs", []int64{30, 10, 20}, nil, 20, 30},
		{"the first of an order that is not that of IDs", []int64{30, 10, 20}, nil, 0, 30},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := Place(location(test.ids, test.changes), test.last, ask(1, 1024, 10, 0))
			if got.Hypervisor.ID != test.want || got.OK != (test.want != 0) {
				t.Errorf("got %d, %v, want %d", got.Hypervisor.ID, got.OK, test.want)
			}
		})
	}
}

func TestPlaceReturnsTheHypervisorAsItWas(t *testing.T) {
	order := location([]int64{1, 2}, nil)
	got := Place(order, 1, ask(1, 1024, 10, 0))
	if diff := cmp.Diff(order[1], got.Hypervisor); diff != "" {
		t.Errorf("hypervisor changed (-was +is):\n%s", diff)
	}
}

func TestPlaceInTurns(t *testing.T) {
	order := location([]int64{1, 2, 3}, nil)
	for i := range order {
		order[i].Used = Resources{}
	}
	order[1].Capacity.DiskGiB = 20
	need := ask(1, 2048, 20, 0)
	var got []string
	for last := int64(0); ; {
		placed := Place(order, last, need)
		if !placed.OK {
			break
		}
		last = placed.Hypervisor.ID
		order[last-1].Used = order[last-1].Used.Add(need.Resources)
		got = append(got, fmt.Sprint(last))
	}
	if got, want := strings.Join(got, " "), "1 2 3 1 3 1 3 1 3"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestFunnel(t *testing.T) {
	order := location([]int64{1, 2, 3, 4, 5, 6, 7, 8}, map[int64]func(*Hypervisor){
		1: disabled,
		2: disabled,
		3: offline,
		4: func(h *Hypervisor) { h.Used.VCPUs = 16 },
		5: full,
		6: func(h *Hypervisor) { h.Used.DiskGiB = 100 },
		7: func(h *Hypervisor) { h.Used.GPUs = 1 },
	})
	for _, test := range []struct {
		name  string
		order []Hypervisor
		need  Request
		want  string
	}{
		{
			"counts all that have room", order, ask(1, 1, 1, 1, "nvme"),
			"8 hypervisors -> 6 enabled -> 5 online -> 4 vcpus -> 3 memory -> 2 disk -> 1 gpus -> 1 tags",
		},
		{
			"ends at the filter that left none", order, ask(1, 4096, 51, 0),
			"8 hypervisors -> 6 enabled -> 5 online -> 4 vcpus -> 3 memory -> 0 disk",
		},
		{
			"shows a tag that nobody has", order, ask(1, 1, 1, 0, "tpm"),
			"8 hypervisors -> 6 enabled -> 5 online -> 4 vcpus -> 3 memory -> 2 disk -> 2 gpus -> 0 tags",
		},
		{"shows that all are disabled", order[:2], ask(1, 1, 1, 0), "2 hypervisors -> 0 enabled"},
		{"shows an empty location", nil, ask(1, 1, 1, 0), "0 hypervisors"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := Place(test.order, 3, test.need).Explain(); got != test.want {
				t.Errorf("\n got %s\nwant %s", got, test.want)
			}
		})
	}
}

func BenchmarkPlace(b *testing.B) {
	const hypervisors = 1000
	ids := make([]int64, hypervisors)
	filled := make(map[int64]func(*Hypervisor))
	for i := range ids {
		ids[i] = int64(i + 1)
		filled[ids[i]] = full
	}
	for name, order := range map[string][]Hypervisor{
		"room=everywhere": location(ids, nil),
		"room=nowhere":    location(ids, filled),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			last, need := int64(0), ask(1, 1024, 10, 0, "nvme")
			for b.Loop() {
				last = Place(order, last, need).Hypervisor.ID
			}
		})
	}
}
