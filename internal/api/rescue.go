package api

import (
	"context"

	"accrue/client"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

// rescueInput says how to get into the rescue system.
type rescueInput struct {
	ByID
	Keyed
	Body client.Rescue
}

func (s *server) rescue(ctx context.Context, who identity.Who, in *rescueInput) (outcome[client.Ordered], error) {
	return s.admitted(ctx, who, in.ID, func(ctx context.Context) (panel.Instance, error) {
		return s.Panel.EnableRescue(ctx, who, in.ID, in.Body.SSHKeyIDs)
	})
}

func (s *server) unrescue(ctx context.Context, who identity.Who, in *commandInput) (outcome[client.Ordered], error) {
	return s.admitted(ctx, who, in.ID, func(ctx context.Context) (panel.Instance, error) {
		return s.Panel.DisableRescue(ctx, who, in.ID)
	})
}

func (s *server) resetPassword(ctx context.Context, who identity.Who, in *commandInput) (outcome[client.Ordered], error) {
	return s.admitted(ctx, who, in.ID, func(ctx context.Context) (panel.Instance, error) {
		return s.Panel.ResetPassword(ctx, who, in.ID)
	})
}

// admitted is commanded for a command that gives the guest a password.
func (s *server) admitted(ctx context.Context, who identity.Who, id int64, do func(context.Context) (panel.Instance, error)) (outcome[client.Ordered], error) {
	var changed panel.Instance
	out, err := s.commanded(ctx, who, id, func(ctx context.Context) (err error) {
		changed, err = do(ctx)
		return err
	})
	out.Body.RootPassword = changed.RootPassword.Reveal()
	return out, err
}
