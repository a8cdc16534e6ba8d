package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/spf13/cobra"

	"accrue/client"
)

// cloud is what the customer's commands have in common: which panel they speak
// to, and how they answer. They know nothing of a panel but its API.
type cloud struct {
	context string
	json    bool
	pause   time.Duration // between looks at an action
}

// cloudTimeout is how long a panel may take to answer.
const cloudTimeout = time.Minute

func cloudCommand() *cobra.Command {
	c := &cloud{pause: 500 * time.Millisecond}
	command := &cobra.Command{
		Use:   "cloud",
		Short: "Use a panel as its customer: instances, usage, credit",
		Long: `Use a panel over its API, as its customer. Say once where it is and who you are,
with a token from the account page of its console:

  accrue cloud context add home --url https://panel.example.com

or set ACCRUE_URL and ACCRUE_TOKEN. Wherever an ID is asked for, a name does.
Times are in UTC.

Exit status: 0 when it was done, 1 when it was not, 2 when what was asked makes
no sense, 3 when there is no such thing, 4 when it is refused in the present
state, 5 when the credit does not suffice, 6 when the token is not good for it,
7 when the panel cannot be reached or cannot answer now.`,
		GroupID: groupCloud,
		Args:    cobra.ArbitraryArgs,
		RunE:    needsCommand,
	}
	flags := command.PersistentFlags()
	flags.StringVar(&c.context, "context", "", "use the context of that `NAME`, not the one chosen with 'context use'")
	flags.BoolVar(&c.json, "json", false, "print the panel's own objects, one JSON document, for programs")
	_ = command.RegisterFlagCompletionFunc("context", c.completeContexts) // fails only for a flag that is not there
	command.AddCommand(
		c.contextCommand(),
		c.balanceCommand(),
		c.usageCommand(),
		c.ledgerCommand(),
		c.topUpCommand(),
		c.instancesCommand(),
		c.snapshotsCommand(),
		c.consoleCommand(),
		c.sshKeysCommand(),
		c.locationsCommand(),
		c.plansCommand(),
		c.imagesCommand(),
		c.tokensCommand(),
	)
	return command
}

// commandGroup makes a command that only has others below it.
func commandGroup(use, short string, aliases ...string) *cobra.Command {
	return &cobra.Command{Use: use, Short: short, Aliases: aliases, Args: cobra.ArbitraryArgs, RunE: needsCommand}
}

// takes refuses a command line that does not have exactly the arguments named.
func takes(names ...string) cobra.PositionalArgs {
	return func(command *cobra.Command, args []string) error {
		if len(args) < len(names) {
			return misuse("%s is missing: %s", names[len(args)], command.UseLine())
		}
		if len(args) > len(names) {
			return misuse("%q is too much: %s", args[len(names)], command.UseLine())
		}
		return nil
	}
}

// panel returns a client of the panel that is spoken to: that of --context, of
// the environment, or of the context in use, in this order.
func (c *cloud) panel() (*client.Client, error) {
	url, token := os.Getenv("ACCRUE_URL"), os.Getenv("ACCRUE_TOKEN")
	if c.context == "" && (url != "" || token != "") {
		if url == "" || token == "" {
			return nil, misuse("set both $ACCRUE_URL and $ACCRUE_TOKEN, or neither: a token is never sent to a panel it may not be for")
		}
		url, err := parsePublicURL(url)
		if err != nil {
			return nil, misuse("$ACCRUE_URL: %v", err)
		}
		return newCloudClient(url, token), nil
	}
	kept, err := readContexts()
	if err != nil {
		return nil, err
	}
	known, err := kept.find(c.context)
	if err != nil {
		return nil, err
	}
	return newCloudClient(known.URL, known.Token), nil
}

func newCloudClient(url, token string) *client.Client {
	return &client.Client{URL: url, Token: token, HTTP: &http.Client{Timeout: cloudTimeout}}
}

// seen is an object of the panel's: read for people, and as it was for programs.
type seen[T any] struct {
	it  T
	raw json.RawMessage
}

func (s *seen[T]) UnmarshalJSON(text []byte) error {
	s.raw = append(json.RawMessage{}, text...)
	return json.Unmarshal(text, &s.it)
}

func (s seen[T]) MarshalJSON() ([]byte, error) { return s.raw, nil }

// fetch reads what is at a path.
func fetch[T any](command *cobra.Command, c *client.Client, path string) (thing seen[T], err error) {
	err = c.Get(command.Context(), path, &thing)
	return thing, err
}

// fetchAll reads a whole list.
func fetchAll[T any](command *cobra.Command, c *client.Client, path string) ([]seen[T], error) {
	return fetchSome[T](command, c, path, 0)
}

// fetchSome reads the first things of a list, and with 0 every one.
func fetchSome[T any](command *cobra.Command, c *client.Client, path string, most int) ([]seen[T], error) {
	things := []seen[T]{}
	for thing, err := range client.List[seen[T]](command.Context(), c, path) {
		if err != nil {
			return nil, err
		}
		if things = append(things, thing); len(things) == most {
			break
		}
	}
	return things, nil
}

// answer prints a document for programs, or lets people be told.
func (c *cloud) answer(command *cobra.Command, document any, tell func(io.Writer)) error {
	if !c.json {
		tell(command.OutOrStdout())
		return nil
	}
	return writeJSON(command.OutOrStdout(), document)
}

// tellBeside tells people something beside the answer.
func tellBeside(command *cobra.Command, format string, args ...any) {
	fmt.Fprintf(command.ErrOrStderr(), format+"\n", args...)
}
