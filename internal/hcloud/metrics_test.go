package hcloud_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"accrue/internal/billing"
)

func TestMetrics(t *testing.T) {
	p := newProvider(t)
	ida := p.customer("ida", 1000*billing.Credit)
	server := ida.create("web")
	hosts, err := p.HypervisorIDs(t.Context())
	p.must(err)
	from := p.now
	for range 30 {
		p.now += 60
		p.must(p.Sample(t.Context(), hosts[0]))
	}
	path := func(query string) string {
		return fmt.Sprintf("%s/metrics?start=%s&end=%s&%s", server, from, p.now, query)
	}
	a := ida.send("GET", path("type=cpu,disk&type=network"), "").is(200)
	series, _ := a.at("metrics.time_series").(map[string]any)
	want := "cpu disk.0.bandwidth.read disk.0.bandwidth.write disk.0.iops.read disk.0.iops.write " +
		"network.0.bandwidth.in network.0.bandwidth.out network.0.pps.in network.0.pps.out"
	if got := strings.Join(slices.Sorted(maps.Keys(series)), " "); got != want {
		t.Errorf("the series are %s, want %s", got, want)
	}
	for name, one := range series {
		values, _ := one.(map[string]any)["values"].([]any)
		if len(values) < 20 {
			t.Errorf("%s has %d points, want one for each minute", name, len(values))
			continue
		}
		point, _ := values[0].([]any)
		if _, isNumber := point[0].(json.Number); !isNumber || fmt.Sprintf("%T", point[1]) != "string" {
			t.Errorf("a point of %s is %v, want a number and a text", name, point)
		}
	}
	for query, step := range map[string]string{"type=cpu": "60", "type=cpu&step=1": "60", "type=cpu&step=61.5": "120", "type=cpu&step=600": "600"} {
		if got := ida.send("GET", path(query), "").is(200).text("metrics.step"); got != step {
			t.Errorf("%s: points are %s seconds apart, want %s", query, got, step)
		}
	}
	month := "/metrics?type=cpu&start=2026-10-10T12:00:00%2B02:00&end=2026-11-10T12:00:00Z"
	if got := ida.send("GET", server+month, "").is(200).text("metrics.step"); got != "13440" {
		t.Errorf("over a month points are %s seconds apart, want 13440", got)
	}
	for query, field := range map[string]string{
		"type=ram": "type", "": "type", "type=cpu&step=-1": "step", "type=cpu&step=NaN": "step", "type=cpu&step=x": "step",
	} {
		if got := ida.send("GET", path(query), ""); got.refused(422, "invalid_input") == "" || got.text("error.details.fields.0.name") != field {
			t.Errorf("%s is refused with %v, want the field %s", query, got.body, field)
		}
	}
	ida.send("GET", server+"/metrics?type=cpu&start=now&end=2026-11-10T12:00:00Z", "").refused(422, "invalid_input")
	ida.send("GET", server+"/metrics?type=cpu&start=2026-11-10T12:00:00Z&end=2026-11-10T11:00:00Z", "").refused(422, "invalid_input")

	if got := ida.send("GET", server, "").is(200); got.text("server.ingoing_traffic") == "" || got.text("server.outgoing_traffic") == "" {
		t.Errorf("its traffic is %v and %v", got.at("server.ingoing_traffic"), got.at("server.outgoing_traffic"))
	}
}
