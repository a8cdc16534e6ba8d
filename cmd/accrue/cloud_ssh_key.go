package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"accrue/client"
)

func (c *cloud) sshKeysCommand() *cobra.Command {
	command := commandGroup("ssh-keys", "Keep the keys that new instances let in", "ssh-key")
	list := listingOf(c, "list", "List the keys that are kept", "/v1/ssh-keys", "No key is kept. Keep yours with: accrue cloud ssh-keys add ~/.ssh/id_ed25519.pub", func(all []seen[client.SSHKey]) *table {
		rows := newTable("ID>", "NAME", "TYPE", "FINGERPRINT", "ADDED")
		for _, k := range all {
			rows.row(fmt.Sprint(k.it.ID), k.it.Name, k.it.Type, k.it.Fingerprint, stamp(k.it.CreatedAt))
		}
		return rows
	})
	list.Example = "  accrue cloud ssh-keys list"
	remove := &cobra.Command{
		Use: "remove KEY", Short: "Forget a key", Example: "  accrue cloud ssh-keys remove laptop",
		Long: "Forget a key. Instances that were ordered with it keep it.",
		Args: takes("KEY"), ValidArgsFunction: completer(c, 1, sshKeyCandidates),
		RunE: func(command *cobra.Command, args []string) error { return c.removeSSHKey(command, args[0]) },
	}
	command.AddCommand(list, c.sshKeyAddCommand(), remove)
	return command
}

func (c *cloud) sshKeyAddCommand() *cobra.Command {
	var name string
	command := &cobra.Command{
		Use: "add FILE", Short: "Keep a public key", Long: "Keep a public key: the text of a .pub file, or of standard input if FILE is -.",
		Example: "  accrue cloud ssh-keys add ~/.ssh/id_ed25519.pub --name laptop",
		Args:    takes("FILE"),
		RunE:    func(command *cobra.Command, args []string) error { return c.addSSHKey(command, args[0], name) },
	}
	command.Flags().StringVar(&name, "name", "", "what to call it: `NAME` (default: the key's comment)")
	return command
}

func (c *cloud) addSSHKey(command *cobra.Command, file, name string) error {
	panel, err := c.panel()
	if err != nil {
		return err
	}
	text, err := readFile(file, command.InOrStdin())
	if err != nil {
		return err
	}
	var kept seen[client.SSHKey]
	if err := panel.Post(command.Context(), "/v1/ssh-keys", client.NewSSHKey{Name: name, PublicKey: string(text)}, &kept); err != nil {
		return err
	}
	return c.answer(command, kept, func(w io.Writer) {
		fmt.Fprintf(w, "Kept %s, %s.\n", refText(client.Ref{ID: kept.it.ID, Name: kept.it.Name}), kept.it.Fingerprint)
	})
}

func (c *cloud) removeSSHKey(command *cobra.Command, text string) error {
	panel, err := c.panel()
	if err != nil {
		return err
	}
	keys, err := sshKeyCandidates(command, panel)
	if err != nil {
		return err
	}
	key, err := pick("ssh key", text, keys)
	if err != nil {
		return err
	}
	if err := panel.Delete(command.Context(), fmt.Sprintf("/v1/ssh-keys/%d", key.it.ID), nil); err != nil {
		return err
	}
	return c.answer(command, key, func(w io.Writer) { fmt.Fprintf(w, "%s is forgotten.\n", key.it.Name) })
}
