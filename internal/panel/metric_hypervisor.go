package panel

import (
	"context"

	"accrue/internal/identity"
	"accrue/internal/metric"
)

// HypervisorMetrics returns what the instances that are on a hypervisor now did
// together over a stretch of time, as Metrics does of one: CPU as a share of the
// hypervisor's threads.
func (p *Panel) HypervisorMetrics(ctx context.Context, who identity.Who, id int64, r MetricsRange) (points []metric.Point, drawn MetricsRange, err error) {
	err = p.look(ctx, who, identity.ReadFleet, func(tx Tx) error {
		host, err := tx.Hypervisor(id)
		if err != nil {
			return err
		}
		if drawn, err = r.fit(tx.Now()); err != nil {
			return err
		}
		instances, err := tx.ListInstances(InstanceFilter{HypervisorID: id, LiveOnly: true})
		if err != nil {
			return err
		}
		vcpus, err := vcpusOn(tx, id)
		if err != nil {
			return err
		}
		machines := make([]metric.Machine, len(instances))
		for n, i := range instances {
			machines[n].VCPUs = vcpus[i.ID]
			if machines[n].Points, err = readMetrics(tx, i, drawn); err != nil {
				return err
			}
		}
		points = metric.Together(machines, host.Capacity.VCPUs)
		return nil
	})
	return points, drawn, err
}

// vcpusOn returns how many vCPUs instances have on a hypervisor.
func vcpusOn(tx Tx, hypervisor int64) (map[int64]int64, error) {
	sizes, err := tx.ListAllocations(hypervisor)
	vcpus := make(map[int64]int64, len(sizes))
	for _, a := range sizes {
		vcpus[a.InstanceID] = a.Size.VCPUs
	}
	return vcpus, err
}
