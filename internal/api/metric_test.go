package api

import (
	"fmt"
	"net/http"
	"testing"

	"accrue/client"
	"accrue/internal/billing"
)

func TestMetricsOfAnInstance(t *testing.T) {
	s := newSite(t, "")
	carol := s.customer("carol", 1000*billing.Credit)
	web := carol.create("web")
	path := fmt.Sprintf("/v1/instances/%d/metrics", web.ID)
	for range 10 {
		s.now += 60
		s.must(s.Sample(t.Context(), 1))
	}
	all := get200[client.Metrics](carol, path)
	if len(all.Series) != 10 || all.Step != 300 || all.To.Sub(all.From).Hours() != 24 {
		t.Errorf("got %d series each %d s from %s to %s, want 10 for a day", len(all.Series), all.Step, all.From, all.To)
	}
	from := s.now.Time().Add(-600 * 1e9).Format("2006-01-02T15:04:05Z")
	some := get200[client.Metrics](carol, path+"?step=60&series=cpu,net_out_bytes&from="+from)
	if len(some.Series) != 2 || some.Series[0].Name != "cpu" || some.Series[0].Unit != "percent" || some.Series[1].Unit != "bytes_per_second" || len(some.Series[0].Points) < 5 {
		t.Errorf("got %+v, want two series with a point for each minute", some.Series)
	}
	for _, query := range []string{"series=heat", "step=90", "from=2030-01-01T00:00:00Z", "from=yesterday"} {
		if answer := carol.send(http.MethodGet, path+"?"+query, nil); answer.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%s: got %d %s", query, answer.StatusCode, answer.body)
		}
	}
	root := s.administrator()
	together := get200[client.Metrics](root, "/v1/admin/hypervisors/1/metrics?series=net_out_bytes&step=60&from="+from)
	if got, want := together.Series[0].Points, some.Series[1].Points; len(got) != len(want) || got[0] != want[0] {
		t.Errorf("a hypervisor with one instance: got %v, want %v", got, want)
	}
}
