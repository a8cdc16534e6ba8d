package demo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"accrue/internal/billing"
	"accrue/internal/identity"
	"accrue/internal/panel"
	"accrue/internal/sim"
	"accrue/internal/store"
	"accrue/internal/worker"
)

// Options are what a demo is made with.
type Options struct {
	Mailer      panel.Mailer
	Hasher      *identity.Hasher
	NewPassword func() string
	Now         func() time.Time // when the history ends; nil: time.Now
}

// The files of a demo, in the order in which they appear in its directory. The
// handout comes last: where it is, everything is.
var files = []string{"sim.db", "accrue.db", handoutName}

// staging is the directory within a demo's directory in which one is made. It is
// gone when the demo is there.
const staging = "seeding"

// Load returns the handout of the demo in a directory, or the zero Handout if
// there is none yet. A directory with a panel in it that is no demo is refused.
func Load(dir string) (Handout, error) {
	if err := appear(dir); err != nil {
		return Handout{}, err
	}
	h, err := readHandout(dir)
	if !errors.Is(err, fs.ErrNotExist) {
		return h, err
	}
	taken, err := exists(filepath.Join(dir, "accrue.db"))
	if err == nil && taken {
		err = fmt.Errorf("%s has a panel in it that is not a demo; choose another directory", dir)
	}
	return Handout{}, err
}

// Seed makes a demo in a directory where Load has found none. It appears there
// when it is complete: one that was killed before leaves nothing that could be
// taken for a demo, and the next one begins anew.
func Seed(ctx context.Context, dir string, opts Options) (Handout, error) {
	stage := filepath.Join(dir, staging)
	if err := os.RemoveAll(stage); err != nil {
		return Handout{}, err
	}
	if err := os.MkdirAll(stage, 0o700); err != nil {
		return Handout{}, err
	}
	h, err := seed(ctx, stage, opts)
	if err != nil {
		return Handout{}, fmt.Errorf("make the demo in %s: %w", dir, err)
	}
	if err := h.Save(stage); err != nil {
		return Handout{}, err
	}
	return h, appear(dir)
}

// appear moves a complete demo out of its staging directory, also one that
// somebody began to move and did not. One that is not complete stays where it is.
func appear(dir string) error {
	stage := filepath.Join(dir, staging)
	complete, err := exists(filepath.Join(stage, handoutName))
	if err != nil || !complete {
		return err
	}
	for _, name := range files {
		err := os.Rename(filepath.Join(stage, name), filepath.Join(dir, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return os.RemoveAll(stage)
}

// seed lives through the history.
func seed(ctx context.Context, dir string, opts Options) (h Handout, err error) {
	end := time.Now
	if opts.Now != nil {
		end = opts.Now
	}
	s := newStory(billing.At(end()), opts.NewPassword)
	db, err := store.Open(ctx, store.Options{URL: "sqlite:" + filepath.Join(dir, "accrue.db"), Now: s.time})
	if err != nil {
		return h, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	world, err := sim.Open(filepath.Join(dir, "sim.db"), sim.Options{Instant: true, Now: s.time})
	if err != nil {
		return h, err
	}
	defer func() { err = errors.Join(err, world.Close()) }()
	s.panel = panel.New(db, world, opts.Mailer, opts.Hasher)
	s.worker = worker.New(s.panel, slog.New(slog.DiscardHandler), worker.Options{Name: "demo"})
	if h, err = s.tell(ctx); err != nil {
		return h, err
	}
	if err := s.leave(ctx, world); err != nil {
		return h, err
	}
	return h, s.measure(ctx, db, world)
}
