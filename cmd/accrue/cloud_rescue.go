package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"accrue/client"
)

// rescueCommands are the ways into an instance that lets nobody in.
func (c *cloud) rescueCommands() []*cobra.Command {
	return []*cobra.Command{c.rescueCommand(), c.unrescueCommand(), c.resetPasswordCommand()}
}

func (c *cloud) rescueCommand() *cobra.Command {
	var keys []string
	var noWait bool
	command := &cobra.Command{
		Use: "rescue INSTANCE", Short: "Restart an instance into the rescue system",
		Long:    "Restart an instance into the rescue system, from where its disk can be mended: it\nis the second one there. Root signs in with the keys given or, without any, with a\npassword that is printed once. Addresses and price stay.",
		Example: "  accrue cloud instances rescue web-1\n  accrue cloud instances rescue web-1 --ssh-key laptop",
		Args:    takes("INSTANCE"), ValidArgsFunction: completer(c, 1, instanceCandidates),
		RunE: func(command *cobra.Command, args []string) error {
			panel, i, err := c.instance(command, args[0])
			if err != nil {
				return err
			}
			var body client.Rescue
			if body.SSHKeyIDs, err = pickSSHKeys(command, panel, keys); err != nil {
				return err
			}
			return c.orderOf(command, panel, i.it, "rescue", body, noWait, saidRescue)
		},
	}
	command.Flags().StringSliceVar(&keys, "ssh-key", nil, "a `KEY` that the rescue system lets in; may be given several times")
	completeFlag(command, "ssh-key", completer(c, 0, sshKeyCandidates))
	waitFlags(command, nil, &noWait)
	return command
}

// saidRescue says where an instance has got by being rescued: one that is off boots
// the rescue system later.
func saidRescue(i client.Instance) string {
	if i.Power == "off" {
		return i.Name + " boots the rescue system when it is started."
	}
	return i.Name + " runs the rescue system" + reachableAt(i) + "."
}

func (c *cloud) unrescueCommand() *cobra.Command {
	var noWait bool
	command := &cobra.Command{
		Use: "unrescue INSTANCE", Short: "Restart an instance from its own disk again",
		Long:    "Restart an instance from its own disk again. The rescue system is thrown away with\nwhat was done in it, but for what was changed on that disk.",
		Example: "  accrue cloud instances unrescue web-1",
		Args:    takes("INSTANCE"), ValidArgsFunction: completer(c, 1, instanceCandidates),
		RunE: func(command *cobra.Command, args []string) error {
			return c.order(command, args[0], "unrescue", nil, noWait, func(i client.Instance) string { return i.Name + " boots from its own disk." })
		},
	}
	waitFlags(command, nil, &noWait)
	return command
}

func (c *cloud) resetPasswordCommand() *cobra.Command {
	var noWait bool
	command := &cobra.Command{
		Use: "reset-password INSTANCE", Short: "Give root of a running instance a new password",
		Long:    "Give root of a running instance a new password, which is printed once. The guest\nagent (qemu-guest-agent) sets it while the instance goes on. If it does not, the\nold password stays; 'rescue' is the other way in.",
		Example: "  accrue cloud instances reset-password web-1",
		Args:    takes("INSTANCE"), ValidArgsFunction: completer(c, 1, instanceCandidates),
		RunE: func(command *cobra.Command, args []string) error {
			return c.order(command, args[0], "reset-password", nil, noWait, func(i client.Instance) string { return i.Name + " has the new password." })
		},
	}
	waitFlags(command, nil, &noWait)
	return command
}

// tellRootPassword prints a password, if there is one: before anything is waited
// for, because it is told once and a command can be interrupted.
func tellRootPassword(w io.Writer, ordered client.Ordered) {
	if ordered.RootPassword != "" {
		fmt.Fprintf(w, "Root's password, told this once: %s\n", ordered.RootPassword)
	}
}
