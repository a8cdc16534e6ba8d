package metric

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// seen is a sample whose counters all show the same.
func seen(epoch string, at, counters int64) Sample {
	return Sample{
		Epoch: epoch, At: at, CPUNanos: counters, DiskRead: counters, DiskWrite: counters, DiskReads: counters, DiskWrites: counters,
		NetIn: counters, NetOut: counters, PacketsIn: counters, PacketsOut: counters,
	}
}

func TestRates(t *testing.T) {
	a := Sample{Epoch: "1", At: 1000, CPUNanos: 5e9, DiskRead: 100, NetOut: 7, PacketsOut: 1}
	b := a
	b.At, b.CPUNanos, b.MemoryMiB, b.DiskRead, b.DiskWrites, b.NetOut, b.PacketsOut = 1060, 35e9, 700, 100+6000, 90, 7+61, 2
	v, known := Rates(a, b, 2)
	if !known {
		t.Fatal("the rates are not known")
	}
	for s, want := range map[Series]float64{
		CPU: 25, Memory: 700, DiskRead: 100, DiskWrites: 1.5, NetOut: 1, PacketsOut: 0.02, NetIn: 0, DiskReads: 0,
	} {
		if got := v.Of(s); got != want {
			t.Errorf("%s: got %g, want %g", s, got, want)
		}
	}
}

func TestRatesThatAreNotKnown(t *testing.T) {
	a := seen("1", 1000, 1<<40)
	for name, b := range map[string]Sample{
		"the same second":              seen("1", 1000, 1<<40),
		"too close":                    seen("1", 1000+minSpan-1, 1<<40+5),
		"too far":                      seen("1", 1000+maxSpan+1, 1<<40+5),
		"earlier":                      seen("1", 940, 1<<40+5),
		"a counter that was reset":     seen("1", 1060, 12),
		"a counter that wrapped":       seen("1", 1060, -1<<40),
		"a counter that jumped":        seen("1", 1060, math.MaxInt64),
		"a new epoch begun at nowhere": seen("2", 1060, math.MaxInt64),
	} {
		if v, known := Rates(a, b, 1); known || v != (Values{}) {
			t.Errorf("%s: got %v, %t, want that nothing is known", name, v, known)
		}
	}
	one := a
	one.At, one.PacketsIn = 1060, 3 // one counter alone
	if _, known := Rates(a, one, 1); known {
		t.Error("one counter ran backwards, and the others are believed")
	}
}

func TestRestartGivesNoSpike(t *testing.T) {
	v, known := Rates(seen("1", 1000, 1<<40), seen("2", 1060, 600), 1)
	if !known || v.Of(NetIn) != 10 || v.Of(PacketsIn) != 10 {
		t.Errorf("got %v, %t, want what the new epoch shows", v, known)
	}
}

// A machine that uses all it has is at 100 percent, though seconds are whole.
func TestBusyIsNeverMoreThanAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		vcpus := rapid.Int64Range(1, 256).Draw(t, "vCPUs")
		span := rapid.Int64Range(minSpan, maxSpan).Draw(t, "span")
		nanos := rapid.Int64Range(0, (span+1)*vcpus*1e9).Draw(t, "nanoseconds")
		v, known := Rates(Sample{At: 50}, Sample{At: 50 + span, CPUNanos: nanos}, vcpus)
		if got := v.Of(CPU); !known || got < 0 || got > 100 {
			t.Fatalf("got %g, %t", got, known)
		}
	})
}

func TestTransferred(t *testing.T) {
	a := seen("1", 1000, 500)
	for name, test := range map[string]struct {
		b    Sample
		want int64
	}{
		"it grew":                    {seen("1", 1060, 700), 200},
		"it did not":                 {seen("1", 1060, 500), 0},
		"it grew for days":           {seen("1", 1000+9*86400, 1<<50+500), 1 << 50},
		"it began anew":              {seen("2", 1060, 700), 700},
		"it ran backwards":           {seen("1", 1060, 499), 0},
		"it wrapped":                 {seen("1", 1060, -5), 0},
		"nobody sends that fast":     {seen("1", 1060, 60*maxRate+501), 0},
		"nor after a restart":        {seen("2", 1060, math.MaxInt64), 0},
		"two in one second may grow": {seen("1", 1000, 600), 100},
	} {
		if in, out := Transferred(a, test.b); in != test.want || out != test.want {
			t.Errorf("%s: got %d and %d, want %d", name, in, out, test.want)
		}
	}
}

// Whatever a machine's counters do, no byte is counted twice, none is counted that
// was not sent, and every minute has one point at most, none below zero and none
// above the fastest that the machine ever was.
func TestTrackIsNeverWrong(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var track Track
		var counter, sent, counted int64
		at, epoch, fastest := int64(1_700_000_000), "a", int64(0)
		minutes := map[int64]bool{}
		for range rapid.IntRange(1, 60).Draw(t, "looks") {
			span := rapid.Int64Range(1, 400).Draw(t, "span")
			speed := rapid.Int64Range(0, 1<<30).Draw(t, "speed")
			certain := true
			switch rapid.IntRange(0, 9).Draw(t, "what happens") {
			case 0: // a restart
				epoch, counter = epoch+"a", 0
			case 1: // a reset or a wrap that nobody says anything about
				certain = counter == 0
				counter = 0
				span, speed = max(span, 1), 0
			}
			at += span
			counter += span * speed
			if certain {
				sent += span * speed
			}
			fastest = max(fastest, speed)
			points, in, out := track.Next(seen(epoch, at, counter), 1)
			if in != out || in < 0 {
				t.Fatalf("received %d, sent %d of the same", in, out)
			}
			counted += out
			for _, p := range points {
				if minutes[p.At] || p.At%60 != 0 || p.At > at || p.At < at-maxSpan-60 {
					t.Fatalf("a point at %d seen at %d, again: %t", p.At, at, minutes[p.At])
				}
				minutes[p.At] = true
				if v := p.Values[NetOut]; v < 0 || v > fastest+1 {
					t.Fatalf("%d bytes per second, and it was never faster than %d", v, fastest)
				}
			}
		}
		if counted > sent {
			t.Fatalf("counted %d bytes of %d", counted, sent)
		}
	})
}

func TestTrackCountsEverythingBetweenLooks(t *testing.T) {
	var track Track
	var points []Point
	var sum int64
	for _, s := range []Sample{
		seen("1", 6000, 50_000), seen("1", 6030, 50_300), seen("1", 6060, 50_600), seen("1", 6062, 50_620), // a look before power-off
		seen("2", 6130, 680), seen("2", 6125, 600), seen("2", 6190, 1280),
	} {
		more, _, out := track.Next(s, 1)
		points, sum = append(points, more...), sum+out
	}
	if want := int64(620 + 1280); sum != want {
		t.Errorf("counted %d bytes, want %d", sum, want)
	}
	want := []Point{{At: 6060}, {At: 6120}, {At: 6180}}
	if len(points) != len(want) {
		t.Fatalf("got %v, want points at %v", points, want)
	}
	for i, rate := range []int64{10, 10, 10} {
		if points[i].At != want[i].At || points[i].Values[NetOut] != rate {
			t.Errorf("point %d: got %d at %d, want %d at %d", i, points[i].Values[NetOut], points[i].At, rate, want[i].At)
		}
	}
}
