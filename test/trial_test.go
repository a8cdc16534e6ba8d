//go:build faults

package test

import (
	"fmt"
	"strings"
	"testing"

	"accrue/client"
	"accrue/internal/panel"
)

// TestAHypervisorIsTriedWithARealGuest has a real server try a real hypervisor, as
// the wizard does at its end, with a machine that boots the catalogue's image.
func TestAHypervisorIsTriedWithARealGuest(t *testing.T) {
	l := openLab(t, 1)
	server := l.serve(t, build(t))
	admin := l.administrator(t, server.url)
	for id, h := range l.hosts {
		path := fmt.Sprintf("/v1/admin/hypervisors/%d/test", id)
		noError(t, admin.Post(t.Context(), path, nil, nil))
		var tried client.HypervisorTest
		waitLong(t, "the test ends", func() bool {
			noError(t, admin.Get(t.Context(), path, &tried))
			return tried.FinishedAt != nil
		})
		if tried.State != "succeeded" || tried.Image != "Lab 1" || len(tried.Checks) != 5 {
			t.Errorf("got %+v, want five checks of a machine from Lab 1", tried)
		}
		for _, c := range tried.Checks {
			t.Logf("%s: %s", c.Title, c.Detail)
			if c.State != "passed" {
				t.Errorf("%s: %s: %s", c.Title, c.State, c.Detail)
			}
			if c.Name == string(panel.TrialBoot) && !strings.HasPrefix(c.Detail, "The guest was up after ") {
				t.Errorf("got %q, want a guest that came up", c.Detail)
			}
		}
		if left := h.Virsh("list", "--all", "--name") + h.Virsh("vol-list", "accrue"); strings.Contains(left, panel.TestMachineUID) {
			t.Errorf("something is left of it: %s", left)
		}
	}
}
