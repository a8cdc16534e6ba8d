package hcloud

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"accrue/internal/billing"
	"accrue/internal/metric"
	"accrue/internal/panel"
)

// metrics are what a server did over a stretch of time.
type metrics struct {
	Start  time.Time         `json:"start"`
	End    time.Time         `json:"end"`
	Step   int64             `json:"step"` // seconds
	Series map[string]series `json:"time_series"`
}

// series are points in time, in seconds, each with a figure as text.
type series struct {
	Values [][2]any `json:"values"`
}

// seriesOf are the series of each type, by the names that clients know.
var seriesOf = map[string]map[string]metric.Series{
	"cpu": {"cpu": metric.CPU},
	"disk": {
		"disk.0.iops.read": metric.DiskReads, "disk.0.iops.write": metric.DiskWrites,
		"disk.0.bandwidth.read": metric.DiskRead, "disk.0.bandwidth.write": metric.DiskWrite,
	},
	"network": {
		"network.0.pps.in": metric.PacketsIn, "network.0.pps.out": metric.PacketsOut,
		"network.0.bandwidth.in": metric.NetIn, "network.0.bandwidth.out": metric.NetOut,
	},
}

// How many points are answered at most, if the client does not say how far apart
// they are to be, and if it does.
const (
	usualPoints = 200
	maxPoints   = 500
)

func (d *door) getMetrics(c *call) (reply, error) {
	v, err := d.server(c)
	if err != nil {
		return reply{}, err
	}
	wanted := map[string]metric.Series{}
	types := strings.FieldsFunc(strings.Join(c.URL.Query()["type"], ","), func(r rune) bool { return r == ',' })
	for _, kind := range types {
		known := seriesOf[kind]
		if known == nil {
			return reply{}, invalid("type", "must be cpu, disk or network, or several of them with commas between")
		}
		for name, s := range known {
			wanted[name] = s
		}
	}
	if len(wanted) == 0 {
		return reply{}, invalid("type", "say which: cpu, disk or network, or several of them with commas between")
	}
	r, err := c.stretch()
	if err != nil {
		return reply{}, err
	}
	points, drawn, err := d.Panel.Metrics(c.Context(), c.who, v.ID, r)
	if err != nil {
		return reply{}, err
	}
	m := metrics{Start: drawn.From.Time(), End: drawn.To.Time(), Step: drawn.Step, Series: map[string]series{}}
	for name, s := range wanted {
		values := make([][2]any, 0, len(points))
		for _, p := range points {
			values = append(values, [2]any{p.At, strconv.FormatFloat(p.Of(s), 'f', -1, 64)})
		}
		m.Series[name] = series{values}
	}
	return ok("metrics", m), nil
}

// stretch is the stretch of time that a request asks for, in steps of whole
// minutes.
func (c *call) stretch() (r panel.MetricsRange, err error) {
	if r.From, err = c.instant("start"); err != nil {
		return r, err
	}
	if r.To, err = c.instant("end"); err != nil {
		return r, err
	}
	const minute = int64(60)
	span := int64(r.To - r.From)
	apart := span / usualPoints
	least := span / maxPoints
	if text := c.URL.Query().Get("step"); text != "" {
		seconds, err := strconv.ParseFloat(text, 64)
		if err != nil || !(seconds > 0 && seconds < math.MaxInt32) {
			return r, invalid("step", "must be a number of seconds above 0")
		}
		apart = int64(math.Ceil(seconds))
	}
	r.Step = (slices.Max([]int64{apart, least, 1}) + minute - 1) / minute * minute
	return r, nil
}

// instant reads a point in time, such as 2026-11-10T12:00:00Z. Some clients leave
// the plus before a time zone as it is, which is a space then.
func (c *call) instant(name string) (billing.Instant, error) {
	text := strings.ReplaceAll(c.URL.Query().Get(name), " ", "+")
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return 0, invalid(name, "must be a point in time such as 2026-11-10T12:00:00Z")
	}
	return billing.At(at), nil
}
