package web

import "strconv"

// byteSize writes a number of bytes with three digits: "0 B", "12.4 GiB".
func byteSize(n int64) string {
	units := []string{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}
	size, unit := float64(n), 0
	for ; size >= 999.5 && unit < len(units)-1; unit++ {
		size /= 1024
	}
	decimals := 0
	if unit > 0 && size < 99.95 {
		decimals = 1
	}
	if unit > 0 && size < 9.995 {
		decimals = 2
	}
	return strconv.FormatFloat(size, 'f', decimals, 64) + " " + units[unit]
}
