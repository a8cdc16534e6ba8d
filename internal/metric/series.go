package metric

// Series is one figure that is known of an instance over time.
type Series int

// The series. Network and disk are seen from the guest: NetIn is what it
// received.
const (
	CPU        Series = iota // percent of all its vCPUs together, 0 to 100
	Memory                   // MiB in use; 0 where the guest does not say
	DiskRead                 // bytes per second
	DiskWrite                // bytes per second
	DiskReads                // operations per second
	DiskWrites               // operations per second
	NetIn                    // bytes per second
	NetOut                   // bytes per second
	PacketsIn                // per second
	PacketsOut               // per second
	seriesCount
)

// names are what programs call the series.
var names = [seriesCount]string{
	"cpu", "memory", "disk_read_bytes", "disk_write_bytes", "disk_read_ops", "disk_write_ops",
	"net_in_bytes", "net_out_bytes", "net_in_packets", "net_out_packets",
}

// String returns the name of a series, such as "disk_read_bytes".
func (s Series) String() string { return names[s] }

// All returns every series in its order.
func All() []Series {
	all := make([]Series, seriesCount)
	for i := range all {
		all[i] = Series(i)
	}
	return all
}

// Values has a figure for each series, in hundredths where a whole number would
// be too coarse.
type Values [seriesCount]int64

// scale is into how many parts a unit of the series is divided.
func (s Series) scale() int64 {
	switch s {
	case CPU, DiskReads, DiskWrites, PacketsIn, PacketsOut:
		return 100
	}
	return 1
}

// Of returns the figure of a series, in its unit.
func (v Values) Of(s Series) float64 { return float64(v[s]) / float64(s.scale()) }

// Point is what is known of a step of time that begins at an instant.
type Point struct {
	At int64
	Values
}
