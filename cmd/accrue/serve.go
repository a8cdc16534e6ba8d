package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"accrue/internal/egress"
	"accrue/internal/identity"
	"accrue/internal/imagefile"
	"accrue/internal/panel"
	"accrue/internal/sim"
	"accrue/internal/store"
	"accrue/internal/worker"
)

// serving is a panel to be served, as flags say.
type serving struct {
	database
	mail      mailServer
	listen    string
	publicURL string
	proxies   []netip.Prefix
	logFormat string
	noWorker  bool
	simFile   string
	imageDir  string
}

// What the file of an image may take: room, and time to be fetched.
const (
	maxImage     = 64 << 30
	imageTimeout = 30 * time.Minute
)

func serveCommand() *cobra.Command {
	var s serving
	command := &cobra.Command{
		Use:   "serve",
		Short: "Serve the panel, and do its work",
		Long: `Serve the panel's pages and, unless --no-worker is given, do its work: post
usage, act when accounts cross thresholds, run tasks, look at hypervisors.

Several of these may serve one PostgreSQL database; at least one of them has to
work, or nobody is billed. GET /healthz says whether that is so, for monitoring;
GET /readyz whether this one can answer, for load balancers.

It ends when it is told to by SIGINT or SIGTERM: requests are answered, tasks
that do not end in time are taken up again by the next worker.`,
		Example: `  accrue serve --data /var/lib/accrue
  accrue serve --db postgres://accrue@db/accrue --listen :8080 --public-url https://panel.example.com --proxy 10.0.0.0/8`,
		GroupID: groupRun,
		Args:    noArguments,
		RunE:    func(command *cobra.Command, _ []string) error { return s.run(command) },
	}
	s.database.flags(command)
	s.mail.flags(command)
	flags := command.Flags()
	flags.StringVar(&s.listen, "listen", "127.0.0.1:8080", "listen at `ADDRESS`")
	parse(flags, &s.publicURL, "public-url", "URL", "where people reach the panel, for links in mails; kept in the settings", parsePublicURL)
	parse(flags, &s.proxies, "proxy", "PREFIXES", "proxies whose word on who asks is taken, such as 10.0.0.0/8,127.0.0.1/32", parsePrefixes)
	flags.StringVar(&s.simFile, "sim", "", "keep simulated hypervisors in `FILE` (default DIR/sim.db; with --db in memory)")
	flags.StringVar(&s.imageDir, "images", "", "keep the files of images in `DIR`, which all panels on one database share (default DIR/images; with --db none)")
	flags.BoolVar(&s.noWorker, "no-worker", false, "serve pages only; another process does the work")
	s.logFormat = "text"
	parse(flags, &s.logFormat, "log", "FORMAT", "write the log as text or json (default text)", parseLogFormat)
	return command
}

func (s *serving) run(command *cobra.Command) error {
	ctx := command.Context()
	log := newLog(command.ErrOrStderr(), s.logFormat)
	if err := s.settle(); err != nil {
		return err
	}
	mailer, err := s.mail.mailer(command)
	if err != nil {
		return err
	}
	db, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	world, err := sim.Open(cmp.Or(s.simFile, s.file("sim.db")), sim.Options{})
	if err != nil {
		return err
	}
	drivers := newDrivers(world)
	defer drivers.Close()
	p := panel.New(db, drivers, mailer, newHasher())
	if dir := cmp.Or(s.imageDir, s.file("images")); dir != "" {
		p.WithImages(imagefile.Open(dir, maxImage), egress.New(egress.Options{MaxBytes: maxImage, Timeout: imageTimeout}))
	}
	if err := s.publish(ctx, p); err != nil {
		return err
	}
	if err := s.welcome(ctx, db, command.ErrOrStderr()); err != nil {
		return err
	}
	handler, err := newHandler(ctx, p, log, s.proxies)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", s.listen)
	if err != nil {
		return fmt.Errorf("--listen: %w", err)
	}
	log.Info("serving", "url", reachable(listener.Addr()), "engine", db.Engine(), "version", version())
	live := liveSite{handler: handler, listener: listener, log: log}
	if !s.noWorker {
		live.worker = worker.New(p, log, worker.Options{})
	}
	return live.run(ctx)
}

// publish keeps the address that people use, if one was given.
func (s *serving) publish(ctx context.Context, p *panel.Panel) error {
	settings, err := p.Settings(ctx)
	if err != nil || s.publicURL == "" || settings.PublicURL == s.publicURL {
		return err
	}
	return p.ChangeSettings(ctx, identity.System("serve"), func(after *panel.Settings) { after.PublicURL = s.publicURL })
}

// welcome says how to begin, as long as nobody can sign in to run the panel.
func (s *serving) welcome(ctx context.Context, db *store.Store, out io.Writer) error {
	var administrators []panel.User
	err := db.View(ctx, func(tx panel.Tx) (err error) {
		administrators, err = tx.ListUsers(0)
		return err
	})
	if err != nil || len(administrators) > 0 {
		return err
	}
	where := "--data " + s.dir
	if s.dir == "" {
		where = "--db URL" // it may hold a password, and this ends up in logs
	}
	fmt.Fprintf(out, "\nNobody can run this panel yet. Make an administrator in another terminal:\n\n  accrue user create %s --admin --email you@example.org --name \"Your Name\"\n\n", where)
	return nil
}

func parsePublicURL(text string) (string, error) {
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return "", fmt.Errorf("%q is not an address such as https://panel.example.com", text)
	}
	return strings.TrimSuffix(text, "/"), nil
}

func parsePrefixes(text string) (prefixes []netip.Prefix, err error) {
	for part := range strings.SplitSeq(text, ",") {
		prefix, err := netip.ParsePrefix(part)
		if err != nil {
			return nil, fmt.Errorf("%q is not a range of addresses such as 10.0.0.0/8", part)
		}
		prefixes = append(prefixes, prefix)
	}
	return prefixes, nil
}

func parseLogFormat(text string) (string, error) {
	if text != "text" && text != "json" {
		return "", fmt.Errorf("%q is not text or json", text)
	}
	return text, nil
}

func newLog(out io.Writer, format string) *slog.Logger {
	if format == "json" {
		return slog.New(slog.NewJSONHandler(out, nil))
	}
	return slog.New(slog.NewTextHandler(out, nil))
}
