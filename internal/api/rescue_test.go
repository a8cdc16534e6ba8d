package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"accrue/client"
	"accrue/internal/billing"
	"accrue/internal/panel"
	"accrue/internal/store/storetest"
)

// A password is in the first answer and nowhere else, not even where the answer is
// kept for whoever sends the request again.
func TestPasswordsAreToldOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		s := newSite(t, url)
		carol := s.customer("carol", 1000*billing.Credit)
		image, err := s.AddImage(t.Context(), s.root, panel.Image{Family: "Rescue", Version: "13"})
		s.must(err)
		s.must(s.ChangeSettings(t.Context(), s.root, func(to *panel.Settings) { to.RescueImage = image.ID }))
		order := client.NewInstance{Name: "web", PlanID: s.small, LocationID: s.ams, Password: true}
		web := int64(0)
		for _, step := range []struct {
			path string
			body any
		}{
			{"/v1/instances", order},
			{"/v1/instances/%d/actions/rescue", client.Rescue{}},
			{"/v1/instances/%d/actions/unrescue", nil},
			{"/v1/instances/%d/actions/reset-password", nil},
		} {
			path := step.path
			if strings.Contains(path, "%d") {
				path = fmt.Sprintf(path, web)
			}
			first := posted[client.Ordered](carol, http.StatusAccepted, path, step.body, "Idempotency-Key", "a")
			again := posted[client.Ordered](carol, http.StatusAccepted, path, step.body, "Idempotency-Key", "a")
			web = first.Instance.ID
			if want := !strings.HasSuffix(path, "unrescue"); (first.RootPassword != "") != want || again.RootPassword != "" {
				t.Errorf("%s: told a password: %t, and again: %t", path, first.RootPassword != "", again.RootPassword != "")
			}
			if first.Action == nil || again.Action == nil || first.Action.ID != again.Action.ID {
				t.Errorf("%s: got the actions %+v and %+v, want one", path, first.Action, again.Action)
			}
			if first.Instance.Rescue != strings.HasSuffix(path, "/rescue") {
				t.Errorf("%s: in rescue: %t", path, first.Instance.Rescue)
			}
			s.work()
		}
	})
}
