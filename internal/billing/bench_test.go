package billing

import "testing"

// The prices of the benchmarks: one of each mode.
var benchPrices = []Price{
	{ID: 1, Mode: Hourly, Hourly: 700_000},
	{ID: 2, Mode: Capped, Hourly: 750_000, Monthly: 500 * Credit},
	{ID: 3, Mode: Monthly, Monthly: 744 * Credit},
}

func BenchmarkCharge(b *testing.B) {
	month := NewMonth(2026, 3)
	for name, price := range map[string]Price{"hourly": benchPrices[0], "capped": benchPrices[1], "monthly": benchPrices[2]} {
		b.Run(name, func(b *testing.B) {
			s := Segment{Price: price, Percent: 100, From: month.Start() - Day, To: Never}
			b.ReportAllocs()
			for b.Loop() {
				s.Charge(month.Start(), month.End())
			}
		})
	}
}

func BenchmarkFirstBelow(b *testing.B) {
	at := NewMonth(2026, 3).Start() + 10*Day + 1234
	p := Position{Since: at.Floor(Hour)}
	for i := range 1000 {
		p.Open = append(p.Open, Segment{Price: benchPrices[i%3], Percent: 100, From: at - Instant(i)*Hour, To: Never})
	}
	for name, credited := range map[string]Credits{"within a month": 100_000 * Credit, "in five years": 40_000_000 * Credit, "never": MaxCredits} {
		b.Run(name, func(b *testing.B) {
			p.Credited = credited
			b.ReportAllocs()
			for b.Loop() {
				p.FirstBelow(0, at, RunwayHorizon(at))
			}
		})
	}
}

func BenchmarkApportion(b *testing.B) {
	eur := Currency{Code: "EUR", Decimals: 2, Value: 9_200_000_000}
	lines := make([]Credits, 1000)
	for i := range lines {
		lines[i] = Credits(i*i*7919 + 13)
	}
	b.ReportAllocs()
	for b.Loop() {
		eur.Apportion(lines)
	}
}

func BenchmarkFormat(b *testing.B) {
	eur := Currency{Code: "EUR", Suffix: " EUR", Decimals: 2, Value: 9_200_000_000}
	b.ReportAllocs()
	for b.Loop() {
		eur.Format(1_234_567_891_234)
	}
}
