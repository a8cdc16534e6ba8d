package fleet

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func TestValidateNamesTheField(t *testing.T) {
	good := Resources{VCPUs: 1, MemoryMiB: 1, DiskGiB: 1}
	for _, test := range []struct {
		name   string
		change func(*Resources)
		want   string
	}{
		{"the least is valid", func(*Resources) {}, ""},
		{"the most is valid", func(r *Resources) { *r = Resources{MaxAmount, MaxAmount, MaxAmount, MaxAmount} }, ""},
		{"no vCPUs", func(r *Resources) { r.VCPUs = 0 }, "vcpus"},
		{"too many vCPUs", func(r *Resources) { r.VCPUs = MaxAmount + 1 }, "vcpus"},
		{"negative memory", func(r *Resources) { r.MemoryMiB = -1 }, "memory_mib"},
		{"no disk", func(r *Resources) { r.DiskGiB = 0 }, "disk_gib"},
		{"endless disk", func(r *Resources) { r.DiskGiB = math.MaxInt64 }, "disk_gib"},
		{"negative GPUs", func(r *Resources) { r.GPUs = -1 }, "gpus"},
		{"the first of two", func(r *Resources) { r.GPUs, r.MemoryMiB = -1, 0 }, "memory_mib"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := good
			test.change(&r)
			got := ""
			var field *FieldError
			if err := r.Validate(); errors.As(err, &field) {
				got = field.Field
			} else if err != nil {
				t.Fatalf("Validate(%+v) = %v, want a *FieldError", r, err)
			}
			if got != test.want {
				t.Errorf("Validate(%+v) complains about %q, want %q", r, got, test.want)
			}
		})
	}
}

func TestFieldErrorSaysWhatIsExpected(t *testing.T) {
	got := Resources{VCPUs: 1}.Validate().Error()
	if want := "memory_mib: must be between 1 and 1073741824"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestFitsNeedsEveryAmount(t *testing.T) {
	free := Resources{4, 8, 16, 1}
	for _, test := range []struct {
		need Resources
		want bool
	}{
		{Resources{}, true},
		{free, true},
		{Resources{5, 8, 16, 1}, false},
		{Resources{4, 9, 16, 1}, false},
		{Resources{4, 8, 17, 1}, false},
		{Resources{4, 8, 16, 2}, false},
	} {
		if got := test.need.Fits(free); got != test.want {
			t.Errorf("%+v.Fits(%+v) = %v, want %v", test.need, free, got, test.want)
		}
	}
}

func TestSumsAndDifferencesNeverWrap(t *testing.T) {
	clamp := func(n *big.Int) int64 {
		if n.IsInt64() {
			return n.Int64()
		}
		if n.Sign() < 0 {
			return math.MinInt64
		}
		return math.MaxInt64
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Int64().Draw(t, "a"), rapid.Int64().Draw(t, "b")
		r, s := Resources{a, b, a, b}, Resources{b, a, b, a}

		sum := clamp(new(big.Int).Add(big.NewInt(a), big.NewInt(b)))
		if got, want := r.Add(s), (Resources{sum, sum, sum, sum}); got != want {
			t.Fatalf("%+v.Add(%+v) = %+v, want %+v", r, s, got, want)
		}
		ab := clamp(new(big.Int).Sub(big.NewInt(a), big.NewInt(b)))
		ba := clamp(new(big.Int).Sub(big.NewInt(b), big.NewInt(a)))
		if got, want := r.Sub(s), (Resources{ab, ba, ab, ba}); got != want {
			t.Fatalf("%+v.Sub(%+v) = %+v, want %+v", r, s, got, want)
		}
	})
}
