package panel

import (
	"fmt"

	"accrue/internal/billing"
)

// counters replays what an account was charged for traffic, from the bytes and
// the price versions, and compares the bytes with those that were counted.
func (v *verification) counters(tx Tx, a Account, oneOffs []billing.OneOff) error {
	wrong, charged, err := replayTraffic(tx, oneOffs)
	if err != nil {
		return err
	}
	counted, err := tx.ListTraffic(a.ID, 0)
	if err != nil {
		return err
	}
	for _, u := range counted {
		charged[u.InstanceID] -= u.Beyond
	}
	for instance, bytes := range charged {
		if bytes > 0 {
			wrong = fmt.Sprintf("instance %d: charged for %d bytes more than were counted", instance, bytes)
		}
	}
	v.traffic.check(1, wrong == "", "account %d: %s", a.ID, wrong)
	return nil
}

// replayTraffic returns how many bytes each instance was charged for, and what
// was wrong with an amount.
func replayTraffic(tx Tx, oneOffs []billing.OneOff) (wrong string, charged map[int64]int64, err error) {
	type line struct {
		instance int64
		price    billing.PriceID
		month    billing.Month
	}
	before := map[line]int64{}
	charged = map[int64]int64{}
	for _, c := range oneOffs {
		if c.Kind != billing.KindTraffic {
			continue
		}
		price, err := tx.Price(c.Price)
		if err != nil {
			return "", nil, err
		}
		l := line{c.Instance, c.Price, c.At.Month()}
		amount, err := billing.TrafficCharge(price.Traffic, before[l], c.Bytes)
		if err != nil {
			return "", nil, err
		}
		if amount != c.Amount {
			wrong = fmt.Sprintf("instance %d: charged %s for %d bytes at %s, should be %s", c.Instance, c.Amount, c.Bytes, c.At, amount)
		}
		before[l] += c.Bytes
		charged[c.Instance] += c.Bytes
	}
	return wrong, charged, nil
}
