package store_test

import (
	"strings"
	"testing"

	"accrue/internal/billing"
	"accrue/internal/panel"
	"accrue/internal/store"
)

// refused are statements that no database of ours carries out, whoever sends
// them, and what the refusal says. What begins with TRUNCATE is PostgreSQL's.
var refused = []struct{ statement, says string }{
	{`UPDATE transactions SET reason = 'x'`, "transactions is append-only"},
	{`DELETE FROM transactions`, "transactions is append-only"},
	{`TRUNCATE transactions CASCADE`, "append-only"},
	{`UPDATE postings SET amount = 0`, "postings is append-only"},
	{`DELETE FROM postings`, "postings is append-only"},
	{`TRUNCATE postings`, "postings is append-only"},
	{`UPDATE settlements SET late = ''`, "settlements is append-only"},
	{`DELETE FROM settlements`, "settlements is append-only"},
	{`TRUNCATE settlements`, "settlements is append-only"},
	{`INSERT INTO settlements VALUES ((SELECT MAX(id) FROM transactions), 7, 9, 3, '', '{"1":[1,1],"2":[1,1]}')`, "does not sum to its total"},
	{`UPDATE minimums SET amount = 0`, "minimums is append-only"},
	{`DELETE FROM minimums`, "minimums is append-only"},
	{`TRUNCATE minimums`, "minimums is append-only"},
	{`UPDATE traffic_charges SET amount = 0`, "traffic_charges is append-only"},
	{`DELETE FROM traffic_charges`, "traffic_charges is append-only"},
	{`TRUNCATE traffic_charges`, "traffic_charges is append-only"},
	{`UPDATE statements SET frozen_at = 0`, "statements is append-only"},
	{`DELETE FROM statements`, "statements is append-only"},
	{`UPDATE statement_lines SET amount = 0`, "statement_lines is append-only"},
	{`DELETE FROM statement_lines`, "statement_lines is append-only"},
	{`TRUNCATE statement_lines`, "statement_lines is append-only"},
	{`UPDATE prices SET hourly = 0`, "prices is append-only"},
	{`DELETE FROM prices`, "prices is append-only"},
	{`TRUNCATE prices CASCADE`, "append-only"},
	{`UPDATE currency_values SET value = 1`, "currency_values is append-only"},
	{`DELETE FROM currency_values`, "currency_values is append-only"},
	{`TRUNCATE currency_values`, "currency_values is append-only"},
	{`UPDATE audit SET detail = 'x'`, "audit is append-only"},
	{`DELETE FROM audit`, "audit is append-only"},
	{`TRUNCATE audit`, "audit is append-only"},
	{`DELETE FROM segments`, "segments is append-only"},
	{`TRUNCATE segments`, "segments is append-only"},
	{`UPDATE segments SET percent = 1`, "segments is append-only"},
	{`UPDATE segments SET hourly = 0, ends_at = 1767268999 WHERE ends_at = 9223372036854775807`, "segments is append-only"},
	{`UPDATE segments SET ends_at = 1767268999 WHERE ends_at <> 9223372036854775807`, "segments is append-only"},
	{`UPDATE segments SET ends_at = 9223372036854775807 WHERE ends_at <> 9223372036854775807`, "segments is append-only"},
	{`UPDATE segments SET ends_at = starts_at - 1 WHERE ends_at = 9223372036854775807`, "segments_order"},
	{`INSERT INTO segments (account_id, price_id, mode, hourly, monthly, percent, starts_at, ends_at, carry_seconds, carry_capped, carry_cap)
		SELECT account_id, price_id, mode, hourly, monthly, percent, starts_at, ends_at, carry_seconds, carry_capped, carry_cap FROM segments`, "segments_subject"},
	{`UPDATE hypervisors SET used_memory_mib = memory_mib + 1`, "hypervisors_room"},
	{`UPDATE hypervisors SET used_vcpus = vcpus * 4 + 1`, "hypervisors_room"},
	{`UPDATE hypervisors SET used_disk_gib = -1`, "used_disk_gib"},
	{`UPDATE accounts SET currency = 'XXX'`, "foreign key"},
	{`DELETE FROM accounts`, "foreign key"},
	{`INSERT INTO postings (account_id, transaction_id, amount) VALUES (999999, (SELECT MAX(id) FROM transactions), 0)`, "foreign key"},
	{`INSERT INTO postings (account_id, transaction_id, amount) VALUES (0, (SELECT MAX(id) FROM transactions), 0)`, "account_id"},
}

// Engines of their own words: what one of them alone can see.
var refusedBy = map[string][]struct{ statement, says string }{
	"postgres": {
		{`INSERT INTO postings (account_id, transaction_id, amount) VALUES (-4, (SELECT MIN(id) FROM transactions), 5)`, "do not sum to zero"},
		{`UPDATE currencies SET is_default = FALSE`, "there must be a default currency"},
	},
	"sqlite": {
		{`INSERT INTO postings (account_id, transaction_id, amount) VALUES (-4, (SELECT MIN(id) FROM transactions), 0)`, "written with their transaction"},
		{`INSERT INTO settlements SELECT MIN(id), 7, 9, 3, '', '{"1":[3,3]}' FROM transactions`, "written with their transaction"},
	},
}

func TestDatabaseRefuses(t *testing.T) {
	for _, engine := range engines[1:] {
		t.Run(engine.name, func(t *testing.T) {
			url := engine.url(t)
			s := open(t, store.Options{URL: url})
			fill(t, s)
			db := raw(t, url)
			for _, test := range append(refused, refusedBy[s.Engine()]...) {
				if strings.HasPrefix(test.statement, "TRUNCATE") && s.Engine() == "sqlite" {
					continue
				}
				_, err := db.ExecContext(t.Context(), test.statement)
				if err == nil || !strings.Contains(strings.ToLower(err.Error()), test.says) {
					t.Errorf("%s: got error %v, want one with %q", test.statement, err, test.says)
				}
			}
		})
	}
}

// fill puts a row into every table that refuses something.
func fill(t *testing.T, s panel.Store) {
	made := seed(t, s, 2)
	account, instance := made.accounts[0], made.instances[0]
	line := billing.Line{Instance: instance, Month: start.Month(), Price: made.price.ID, Kind: billing.KindMinimum, Amount: 5}
	update(t, s, func(tx panel.Tx) error {
		open, err := tx.OpenSegments(account)
		if err != nil {
			return err
		}
		if err := tx.CloseSegment(open[0].ID, start+5); err != nil {
			return err
		}
		for _, kind := range []billing.Kind{billing.KindMinimum, billing.KindTraffic} {
			c := billing.OneOff{Instance: instance, Price: made.price.ID, Kind: kind, At: start, Bytes: 5, Amount: 5}
			if err := tx.InsertOneOff(account, c); err != nil {
				return err
			}
		}
		if err := tx.InsertStatement(account, start.Month(), start, []billing.Line{line}); err != nil {
			return err
		}
		for _, key := range []string{"1", "2"} {
			if _, err := tx.InsertTransaction(topUp(key, account, 5)); err != nil {
				return err
			}
		}
		usage := panel.Settlement{Key: "3", At: start, Total: 5, Usage: []panel.BatchUsage{{AccountID: account, Amount: 5, Used: 5}}}
		if err := tx.PostUsage(usage); err != nil {
			return err
		}
		return tx.InsertAudit(panel.AuditEntry{Actor: "root"})
	})
}
