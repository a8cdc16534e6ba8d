package scenario_test

import (
	"cmp"
	"math/big"
	"slices"
	"time"
)

// prophecy is the output of section 12, as far as it is foretold.
type prophecy struct {
	End      string              `json:"end"`
	Timeline []map[string]any    `json:"timeline"`
	Accounts map[string]standing `json:"accounts"`
	Usage    []monthly           `json:"usage"`
}

type standing struct {
	Balance   string `json:"balance"`
	Suspended bool   `json:"suspended"`
}

type monthly struct {
	Account  string  `json:"account"`
	Month    string  `json:"month"`
	Currency string  `json:"currency"`
	Credits  string  `json:"total_credits"`
	Total    string  `json:"total"`
	Lines    []entry `json:"lines"`
}

type entry struct {
	Instance string `json:"instance"`
	Snapshot string `json:"snapshot,omitempty"`
	Plan     string `json:"plan"`
	Kind     string `json:"kind"`
	Percent  int64  `json:"percent"`
	Seconds  int64  `json:"seconds"`
	Credits  string `json:"credits"`
	Amount   string `json:"amount"`
}

func (o *oracle) prophecy() prophecy {
	p := prophecy{End: stamp(o.now), Timeline: o.timeline, Accounts: map[string]standing{}, Usage: []monthly{}}
	for _, a := range o.accounts {
		p.Accounts[a.name] = standing{credits(a.balance(o.now)), a.suspended}
		for month := monthOf(o.start); month.Unix() <= o.now; month = month.AddDate(0, 1, 0) {
			if report := o.report(a, month); len(report.Lines) > 0 {
				p.Usage = append(p.Usage, report)
			}
		}
	}
	return p
}

// report is section 10 for an account and a month.
func (o *oracle) report(a *account, month time.Time) monthly {
	var lines []entry
	var amounts []int64
	var total int64
	for _, s := range a.all() {
		rows := slices.DeleteFunc(s.rows(o.now), func(r row) bool { return !r.month.Equal(month) })
		slices.SortStableFunc(rows, func(a, b row) int {
			if a.minimum != b.minimum {
				if b.minimum {
					return -1
				}
				return 1
			}
			return cmp.Or(cmp.Compare(a.version.number, b.version.number), cmp.Compare(b.percent, a.percent))
		})
		for _, r := range rows {
			line := entry{Instance: s.name, Kind: "usage", Percent: r.percent, Seconds: r.seconds, Credits: credits(r.amount)}
			switch {
			case s.of != nil:
				line.Instance, line.Snapshot, line.Kind = s.of.name, s.name, "snapshot"
			case r.minimum:
				line.Kind = "minimum"
			}
			if p := r.version.plan; p != nil {
				line.Plan = p.Name
			}
			lines = append(lines, line)
			amounts = append(amounts, r.amount)
			total += r.amount
		}
	}
	value := a.currency.at(min(o.now, endOf(month)-1))
	for n, amount := range a.currency.apportion(value, amounts) {
		lines[n].Amount = amount
	}
	return monthly{a.name, month.Format("2006-01"), a.currency.code, credits(total), a.currency.amount(value, total), lines}
}

// at is the value of a credit at a second.
func (c *currency) at(t int64) (value *big.Rat) {
	for _, v := range c.values {
		if v.from <= t {
			value = v.value
		}
	}
	return value
}

// amount rounds half away from zero, as FloatString does.
func (c *currency) amount(value *big.Rat, micro int64) string {
	return new(big.Rat).Mul(value, big.NewRat(micro, 1e6)).FloatString(c.decimals)
}

// apportion rounds the amounts of lines down and raises those with the largest
// remainders until they add up to their total.
func (c *currency) apportion(value *big.Rat, micros []int64) []string {
	unit := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(c.decimals)), nil))
	var total int64
	units, remainders := make([]*big.Int, len(micros)), make([]*big.Rat, len(micros))
	sum := new(big.Int)
	for n, m := range micros {
		total += m
		exact := new(big.Rat).Mul(value, big.NewRat(m, 1e6))
		exact.Mul(exact, unit)
		units[n] = new(big.Int).Div(exact.Num(), exact.Denom())
		remainders[n] = exact.Sub(exact, new(big.Rat).SetInt(units[n]))
		sum.Add(sum, units[n])
	}
	missing := new(big.Rat).Mul(rational(c.amount(value, total)), unit)
	missing.Sub(missing, new(big.Rat).SetInt(sum))
	for ; missing.Sign() > 0; missing.Sub(missing, big.NewRat(1, 1)) {
		largest := 0
		for n := range remainders {
			if remainders[n].Cmp(remainders[largest]) > 0 {
				largest = n
			}
		}
		units[largest].Add(units[largest], big.NewInt(1))
		remainders[largest] = big.NewRat(-1, 1) // once each
	}
	amounts := make([]string, len(micros))
	for n := range units {
		exact := new(big.Rat).SetInt(units[n])
		amounts[n] = exact.Quo(exact, unit).FloatString(c.decimals)
	}
	return amounts
}
