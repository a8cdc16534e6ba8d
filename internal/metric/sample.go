package metric

import (
	"encoding/binary"
	"errors"
)

// Sample is what a machine's counters show at an instant. They only grow within
// an epoch, and begin anew with each.
type Sample struct {
	UID        string
	Epoch      string // changes whenever the counters begin anew
	At         int64  // Unix seconds
	CPUNanos   int64  // processor time, of all vCPUs together
	MemoryMiB  int64  // in use now; 0 where the guest does not say
	DiskRead   int64  // bytes
	DiskWrite  int64
	DiskReads  int64 // operations
	DiskWrites int64
	NetIn      int64 // bytes the guest received
	NetOut     int64 // bytes the guest sent
	PacketsIn  int64
	PacketsOut int64
}

// counters are what only grows, in the order of the series that they make: the
// first is CPU, the others begin with DiskRead.
func (s *Sample) counters() [seriesCount - 1]int64 {
	return [...]int64{
		s.CPUNanos, s.DiskRead, s.DiskWrite, s.DiskReads, s.DiskWrites, s.NetIn, s.NetOut, s.PacketsIn, s.PacketsOut,
	}
}

// fields are the numbers of a sample, in the order in which they are written.
func (s *Sample) fields() []*int64 {
	return []*int64{
		&s.At, &s.CPUNanos, &s.MemoryMiB, &s.DiskRead, &s.DiskWrite, &s.DiskReads, &s.DiskWrites,
		&s.NetIn, &s.NetOut, &s.PacketsIn, &s.PacketsOut,
	}
}

// errBroken is what reading returns of bytes that nothing here has written.
var errBroken = errors.New("metrics are not as they were written")

// PackSamples writes samples in few bytes.
func PackSamples(samples []Sample) []byte {
	packed := binary.AppendUvarint(nil, uint64(len(samples)))
	for i := range samples {
		for _, text := range []string{samples[i].UID, samples[i].Epoch} {
			packed = append(binary.AppendUvarint(packed, uint64(len(text))), text...)
		}
		for _, field := range samples[i].fields() {
			packed = binary.AppendVarint(packed, *field)
		}
	}
	return packed
}

// UnpackSamples reads what PackSamples wrote.
func UnpackSamples(packed []byte) ([]Sample, error) {
	r := reader{packed}
	n := r.length()
	samples := make([]Sample, 0, n)
	for range n {
		var s Sample
		s.UID, s.Epoch = r.text(), r.text()
		for _, field := range s.fields() {
			*field = r.number()
		}
		samples = append(samples, s)
	}
	if r.left == nil {
		return nil, errBroken
	}
	return samples, nil
}

// reader reads numbers and texts. After what cannot be read, left is nil, and
// everything is zero.
type reader struct{ left []byte }

func (r *reader) number() int64 {
	n, width := binary.Varint(r.left)
	r.skip(width)
	return n
}

// count reads a number that is not negative.
func (r *reader) count() uint64 {
	n, width := binary.Uvarint(r.left)
	r.skip(width)
	return n
}

// length reads how many things follow, each of a byte at least.
func (r *reader) length() int {
	n := r.count()
	if n > uint64(len(r.left)) {
		r.left = nil
		return 0
	}
	return int(n)
}

func (r *reader) text() string {
	n := r.length()
	text := string(r.left[:n])
	if n > 0 {
		r.skip(n)
	}
	return text
}

// skip goes on after some bytes, one at least.
func (r *reader) skip(width int) {
	if width <= 0 || width > len(r.left) {
		r.left = nil
		return
	}
	r.left = r.left[width:]
}
