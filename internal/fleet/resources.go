package fleet

import (
	"fmt"
	"math"
)

// Resources is an amount of what hypervisors have and instances need.
type Resources struct {
	VCPUs     int64
	MemoryMiB int64
	DiskGiB   int64
	GPUs      int64
}

// MaxAmount bounds each amount of valid Resources. It is far above any machine,
// and far enough below what an int64 holds that sums and ratios stay exact.
const MaxAmount = 1 << 30

// FieldError says which field of a value cannot be as it is, and what it must
// be. Field is the name that forms and the API use.
type FieldError struct {
	Field   string // "memory_mib"
	Message string // "must be between 1 and 1073741824"
}

func (e *FieldError) Error() string { return e.Field + ": " + e.Message }

// Validate reports the first field that no plan and no hypervisor can have, as a
// *FieldError: vCPUs, memory and disk are at least 1, GPUs at least 0, and all
// at most MaxAmount.
func (r Resources) Validate() error {
	for _, f := range [...]struct {
		name        string
		amount, min int64
	}{
		{"vcpus", r.VCPUs, 1},
		{"memory_mib", r.MemoryMiB, 1},
		{"disk_gib", r.DiskGiB, 1},
		{"gpus", r.GPUs, 0},
	} {
		if f.amount < f.min || f.amount > MaxAmount {
			return &FieldError{f.name, fmt.Sprintf("must be between %d and %d", f.min, MaxAmount)}
		}
	}
	return nil
}

// Add returns r and s together. A sum too large for an int64 stays at the
// largest one, so that what overflows can never seem to fit.
func (r Resources) Add(s Resources) Resources {
	return Resources{
		VCPUs:     add(r.VCPUs, s.VCPUs),
		MemoryMiB: add(r.MemoryMiB, s.MemoryMiB),
		DiskGiB:   add(r.DiskGiB, s.DiskGiB),
		GPUs:      add(r.GPUs, s.GPUs),
	}
}

// Sub returns r without s. What s has more of becomes negative, as in the
// difference of two sizes; like Add it never wraps around.
func (r Resources) Sub(s Resources) Resources {
	return Resources{
		VCPUs:     sub(r.VCPUs, s.VCPUs),
		MemoryMiB: sub(r.MemoryMiB, s.MemoryMiB),
		DiskGiB:   sub(r.DiskGiB, s.DiskGiB),
		GPUs:      sub(r.GPUs, s.GPUs),
	}
}

// Fits reports whether r is within free in every amount.
func (r Resources) Fits(free Resources) bool {
	return r.VCPUs <= free.VCPUs && r.MemoryMiB <= free.MemoryMiB &&
		r.DiskGiB <= free.DiskGiB && r.GPUs <= free.GPUs
}

func add(a, b int64) int64 {
	switch {
	case b > 0 && a > math.MaxInt64-b:
		return math.MaxInt64
	case b < 0 && a < math.MinInt64-b:
		return math.MinInt64
	}
	return a + b
}

func sub(a, b int64) int64 {
	switch {
	case b < 0 && a > math.MaxInt64+b:
		return math.MaxInt64
	case b > 0 && a < math.MinInt64+b:
		return math.MinInt64
	}
	return a - b
}
