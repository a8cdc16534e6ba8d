package api

import (
	"context"
	"net/http"

	"accrue/client"
	"accrue/internal/identity"
	"accrue/internal/panel"
)

// commandInput is a command that needs to be told nothing.
type commandInput struct {
	ByID
	Keyed
}

// commandOperations are what can be done to an instance.
func (s *server) commandOperations() {
	for _, c := range []struct {
		name, summary, text string
		do                  func(context.Context, identity.Who, int64) (panel.Instance, error)
	}{
		{"start", "Switch an instance on", "Starting what is started changes nothing and is answered with 200.", s.Panel.StartInstance},
		{"stop", "Ask an instance's guest to shut down", "It keeps its room, and costs what its plan says for stopped instances.", s.Panel.StopInstance},
		{"poweroff", "Switch an instance off at once", "As if its plug was pulled. It costs the same as after stop.", s.Panel.PowerOffInstance},
		{"reboot", "Ask an instance's guest to restart", "", s.Panel.RebootInstance},
		{"reset", "Restart an instance at once", "Without asking its guest.", s.Panel.ResetInstance},
	} {
		post(s, s.command(c.name, c.summary, c.text), func(ctx context.Context, who identity.Who, in *commandInput) (outcome[client.Ordered], error) {
			return s.commanded(ctx, who, in.ID, func(ctx context.Context) error {
				_, err := c.do(ctx, who, in.ID)
				return err
			})
		})
	}
	post(s, s.command("resize", "Move an instance to another plan", "It costs the new plan's price from this second on."), s.resize)
	post(s, s.command("rebuild", "Give an instance a new disk from an image", "What is on the old one is lost. Name, addresses, plan and price stay."), s.rebuild)
	post(s, s.command("rescue", "Restart an instance into the rescue system",
		"There its own disk can be mended: it is one more disk. The answer has the password of root, unless SSH keys are to let in. One that is stopped boots the rescue system when it is started."), s.rescue)
	post(s, s.command("unrescue", "Restart an instance from its own disk",
		"If it does not boot the rescue system, nothing happens and the answer is 200."), s.unrescue)
	post(s, s.command("retry", "Order an instance again that could not be created",
		"At the same price, with the same keys and user data. The answer has the new instance; the one that failed is deleted. A root password that was asked for is that of the new instance, too."), s.retry)
	post(s, s.command("reset-password", "Give root of a running guest another password",
		"The answer has the password. The guest agent (qemu-guest-agent) sets it: when the action has succeeded it is good, and when it failed the old one still is. Without an agent, take the rescue system."), s.resetPassword)
}

// command describes a command to an instance.
func (s *server) command(name, summary, text string) operation {
	return operation{
		id: name + "-instance", tag: "Instance actions", path: "/v1/instances/{id}/actions/" + name, need: identity.WriteInstances,
		summary: summary, text: text, status: http.StatusAccepted,
		errors: []int{http.StatusPaymentRequired, http.StatusConflict, http.StatusLocked},
	}
}

// commanded gives a command to an instance and answers with the action that
// carries it out.
func (s *server) commanded(ctx context.Context, who identity.Who, id int64, do func(context.Context) error) (out outcome[client.Ordered], err error) {
	before, err := s.newest(ctx, who, id)
	if err != nil {
		return out, err
	}
	if err := do(ctx); err != nil {
		return out, err
	}
	return s.ordered(ctx, who, id, before)
}

// retry answers with another instance than the one that it is about.
func (s *server) retry(ctx context.Context, who identity.Who, in *commandInput) (out outcome[client.Ordered], err error) {
	made, err := s.Panel.RetryInstance(ctx, who, in.ID)
	if err != nil {
		return out, err
	}
	return s.ordered(ctx, who, made.ID, 0)
}

// resizeInput names the plan to move to.
type resizeInput struct {
	ByID
	Keyed
	Body client.Resize
}

func (s *server) resize(ctx context.Context, who identity.Who, in *resizeInput) (outcome[client.Ordered], error) {
	return s.commanded(ctx, who, in.ID, func(ctx context.Context) error {
		_, err := s.Panel.ResizeInstance(ctx, who, in.ID, in.Body.PlanID)
		return err
	})
}

// rebuildInput says what a new disk is made from.
type rebuildInput struct {
	ByID
	Keyed
	Body client.Rebuild
}

func (s *server) rebuild(ctx context.Context, who identity.Who, in *rebuildInput) (outcome[client.Ordered], error) {
	return s.commanded(ctx, who, in.ID, func(ctx context.Context) error {
		_, err := s.Panel.RebuildInstance(ctx, who, in.ID, in.Body.ImageID)
		return err
	})
}
