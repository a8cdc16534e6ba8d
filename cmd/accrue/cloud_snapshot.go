package main

import (
	"cmp"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"accrue/client"
)

func (c *cloud) snapshotsCommand() *cobra.Command {
	command := commandGroup("snapshots", "Keep disks as they are, and bring them back", "snapshot")
	command.AddCommand(c.snapshotsListCommand(), c.snapshotCreateCommand(), c.snapshotRestoreCommand(), c.snapshotDeleteCommand())
	return command
}

func snapshotCandidates(command *cobra.Command, panel *client.Client) ([]candidate[client.Snapshot], error) {
	return candidates(command, panel, "/v1/snapshots", func(s client.Snapshot) int64 { return s.ID }, func(s client.Snapshot) []string { return []string{s.Name} })
}

func pickSnapshot(command *cobra.Command, panel *client.Client, text string) (seen[client.Snapshot], error) {
	snapshots, err := snapshotCandidates(command, panel)
	if err != nil {
		return seen[client.Snapshot]{}, err
	}
	return pick("snapshot", text, snapshots)
}

func (c *cloud) snapshotsListCommand() *cobra.Command {
	var of string
	command := &cobra.Command{
		Use: "list", Short: "List snapshots, with what they cost", Aliases: []string{"ls"},
		Example: "  accrue cloud snapshots list --instance web-1",
		Args:    noArguments,
		RunE:    func(command *cobra.Command, _ []string) error { return c.listSnapshots(command, of) },
	}
	command.Flags().StringVar(&of, "instance", "", "only those of an `INSTANCE`")
	completeFlag(command, "instance", completer(c, 0, instanceCandidates))
	return command
}

func (c *cloud) listSnapshots(command *cobra.Command, of string) error {
	panel, err := c.panel()
	if err != nil {
		return err
	}
	path := "/v1/snapshots"
	if of != "" {
		i, err := instance(command, panel, of)
		if err != nil {
			return err
		}
		path += fmt.Sprintf("?instance_id=%d", i.it.ID)
	}
	all, err := fetchAll[client.Snapshot](command, panel, path)
	if err != nil {
		return err
	}
	return c.answer(command, all, func(w io.Writer) {
		rows := newTable("ID>", "NAME", "OF", "LOCATION", "STATE", "SIZE>", "PER MONTH>", "THIS MONTH>", "TAKEN")
		for _, s := range all {
			rows.row(fmt.Sprint(s.it.ID), s.it.Name, s.it.Instance.Name, s.it.Location.Name, s.it.State,
				fmt.Sprintf("%d GiB", s.it.GiB), s.it.PerMonth.Display, s.it.MonthUsed.Display, stamp(s.it.CreatedAt))
		}
		rows.print(w, "There are no snapshots.")
	})
}

// newPicture is a snapshot to be taken, as flags say.
type newPicture struct {
	client.NewSnapshot
	yes, noWait bool
}

func (c *cloud) snapshotCreateCommand() *cobra.Command {
	var n newPicture
	command := &cobra.Command{
		Use: "create INSTANCE", Short: "Take a snapshot of an instance's disk, once you have seen what it costs",
		Long:    "Take a snapshot of an instance's disk, once you have seen what it costs. The\ninstance goes on. The snapshot is charged by its size, also when the instance is\ngone. If the price changes in between, the order is refused.",
		Example: "  accrue cloud snapshots create web-1 --name 'before the update'",
		Args:    takes("INSTANCE"), ValidArgsFunction: completer(c, 1, instanceCandidates),
		RunE: func(command *cobra.Command, args []string) error { return c.takeSnapshot(command, args[0], n) },
	}
	command.Flags().StringVar(&n.Name, "name", "", "what to call it: `NAME`")
	parse(command.Flags(), &n.Labels, "labels", "LABELS", "labels such as env=prod,team=web", parseLabels)
	waitFlags(command, &n.yes, &n.noWait)
	return command
}

func (c *cloud) takeSnapshot(command *cobra.Command, name string, n newPicture) error {
	if err := require(command, "name"); err != nil {
		return err
	}
	panel, i, err := c.instance(command, name)
	if err != nil {
		return err
	}
	at := fmt.Sprintf("/v1/instances/%d", i.it.ID)
	q, err := fetch[client.SnapshotQuote](command, panel, at+"/snapshot-quote")
	if err != nil {
		return err
	}
	if !q.it.Acceptable && len(q.it.Reasons) > 0 {
		return &q.it.Reasons[0]
	}
	question := fmt.Sprintf("Take a snapshot of %s? It has at most %d GiB and costs at most %s a month.", i.it.Name, q.it.GiB, q.it.PerMonth.Display)
	if err := confirm(command, n.yes, question); err != nil {
		return err
	}
	n.PriceID = q.it.PerGiB.ID
	var taken seen[client.TakenSnapshot]
	if err := panel.Post(command.Context(), at+"/actions/snapshot", n.NewSnapshot, &taken); err != nil {
		return err
	}
	s, action := taken.it.Snapshot, taken.it.Action
	if n.noWait || action == nil {
		return c.answer(command, taken, func(w io.Writer) {
			fmt.Fprintf(w, "%s is %s.\n", refText(client.Ref{ID: s.ID, Name: s.Name}), s.State)
		})
	}
	ended, err := c.follow(command, panel, *action)
	if err != nil {
		return err
	}
	now, err := fetch[client.Snapshot](command, panel, fmt.Sprintf("/v1/snapshots/%d", s.ID))
	if err != nil {
		return cmp.Or(failureOf(ended.it), err)
	}
	document := struct {
		Snapshot seen[client.Snapshot] `json:"snapshot"`
		Action   seen[client.Action]   `json:"action"`
	}{now, ended}
	if err := failureOf(ended.it); err != nil {
		return err
	}
	return c.answer(command, document, func(w io.Writer) {
		fmt.Fprintf(w, "Took %s: %d GiB, %s a month.\n", refText(client.Ref{ID: s.ID, Name: s.Name}), now.it.GiB, now.it.PerMonth.Display)
	})
}

func (c *cloud) snapshotRestoreCommand() *cobra.Command {
	var yes, noWait bool
	command := &cobra.Command{
		Use: "restore INSTANCE SNAPSHOT", Short: "Give an instance a disk as it was when a snapshot was taken",
		Long:    "Give an instance a disk as it was when a snapshot was taken. What is on its disk\nnow is lost. Name, addresses, plan and price stay.",
		Example: "  accrue cloud snapshots restore web-1 before-the-update",
		Args:    takes("INSTANCE", "SNAPSHOT"), ValidArgsFunction: completer(c, 1, instanceCandidates),
		RunE: func(command *cobra.Command, args []string) error {
			panel, i, err := c.instance(command, args[0])
			if err != nil {
				return err
			}
			s, err := pickSnapshot(command, panel, args[1])
			if err != nil {
				return err
			}
			if err := confirm(command, yes, fmt.Sprintf("Restore %s from %s? Everything on its disk is lost.", i.it.Name, s.it.Name)); err != nil {
				return err
			}
			return c.orderOf(command, panel, i.it, "restore", client.Restore{SnapshotID: s.it.ID}, noWait, func(i client.Instance) string {
				return i.Name + " has the disk of " + s.it.Name + "."
			})
		},
	}
	waitFlags(command, &yes, &noWait)
	return command
}

func (c *cloud) snapshotDeleteCommand() *cobra.Command {
	var yes bool
	command := &cobra.Command{
		Use: "delete SNAPSHOT", Short: "Delete a snapshot", Aliases: []string{"rm"},
		Long:    "Delete a snapshot. It costs nothing from this second on. Disks that were made from\nit stay.",
		Example: "  accrue cloud snapshots delete before-the-update",
		Args:    takes("SNAPSHOT"), ValidArgsFunction: completer(c, 1, snapshotCandidates),
		RunE: func(command *cobra.Command, args []string) error {
			panel, err := c.panel()
			if err != nil {
				return err
			}
			s, err := pickSnapshot(command, panel, args[0])
			if err != nil {
				return err
			}
			if err := confirm(command, yes, fmt.Sprintf("Delete %s? There is no way back.", refText(client.Ref{ID: s.it.ID, Name: s.it.Name}))); err != nil {
				return err
			}
			if err := panel.Delete(command.Context(), fmt.Sprintf("/v1/snapshots/%d", s.it.ID), nil); err != nil {
				return err
			}
			return c.answer(command, s, func(w io.Writer) { fmt.Fprintf(w, "%s is deleted.\n", s.it.Name) })
		},
	}
	command.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	return command
}
