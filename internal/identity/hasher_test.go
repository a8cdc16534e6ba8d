package identity

import (
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"testing/synctest"

	"pgregory.net/rapid"
)

func TestVerifyKnowsThePassword(t *testing.T) {
	h := NewHasher(TestParams, 2)
	rapid.Check(t, func(t *rapid.T) {
		password := rapid.String().Draw(t, "password")
		other := rapid.String().Draw(t, "other")
		encoded, err := h.Hash(password)
		if err != nil {
			t.Fatal(err)
		}
		if ok, rehash, err := h.Verify(encoded, password); !ok || rehash || err != nil {
			t.Fatalf("Verify(%q, %q) = %v, %v, %v", encoded, password, ok, rehash, err)
		}
		if ok, rehash, err := h.Verify(encoded, other); ok != (other == password) || rehash || err != nil {
			t.Fatalf("Verify(%q, %q) = %v, %v, %v", encoded, other, ok, rehash, err)
		}
	})
}

func TestHashesOfOnePasswordDiffer(t *testing.T) {
	h := NewHasher(TestParams, 1)
	first, err1 := h.Hash("correct horse")
	second, err2 := h.Hash("correct horse")
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	if first == second {
		t.Errorf("got %q twice, want another salt", first)
	}
}

// The hashes below were not made by this package but by the reference
// implementation (its test.c, version 19, "password" and "somesalt").
func TestVerifyReadsHashesMadeElsewhere(t *testing.T) {
	h := NewHasher(TestParams, 1)
	for _, encoded := range []string{
		"$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
		"$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc",
	} {
		if ok, rehash, err := h.Verify(encoded, "password"); !ok || !rehash || err != nil {
			t.Errorf("Verify(%q) = %v, %v, %v, want true, true, nil", encoded, ok, rehash, err)
		}
	}
}

func TestVerifyAsksForANewHash(t *testing.T) {
	now := Params{MemoryKiB: 16, Time: 2, Threads: 1}
	for _, test := range []struct {
		name string
		then Params
		want bool
	}{
		{"same", now, false},
		{"other memory", Params{32, 2, 1}, true},
		{"other time", Params{16, 1, 1}, true},
		{"other threads", Params{16, 2, 2}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			encoded, err := NewHasher(test.then, 1).Hash("correct horse")
			if err != nil {
				t.Fatal(err)
			}
			h := NewHasher(now, 1)
			if ok, got, err := h.Verify(encoded, "correct horse"); !ok || got != test.want || err != nil {
				t.Errorf("got %v, %v, %v, want true, %v, nil", ok, got, err, test.want)
			}
			if ok, got, err := h.Verify(encoded, "wrong"); ok || got || err != nil {
				t.Errorf("wrong password: got %v, %v, %v, want false, false, nil", ok, got, err)
			}
		})
	}
}

func TestVerifyRefusesWhatIsNoHash(t *testing.T) {
	const good = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"
	h := NewHasher(TestParams, 1)
	if _, _, err := h.Verify(good, "x"); err != nil {
		t.Fatalf("Verify(%q): %v", good, err)
	}
	for _, change := range [][2]string{
		{good, ""},
		{good, "secret"},
		{good, "$$$$$"},
		{"argon2id", "argon2i"},
		{"argon2id", "bcrypt"},
		{"v=19", "v=16"},
		{"m=8", "m=7"},
		{"m=8", "m=08"},
		{"m=8", "m=-8"},
		{"m=8", "m=4294967296"},
		{"m=8", "m=4294967295"},
		{"m=8,t=1", "t=1,m=8"},
		{"t=1", "t=0"},
		{"t=1", "t=1000"},
		{"p=1", "p=0"},
		{"p=1", "p=2"}, // needs 16 KiB
		{"p=1", "p=256"},
		{"p=1", "p=1,q=1"},
		{"c29tZXNhbHQ", ""},
		{"c29tZXNhbHQ", "c29t"},
		{"c29tZXNhbHQ", "c29tZXNhbHR"}, // bits that belong to no byte
		{"c29tZXNhbHQ", "c29tZXNhbHQ="},
		{"c29tZXNhbHQ", "c29tZX\nNhbHQ"},
		{"c29tZXNhbHQ", strings.Repeat("c29tZXNhbHQ1", 20)},
		{"nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4", "nf65"},
		{"$argon2id", " $argon2id"},
		{"Gi/4", "Gi/4$"},
	} {
		encoded := strings.Replace(good, change[0], change[1], 1)
		ok, rehash, err := h.Verify(encoded, "x")
		if ok || rehash || err == nil {
			t.Errorf("Verify(%q) = %v, %v, %v, want an error", encoded, ok, rehash, err)
		}
		if err != nil && encoded != "" && strings.Contains(err.Error(), encoded) {
			t.Errorf("Verify(%q) repeats its input: %v", encoded, err)
		}
	}
}

func TestHasherComputesAFewAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const limit, callers = 2, 5
		h := NewHasher(TestParams, limit)
		for range limit {
			h.running <- struct{}{} // as if that many were at work
		}
		var done sync.WaitGroup
		finished := make(chan struct{}, callers)
		for range callers {
			done.Go(func() {
				h.VerifyNothing("x")
				finished <- struct{}{}
			})
		}
		synctest.Wait()
		if got := len(finished); got != 0 {
			t.Errorf("%d of %d finished while %d were at work", got, callers, limit)
		}
		<-h.running
		done.Wait()
		if got, want := len(h.running), limit-1; got != want {
			t.Errorf("%d seem to be at work, want %d", got, want)
		}
	})
}

func TestNewHasherPanicsOnMistakes(t *testing.T) {
	for _, test := range []struct {
		params      Params
		concurrency int
	}{
		{DefaultParams, 0},
		{Params{}, 1},
		{Params{MemoryKiB: 15, Time: 1, Threads: 2}, 1},
		{Params{MemoryKiB: 1 << 21, Time: 1, Threads: 1}, 1},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("NewHasher(%v, %d) did not panic", test.params, test.concurrency)
				}
			}()
			NewHasher(test.params, test.concurrency)
		}()
	}
}

func TestHashNeedsASalt(t *testing.T) {
	h := NewHasher(TestParams, 1)
	h.random = iotest.ErrReader(io.ErrClosedPipe)
	if encoded, err := h.Hash("correct horse"); !errors.Is(err, io.ErrClosedPipe) || encoded != "" {
		t.Errorf("got %q, %v, want no hash", encoded, err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add("$argon2id$v=19$m=65536,t=1,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")
	f.Add("$argon2id$v=19$m=8,t=1,p=1$$")
	f.Add("$$$$$")
	f.Add("")
	f.Fuzz(func(t *testing.T, encoded string) {
		d, err := decode(encoded)
		if err != nil {
			return
		}
		if again := d.encode(); again != encoded || !d.params.valid() {
			t.Fatalf("%q is read as %q", encoded, again)
		}
		if work := uint64(d.params.MemoryKiB) * uint64(d.params.Time); work > 1024 {
			return // cannot panic either, but takes long
		}
		if _, _, err := NewHasher(TestParams, 1).Verify(encoded, "x"); err != nil {
			t.Fatalf("Verify(%q): %v", encoded, err)
		}
	})
}

func BenchmarkHash(b *testing.B) {
	h := NewHasher(DefaultParams, 1)
	for b.Loop() {
		h.VerifyNothing("correct horse")
	}
}
