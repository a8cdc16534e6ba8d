package hcloud

// Patterns are those of every route: "GET /servers/{id}".
func Patterns() (patterns []string) {
	for _, r := range new(door).routes() {
		patterns = append(patterns, r.pattern)
	}
	return patterns
}
