package demo

import (
	"context"

	"accrue/internal/billing"
	"accrue/internal/fleet"
	"accrue/internal/metric"
	"accrue/internal/panel"
	"accrue/internal/sim"
)

// measure writes down what the machines that are on have done since they were
// switched on, as if somebody had looked all the time. A history that is lived
// through in a second has no half minutes in which to look.
func (s *story) measure(ctx context.Context, db panel.Store, world *sim.World) error {
	machines, err := world.Machines(ctx)
	if err != nil {
		return err
	}
	return db.Update(ctx, func(tx panel.Tx) error {
		instances, err := tx.ListInstances(panel.InstanceFilter{LiveOnly: true})
		if err != nil {
			return err
		}
		ids := map[string]int64{}
		for _, i := range instances {
			ids[i.UID] = i.ID
		}
		last := map[int64][]panel.Sample{}
		for _, m := range machines {
			if ids[m.UID] == 0 || m.Power != fleet.PowerOn {
				continue
			}
			t := measured{world, m}
			if err := s.writeBlocks(tx, ids[m.UID], t); err != nil {
				return err
			}
			now := t.at(int64(s.now))
			month := s.now.Month()
			in, out := metric.Transferred(t.at(int64(month.Start())), now)
			if _, err := tx.AddTraffic(ids[m.UID], month, in, out); err != nil {
				return err
			}
			last[m.Hypervisor] = append(last[m.Hypervisor], now)
		}
		for host, samples := range last {
			if err := tx.InsertReading(panel.Reading{HypervisorID: host, At: s.now, Samples: samples}); err != nil {
				return err
			}
		}
		return nil
	})
}

// measured is a machine whose counters can be read at any instant since it was
// switched on; before, they show what they showed then.
type measured struct {
	world   *sim.World
	machine sim.Placed
}

func (m measured) since() int64 { return m.machine.Since.Unix() + 1 }

func (m measured) at(at int64) metric.Sample {
	return m.world.SampleAt(m.machine, billing.Instant(max(at, m.since())).Time())
}

// writeBlocks writes what a machine did at every resolution, as far back as that
// is kept. Of a step that is long, its first minutes stand for all of it.
func (s *story) writeBlocks(tx panel.Tx, instance int64, m measured) error {
	const representative = 300
	for _, r := range metric.Resolutions() {
		block := panel.Block{InstanceID: instance, Resolution: r}
		save := func() error {
			if len(block.Points) == 0 {
				return nil
			}
			defer func() { block.Points = nil }()
			return tx.SaveBlock(block)
		}
		for at := r.Start(int64(s.now) - r.Keep); at+r.Step <= int64(s.now); at += r.Step {
			if start := billing.Instant(r.Start(at)); start != block.Start {
				if err := save(); err != nil {
					return err
				}
				block.Start = start
			}
			if at < m.since() {
				continue
			}
			if v, known := metric.Rates(m.at(at), m.at(at+min(r.Step, representative)), m.machine.Running.Size.VCPUs); known {
				block.Points = append(block.Points, metric.Point{At: at, Values: v})
			}
		}
		if err := save(); err != nil {
			return err
		}
	}
	return nil
}
