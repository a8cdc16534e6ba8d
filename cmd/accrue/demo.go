package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"accrue/internal/demo"
	"accrue/internal/egress"
	"accrue/internal/imagefile"
	"accrue/internal/panel"
	"accrue/internal/sim"
	"accrue/internal/smtp"
	"accrue/internal/worker"
)

// demonstration is a demo to be shown, as flags say.
type demonstration struct{ dir, listen, libvirt string }

func demoCommand() *cobra.Command {
	var d demonstration
	command := &cobra.Command{
		Use:   "demo",
		Short: "Show a provider with customers and two months of history",
		Long: `Make up a provider with locations, hypervisors, plans, customers and two months
of history, all simulated, and serve it. It goes on billing while it runs; when
it is started again on the same directory it goes on where it stopped.

Where to sign in and as whom is printed, and kept in DIR/demo.json.

On a machine with libvirt you are asked, at a terminal, whether to register it as
the first real hypervisor. --libvirt answers for you.`,
		Example: `  accrue demo
  accrue demo --listen 127.0.0.1:0 --data /tmp/accrue-demo
  accrue demo --libvirt qemu:///system`,
		GroupID: groupRun,
		Args:    noArguments,
		RunE:    func(command *cobra.Command, _ []string) error { return d.run(command) },
	}
	flags := command.Flags()
	flags.StringVar(&d.listen, "listen", "127.0.0.1:8080", "listen at `ADDRESS`; port 0 takes a free one")
	flags.StringVar(&d.dir, "data", "data/demo", "keep everything in `DIR`")
	flags.StringVar(&d.libvirt, "libvirt", "", "register the libvirt at `URI`, such as qemu:///system, or no: ask nothing")
	return command
}

func (d *demonstration) run(command *cobra.Command) error {
	ctx := command.Context()
	out := command.OutOrStdout()
	log := slog.New(slog.NewTextHandler(command.ErrOrStderr(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	listener, err := net.Listen("tcp", d.listen)
	if err != nil {
		return fmt.Errorf("--listen: %w", err)
	}
	defer listener.Close() // the server has closed it, once there is one
	mailer := demo.Outbox(smtp.Disabled())
	handout, err := prepareDemo(ctx, d.dir, mailer, out)
	if err != nil {
		return err
	}
	data := database{dir: d.dir}
	db, err := data.open(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	world, err := sim.Open(data.file("sim.db"), sim.Options{})
	if err != nil {
		return err
	}
	drivers := newDrivers(world)
	defer drivers.Close()
	p := panel.New(db, drivers, mailer, newHasher())
	p.WithImages(imagefile.Open(data.file("images"), maxImage), egress.New(egress.Options{MaxBytes: maxImage, Timeout: imageTimeout}))
	if err := d.offer(command, p); err != nil {
		return err
	}
	handler, err := newHandler(ctx, p, log, nil)
	if err != nil {
		return err
	}
	live := liveSite{handler: handler, listener: listener, worker: worker.New(p, log, worker.Options{}), log: log}
	handout.URL = reachable(listener.Addr())
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return live.run(ctx) })
	group.Go(func() error {
		if err := answers(ctx, handout.URL+"/readyz"); err != nil {
			return err
		}
		if err := handout.Save(d.dir); err != nil {
			return err
		}
		printHandout(out, handout)
		return nil
	})
	return group.Wait()
}

// prepareDemo fills the directory if nobody has.
func prepareDemo(ctx context.Context, dir string, mailer panel.Mailer, out io.Writer) (demo.Handout, error) {
	handout, err := demo.Load(dir)
	if err != nil || handout != (demo.Handout{}) {
		return handout, err
	}
	fmt.Fprintln(out, "Making up two months of history ...")
	began := time.Now()
	handout, err = demo.Seed(ctx, dir, demo.Options{Mailer: mailer, Hasher: newHasher(), NewPassword: newPassword})
	if err == nil {
		fmt.Fprintf(out, "Done in %.1f seconds.\n", time.Since(began).Seconds())
	}
	return handout, err
}

// answers returns when a server does.
func answers(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	return response.Body.Close()
}

func printHandout(out io.Writer, h demo.Handout) {
	fmt.Fprintf(out, `
  The demo is at   %s

  as a customer    %s
  with password    %s

  or as the
  administrator    %s
  with password    %s

Stop it with Ctrl-C. It goes on where it stopped when you start it again.
`, h.URL, h.Customer.Email, h.Customer.Password, h.Admin.Email, h.Admin.Password)
}
