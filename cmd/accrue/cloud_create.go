package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"accrue/client"
)

// newMachine is an instance to be ordered, as flags say.
type newMachine struct {
	name, location, plan, image, snapshot, userData string
	sshKeys                                         []string
	labels                                          client.Labels
	rootPassword, off, dryRun, yes, noWait          bool
}

func (c *cloud) instanceCreateCommand() *cobra.Command {
	var n newMachine
	command := &cobra.Command{
		Use:   "create",
		Short: "Create an instance, once you have seen what it costs",
		Long: `Show what an instance costs and how long the balance then lasts, ask, order it
at that price, and wait until it is up. If the price changes in between, the
order is refused.`,
		Example: `  accrue cloud instances create --name web-1 --location ams --plan general-1 --image debian-13 --ssh-key laptop
  accrue cloud instances create --name web-1 --location ams --plan general-1 --dry-run`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error { return n.create(c, command) },
	}
	flags := command.Flags()
	flags.StringVar(&n.name, "name", "", "its host `NAME`")
	flags.StringVar(&n.location, "location", "", "where it is to be: `LOCATION`")
	flags.StringVar(&n.plan, "plan", "", "what it is to be: `PLAN`")
	flags.StringVar(&n.image, "image", "", "the operating system it starts from: `IMAGE` (default: the hypervisor's choice)")
	flags.StringVar(&n.snapshot, "snapshot", "", "the `SNAPSHOT` that its disk is made from, instead of an image")
	flags.StringSliceVar(&n.sshKeys, "ssh-key", nil, "a `KEY` that its guest lets in; may be given several times")
	flags.BoolVar(&n.rootPassword, "root-password", false, "give root of its guest a password, which is printed once")
	flags.StringVar(&n.userData, "user-data", "", "a `FILE` with what cloud-init runs; - is standard input")
	parse(flags, &n.labels, "labels", "LABELS", "labels such as env=prod,team=web", parseLabels)
	flags.BoolVar(&n.off, "off", false, "make it and leave it off")
	flags.BoolVar(&n.dryRun, "dry-run", false, "only show what it costs")
	waitFlags(command, &n.yes, &n.noWait)
	completeFlag(command, "location", completer(c, 0, locationCandidates))
	completeFlag(command, "plan", completer(c, 0, planCandidates))
	completeFlag(command, "image", completer(c, 0, imageCandidates))
	completeFlag(command, "snapshot", completer(c, 0, snapshotCandidates))
	completeFlag(command, "ssh-key", completer(c, 0, sshKeyCandidates))
	return command
}

// waitFlags are the flags of commands that ask and wait.
func waitFlags(command *cobra.Command, yes, noWait *bool) {
	if yes != nil {
		command.Flags().BoolVarP(yes, "yes", "y", false, "do not ask")
	}
	command.Flags().BoolVar(noWait, "no-wait", false, "do not wait until it is done")
}

// parseLabels reads labels: "env=prod,team=web".
func parseLabels(text string) (client.Labels, error) {
	labels := client.Labels{}
	for part := range strings.SplitSeq(text, ",") {
		key, value, ok := strings.Cut(part, "=")
		if !ok || key == "" {
			return nil, fmt.Errorf("%q is not a label such as env=prod", part)
		}
		labels[strings.TrimSpace(key)] = strings.TrimSpace(value)
	}
	return labels, nil
}

func (n *newMachine) create(c *cloud, command *cobra.Command) error {
	if err := require(command, "name", "location", "plan"); err != nil {
		return err
	}
	if n.image != "" && n.snapshot != "" {
		return misuse("--image and --snapshot are two things to start from; choose one")
	}
	panel, err := c.panel()
	if err != nil {
		return err
	}
	order, what, err := n.order(command, panel)
	if err != nil {
		return err
	}
	var quoted seen[client.Quote]
	ask := client.NewQuote{Name: order.Name, PlanID: order.PlanID, LocationID: order.LocationID, ImageID: order.ImageID}
	if err := panel.Post(command.Context(), "/v1/quotes", ask, &quoted); err != nil {
		return err
	}
	order.PriceID = quoted.it.Price.ID
	if n.dryRun {
		if err := c.answer(command, quoted, func(w io.Writer) { tellQuote(w, what, quoted.it) }); err != nil {
			return err
		}
		return refusedQuote(quoted.it)
	}
	if !c.json {
		tellQuote(command.ErrOrStderr(), what, quoted.it)
	}
	if err := refusedQuote(quoted.it); err != nil {
		return err
	}
	if err := confirm(command, n.yes, "Create it?"); err != nil {
		return err
	}
	var made seen[client.Ordered]
	if err := panel.Post(command.Context(), "/v1/instances", order, &made); err != nil {
		return err
	}
	return c.carriedOut(command, panel, made, n.noWait, func(i client.Instance) string {
		return fmt.Sprintf("Created %s: %s%s.", refText(client.Ref{ID: i.ID, Name: i.Name}), i.Status, reachableAt(i))
	})
}

// reachableAt are the addresses of an instance, if it has any.
func reachableAt(i client.Instance) string {
	if len(i.Addresses) == 0 {
		return ""
	}
	return " at " + strings.Join(i.Addresses, ", ")
}

// refusedQuote is why an order would be refused, nil if it would not.
func refusedQuote(q client.Quote) error {
	if q.Acceptable || len(q.Reasons) == 0 {
		return nil
	}
	return &q.Reasons[0]
}

// order finds what the names mean, and says in words what is ordered.
func (n *newMachine) order(command *cobra.Command, panel *client.Client) (order client.NewInstance, what string, err error) {
	order = client.NewInstance{Name: n.name, Labels: n.labels, Password: n.rootPassword, Off: n.off}
	locations, err := locationCandidates(command, panel)
	if err != nil {
		return order, "", err
	}
	location, err := pick("location", n.location, locations)
	if err != nil {
		return order, "", err
	}
	plans, err := planCandidates(command, panel)
	if err != nil {
		return order, "", err
	}
	plan, err := pick("plan", n.plan, plans)
	if err != nil {
		return order, "", err
	}
	order.LocationID, order.PlanID = location.it.ID, plan.it.ID
	what = fmt.Sprintf("%s: %s (%s) in %s", n.name, plan.it.Name, resourcesText(plan.it.Resources), location.it.Name)
	if n.image != "" {
		image, err := pickImage(command, panel, n.image)
		if err != nil {
			return order, "", err
		}
		order.ImageID, what = image.ID, what+", "+image.Name
	}
	if n.snapshot != "" {
		snapshot, err := pickSnapshot(command, panel, n.snapshot)
		if err != nil {
			return order, "", err
		}
		order.ImageID, what = snapshot.it.ID, what+", from the snapshot "+snapshot.it.Name
	}
	if order.SSHKeyIDs, err = pickSSHKeys(command, panel, n.sshKeys); err != nil {
		return order, "", err
	}
	if n.userData != "" {
		text, err := readFile(n.userData, command.InOrStdin())
		if err != nil {
			return order, "", fmt.Errorf("--user-data: %w", err)
		}
		order.UserData = string(text)
	}
	return order, what, nil
}

func pickImage(command *cobra.Command, panel *client.Client, text string) (client.Image, error) {
	images, err := imageCandidates(command, panel)
	if err != nil {
		return client.Image{}, err
	}
	image, err := pick("image", text, images)
	return image.it, err
}

func pickSSHKeys(command *cobra.Command, panel *client.Client, names []string) (ids []int64, err error) {
	if len(names) == 0 {
		return nil, nil
	}
	keys, err := sshKeyCandidates(command, panel)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		key, err := pick("ssh key", name, keys)
		if err != nil {
			return nil, err
		}
		ids = append(ids, key.it.ID)
	}
	return ids, nil
}

// readFile reads a file, standard input if its name is "-".
func readFile(name string, stdin io.Reader) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(stdin)
	}
	return os.ReadFile(name)
}

// tellQuote says what an order would cost and do to the balance.
func tellQuote(w io.Writer, what string, q client.Quote) {
	fmt.Fprintln(w, printable(what))
	var f facts
	if q.Price.Hourly != nil {
		f.add("  per hour", "%s", q.Price.Hourly.Display)
	}
	if q.Price.Monthly != nil && q.Price.Hourly != nil {
		f.add("  per month", "%s at most", q.PerMonth.Display)
	} else {
		f.add("  per month", "%s", q.PerMonth.Display)
	}
	f.add("  this month", "%s if it is kept to the month's end", q.MonthEstimate.Display)
	if strings.Trim(q.Minimum.Credits, "0.") != "" {
		f.add("  at least", "%s, even if it is deleted at once", q.Minimum.Display)
	}
	f.add("  balance", "%s, which then %s (now: %s)", q.Balance.Display, lasts(q, q.After), lasts(q, q.Before))
	f.print(w)
}

// lasts says how long the balance of a quote lasts.
func lasts(q client.Quote, o client.Outlook) string {
	if o.ZeroAt == nil {
		return "lasts for longer than is in sight"
	}
	if !o.ZeroAt.After(q.At) {
		return "does not last"
	}
	return "lasts until " + stampAhead(o.ZeroAt, q.At, "")
}
