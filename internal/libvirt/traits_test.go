//go:build faults

package libvirt

import (
	"context"
	"strings"
	"testing"

	"accrue/internal/libvirt/labtest"
	"accrue/internal/panel"
)

// open returns the driver of a hypervisor of the lab.
func open(t *testing.T, h *labtest.Hypervisor) *host {
	t.Helper()
	d, err := newHost(panel.Hypervisor{Endpoint: h.Endpoint(), Accel: panel.AccelTCG})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.close)
	return d
}

// Translation stands in for KVM: the boot sector does not know by what it is run.
func TestAGuestThatRunsSwitchesItselfOff(t *testing.T) {
	h := labtest.Start(t, nil)
	d := open(t, h)
	err := d.ask(t.Context(), "try", func(ctx context.Context, l *link) error {
		works, err := d.boots(ctx, l, traits{arch: "x86_64", accel: "tcg", model: "maximum"})
		if !works {
			t.Error("got no sign of it")
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if left := h.Virsh("list", "--all", "--name"); strings.TrimSpace(left) != "" {
		t.Errorf("left behind: %s", left)
	}
}

func TestTraitsAreFoundByTrying(t *testing.T) {
	m := panel.Machine{Limits: panel.Limits{CPUPercent: 50}, Interfaces: []panel.Interface{{MAC: trialMAC, Network: "default"}}}
	for name, test := range map[string]struct {
		files map[string]string
		want  traits
	}{
		"a hypervisor without":          {nil, traits{arch: "x86_64", accel: "tcg", model: "maximum"}},
		"a hypervisor that has filters": {labtest.Filters(t), traits{arch: "x86_64", accel: "tcg", model: "maximum", filter: "accrue-guest-1"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, labtest.Start(t, test.files))
			err := d.ask(t.Context(), "try", func(ctx context.Context, l *link) error {
				got, err := d.find(ctx, l, m)
				if got != test.want {
					t.Errorf("got %+v, want %+v", got, test.want)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}
