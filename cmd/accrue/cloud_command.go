package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"accrue/client"
)

// powerCommands are the commands to an instance that need to be told nothing.
func (c *cloud) powerCommands() (commands []*cobra.Command) {
	for _, p := range []struct{ name, action, short, long, said string }{
		{"start", "start", "Switch an instance on", "", "is on"},
		{"shutdown", "stop", "Ask an instance's guest to shut down", "A stopped instance keeps its room, and costs what its plan says for that.", "is off"},
		{"poweroff", "poweroff", "Switch an instance off at once", "As if its plug was pulled. It costs the same as after shutdown.", "is off"},
		{"reboot", "reboot", "Ask an instance's guest to restart", "", "has restarted"},
		{"reset", "reset", "Restart an instance at once", "Without asking its guest.", "has restarted"},
		{"retry", "retry", "Order an instance again that could not be created", "At the same price, with the same keys and user data. The one that failed is deleted.", "is up"},
	} {
		var noWait bool
		command := &cobra.Command{
			Use: p.name + " INSTANCE", Short: p.short, Long: strings.TrimPrefix(p.short+". "+p.long, ". "), Example: "  accrue cloud instances " + p.name + " web-1",
			Args: takes("INSTANCE"), ValidArgsFunction: completer(c, 1, instanceCandidates),
			RunE: func(command *cobra.Command, args []string) error {
				return c.order(command, args[0], p.action, nil, noWait, func(i client.Instance) string { return i.Name + " " + p.said + "." })
			},
		}
		if p.name == "shutdown" {
			command.Aliases = []string{"stop"}
		}
		waitFlags(command, nil, &noWait)
		commands = append(commands, command)
	}
	return commands
}

// order gives a command to an instance and follows it to its end.
func (c *cloud) order(command *cobra.Command, name, action string, body any, noWait bool, said func(client.Instance) string) error {
	panel, i, err := c.instance(command, name)
	if err != nil {
		return err
	}
	return c.orderOf(command, panel, i.it, action, body, noWait, said)
}

func (c *cloud) orderOf(command *cobra.Command, panel *client.Client, i client.Instance, action string, body any, noWait bool, said func(client.Instance) string) error {
	var ordered seen[client.Ordered]
	if err := panel.Post(command.Context(), fmt.Sprintf("/v1/instances/%d/actions/%s", i.ID, action), body, &ordered); err != nil {
		return err
	}
	return c.carriedOut(command, panel, ordered, noWait, said)
}

func (c *cloud) rebuildCommand() *cobra.Command {
	var image string
	var yes, noWait bool
	command := &cobra.Command{
		Use: "rebuild INSTANCE", Short: "Give an instance a new disk from an image",
		Long:    "Give an instance a new disk from an image. What is on the old one is lost. Name,\naddresses, plan and price stay.",
		Example: "  accrue cloud instances rebuild web-1 --image debian-13",
		Args:    takes("INSTANCE"), ValidArgsFunction: completer(c, 1, instanceCandidates),
		RunE: func(command *cobra.Command, args []string) error {
			panel, i, err := c.instance(command, args[0])
			if err != nil {
				return err
			}
			var body client.Rebuild
			from := "the image that it has"
			if image != "" {
				picked, err := pickImage(command, panel, image)
				if err != nil {
					return err
				}
				body.ImageID, from = picked.ID, picked.Name
			}
			if err := confirm(command, yes, fmt.Sprintf("Rebuild %s from %s? Everything on its disk is lost.", i.it.Name, from)); err != nil {
				return err
			}
			return c.orderOf(command, panel, i.it, "rebuild", body, noWait, func(i client.Instance) string { return i.Name + " has a new disk." })
		},
	}
	command.Flags().StringVar(&image, "image", "", "what the new disk is made from: `IMAGE` (default: the one that it has)")
	waitFlags(command, &yes, &noWait)
	completeFlag(command, "image", completer(c, 0, imageCandidates))
	return command
}

func (c *cloud) resizeCommand() *cobra.Command {
	var plan string
	var yes, noWait bool
	command := &cobra.Command{
		Use: "resize INSTANCE", Short: "Move an instance to another plan",
		Long:    "Move an instance to another plan, once you have seen what that costs. A running\none is shut down for it and started again. Its disk grows with the plan and never\nshrinks. Without --plan, the plans that it could move to are shown.",
		Example: "  accrue cloud instances resize web-1\n  accrue cloud instances resize web-1 --plan general-2",
		Args:    takes("INSTANCE"), ValidArgsFunction: completer(c, 1, instanceCandidates),
		RunE: func(command *cobra.Command, args []string) error {
			return c.resize(command, args[0], plan, yes, noWait)
		},
	}
	command.Flags().StringVar(&plan, "plan", "", "what it is to be: `PLAN`")
	waitFlags(command, &yes, &noWait)
	completeFlag(command, "plan", completer(c, 0, planCandidates))
	return command
}

func (c *cloud) resize(command *cobra.Command, name, plan string, yes, noWait bool) error {
	panel, i, err := c.instance(command, name)
	if err != nil {
		return err
	}
	options, err := fetchAll[client.ResizeOption](command, panel, fmt.Sprintf("/v1/instances/%d/resize-options", i.it.ID))
	if err != nil {
		return err
	}
	if plan == "" {
		return c.answer(command, options, func(w io.Writer) { tellResizeOptions(w, options) })
	}
	plans, err := planCandidates(command, panel)
	if err != nil {
		return err
	}
	picked, err := pick("plan", plan, plans)
	if err != nil {
		return err
	}
	price := picked.it.Price // of an option that is not there the panel says why
	if at := slices.IndexFunc(options, func(o seen[client.ResizeOption]) bool { return o.it.Plan.ID == picked.it.ID }); at >= 0 {
		price = options[at].it.Price
	}
	question := fmt.Sprintf("Move %s from %s at %s to %s at %s?", i.it.Name, i.it.Plan.Name, priceText(i.it.Price), picked.it.Name, priceText(price))
	if err := confirm(command, yes, question); err != nil {
		return err
	}
	return c.orderOf(command, panel, i.it, "resize", client.Resize{PlanID: picked.it.ID}, noWait, func(i client.Instance) string {
		return fmt.Sprintf("%s is on %s, at %s.", i.Name, i.Plan.Name, priceText(i.Price))
	})
}

func tellResizeOptions(w io.Writer, options []seen[client.ResizeOption]) {
	rows := newTable("ID>", "PLAN", "SIZE", "PRICE", "POSSIBLE")
	for _, o := range options {
		possible := "yes"
		if !o.it.Available {
			possible = "no: " + o.it.Reason
		}
		rows.row(fmt.Sprint(o.it.Plan.ID), o.it.Plan.Name, resourcesText(o.it.Resources), priceText(o.it.Price), possible)
	}
	rows.print(w, "There are no other plans.")
}

func (c *cloud) instanceDeleteCommand() *cobra.Command {
	var yes, noWait bool
	command := &cobra.Command{
		Use: "delete INSTANCE", Short: "Delete an instance", Aliases: []string{"rm"},
		Long:    "Delete an instance and its disk. It costs nothing from this second on, beyond its\nminimum charge. There is no way back.",
		Example: "  accrue cloud instances delete web-1",
		Args:    takes("INSTANCE"), ValidArgsFunction: completer(c, 1, instanceCandidates),
		RunE: func(command *cobra.Command, args []string) error {
			panel, i, err := c.instance(command, args[0])
			if err != nil {
				return err
			}
			question := fmt.Sprintf("Delete %s? Everything on its disk is lost, and there is no way back.", refText(client.Ref{ID: i.it.ID, Name: i.it.Name}))
			if err := confirm(command, yes, question); err != nil {
				return err
			}
			var gone seen[client.Ordered]
			if err := panel.Delete(command.Context(), fmt.Sprintf("/v1/instances/%d", i.it.ID), &gone); err != nil {
				return err
			}
			return c.carriedOut(command, panel, gone, noWait, func(i client.Instance) string { return i.Name + " is deleted." })
		},
	}
	waitFlags(command, &yes, &noWait)
	return command
}
