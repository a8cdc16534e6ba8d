package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"accrue/internal/identity"
	"accrue/internal/panel"
	"accrue/internal/smtp"
	"accrue/internal/store"
)

// database is where a panel keeps its data: a directory of its own with SQLite
// in it, or PostgreSQL.
type database struct{ dir, url string }

func (d *database) flags(command *cobra.Command) {
	command.Flags().StringVar(&d.dir, "data", "", "keep everything in `DIR`, with SQLite (or $ACCRUE_DATA)")
	command.Flags().StringVar(&d.url, "db", "", "keep it in PostgreSQL, at a `URL` such as postgres://accrue@db/accrue (or $ACCRUE_DB)")
}

// settle makes up its mind where the data is. Flags go before the environment.
func (d *database) settle() error {
	names := [2]string{"--data", "--db"}
	if d.dir == "" && d.url == "" {
		d.dir, d.url = os.Getenv("ACCRUE_DATA"), os.Getenv("ACCRUE_DB")
		names = [2]string{"$ACCRUE_DATA", "$ACCRUE_DB"}
	}
	switch {
	case d.dir != "" && d.url != "":
		return misuse("%s and %s name two databases; choose one", names[0], names[1])
	case d.dir == "" && d.url == "":
		return misuse("say where the data is: --data DIR, or --db postgres://...")
	}
	return nil
}

// file is where something is kept beside the database, or "" if nothing can be.
func (d *database) file(name string) string {
	if d.dir == "" {
		return ""
	}
	return filepath.Join(d.dir, name)
}

// open connects to the database, makes it if there is none, and brings it up to
// date.
func (d *database) open(ctx context.Context) (*store.Store, error) {
	if err := d.settle(); err != nil {
		return nil, err
	}
	if d.dir == "" {
		return store.Open(ctx, store.Options{URL: d.url})
	}
	if err := os.MkdirAll(d.dir, 0o700); err != nil {
		return nil, err
	}
	return store.Open(ctx, store.Options{URL: "sqlite:" + d.file("accrue.db")})
}

// openExisting is open for commands that have nothing to do with an empty
// database: a mistyped directory is an error, not a new panel.
func (d *database) openExisting(ctx context.Context) (*store.Store, error) {
	if err := d.settle(); err != nil {
		return nil, err
	}
	if d.dir != "" {
		if _, err := os.Stat(d.file("accrue.db")); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("there is no panel in %s", d.dir)
		}
	}
	return d.open(ctx)
}

// deskPanel is a panel for the command line. What its use cases order outside is
// done by the workers of the panel that runs.
func deskPanel(db *store.Store) *panel.Panel {
	return panel.New(db, noDrivers{}, smtp.Disabled(), newHasher())
}

func newHasher() *identity.Hasher { return identity.NewHasher(identity.DefaultParams, 2) }

// noDrivers reaches no hypervisor.
type noDrivers struct{}

func (noDrivers) Driver(h panel.Hypervisor) (panel.Driver, error) {
	return nil, fmt.Errorf("hypervisor %s: the command line speaks to none", h.Name)
}

// operator is whoever uses the command line on the panel's own machine.
func operator() identity.Who {
	name := os.Getenv("USER")
	if name == "" {
		name = fmt.Sprintf("uid-%d", os.Getuid())
	}
	return identity.Who{Name: name, Role: identity.RoleAdministrator, Via: identity.ViaCLI}
}
