package fleet

import (
	"testing"

	"pgregory.net/rapid"
)

// host returns a hypervisor with 4 vCPUs (16 to promise), 8 GiB of memory, 100
// GiB of disk and 1 GPU, half of it used, as changed.
func host(change ...func(*Hypervisor)) Hypervisor {
	h := Hypervisor{
		ID: 1, Name: "hv1",
		Capacity: Resources{VCPUs: 4, MemoryMiB: 8192, DiskGiB: 100, GPUs: 1},
		CPURatio: DefaultCPURatio,
		Tags:     []string{"nvme", "avx512"},
		Enabled:  true, Online: true,
		Used: Resources{VCPUs: 8, MemoryMiB: 4096, DiskGiB: 50}, Instances: 4,
	}
	for _, c := range change {
		c(&h)
	}
	return h
}

func disabled(h *Hypervisor) { h.Enabled = false }
func offline(h *Hypervisor)  { h.Online = false }

func ask(vcpus, memory, disk, gpus int64, tags ...string) Request {
	return Request{Resources{vcpus, memory, disk, gpus}, tags}
}

func TestRoom(t *testing.T) {
	for _, test := range []struct {
		name string
		h    Hypervisor
		need Request
		want Reason
	}{
		{"room for all that is left", host(), ask(4, 4096, 50, 1), RoomOK},
		{"disabled", host(disabled), ask(1, 1, 1, 0), RoomDisabled},
		{"offline", host(offline), ask(1, 1, 1, 0), RoomOffline},
		{"disabled before offline", host(offline, disabled), ask(1, 1, 1, 0), RoomDisabled},
		{"one instance never exceeds the machine", host(), ask(5, 1, 1, 0), RoomVCPUs},
		{"ratio used up", host(func(h *Hypervisor) { h.Used.VCPUs = 13 }), ask(4, 1, 1, 0), RoomVCPUs},
		{"ratio just enough", host(func(h *Hypervisor) { h.Used.VCPUs = 12 }), ask(4, 1, 1, 0), RoomOK},
		{"the zero ratio promises nothing", host(func(h *Hypervisor) { h.CPURatio, h.Used = 0, Resources{} }), ask(1, 1, 1, 0), RoomVCPUs},
		{"memory is never promised twice", host(), ask(1, 4097, 1, 0), RoomMemory},
		{"disk is never promised twice", host(), ask(1, 1, 51, 0), RoomDisk},
		{"GPU is taken", host(func(h *Hypervisor) { h.Used.GPUs = 1 }), ask(1, 1, 1, 1), RoomGPUs},
		{"GPUs are not judged unless asked for", host(func(h *Hypervisor) { h.Used.GPUs = 2 }), ask(1, 1, 1, 0), RoomOK},
		{"has the tags", host(), ask(1, 1, 1, 0, "avx512", "nvme"), RoomOK},
		{"lacks a tag", host(), ask(1, 1, 1, 0, "nvme", "tpm"), RoomTags},
		{"vCPUs before memory", host(), ask(5, 5000, 51, 2, "tpm"), RoomVCPUs},
		{"memory before disk", host(), ask(1, 5000, 51, 2, "tpm"), RoomMemory},
		{"disk before GPUs", host(), ask(1, 1, 51, 2, "tpm"), RoomDisk},
		{"GPUs before tags", host(), ask(1, 1, 1, 2, "tpm"), RoomGPUs},
		{"promised beyond its limit", host(func(h *Hypervisor) { h.CPURatio = 1000 }), ask(1, 1, 1, 0), RoomVCPUs},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := test.h.Room(test.need); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestVCPUsToPromiseAreRoundedDown(t *testing.T) {
	for _, test := range []struct {
		vcpus int64
		ratio string
		want  int64
	}{
		{4, "4", 16},
		{3, "1.5", 4},
		{7, "0.9", 6},
		{1, "0.999", 0},
		{3, "0.334", 1},
		{3, "0.333", 0},
		{128, "100", 12_800},
	} {
		ratio, err := ParseRatio(test.ratio)
		if err != nil {
			t.Fatal(err)
		}
		h := Hypervisor{Capacity: Resources{VCPUs: test.vcpus}, CPURatio: ratio}
		if got := h.Limit().VCPUs; got != test.want {
			t.Errorf("%d vCPUs at a ratio of %s: got %d, want %d", test.vcpus, test.ratio, got, test.want)
		}
	}
}

func TestRoomInPlace(t *testing.T) {
	old := ask(2, 2048, 20, 0, "nvme")
	overCPU := func(h *Hypervisor) { h.CPURatio = 1000 } // 8 of 4 vCPUs are promised
	for _, test := range []struct {
		name string
		h    Hypervisor
		need Request
		want Reason
	}{
		{"grows into what is left and what it had", host(), ask(4, 6144, 70, 1), RoomOK},
		{"a MiB too much", host(), ask(2, 6145, 20, 0), RoomMemory},
		{"a GiB too much", host(), ask(2, 2048, 71, 0), RoomDisk},
		{"more vCPUs than the machine", host(), ask(5, 2048, 20, 0), RoomVCPUs},
		{"GPU is taken by another", host(func(h *Hypervisor) { h.Used.GPUs = 1 }), ask(2, 2048, 20, 1), RoomGPUs},

		{"keeps its size on a disabled one", host(disabled), old, RoomOK},
		{"shrinks on a disabled one", host(disabled), ask(1, 1024, 20, 0), RoomOK},
		{"shrinks on an offline one", host(offline), ask(1, 2048, 20, 0), RoomOK},
		{"grows on a disabled one", host(disabled), ask(2, 2049, 20, 0), RoomDisabled},
		{"grows on an offline one", host(offline), ask(3, 2048, 20, 0), RoomOffline},
		{"grows in one and shrinks in another amount", host(disabled), ask(1, 2049, 20, 0), RoomDisabled},

		{"shrinks where too much is promised", host(overCPU), ask(1, 1024, 20, 0), RoomOK},
		{"grows in what is left where too much else is promised", host(overCPU), ask(2, 4096, 20, 0), RoomOK},
		{"grows in what is promised too much", host(overCPU), ask(3, 1024, 20, 0), RoomVCPUs},

		{"asks for a tag it has", host(), ask(2, 2048, 20, 0, "avx512"), RoomOK},
		{"asks for a tag it lacks", host(), ask(1, 1024, 20, 0, "tpm"), RoomTags},
		{"keeps a tag that was taken off", host(func(h *Hypervisor) { h.Tags = nil }), ask(4, 2048, 20, 0, "nvme"), RoomOK},
		{"asks for a tag on a disabled one", host(disabled), ask(1, 1024, 20, 0, "avx512"), RoomDisabled},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := test.h.RoomInPlace(old, test.need); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestFit(t *testing.T) {
	for _, test := range []struct {
		name string
		h    Hypervisor
		need Request
		want int64
	}{
		{"vCPUs run out first", host(), ask(3, 512, 1, 0), 2},
		{"memory runs out first", host(), ask(1, 1000, 1, 0), 4},
		{"disk runs out first", host(), ask(1, 1, 20, 0), 2},
		{"GPUs run out first", host(), ask(1, 1, 1, 1), 1},
		{"disabled", host(disabled), ask(1, 1, 1, 0), 0},
		{"larger than the machine", host(), ask(5, 1, 1, 0), 0},
		{"lacks a tag", host(), ask(1, 1, 1, 0, "tpm"), 0},
		{"asks for nothing", host(), Request{}, MaxAmount},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := test.h.Fit(test.need); got != test.want {
				t.Errorf("got %d, want %d", got, test.want)
			}
		})
	}
}

func TestFitIsHowOftenThereIsRoom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := genHypervisor().Draw(t, "hypervisor")
		need := genRequest().Draw(t, "need")
		want := int64(0)
		fit := h.Fit(need)
		for h.Room(need) == RoomOK {
			h.Used = h.Used.Add(need.Resources)
			want++
		}
		if fit != want {
			t.Fatalf("Fit = %d, but there was room for %d", fit, want)
		}
	})
}

func TestEveryReasonHasWords(t *testing.T) {
	seen := make(map[string]Reason)
	for _, reason := range []Reason{
		RoomOK, RoomDisabled, RoomOffline, RoomVCPUs, RoomMemory, RoomDisk, RoomGPUs, RoomTags,
	} {
		label := reason.Label()
		if other, taken := seen[label]; taken || label == "" {
			t.Errorf("%q has the label %q, as has %q", reason, label, other)
		}
		seen[label] = reason
	}
}
