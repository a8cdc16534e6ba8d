package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"accrue/client"
)

// contexts are the panels that somebody uses. They are kept in a file of the
// user's that nobody else may read, because it holds tokens.
type contexts struct {
	Current string         `json:"current"`
	All     []cloudContext `json:"contexts"`
}

// cloudContext is a panel, and who one is there.
type cloudContext struct {
	Name  string `json:"name"`
	URL   string `json:"url"`
	Token string `json:"token"`
}

func contextsFile() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("there is no place for contexts: %w", err)
	}
	return filepath.Join(dir, "accrue", "contexts.json"), nil
}

// readContexts reads the file; there are none if it is not there. A file that
// others can read is refused: its tokens may be known by now.
func readContexts() (kept contexts, err error) {
	name, err := contextsFile()
	if err != nil {
		return kept, err
	}
	file, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return kept, nil
	}
	if err != nil {
		return kept, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return kept, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return kept, fmt.Errorf("others can read %s, which holds your tokens\nRun: chmod 600 %s; and revoke the tokens if others have been on this machine", name, name)
	}
	if err := json.NewDecoder(file).Decode(&kept); err != nil {
		return kept, fmt.Errorf("read %s: %w", name, err)
	}
	return kept, nil
}

// write replaces the file, all of it or nothing.
func (k contexts) write() error {
	name, err := contextsFile()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	text, err := json.MarshalIndent(k, "", "  ")
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(name), ".contexts-") // which is for its owner only
	if err != nil {
		return err
	}
	defer os.Remove(file.Name()) // it is gone, once it has its name
	if _, err := file.Write(append(text, '\n')); err != nil {
		file.Close()
		return err
	}
	if err := errors.Join(file.Sync(), file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), name)
}

func (k contexts) index(name string) int {
	return slices.IndexFunc(k.All, func(c cloudContext) bool { return c.Name == name })
}

// find returns the context of a name; the one in use without a name.
func (k contexts) find(name string) (cloudContext, error) {
	at := k.index(cmp.Or(name, k.Current))
	switch {
	case at >= 0:
		return k.All[at], nil
	case name != "":
		return cloudContext{}, &missingError{fmt.Sprintf("there is no context %q; 'accrue cloud context list' shows those that there are", name)}
	}
	return cloudContext{}, misuse("no panel is chosen: run 'accrue cloud context add NAME --url URL', or set $ACCRUE_URL and $ACCRUE_TOKEN")
}

func (c *cloud) contextCommand() *cobra.Command {
	command := commandGroup("context", "Keep where panels are, and who you are there")
	use := &cobra.Command{
		Use: "use NAME", Short: "Choose the panel that commands speak to", Example: "  accrue cloud context use home",
		Args: takes("NAME"), ValidArgsFunction: c.completeContexts,
		RunE: func(command *cobra.Command, args []string) error { return changeContexts(command, args[0], useContext) },
	}
	remove := &cobra.Command{
		Use: "remove NAME", Short: "Forget a panel and its token", Example: "  accrue cloud context remove home",
		Long: "Forget a panel and its token. The token itself stays good until it is revoked.",
		Args: takes("NAME"), ValidArgsFunction: c.completeContexts,
		RunE: func(command *cobra.Command, args []string) error {
			return changeContexts(command, args[0], removeContext)
		},
	}
	list := &cobra.Command{
		Use: "list", Short: "Show the panels that are kept, without their tokens", Example: "  accrue cloud context list",
		Args: noArguments, RunE: func(command *cobra.Command, _ []string) error { return c.listContexts(command) },
	}
	command.AddCommand(c.contextAddCommand(), use, list, remove)
	return command
}

// newContext is a context to be kept, as flags say.
type newContext struct {
	url        string
	tokenStdin bool
}

func (c *cloud) contextAddCommand() *cobra.Command {
	var n newContext
	command := &cobra.Command{
		Use:   "add NAME",
		Short: "Keep a panel and a token for it, and use it from now on",
		Long: `Keep a panel and a token for it, and use it from now on. The token is asked for,
read from standard input with --token-stdin, or taken from $ACCRUE_TOKEN; it is
never given on the command line, where others could read it. It is tried before
it is kept. A context of the same name is replaced.`,
		Example: `  accrue cloud context add home --url https://panel.example.com
  pass show accrue | accrue cloud context add home --url https://panel.example.com --token-stdin`,
		Args: takes("NAME"),
		RunE: func(command *cobra.Command, args []string) error { return n.add(command, args[0]) },
	}
	parse(command.Flags(), &n.url, "url", "URL", "where the panel is (or $ACCRUE_URL)", parsePublicURL)
	command.Flags().BoolVar(&n.tokenStdin, "token-stdin", false, "read the token from standard input")
	return command
}

func (n *newContext) add(command *cobra.Command, name string) error {
	address := n.url
	if address == "" {
		var err error
		if address, err = parsePublicURL(os.Getenv("ACCRUE_URL")); err != nil {
			return misuse("--url: is needed: where the panel is, such as https://panel.example.com")
		}
	}
	token := os.Getenv("ACCRUE_TOKEN")
	if n.tokenStdin || token == "" {
		var err error
		if token, err = secret(command, n.tokenStdin, "token-stdin", "token"); err != nil {
			return err
		}
	}
	kept, err := readContexts()
	if err != nil {
		return err
	}
	if !encrypted(address) {
		tellBeside(command, "Warning: %s is not encrypted; whoever is in between can read the token. Use https.", address)
	}
	me, err := fetch[client.Me](command, newCloudClient(address, token), "/v1/me")
	if err != nil {
		return err
	}
	added := cloudContext{Name: name, URL: address, Token: token}
	if at := kept.index(name); at >= 0 {
		kept.All[at] = added
	} else {
		kept.All = append(kept.All, added)
	}
	kept.Current = name
	if err := kept.write(); err != nil {
		return err
	}
	fmt.Fprintf(command.OutOrStdout(), "You are %s at %s; the token's scope is %s. Context %q is in use.\n", me.it.Email, address, me.it.Token.Scope, name)
	return nil
}

// encrypted says whether nobody in between can read what is sent to an address.
func encrypted(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Scheme == "https" {
		return err == nil
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

// changeContexts does something to the context of a name and keeps the outcome.
func changeContexts(command *cobra.Command, name string, change func(*contexts, string) string) error {
	kept, err := readContexts()
	if err != nil {
		return err
	}
	if _, err := kept.find(name); err != nil {
		return err
	}
	said := change(&kept, name)
	if err := kept.write(); err != nil {
		return err
	}
	fmt.Fprintln(command.OutOrStdout(), said)
	return nil
}

func useContext(k *contexts, name string) string {
	k.Current = name
	return fmt.Sprintf("Context %q is in use.", name)
}

func removeContext(k *contexts, name string) string {
	k.All = slices.Delete(k.All, k.index(name), k.index(name)+1)
	if k.Current == name {
		k.Current = ""
	}
	return fmt.Sprintf("Context %q is forgotten; its token is good until it is revoked.", name)
}

// shownContext is a context without its token.
type shownContext struct {
	Name    string `json:"name"`
	URL     string `json:"url"`
	Current bool   `json:"current"`
}

func (c *cloud) listContexts(command *cobra.Command) error {
	kept, err := readContexts()
	if err != nil {
		return err
	}
	shown := []shownContext{}
	rows := newTable("", "NAME", "URL")
	for _, k := range kept.All {
		shown = append(shown, shownContext{k.Name, k.URL, k.Name == kept.Current})
		mark := ""
		if k.Name == kept.Current {
			mark = "*"
		}
		rows.row(mark, k.Name, k.URL)
	}
	return c.answer(command, shown, func(w io.Writer) {
		rows.print(w, "No panel is kept. Keep one with: accrue cloud context add NAME --url URL")
	})
}

func (c *cloud) completeContexts(_ *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	kept, err := readContexts()
	if err != nil || len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []cobra.Completion
	for _, k := range kept.All {
		if strings.HasPrefix(k.Name, begun) {
			names = append(names, cobra.CompletionWithDesc(k.Name, k.URL))
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
