package store

import (
	"strconv"
	"strings"

	"accrue/internal/billing"
	"accrue/internal/panel"
)

// packUsage writes the usage of a settlement as JSON, {"17":[41666,1250000]}, and
// sums it up.
func packUsage(usage []panel.BatchUsage) (text string, total billing.Credits, err error) {
	packed := []byte{'{'}
	for i, u := range usage {
		if i > 0 {
			packed = append(packed, ',')
		}
		packed = append(strconv.AppendInt(append(packed, '"'), u.AccountID, 10), `":[`...)
		packed = append(strconv.AppendInt(packed, int64(u.Amount), 10), ',')
		packed = append(strconv.AppendInt(packed, int64(u.Used), 10), ']')
		if total, err = total.Add(u.Amount); err != nil {
			return "", 0, err
		}
	}
	return string(append(packed, '}')), total, nil
}

// unpackUsage yields what packUsage was given.
func unpackUsage(text string) func(yield func(panel.BatchUsage) bool) {
	return func(yield func(panel.BatchUsage) bool) {
		var row [3]int64
		n := 0
		for row[n] = range numbers(text) {
			if n++; n < len(row) {
				continue
			}
			n = 0
			if !yield(panel.BatchUsage{AccountID: row[0], Amount: billing.Credits(row[1]), Used: billing.Credits(row[2])}) {
				return
			}
		}
	}
}

// usageOf finds an account in what packUsage has written.
func usageOf(account int64, text string) (u panel.BatchUsage, found bool) {
	_, rest, found := strings.Cut(text, `"`+strconv.FormatInt(account, 10)+`":[`)
	if !found {
		return u, false
	}
	rest, _, _ = strings.Cut(rest, "]")
	for u = range unpackUsage(strconv.FormatInt(account, 10) + " " + rest) {
	}
	return u, true
}

// packLate writes numbers so that each has a comma on both sides.
func packLate(late []int64) string {
	if len(late) == 0 {
		return ""
	}
	packed := []byte{','}
	for _, id := range late {
		packed = append(strconv.AppendInt(packed, id, 10), ',')
	}
	return string(packed)
}

// numbers yields the integers of a text. What stands between them does not
// matter, and they fit.
func numbers(text string) func(yield func(int64) bool) {
	return func(yield func(int64) bool) {
		for i := 0; i < len(text); i++ {
			negative := text[i] == '-'
			if negative {
				i++
			}
			var number int64
			begin := i
			for ; i < len(text) && '0' <= text[i] && text[i] <= '9'; i++ {
				number = number*10 + int64(text[i]-'0')
			}
			if negative {
				number = -number
			}
			if i > begin && !yield(number) {
				return
			}
		}
	}
}
