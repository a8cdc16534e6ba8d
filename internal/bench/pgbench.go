package bench

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// pgbench is PostgreSQL's own benchmark, doing what a top-up writes.
type pgbench struct {
	program string
	script  string // a file
	server  string // without the schema
	schema  string
	load    Load
}

// topUpScript writes what a top-up through the API writes, with one statement for
// each row or two, and decides nothing.
const topUpScript = `
\set account random(1, %[1]d)
\set key random(1, 9000000000000000000)
\set revenue -1 - :spread * (1000 + :client_id)
\set payments -2 - :spread * (2000 + :client_id)
BEGIN;
INSERT INTO requests (user_id, method, path, key, hash, created_at, status, location, body)
VALUES (1, 'POST', '/v1/admin/credits', CAST(:key AS TEXT), '\x0000000000000000000000000000000000000000000000000000000000000000', %[2]d, 0, '', '');
INSERT INTO transactions (key, kind, at, month, actor, reason, paid)
VALUES ('usage/' || CAST(:key AS TEXT), 'usage', %[2]d, 24314, '', '', '') RETURNING id AS usage \gset
INSERT INTO postings (account_id, transaction_id, amount, credited, used) VALUES (:account, :usage, -1, 2, 3), (:revenue, :usage, 1, 0, 0);
INSERT INTO transactions (key, kind, at, month, actor, reason, paid)
VALUES ('top-up/' || CAST(:key AS TEXT), 'top-up', %[2]d, 24314, 'user:1', 'Card', '0.01 USD') RETURNING id AS topup \gset
INSERT INTO postings (account_id, transaction_id, amount, credited, used) VALUES (:account, :topup, 1, 2, 3), (:payments, :topup, -1, 0, 0);
INSERT INTO events (account_id, instance_id, kind, name, detail, actor, at)
VALUES (:account, NULL, 'credit.added', '', '1', 'user:1', %[2]d);
UPDATE accounts SET credited = credited + 1, posted = posted + 1, settled_at = %[2]d, seen_at = %[2]d, next_event_at = next_event_at + 1
WHERE id = :account;
INSERT INTO audit (actor, action, subject, detail, at)
VALUES ('user:1', 'credit.add', 'account:' || CAST(:account AS TEXT), '1 credits: Card', %[2]d);
UPDATE requests SET status = 201, location = '/v1/admin/credits/1', body = repeat('x', 400)
WHERE user_id = 1 AND method = 'POST' AND path = '/v1/admin/credits' AND key = CAST(:key AS TEXT);
END;
`

// newPgbench prepares a site's database for it.
func (s *site) newPgbench(ctx context.Context, o Options, size Size, load Load) (*pgbench, error) {
	program, err := findPgbench()
	if err != nil {
		return nil, err
	}
	if err := s.fill(ctx, o.Seed, customers{accounts: size.Accounts, instances: size.Instances, credit: plenty}); err != nil {
		return nil, err
	}
	if err := s.addUser(ctx, 0, "cashier@bench.invalid"); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "accrue-bench-")
	if err != nil {
		return nil, err
	}
	s.close = append(s.close, func() error { return os.RemoveAll(dir) })
	script := filepath.Join(dir, "topup.sql")
	text := fmt.Sprintf(topUpScript, size.Accounts, noon)
	if err := os.WriteFile(script, []byte(text), 0o600); err != nil {
		return nil, err
	}
	u, err := url.Parse(s.ground.url())
	if err != nil {
		return nil, err
	}
	return &pgbench{program: program, script: script, server: o.DB, schema: u.Query().Get("search_path"), load: load}, nil
}

// findPgbench looks where Debian keeps it, too.
func findPgbench() (string, error) {
	found, err := exec.LookPath("pgbench")
	if err == nil {
		return found, nil
	}
	places, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pgbench")
	if len(places) == 0 {
		return "", fmt.Errorf("it comes with PostgreSQL: %w", err)
	}
	return places[len(places)-1], nil
}

// books are the provider's that clients of pgbench post to.
type books string

const (
	oneBook      books = "spread=0"
	bookOfClient books = "spread=1"
)

var pgbenchRate = regexp.MustCompile(`tps = ([0-9.]+) \(without`)

// run returns how many transactions a second it does.
func (p *pgbench) run(ctx context.Context, to books) (float64, error) {
	command := exec.CommandContext(ctx, p.program,
		"--no-vacuum", "--protocol=prepared", "--file", p.script, "--define", string(to),
		"--client", strconv.Itoa(p.load.Clients), "--jobs", strconv.Itoa(min(2, p.load.Clients)),
		"--time", strconv.Itoa(max(1, int(p.load.Lasting.Seconds()))), p.server)
	command.Env = append(os.Environ(), "PGOPTIONS=-c search_path="+p.schema)
	out, err := command.CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("pgbench: %w: %s", err, strings.TrimSpace(string(out)))
	}
	found := pgbenchRate.FindSubmatch(out)
	if found == nil {
		return 0, fmt.Errorf("pgbench does not say how fast it was: %s", out)
	}
	return strconv.ParseFloat(string(found[1]), 64)
}
