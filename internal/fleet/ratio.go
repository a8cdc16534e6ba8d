package fleet

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// Ratio says how many vCPUs may be promised for each one a hypervisor has, in
// thousandths: 4000 is four. The zero Ratio promises none.
type Ratio int64

// What a ratio is made of and may be.
const (
	ratioUnit = 1000

	DefaultCPURatio Ratio = 4 * ratioUnit
	MaxRatio        Ratio = 100 * ratioUnit
)

var errRatio = errors.New("must be a number above 0, at most 100, with at most three decimals, such as 4 or 1.5")

// ParseRatio reads a decimal number such as "4", "1.5" or "0.125". It refuses
// signs, exponents, more than three decimals, zero, and all above MaxRatio; the
// error says what is expected.
func ParseRatio(s string) (Ratio, error) {
	whole, decimals, point := strings.Cut(s, ".")
	if point && (decimals == "" || len(decimals) > 3) {
		return 0, errRatio
	}
	thousandths := whole + (decimals + "000")[:3]
	n, err := strconv.ParseUint(thousandths, 10, 63)
	if err != nil || whole == "" {
		return 0, errRatio
	}
	if r := Ratio(n); 0 < r && r <= MaxRatio {
		return r, nil
	}
	return 0, errRatio
}

// String writes r without needless zeros, as ParseRatio reads it: "4", "1.5".
func (r Ratio) String() string {
	s := fmt.Sprintf("%d.%03d", r/ratioUnit, r%ratioUnit)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// of returns floor(n * r), and the largest int64 where that does not fit. The
// product of less than nothing is nothing.
func (r Ratio) of(n int64) int64 {
	if n <= 0 || r <= 0 {
		return 0
	}
	hi, lo := bits.Mul64(uint64(n), uint64(r))
	if hi >= ratioUnit {
		return math.MaxInt64
	}
	quotient, _ := bits.Div64(hi, lo, ratioUnit)
	return int64(min(quotient, math.MaxInt64))
}
