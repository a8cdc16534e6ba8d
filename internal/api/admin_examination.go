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
	post(s, operation{
		id: "test-hypervisor", tag: tag, path: adminHypervisors + "/{id}/test", need: identity.WriteFleet, summary: "Try a hypervisor with a machine",
		text:   "A machine is made, switched on, looked at and removed, from the smallest image that has a file. It is no instance and costs nobody anything.",
		status: http.StatusAccepted, errors: []int{http.StatusConflict},
	}, func(ctx context.Context, who identity.Who, in *commandInput) (out outcome[client.HypervisorTest], err error) {
		if _, err := s.Panel.TestHypervisor(ctx, who, in.ID); err != nil {
			return out, err
		}
		out.Body, err = s.hypervisorTest(ctx, who, in.ID)
		return out, err
	})
	get(s, operation{
		id: "get-hypervisor-test", tag: tag, path: adminHypervisors + "/{id}/test", need: identity.ReadFleet, summary: "What came of the last test of a hypervisor",
	}, func(ctx context.Context, who identity.Who, in *ByID) (client.HypervisorTest, error) {
		return s.hypervisorTest(ctx, who, in.ID)
	})
}

func (s *server) hypervisorTest(ctx context.Context, who identity.Who, id int64) (client.HypervisorTest, error) {
	trial, t, err := s.Panel.HypervisorTest(ctx, who, id)
	return client.HypervisorTest{
		TaskID: t.ID, State: string(t.State), Step: t.Step, Progress: panel.Progress(t), Image: trial.Image, Checks: each(trial.Checks, check),
		CreatedAt: t.CreatedAt.Time(), FinishedAt: moment(t.FinishedAt),
	}, err
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
