package store

import (
	"cmp"
	"slices"

	"accrue/internal/billing"
)

// oneOffTables have charges that are made at once, a table for each kind.
var oneOffTables = []string{"minimums", "traffic_charges"}

func (t *tx) InsertOneOff(account int64, c billing.OneOff) error {
	if c.Kind == billing.KindTraffic {
		_, err := t.insert(`
			INSERT INTO traffic_charges (instance_id, account_id, price_id, charged_at, bytes, amount) VALUES ($1, $2, $3, $4, $5, $6)
			RETURNING id`,
			c.Instance, account, c.Price, c.At, c.Bytes, c.Amount)
		return err
	}
	_, err := t.insert(`
		INSERT INTO minimums (instance_id, account_id, price_id, charged_at, amount) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT DO NOTHING RETURNING instance_id`,
		c.Instance, account, c.Price, c.At, c.Amount)
	return err
}

func (t *tx) ListOneOffs(account int64, from, to billing.Instant) (found []billing.OneOff, err error) {
	var f filter
	when(&f, `account_id = $`, account)
	f.and(`charged_at >= $`, from)
	f.and(`charged_at < $`, to)
	err = t.store.engine.bulk(t, `instance_id, price_id, charged_at, amount`, ` FROM minimums`+f.where(), f.args, func(row []int64) {
		found = append(found, billing.OneOff{
			Instance: row[0], Price: billing.PriceID(row[1]), Kind: billing.KindMinimum, At: billing.Instant(row[2]), Amount: billing.Credits(row[3]),
		})
	})
	if err != nil {
		return nil, err
	}
	type numbered struct {
		id int64
		billing.OneOff
	}
	var traffic []numbered
	err = t.store.engine.bulk(t, `id, instance_id, price_id, charged_at, bytes, amount`, ` FROM traffic_charges`+f.where(), f.args, func(row []int64) {
		traffic = append(traffic, numbered{row[0], billing.OneOff{
			Instance: row[1], Price: billing.PriceID(row[2]), Kind: billing.KindTraffic, At: billing.Instant(row[3]),
			Bytes: row[4], Amount: billing.Credits(row[5]),
		}})
	})
	slices.SortFunc(traffic, func(a, b numbered) int { return cmp.Compare(a.id, b.id) })
	for _, c := range traffic {
		found = append(found, c.OneOff)
	}
	slices.SortStableFunc(found, func(a, b billing.OneOff) int {
		return cmp.Or(cmp.Compare(a.Instance, b.Instance), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.At, b.At))
	})
	return found, err
}

func (t *tx) ChargedTraffic(instance int64, price billing.PriceID, from, to billing.Instant) (int64, error) {
	return one(t, scanInt, `
		SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) FROM traffic_charges
		WHERE instance_id = $1 AND price_id = $2 AND charged_at >= $3 AND charged_at < $4`, instance, price, from, to)
}
