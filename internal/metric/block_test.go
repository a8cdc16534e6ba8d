package metric

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func somePoints(t *rapid.T, step int64) []Point {
	var points []Point
	at := rapid.Int64Range(0, 1<<40).Draw(t, "start") * step
	random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
	for range rapid.IntRange(0, 150).Draw(t, "points") {
		p := Point{At: at}
		if random.IntN(3) > 0 {
			for s := range p.Values {
				p.Values[s] = random.Int64N(math.MaxInt64) >> random.IntN(63)
			}
		}
		points = append(points, p)
		at += step * (1 + random.Int64N(3))
	}
	return points
}

func TestPointsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		step := rapid.SampledFrom([]int64{60, 600, 3600}).Draw(t, "step")
		want := somePoints(t, step)
		got, err := UnpackPoints(PackPoints(want, step), step)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, want) {
			t.Fatal(cmp.Diff(got, want))
		}
	})
}

func TestSamplesComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var want []Sample
		for range rapid.IntRange(0, 20).Draw(t, "samples") {
			s := Sample{UID: rapid.String().Draw(t, "UID"), Epoch: rapid.String().Draw(t, "epoch")}
			for _, field := range s.fields() {
				*field = rapid.Int64().Draw(t, "number")
			}
			want = append(want, s)
		}
		got, err := UnpackSamples(PackSamples(want))
		if err != nil || !slices.Equal(got, want) {
			t.Fatalf("%v: %s", err, cmp.Diff(got, want))
		}
	})
}

func FuzzUnpack(f *testing.F) {
	f.Add(PackPoints([]Point{{At: 60}, {At: 180}}, 60))
	f.Add(PackSamples([]Sample{seen("1", 5, 6)}))
	f.Fuzz(func(t *testing.T, packed []byte) {
		if points, err := UnpackPoints(packed, 60); err == nil {
			if again, err := UnpackPoints(PackPoints(points, 60), 60); err != nil || !slices.Equal(again, points) {
				t.Errorf("read %v, wrote it, and read %v, %v", points, again, err)
			}
		}
		if samples, err := UnpackSamples(packed); err == nil {
			if again, err := UnpackSamples(PackSamples(samples)); err != nil || !slices.Equal(again, samples) {
				t.Errorf("read %v, wrote it, and read %v, %v", samples, again, err)
			}
		}
	})
}

func TestBrokenBlocksAreRefused(t *testing.T) {
	whole := PackPoints([]Point{{At: 600, Values: Values{1, 2, 3}}, {At: 660}}, 60)
	for n := range whole {
		if points, err := UnpackPoints(whole[:n], 60); err == nil && len(points) > 0 {
			t.Errorf("the first %d bytes of %d were read as %v", n, len(whole), points)
		}
	}
}

func TestCondense(t *testing.T) {
	points := []Point{
		{At: 600, Values: Values{CPU: 100}}, {At: 660, Values: Values{CPU: 300, Memory: 500}}, {At: 1140, Values: Values{CPU: 201, Memory: 300}},
		{At: 1800, Values: Values{CPU: 7}},
	}
	want := []Point{{At: 600, Values: Values{CPU: 200, Memory: 400}}, {At: 1800, Values: Values{CPU: 7}}}
	if diff := cmp.Diff(Condense(points, 600), want); diff != "" {
		t.Errorf("- got, + want:\n%s", diff)
	}
}

func TestMerge(t *testing.T) {
	got := Merge([]Point{{At: 60, Values: Values{1}}, {At: 180, Values: Values{1}}}, []Point{{At: 120}, {At: 180, Values: Values{2}}, {At: 240}})
	want := []Point{{At: 60, Values: Values{1}}, {At: 120}, {At: 180, Values: Values{2}}, {At: 240}}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("- got, + want:\n%s", diff)
	}
}

func TestReading(t *testing.T) {
	const now = 1_800_000_000
	for name, test := range map[string]struct {
		ago, step int64
		want      []Resolution
	}{
		"an hour":                       {hour, 60, []Resolution{Minutes}},
		"a day":                         {day, 300, []Resolution{Minutes}},
		"a day in steps of an hour":     {day, hour, []Resolution{Hours, TenMinutes, Minutes}},
		"a week":                        {7 * day, 600, []Resolution{TenMinutes, Minutes}},
		"a week from its first step on": {7*day + 1799, 1800, []Resolution{TenMinutes, Minutes}},
		"a week by the minute":          {7 * day, 60, []Resolution{TenMinutes, Minutes}},
		"a month":                       {30 * day, hour, []Resolution{Hours, TenMinutes, Minutes}},
		"more than is kept of anything": {90 * day, day, []Resolution{Hours, TenMinutes, Minutes}},
	} {
		if diff := cmp.Diff(Reading(now-test.ago, test.step, now), test.want); diff != "" {
			t.Errorf("%s: - got, + want:\n%s", name, diff)
		}
	}
}

// What docs/adr/0012 says of the size of blocks.
func TestBlocksAreSmall(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, test := range []struct {
		name  string
		r     Resolution
		busy  bool
		bound int
	}{
		{"an idle hour", Minutes, false, 30},
		{"a busy hour", Minutes, true, 1900},
		{"an idle day", TenMinutes, false, 40},
		{"a busy day", TenMinutes, true, 4500},
		{"a busy day by the hour", Hours, true, 760},
	} {
		var points []Point
		for at := int64(0); at < test.r.Block; at += test.r.Step {
			p := Point{At: at, Values: Values{Memory: 800}}
			if test.busy {
				p.Values = Values{
					CPU: random.Int64N(10_000), Memory: 1500 + random.Int64N(200), DiskRead: random.Int64N(20 << 20), DiskWrite: random.Int64N(20 << 20),
					DiskReads: random.Int64N(50_000), DiskWrites: random.Int64N(50_000), NetIn: random.Int64N(60 << 20), NetOut: random.Int64N(60 << 20),
					PacketsIn: random.Int64N(2_000_000), PacketsOut: random.Int64N(2_000_000),
				}
			}
			points = append(points, p)
		}
		if got := len(PackPoints(points, test.r.Step)); got > test.bound {
			t.Errorf("%s takes %d bytes, want %d at most", test.name, got, test.bound)
		} else {
			t.Logf("%s takes %d bytes", test.name, got)
		}
	}
}

func TestExpected(t *testing.T) {
	for _, test := range []struct{ used, passed, left, want int64 }{
		{100, 10 * day, 20 * day, 300},
		{100, hour - 1, day, 100}, // too early to tell
		{100, day, 0, 100},
		{0, day, day, 0},
		{1 << 60, day, day, 1 << 61},
	} {
		if got := Expected(test.used, 0, test.passed, test.passed+test.left); got != test.want {
			t.Errorf("%+v: got %d", test, got)
		}
	}
}
