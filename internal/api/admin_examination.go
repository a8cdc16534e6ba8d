package api

import (
	"context"
	"net/http"

	"accrue/client"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

// examinationOperations look at machines, which takes as long as it takes: they
// run in no transaction and change nothing, so they need no key.
func (s *server) examinationOperations(tag string) {
	register(s, operation{
		id: "probe-hypervisor", tag: tag, method: http.MethodPost, path: adminHypervisors + "/probe", need: identity.WriteFleet,
		summary: "Examine a machine that is not a hypervisor yet",
		text:    "Everything that machines will need is tried, and how to mend what fails is said. Without a host_key, a machine on the network is asked only for its fingerprint: compare it, and ask again with it.",
	}, func(ctx context.Context, who identity.Who, in *probeInput) (*found[client.HypervisorExamination], error) {
		e, err := s.Panel.ProbeHypervisor(ctx, who, reached(in.Body))
		return &found[client.HypervisorExamination]{Examination(e)}, err
	})
	register(s, operation{
		id: "examine-hypervisor", tag: tag, method: http.MethodPost, path: adminHypervisors + "/{id}/examine", need: identity.WriteFleet,
		summary: "Examine a hypervisor", text: "What is tried before one is added is tried again. It may take most of a minute.",
	}, func(ctx context.Context, who identity.Who, in *ByID) (*found[client.HypervisorExamination], error) {
		e, err := s.Panel.ExamineHypervisor(ctx, who, in.ID)
		return &found[client.HypervisorExamination]{Examination(e)}, err
	})
}

// probeInput is a machine to be examined.
type probeInput struct{ Body client.HypervisorReach }

// reached is a machine that is described by how it is reached.
func reached(r client.HypervisorReach) panel.Hypervisor {
	return panel.Hypervisor{
		Driver: r.Driver, Endpoint: r.Endpoint, HostKey: r.HostKey, KeyFile: r.KeyFile, Network: r.Network, Storage: r.Storage, Accel: panel.Accel(r.Accel),
	}
}

// Examination is what was found of a machine, as programs see it.
func Examination(e panel.Examination) client.HypervisorExamination {
	return client.HypervisorExamination{
		At: e.At.Time(), Usable: e.Usable(), Fingerprint: e.Fingerprint, Version: e.Facts.Version, Accel: e.Facts.Accel,
		Has: resources(e.Facts.Capacity), Offer: resources(e.Offer()),
		Networks: append([]string{}, e.Facts.Networks...), Pools: append([]string{}, e.Pools...), Checks: each(e.Checks, check),
	}
}

func check(c panel.Check) client.HypervisorCheck {
	return client.HypervisorCheck{Name: string(c.Name), Title: c.Name.Title(), State: string(c.State), Detail: c.Detail, Fix: c.Fix}
}
