package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed schema
var schema embed.FS

// migrator is what an engine knows about its migrations.
type migrator interface {
	dialect() goose.Dialect
	// lock lets one process at a time migrate, where there can be several.
	lock() []goose.ProviderOption
}

// migrate runs the migrations that have not run yet. Each is a transaction: one
// that fails leaves nothing.
func migrate(ctx context.Context, e engine, db *sql.DB) error {
	files, err := fs.Sub(schema, "schema/"+e.name())
	if err != nil {
		return err
	}
	options := append(e.lock(), goose.WithDisableGlobalRegistry(true))
	migrations, err := goose.NewProvider(e.dialect(), db, files, options...)
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	before, err := migrations.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("read the schema's version: %w", err)
	}
	if _, err = migrations.Up(ctx); err == nil {
		return nil
	}
	if after, unknown := migrations.GetDBVersion(ctx); unknown == nil && after > before {
		return fmt.Errorf("migrate: %w: %w", errRace, err) // another process was quicker
	}
	return fmt.Errorf("migrate: %w", err)
}
