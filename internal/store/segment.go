package store

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"accrue/internal/billing"
)

const segmentColumns = `id, CASE WHEN instance_id IS NULL THEN 0 ELSE instance_id END, price_id, mode, hourly, monthly,
	percent, starts_at, ends_at, carry_seconds, carry_capped, carry_cap`

// open selects open segments. It is written out, never an argument: only then
// do engines see that the indexes of open segments will do.
const open = `ends_at = 9223372036854775807`

// segments returns the segments that a condition selects, by instance, snapshot and
// From. There can be thousands.
func (t *tx) segments(where string, args ...any) (found []billing.Segment, err error) {
	ofSnapshots := false
	err = t.store.engine.bulk(t, segmentColumns, ` FROM segments`+where, args, func(row []int64) {
		ofSnapshots = ofSnapshots || row[1] == 0
		found = append(found, billing.Segment{
			ID: row[0], Instance: row[1],
			Price:   billing.Price{ID: billing.PriceID(row[2]), Mode: billing.Mode(row[3]), Hourly: billing.Credits(row[4]), Monthly: billing.Credits(row[5])},
			Percent: row[6], From: billing.Instant(row[7]), To: billing.Instant(row[8]),
			Carry: billing.Carry{Seconds: row[9], Capped: billing.Credits(row[10]), Cap: billing.Credits(row[11])},
		})
	})
	if err == nil && ofSnapshots {
		err = t.nameSnapshots(found, where, args)
	}
	slices.SortFunc(found, func(a, b billing.Segment) int {
		return cmp.Or(a.Subject().Compare(b.Subject()), cmp.Compare(a.From, b.From), cmp.Compare(a.ID, b.ID))
	})
	return found, err
}

// nameSnapshots fills in what the segments of snapshots among those that a
// condition selects are of. It is a query of its own so that the index of open
// segments need not have that: nearly all of them are of instances.
func (t *tx) nameSnapshots(segments []billing.Segment, where string, args []any) error {
	snapshots := make(map[int64]int64)
	selected := ` FROM segments` + where + ` AND snapshot_id IS NOT NULL`
	err := t.store.engine.bulk(t, `id, snapshot_id`, selected, args, func(row []int64) { snapshots[row[0]] = row[1] })
	for i := range segments {
		segments[i].Snapshot = snapshots[segments[i].ID]
	}
	return err
}

// InsertSegment refuses a segment that begins before another of the same instance
// or snapshot has ended, with ErrExists.
func (t *tx) InsertSegment(account int64, s billing.Segment) (int64, error) {
	return t.insert(`
		INSERT INTO segments (account_id, instance_id, price_id, mode, hourly, monthly, percent, starts_at, ends_at,
			carry_seconds, carry_capped, carry_cap, snapshot_id)
		SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($3 AS BIGINT), CAST($4 AS BIGINT), CAST($5 AS BIGINT),
			CAST($6 AS BIGINT), CAST($7 AS BIGINT), CAST($8 AS BIGINT), CAST($9 AS BIGINT), CAST($10 AS BIGINT),
			CAST($11 AS BIGINT), CAST($12 AS BIGINT), CAST($13 AS BIGINT)
		WHERE NOT EXISTS (SELECT 1 FROM segments WHERE instance_id = $2 AND ends_at > $8)
			AND NOT EXISTS (SELECT 1 FROM segments WHERE snapshot_id = $13 AND ends_at > $8)
		ON CONFLICT DO NOTHING RETURNING id`,
		account, ref(s.Instance), s.Price.ID, s.Price.Mode, s.Price.Hourly, s.Price.Monthly, s.Percent, s.From, s.To,
		s.Carry.Seconds, s.Carry.Capped, s.Carry.Cap, ref(s.Snapshot))
}

// CloseSegment returns ErrNotFound when there is no such segment, or it is
// closed already.
func (t *tx) CloseSegment(id int64, to billing.Instant) error {
	return t.must(`UPDATE segments SET ends_at = $2 WHERE id = $1 AND `+open, id, to)
}

func (t *tx) OpenSegments(account int64) ([]billing.Segment, error) {
	return t.segments(` WHERE account_id = $1 AND `+open, account)
}

func (t *tx) ListSegments(account, instance int64, from, to billing.Instant) ([]billing.Segment, error) {
	var f filter
	when(&f, `account_id = $`, account)
	when(&f, `instance_id = $`, instance)
	f.and(`ends_at > $`, from)
	f.and(`starts_at < $`, to)
	return t.segments(f.where(), f.args...)
}

func (t *tx) SnapshotSegments(snapshot int64, from, to billing.Instant) ([]billing.Segment, error) {
	return t.segments(` WHERE snapshot_id = $1 AND ends_at > $2 AND starts_at < $3`, snapshot, from, to)
}

func (t *tx) InsertStatement(account int64, month billing.Month, at billing.Instant, lines []billing.Line) error {
	if _, err := t.insert(`
		INSERT INTO statements (account_id, month, frozen_at) VALUES ($1, $2, $3)
		ON CONFLICT DO NOTHING RETURNING account_id`, account, month, at); err != nil {
		return err
	}
	for number, line := range lines {
		if line.Month != month {
			return t.fail(fmt.Errorf("statement of %s: line %d is of %s", month, number+1, line.Month))
		}
		if _, err := t.exec(`
			INSERT INTO statement_lines (account_id, month, line, instance_id, price_id, percent, kind, seconds, bytes, amount, capped,
				snapshot_id)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
			account, month, number+1, ref(line.Instance), line.Price, line.Percent, string(line.Kind), line.Seconds, line.Bytes, line.Amount,
			line.Capped, ref(line.Snapshot)); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) Statement(account int64, month billing.Month) ([]billing.Line, error) {
	if _, err := one(t, scanInt, `SELECT frozen_at FROM statements WHERE account_id = $1 AND month = $2`, account, month); err != nil {
		return nil, err
	}
	const columns = `line, CASE WHEN instance_id IS NULL THEN 0 ELSE instance_id END, price_id, percent, seconds, amount,
		CAST(CASE kind WHEN 'minimum' THEN 1 WHEN 'traffic' THEN 2 WHEN 'snapshot' THEN 3 ELSE 0 END AS BIGINT),
		CAST(CASE WHEN capped THEN 1 ELSE 0 END AS BIGINT), bytes, CASE WHEN snapshot_id IS NULL THEN 0 ELSE snapshot_id END`
	kinds := []billing.Kind{billing.KindUsage, billing.KindMinimum, billing.KindTraffic, billing.KindSnapshot}
	var lines []billing.Line
	var numbers []int64 // of the lines, in their order
	err := t.store.engine.bulk(t, columns, ` FROM statement_lines WHERE account_id = $1 AND month = $2`, []any{account, month}, func(row []int64) {
		l := billing.Line{
			Month: month, Instance: row[1], Price: billing.PriceID(row[2]), Percent: row[3], Kind: kinds[row[6]],
			Seconds: row[4], Bytes: row[8], Amount: billing.Credits(row[5]), Capped: row[7] == 1, Snapshot: row[9],
		}
		at, _ := slices.BinarySearch(numbers, row[0])
		numbers, lines = slices.Insert(numbers, at, row[0]), slices.Insert(lines, at, l)
	})
	return lines, err
}

func (t *tx) StatementTotal(account int64, month billing.Month) (billing.Credits, error) {
	total, err := one(t, scanInt, `
		SELECT CAST(COALESCE((SELECT SUM(amount) FROM statement_lines WHERE account_id = $1 AND month = $2), 0) AS BIGINT)
		FROM statements WHERE account_id = $1 AND month = $2`, account, month)
	return billing.Credits(total), err
}

// UsedMonths takes a segment that ended in the second it began for one of its
// month.
func (t *tx) UsedMonths(account int64, until billing.Instant) ([]billing.Month, error) {
	used := make(map[billing.Month]bool)
	selected := ` FROM segments WHERE account_id = $1 AND starts_at <= $2`
	err := t.store.engine.bulk(t, `starts_at, ends_at`, selected, []any{account, until}, func(row []int64) {
		from, to := billing.Instant(row[0]), min(billing.Instant(row[1]), until)
		for month := from.Month(); month <= max(from, to-1).Month(); month++ {
			used[month] = true
		}
	})
	for _, table := range oneOffTables {
		if err != nil {
			return nil, err
		}
		selected := ` FROM ` + table + ` WHERE account_id = $1 AND charged_at <= $2`
		err = t.store.engine.bulk(t, `charged_at`, selected, []any{account, until}, func(row []int64) {
			used[billing.Instant(row[0]).Month()] = true
		})
	}
	if err != nil {
		return nil, err
	}
	return slices.SortedFunc(maps.Keys(used), func(a, b billing.Month) int { return cmp.Compare(b, a) }), nil
}
