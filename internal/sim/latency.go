package sim

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"time"
)

// Profile says how long what hypervisors and guests do takes.
type Profile struct {
	Look     Delay // a probe, an inventory, a look at one machine
	Disk     Delay // making a disk
	Define   Delay // making a machine known, growing its disk
	PowerOn  Delay // until the machine is on
	Boot     Delay // from then on until its guest is up
	Shutdown Delay // an orderly shutdown by the guest
	Remove   Delay // removing a machine and its disk

	// Grace is how long a guest has for its shutdown before it is switched off
	// by force. A guest that is still booting begins only when it is up.
	Grace time.Duration
}

// Delay is a length of time that varies: half of all times are within P50, and
// 19 of 20 within P95. The logarithm of the times is distributed normally, as
// latencies mostly are; no time is longer than twice P95. The zero Delay is no
// time.
type Delay struct{ P50, P95 time.Duration }

// DefaultProfile is a quick hypervisor with local disks and a small guest.
var DefaultProfile = Profile{
	Look:     Delay{3 * time.Millisecond, 10 * time.Millisecond},
	Disk:     Delay{500 * time.Millisecond, 900 * time.Millisecond},
	Define:   Delay{60 * time.Millisecond, 90 * time.Millisecond},
	PowerOn:  Delay{150 * time.Millisecond, 250 * time.Millisecond},
	Boot:     Delay{2800 * time.Millisecond, 4 * time.Second},
	Shutdown: Delay{1400 * time.Millisecond, 2 * time.Second},
	Remove:   Delay{200 * time.Millisecond, 400 * time.Millisecond},
	Grace:    10 * time.Second,
}

// at returns the time at the place z of the standard normal distribution.
func (d Delay) at(z float64) time.Duration {
	if d.P50 <= 0 || d.P95 < d.P50 {
		return max(d.P50, 0)
	}
	const z95 = 1.6448536269514722 // 19 of 20 are below
	sigma := math.Log(float64(d.P95)/float64(d.P50)) / z95
	return min(time.Duration(float64(d.P50)*math.Exp(sigma*z)), 2*d.P95)
}

// clock is a World's relation to time.
type clock struct {
	instant bool
	profile Profile
	seed    uint64
	now     func() time.Time
	wait    func(context.Context, time.Duration) error
}

func newClock(opts Options) clock {
	c := clock{instant: opts.Instant, profile: opts.Latency, seed: opts.Seed, now: opts.Now, wait: opts.Sleep}
	if c.profile == (Profile{}) {
		c.profile = DefaultProfile
	}
	if c.instant {
		c.profile = Profile{}
	}
	if c.now == nil {
		c.now = time.Now
	}
	if c.wait == nil {
		c.wait = wait
	}
	return c
}

// draw returns how long something takes that happens to a machine from an
// instant on: always the same for the same seed and arguments.
func (c *clock) draw(d Delay, what string, hypervisor int64, uid string, from time.Time) time.Duration {
	if d == (Delay{}) {
		return 0
	}
	hash := fnv.New64a()
	fmt.Fprintf(hash, "%s\x00%d\x00%s\x00", what, hypervisor, uid)
	_ = binary.Write(hash, binary.LittleEndian, from.UnixNano()) // a hash takes everything
	return d.at(rand.New(rand.NewPCG(c.seed, hash.Sum64())).NormFloat64())
}

// sleep waits for d; the error is ctx's.
func (c *clock) sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	return c.wait(ctx, d)
}

// hang returns when ctx ends, with its error; in an instant World, at once.
func (c *clock) hang(ctx context.Context) error {
	if c.instant {
		return errHang
	}
	<-ctx.Done()
	return ctx.Err()
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
