package api

import (
	"context"
	"net/http"

	"accrue/client"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

const adminFindings = "/v1/admin/findings"

func (s *server) adminFindingOperations() {
	const tag = "Admin: findings"
	whole(s, operation{
		id: "list-findings", tag: tag, path: adminFindings, need: identity.ReadFleet,
		summary: "What looks at hypervisors have shown and people should know",
		text:    "Alarms first, then discoveries; of each the newest first.",
	}, s.listFindings)
	post(s, operation{
		id: "resolve-finding", tag: tag, path: adminFindings + "/{id}/resolve", need: identity.WriteFleet, status: http.StatusOK,
		summary: "Say that a finding is known", errors: []int{http.StatusConflict},
		text: "It is not shown any more as long as it stays so. A mass change that is resolved is a true one, and the next look acts on it; a stranger that is resolved is the hypervisor from then on.",
	}, s.resolveFinding)
}

// findingQuery selects findings.
type findingQuery struct {
	All bool `query:"all" doc:"Also what is over or was resolved."`
}

func (s *server) listFindings(ctx context.Context, who identity.Who, in *findingQuery) ([]client.Finding, error) {
	alarms, err := s.Panel.AdminAlarms(ctx, who, in.All)
	if err != nil {
		return nil, err
	}
	discoveries, err := s.Panel.AdminDiscoveries(ctx, who, in.All)
	return each(append(alarms, discoveries...), finding), err
}

func finding(f panel.Finding) client.Finding {
	return client.Finding{
		ID: f.ID, Kind: string(f.Kind), Alarm: f.Alarm(), HypervisorID: f.HypervisorID, InstanceID: f.InstanceID, Machine: f.UID, Detail: f.Detail,
		FoundAt: f.FoundAt.Time(), GoneAt: moment(f.GoneAt), ResolvedAt: moment(f.ResolvedAt), ResolvedBy: f.ResolvedBy, Note: f.Note,
	}
}

// resolutionInput says that a finding is known.
type resolutionInput struct {
	ByID
	Keyed
	Body client.Resolution
}

func (s *server) resolveFinding(ctx context.Context, who identity.Who, in *resolutionInput) (out outcome[client.Finding], err error) {
	if err := s.Panel.ResolveFinding(ctx, who, in.ID, in.Body.Note); err != nil {
		return out, err
	}
	all, err := s.listFindings(ctx, who, &findingQuery{All: true})
	out.Body, err = only(all, err, func(f client.Finding) bool { return f.ID == in.ID })
	return out, err
}
