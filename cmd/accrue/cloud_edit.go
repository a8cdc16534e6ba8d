package main

import (
	"fmt"
	"io"
	"maps"
	"strings"

	"github.com/spf13/cobra"

	"accrue/client"
)

func (c *cloud) renameCommand() *cobra.Command {
	return &cobra.Command{
		Use: "rename INSTANCE NAME", Short: "Give an instance another name", Example: "  accrue cloud instances rename web-1 web-2",
		Args: takes("INSTANCE", "NAME"), ValidArgsFunction: completer(c, 1, instanceCandidates),
		RunE: func(command *cobra.Command, args []string) error {
			return c.edit(command, args[0], func(client.Instance) client.InstanceChange { return client.InstanceChange{Name: &args[1]} },
				func(i client.Instance) string { return "It is called " + i.Name + "." })
		},
	}
}

func (c *cloud) labelCommand() *cobra.Command {
	return &cobra.Command{
		Use: "label INSTANCE KEY=VALUE... KEY-...", Short: "Add labels to an instance, or take them away",
		Long:    "Add labels to an instance with KEY=VALUE, and take them away with KEY-. The others\nstay as they are.",
		Example: "  accrue cloud instances label web-1 env=prod tmp-",
		Args: func(command *cobra.Command, args []string) error {
			if len(args) < 2 {
				return misuse("what to change is missing: %s", command.UseLine())
			}
			return nil
		},
		ValidArgsFunction: completer(c, 1, instanceCandidates),
		RunE: func(command *cobra.Command, args []string) error {
			set, gone := client.Labels{}, []string{}
			for _, arg := range args[1:] {
				key, value, isSet := strings.Cut(arg, "=")
				away, isGone := strings.CutSuffix(arg, "-")
				switch {
				case isSet && key != "":
					set[key] = value
				case isGone && away != "":
					gone = append(gone, away)
				default:
					return misuse("%q is neither a label such as env=prod nor one to take away such as env-", arg)
				}
			}
			return c.edit(command, args[0], func(i client.Instance) client.InstanceChange {
				labels := client.Labels{}
				maps.Copy(labels, i.Labels)
				maps.Copy(labels, set)
				for _, key := range gone {
					delete(labels, key)
				}
				return client.InstanceChange{Labels: &labels}
			}, func(i client.Instance) string {
				if len(i.Labels) == 0 {
					return i.Name + " has no labels."
				}
				return fmt.Sprintf("%s has the labels %s.", i.Name, labelled(i.Labels))
			})
		},
	}
}

func (c *cloud) protectCommand() *cobra.Command {
	var off bool
	command := &cobra.Command{
		Use: "protect INSTANCE [delete] [rebuild]", Short: "Protect an instance from being deleted or rebuilt by mistake",
		Long:    "Protect an instance from being deleted or rebuilt, from both if neither is named,\nor with --off take that protection away.",
		Example: "  accrue cloud instances protect web-1\n  accrue cloud instances protect web-1 rebuild --off",
		Args: func(command *cobra.Command, args []string) error {
			if len(args) == 0 {
				return misuse("INSTANCE is missing: %s", command.UseLine())
			}
			for _, what := range args[1:] {
				if what != "delete" && what != "rebuild" {
					return misuse("%q is neither delete nor rebuild", what)
				}
			}
			return nil
		},
		ValidArgsFunction: func(command *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return []cobra.Completion{"delete", "rebuild"}, cobra.ShellCompDirectiveNoFileComp
			}
			return completer(c, 1, instanceCandidates)(command, args, begun)
		},
		RunE: func(command *cobra.Command, args []string) error {
			return c.edit(command, args[0], func(i client.Instance) client.InstanceChange {
				p := i.Protection
				for _, what := range args[1:] {
					if what == "delete" {
						p.Delete = !off
					} else {
						p.Rebuild = !off
					}
				}
				if len(args) == 1 {
					p = client.Protection{Delete: !off, Rebuild: !off}
				}
				return client.InstanceChange{Protection: &p}
			}, func(i client.Instance) string {
				if from := protected(i.Protection); from != "" {
					return fmt.Sprintf("%s is protected from %s.", i.Name, from)
				}
				return i.Name + " is not protected."
			})
		},
	}
	command.Flags().BoolVar(&off, "off", false, "take the protection away")
	return command
}

// edit changes what is written down of an instance.
func (c *cloud) edit(command *cobra.Command, name string, change func(client.Instance) client.InstanceChange, said func(client.Instance) string) error {
	panel, i, err := c.instance(command, name)
	if err != nil {
		return err
	}
	var changed seen[client.Instance]
	if err := panel.Patch(command.Context(), fmt.Sprintf("/v1/instances/%d", i.it.ID), "", change(i.it), &changed); err != nil {
		return err
	}
	return c.answer(command, changed, func(w io.Writer) { fmt.Fprintln(w, printable(said(changed.it))) })
}
