package bench_test

import (
	"context"
	"os"
	"testing"
	"time"

	"accrue/internal/bench"
)

// Every benchmark makes its data, ends with all laws proven, and says something.
func TestBenchmarks(t *testing.T) {
	small, load := bench.Size{Accounts: 30, Instances: 90}, bench.Load{Clients: 2, Lasting: 200 * time.Millisecond, Rate: 20}
	databases := map[string]string{"sqlite": ""}
	if server := os.Getenv("ACCRUE_TEST_POSTGRES"); server != "" {
		databases["postgres"] = server
	} else if os.Getenv("ACCRUE_TEST_REQUIRE") == "all" {
		t.Fatal("ACCRUE_TEST_POSTGRES is not set: PostgreSQL may not be left out")
	}
	for name, run := range map[string]func(context.Context, bench.Options) (*bench.Report, error){
		"rate":   bench.Rate,
		"settle": func(ctx context.Context, o bench.Options) (*bench.Report, error) { return bench.Settle(ctx, o, small) },
		"create": func(ctx context.Context, o bench.Options) (*bench.Report, error) { return bench.Create(ctx, o, 20) },
		"read": func(ctx context.Context, o bench.Options) (*bench.Report, error) {
			return bench.Read(ctx, o, small, 10, load)
		},
		"api": func(ctx context.Context, o bench.Options) (*bench.Report, error) {
			return bench.API(ctx, o, small, 10, load)
		},
		"topup": func(ctx context.Context, o bench.Options) (*bench.Report, error) {
			return bench.TopUp(ctx, o, small, load)
		},
		"cross": func(ctx context.Context, o bench.Options) (*bench.Report, error) { return bench.Cross(ctx, o, 20, 2) },
	} {
		for engine, db := range databases {
			t.Run(name+"/"+engine, func(t *testing.T) {
				report, err := run(t.Context(), bench.Options{DB: db, Seed: 7, Runs: 1})
				if err != nil {
					t.Fatal(err)
				}
				for _, f := range report.Figures {
					if f.Value < 0 {
						t.Errorf("%s is %v", f.Name, f.Value)
					}
				}
				if len(report.Figures) == 0 {
					t.Error("nothing was measured")
				}
			})
		}
	}
}
