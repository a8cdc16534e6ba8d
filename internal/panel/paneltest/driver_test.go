package paneltest_test

import (
	"context"
	"maps"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"accrue/internal/fleet"
	"accrue/internal/panel"
	"accrue/internal/panel/paneltest"
	"accrue/internal/sim"
)

func TestDriverOnSim(t *testing.T) {
	for name, open := range map[string]func(t *testing.T) paneltest.DriverFixture{
		"instant": func(t *testing.T) paneltest.DriverFixture {
			return simulated(t, "", sim.Options{Instant: true}, nil)
		},
		"in a file": func(t *testing.T) paneltest.DriverFixture {
			return simulated(t, filepath.Join(t.TempDir(), "sim.db"), sim.Options{Instant: true}, nil)
		},
		"taking its time": func(t *testing.T) paneltest.DriverFixture {
			var c clock
			return simulated(t, "", sim.Options{Now: c.now, Sleep: c.sleep}, c.pass)
		},
	} {
		t.Run(name, func(t *testing.T) { paneltest.RunDriver(t, open) })
	}
}

// simulated is a hypervisor of a new world. Reopening it opens the file once
// more, where there is one.
func simulated(t *testing.T, path string, opts sim.Options, wait func(time.Duration)) paneltest.DriverFixture {
	open := func() *sim.World {
		world, err := sim.Open(path, opts)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { world.Close() })
		return world
	}
	world := open()
	connect := func(world *sim.World) panel.Driver {
		driver, err := world.Driver(panel.Hypervisor{Hypervisor: fleet.Hypervisor{ID: 1, Name: "alpha"}})
		if err != nil {
			t.Fatal(err)
		}
		return driver
	}
	return paneltest.DriverFixture{
		Driver: connect(world),
		Machine: panel.Machine{
			Image: panel.ImageFile{Name: "debian-12"},
			Size:  fleet.Resources{VCPUs: 1, MemoryMiB: 512, DiskGiB: 4},
		},
		Reopen: func() panel.Driver {
			if path == "" {
				return connect(world)
			}
			return connect(open())
		},
		LoseReplies: func(lose bool) {
			if err := world.SetFault(1, panel.FaultReplyLost, lose); err != nil {
				t.Fatal(err)
			}
		},
		Image: []byte("nothing looks into it"),
		Generations: func(uid string) (generations []int64) {
			for _, p := range placed(t, world) {
				if p.UID == uid {
					generations = slices.Sorted(maps.Keys(p.Disks))
				}
			}
			return generations
		},
		Seed: func(uid string) (seed panel.Seed) {
			for _, p := range placed(t, world) {
				if p.UID == uid {
					seed = p.Seed
				}
			}
			return seed
		},
		Password: func(uid string) (hash string) {
			for _, p := range placed(t, world) {
				if p.UID == uid {
					hash = p.Password
				}
			}
			return hash
		},
		Crash: func(uid string) {
			if err := world.Crash(uid); err != nil {
				t.Fatal(err)
			}
		},
		Wait: wait,
	}
}

func placed(t *testing.T, world *sim.World) []sim.Placed {
	t.Helper()
	all, err := world.Machines(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// clock is time that passes only when somebody waits.
type clock struct {
	mu     sync.Mutex
	passed time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Unix(1_800_000_000, 0).Add(c.passed)
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.passed += d
}

func (c *clock) sleep(ctx context.Context, d time.Duration) error {
	c.pass(d)
	return ctx.Err()
}
