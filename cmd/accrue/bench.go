package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"accrue/internal/bench"
)

func benchCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "bench",
		Short: "Measure what billing costs on this machine",
		Long: `Measure what billing costs, beside the limit of the hardware in the same run.

Each benchmark makes its own data in a fresh SQLite file, or in a fresh schema of
the PostgreSQL database given by --db, works on it through the same code as the
panel, proves that every law of 'accrue verify' holds, and removes what it made.
Times do not travel from one machine to another; ratios do.`,
		GroupID: groupCheck,
		Args:    cobra.ArbitraryArgs,
		RunE:    needsCommand,
	}
	command.AddCommand(
		benchSettle(),
		benchIdle(),
		benchCross(),
		benchYear(),
		benchCreate(),
		benchRead(),
		benchAPI(),
		benchTopUp(),
		benchRate(),
	)
	return command
}

// benchmark is what all commands below bench share.
type benchmark struct {
	options bench.Options
	size    bench.Size
	asJSON  bool
}

// command makes a command of a benchmark. One that needs no database takes no
// flags of one.
func (b *benchmark) command(command *cobra.Command, run func(context.Context, bench.Options) (*bench.Report, error)) *cobra.Command {
	command.Args = noArguments
	command.RunE = func(command *cobra.Command, _ []string) error {
		b.options.Progress = func(what string) { fmt.Fprintf(command.ErrOrStderr(), "%s ...\n", what) }
		report, err := run(command.Context(), b.options)
		if err != nil {
			return err
		}
		if b.asJSON {
			return report.WriteJSON(command.OutOrStdout())
		}
		return report.WriteTable(command.OutOrStdout())
	}
	command.Flags().Uint64Var(&b.options.Seed, "seed", 1, "make the data of this `NUMBER`")
	command.Flags().BoolVar(&b.asJSON, "json", false, "print one JSON object")
	return command
}

// sized adds the flags of a benchmark on a database of some size.
func (b *benchmark) sized(command *cobra.Command, accounts, instances int) *cobra.Command {
	b.onDatabase(command)
	command.Flags().IntVar(&b.size.Accounts, "accounts", accounts, "have this many accounts")
	command.Flags().IntVar(&b.size.Instances, "instances", instances, "have this many instances")
	return command
}

func (b *benchmark) onDatabase(command *cobra.Command) {
	command.Flags().StringVar(&b.options.DB, "db", "", "use a fresh schema in PostgreSQL, at a `URL` such as postgres://accrue@db/accrue")
}

func (b *benchmark) repeated(command *cobra.Command) *cobra.Command {
	command.Flags().IntVar(&b.options.Runs, "runs", 5, "measure this often, and take medians")
	return command
}

// loaded adds the flags of a benchmark that is asked over HTTP.
func (b *benchmark) loaded(command *cobra.Command, load *bench.Load, clients int) *cobra.Command {
	command.Flags().IntVar(&load.Clients, "clients", clients, "let this many ask at once")
	command.Flags().DurationVar(&load.Lasting, "lasting", 10*time.Second, "measure each for this long")
	return command
}

func benchSettle() *cobra.Command {
	var b benchmark
	command := b.command(&cobra.Command{
		Use:   "settle",
		Short: "Settle an hour of everything, beside the least that it could be",
		Long: `Settle an hour of everything through the worker, as the panel does it. Beside it,
on the same data: the floor, one transaction that reads the same segments, writes
the same entries and balances by the engine's fastest means, and does nothing
else; on a sample, a loop with a transaction for each charge; a tenth of it all;
and, where PostgreSQL has a synchronous standby, settling without waiting for it.`,
		Example: `  accrue bench settle --accounts 10000 --instances 100000
  accrue bench settle --db postgres://accrue@db/accrue --json`,
	}, func(ctx context.Context, o bench.Options) (*bench.Report, error) { return bench.Settle(ctx, o, b.size) })
	return b.repeated(b.sized(command, 100_000, 1_000_000))
}

func benchRate() *cobra.Command {
	var b benchmark
	return b.repeated(b.command(&cobra.Command{
		Use:     "rate",
		Short:   "Rate segments on one core, without a database",
		Example: `  accrue bench rate --json`,
	}, bench.Rate))
}

func benchIdle() *cobra.Command {
	var b benchmark
	command := b.command(&cobra.Command{
		Use:     "idle",
		Short:   "Let an hour pass in which nothing happens, with ever more instances",
		Example: `  accrue bench idle --instances 100000`,
	}, func(ctx context.Context, o bench.Options) (*bench.Report, error) {
		return bench.Idle(ctx, o, b.size.Instances)
	})
	b.onDatabase(command)
	command.Flags().IntVar(&b.size.Instances, "instances", 1_000_000, "go on to this many instances")
	return command
}

func benchCross() *cobra.Command {
	var b benchmark
	var seconds int
	command := b.command(&cobra.Command{
		Use:     "cross",
		Short:   "Let accounts run out of credit, all at once and at a steady rate",
		Example: `  accrue bench cross --accounts 1000`,
	}, func(ctx context.Context, o bench.Options) (*bench.Report, error) {
		return bench.Cross(ctx, o, b.size.Accounts, seconds)
	})
	command.Flags().IntVar(&seconds, "seconds", 20, "then let 50 cross in each of this many seconds")
	b.onDatabase(command)
	command.Flags().IntVar(&b.size.Accounts, "accounts", 10_000, "let this many cross at one second")
	return command
}

func benchYear() *cobra.Command {
	var b benchmark
	return b.sized(b.command(&cobra.Command{
		Use:     "year",
		Short:   "Live through a year of hourly settlements and weekly top-ups",
		Example: `  accrue bench year --accounts 100 --instances 1000`,
	}, func(ctx context.Context, o bench.Options) (*bench.Report, error) { return bench.Year(ctx, o, b.size) }), 10, 20)
}

func benchCreate() *cobra.Command {
	var b benchmark
	command := b.command(&cobra.Command{
		Use:     "create",
		Short:   "Create instances through the use case and the worker, until they are up",
		Example: `  accrue bench create --instances 1000`,
	}, func(ctx context.Context, o bench.Options) (*bench.Report, error) {
		return bench.Create(ctx, o, b.size.Instances)
	})
	b.onDatabase(command)
	command.Flags().IntVar(&b.size.Instances, "instances", 100_000, "create this many")
	return command
}

func benchRead() *cobra.Command {
	var b benchmark
	var load bench.Load
	var instances int
	command := b.command(&cobra.Command{
		Use:   "read",
		Short: "Ask for the pages of a customer with two years of history",
		Long: `Ask for the pages of a customer with two years of history, in a database with many
others: at a steady rate, whatever the answers take, and as fast as the clients can.`,
		Example: `  accrue bench read --accounts 1000 --instances 10000 --own 100`,
	}, func(ctx context.Context, o bench.Options) (*bench.Report, error) {
		return bench.Read(ctx, o, b.size, instances, load)
	})
	return b.asking(command, &load, &instances)
}

func benchAPI() *cobra.Command {
	var b benchmark
	var load bench.Load
	var instances int
	command := b.command(&cobra.Command{
		Use:   "api",
		Short: "Send the requests of a program whose owner has two years of history",
		Long: `Send the requests of a program whose owner has two years of history, in a database
with many others, at a steady rate whatever the answers take: instances, balance,
usage, ledger, quotes and orders through /v1, and the servers of clients of the
Hetzner Cloud API.`,
		Example: `  accrue bench api --accounts 1000 --instances 10000 --own 100`,
	}, func(ctx context.Context, o bench.Options) (*bench.Report, error) {
		return bench.API(ctx, o, b.size, instances, load)
	})
	return b.asking(command, &load, &instances)
}

// asking adds the flags of a benchmark that asks for what one customer sees among
// many others.
func (b *benchmark) asking(command *cobra.Command, load *bench.Load, own *int) *cobra.Command {
	command.Flags().IntVar(own, "own", 1000, "let the customer have this many instances")
	command.Flags().Float64Var(&load.Rate, "rate", 20, "ask this often in a second")
	return b.loaded(b.sized(command, 100_000, 1_000_000), load, 8)
}

func benchTopUp() *cobra.Command {
	var b benchmark
	var load bench.Load
	command := b.command(&cobra.Command{
		Use:   "topup",
		Short: "Add credit through the HTTP API, beside what pgbench does",
		Long: `Add credit through the HTTP API, one request for each top-up, many clients at once.
On PostgreSQL it is compared with pgbench doing the same inserts and updates on the
same data.`,
		Example: `  accrue bench topup --db postgres://accrue@db/accrue`,
	}, func(ctx context.Context, o bench.Options) (*bench.Report, error) {
		return bench.TopUp(ctx, o, b.size, load)
	})
	return b.loaded(b.repeated(b.sized(command, 1000, 10_000)), &load, 16)
}
