package hcloud

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// The sizes of pages.
const (
	pageSize    = 25
	maxPageSize = 50
)

// pagination says where a page is among all.
type pagination struct {
	Page     int  `json:"page"`
	PerPage  int  `json:"per_page"`
	Previous *int `json:"previous_page"`
	Next     *int `json:"next_page"`
	Last     *int `json:"last_page"`
	Total    *int `json:"total_entries"`
}

// order are the keys by which a list can be sorted, and how.
type order[T any] map[string]func(a, b T) int

// by sorts by what key returns of a thing.
func by[T any, K cmp.Ordered](key func(T) K) func(a, b T) int {
	return func(a, b T) int { return cmp.Compare(key(a), key(b)) }
}

// list answers with a page of things, sorted as the request says and by ID where
// it does not.
func list[T any](c *call, key string, things []T, sorts order[T]) (reply, error) {
	query := c.URL.Query()
	if err := arrange(things, query["sort"], sorts); err != nil {
		return reply{}, err
	}
	page, err := positive(query, "page", 1)
	if err != nil {
		return reply{}, err
	}
	size, err := positive(query, "per_page", pageSize)
	if err != nil {
		return reply{}, err
	}
	size = min(size, maxPageSize)

	total := len(things)
	last := max(1, (total+size-1)/size)
	p := pagination{Page: page, PerPage: size, Last: &last, Total: &total}
	if page > 1 {
		p.Previous = new(min(page-1, last))
	}
	if page < last {
		p.Next = new(page + 1)
	}
	from := total
	if page <= last {
		from = min((page-1)*size, total)
	}
	shown := make([]T, 0, size)
	shown = append(shown, things[from:min(from+size, total)]...)
	body := map[string]any{key: shown, "meta": map[string]any{"pagination": p}}
	return reply{status: http.StatusOK, body: body, links: links(c.URL, p)}, nil
}

// links are the neighbours of a page, for the Link header.
func links(u *url.URL, p pagination) string {
	var all []string
	for _, link := range []struct {
		rel  string
		page *int
	}{{"prev", p.Previous}, {"next", p.Next}, {"last", p.Last}} {
		if link.page == nil {
			continue
		}
		query := u.Query()
		query.Set("page", strconv.Itoa(*link.page))
		query.Set("per_page", strconv.Itoa(p.PerPage))
		all = append(all, fmt.Sprintf("<%s?%s>; rel=%s", u.EscapedPath(), query.Encode(), link.rel))
	}
	return strings.Join(all, ", ")
}

// positive reads a number of at least 1.
func positive(query url.Values, name string, otherwise int) (int, error) {
	text := query.Get(name)
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil || n < 1 {
		return 0, invalid(name, "must be a number of at least 1")
	}
	return int(n), nil
}

// arrange sorts things by keys such as "name" or "created:desc", the first one
// first.
func arrange[T any](things []T, keys []string, sorts order[T]) error {
	for _, key := range slices.Backward(keys) {
		name, direction, _ := strings.Cut(key, ":")
		compare, known := sorts[name]
		if !known {
			return invalid("sort", "must be one of "+strings.Join(slices.Sorted(maps.Keys(sorts)), ", ")+", with :asc or :desc after it")
		}
		switch direction {
		case "", "asc":
			slices.SortStableFunc(things, compare)
		case "desc":
			slices.SortStableFunc(things, func(a, b T) int { return compare(b, a) })
		default:
			return invalid("sort", "must end with :asc or :desc")
		}
	}
	return nil
}

// keep returns those of some things that a filter lets through, which may be
// given several times. Without one it lets everything through.
func keep[T any](c *call, filter string, things []T, of func(T) string) []T {
	wanted := c.URL.Query()[filter]
	if len(wanted) == 0 || len(wanted) == 1 && wanted[0] == "" {
		return things
	}
	return slices.DeleteFunc(things, func(t T) bool { return !slices.Contains(wanted, of(t)) })
}

// oneOf refuses a filter with a value that nothing can have.
func oneOf(c *call, filter string, values ...string) error {
	for _, value := range c.URL.Query()[filter] {
		if value != "" && !slices.Contains(values, value) {
			return invalid(filter, "must be one of "+strings.Join(values, ", "))
		}
	}
	return nil
}
