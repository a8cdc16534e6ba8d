package metric

// Expected is what comes together by the end of a time if it goes on as it did
// from its beginning until now, or what there is where an hour has not passed.
func Expected(used, from, now, end int64) int64 {
	passed := now - from
	if passed < hour || now >= end {
		return used
	}
	return used + int64(float64(used)/float64(passed)*float64(end-now))
}
