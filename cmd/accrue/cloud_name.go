package main

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"accrue/client"
)

// candidate is a thing that a name may mean.
type candidate[T any] struct {
	seen  seen[T]
	id    int64
	names []string // the first of which is shown
}

// pick returns the thing that a text means: the one with this ID if the text is a
// number, otherwise the one of this name, however it is capitalised and with
// hyphens for spaces.
func pick[T any](kind, text string, things []candidate[T]) (found seen[T], err error) {
	id, _ := strconv.ParseInt(text, 10, 64)
	var named []candidate[T]
	for _, thing := range things {
		if thing.id == id && id != 0 {
			return thing.seen, nil
		}
		for _, name := range thing.names {
			if handle(name) == handle(text) {
				named = append(named, thing)
				break
			}
		}
	}
	switch len(named) {
	case 1:
		return named[0].seen, nil
	case 0:
		return found, &missingError{fmt.Sprintf("there is no %s %q; 'accrue cloud %ss' shows those that there are", kind, text, strings.ReplaceAll(kind, " ", "-"))}
	}
	var ids []string
	for _, thing := range named {
		ids = append(ids, strconv.FormatInt(thing.id, 10))
	}
	return found, misuse("there are several %ss %q: say which by its ID, %s", kind, text, strings.Join(ids, " or "))
}

// handle is a name as it is typed: "Debian 13" is debian-13.
func handle(name string) string {
	return strings.Join(strings.Fields(strings.ToLower(name)), "-")
}

// candidates reads a list of things that names may mean.
func candidates[T any](command *cobra.Command, panel *client.Client, path string, id func(T) int64, names func(T) []string) ([]candidate[T], error) {
	things, err := fetchAll[T](command, panel, path)
	if err != nil {
		return nil, err
	}
	all := make([]candidate[T], 0, len(things))
	for _, thing := range things {
		all = append(all, candidate[T]{thing, id(thing.it), names(thing.it)})
	}
	return all, nil
}

func locationCandidates(command *cobra.Command, panel *client.Client) ([]candidate[client.Location], error) {
	return candidates(command, panel, "/v1/locations", func(l client.Location) int64 { return l.ID }, func(l client.Location) []string { return []string{l.Slug, l.Name} })
}

func planCandidates(command *cobra.Command, panel *client.Client) ([]candidate[client.Plan], error) {
	return candidates(command, panel, "/v1/plans", func(p client.Plan) int64 { return p.ID }, func(p client.Plan) []string { return []string{p.Name, p.Group.Name + " " + p.Name} })
}

func imageCandidates(command *cobra.Command, panel *client.Client) ([]candidate[client.Image], error) {
	return candidates(command, panel, "/v1/images", func(i client.Image) int64 { return i.ID }, func(i client.Image) []string { return []string{i.Name} })
}

func sshKeyCandidates(command *cobra.Command, panel *client.Client) ([]candidate[client.SSHKey], error) {
	return candidates(command, panel, "/v1/ssh-keys", func(k client.SSHKey) int64 { return k.ID }, func(k client.SSHKey) []string { return []string{k.Name, k.Fingerprint} })
}

func tokenCandidates(command *cobra.Command, panel *client.Client) ([]candidate[client.Token], error) {
	return candidates(command, panel, "/v1/tokens", func(t client.Token) int64 { return t.ID }, func(t client.Token) []string { return []string{t.Name} })
}

func instanceCandidates(command *cobra.Command, panel *client.Client) ([]candidate[client.Instance], error) {
	return candidates(command, panel, "/v1/instances?limit=200", func(i client.Instance) int64 { return i.ID }, func(i client.Instance) []string { return []string{i.Name} })
}

// instance opens the panel and returns it with one of its instances.
func (c *cloud) instance(command *cobra.Command, text string) (panel *client.Client, found seen[client.Instance], err error) {
	if panel, err = c.panel(); err != nil {
		return nil, found, err
	}
	found, err = instance(command, panel, text)
	return panel, found, err
}

// instance finds an instance by its ID or its name, without reading all of them.
func instance(command *cobra.Command, panel *client.Client, text string) (found seen[client.Instance], err error) {
	if id, err := strconv.ParseInt(text, 10, 64); err == nil && id > 0 {
		found, err := fetch[client.Instance](command, panel, fmt.Sprintf("/v1/instances/%d", id))
		if cloudStatus(err) != notFound {
			return found, err
		}
	}
	named, err := fetchAll[client.Instance](command, panel, "/v1/instances?name="+url.QueryEscape(strings.ToLower(text)))
	switch {
	case err != nil:
		return found, err
	case len(named) == 0:
		return found, &missingError{fmt.Sprintf("there is no instance %q; 'accrue cloud instances list' shows those that there are", text)}
	}
	return named[0], nil
}

// completionTimeout is how long a shell waits for names from a panel.
const completionTimeout = 3 * time.Second

// completer completes an argument or a flag with the names of things that the panel
// has. Where it cannot be asked, there is nothing to choose from.
func completer[T any](c *cloud, most int, list func(*cobra.Command, *client.Client) ([]candidate[T], error)) cobra.CompletionFunc {
	return func(command *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if most > 0 && len(args) >= most {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		ctx, cancel := context.WithTimeout(command.Context(), completionTimeout)
		defer cancel()
		command.SetContext(ctx)
		panel, err := c.panel()
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		things, err := list(command, panel)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var names []cobra.Completion
		for _, thing := range things {
			if name := handle(thing.names[0]); strings.HasPrefix(name, strings.ToLower(begun)) {
				names = append(names, cobra.CompletionWithDesc(name, fmt.Sprintf("%s (%d)", thing.names[0], thing.id)))
			}
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	}
}

// completeFlag completes a flag, which is there.
func completeFlag(command *cobra.Command, flag string, complete cobra.CompletionFunc) {
	_ = command.RegisterFlagCompletionFunc(flag, complete) // fails only for a flag that is not there
}
