package fleet

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestHolds(t *testing.T) {
	var h Holds
	if !h.Empty() || h.Has(HoldBilling) || h.Kinds() != nil || h.String() != "" {
		t.Errorf("the zero Holds is not the empty set: %v", h)
	}
	h = h.With(HoldAbuse).With(HoldBilling).With(HoldAbuse)
	if got, want := h.String(), "billing, abuse"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if diff := cmp.Diff([]HoldKind{HoldBilling, HoldAbuse}, h.Kinds()); diff != "" {
		t.Errorf("kinds (-want +got):\n%s", diff)
	}
	h = h.Without(HoldBilling).Without(HoldAdmin)
	if h.Empty() || h.Has(HoldBilling) || !h.Has(HoldAbuse) {
		t.Errorf("got %q, want the abuse hold to survive", h)
	}
}

func TestHoldKindIsReadAsItIsWritten(t *testing.T) {
	for _, want := range []HoldKind{HoldBilling, HoldAdmin, HoldAbuse, HoldMaintenance, HoldLost} {
		if got, err := ParseHoldKind(want.String()); err != nil || got != want {
			t.Errorf("ParseHoldKind(%q) = %v, %v", want, got, err)
		}
	}
	for _, in := range []string{"", "Billing", "billing, abuse", "HoldKind(3)"} {
		if got, err := ParseHoldKind(in); err == nil {
			t.Errorf("ParseHoldKind(%q) = %v, want an error", in, got)
		}
	}
	if got, want := HoldKind(3).String(), "HoldKind(3)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestStoredHoldsKeepTheirNumbers(t *testing.T) {
	got := []HoldKind{HoldBilling, HoldAdmin, HoldAbuse, HoldMaintenance, HoldLost}
	if diff := cmp.Diff([]HoldKind{1, 2, 4, 8, 16}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
