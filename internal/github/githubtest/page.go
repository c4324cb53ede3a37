package githubtest

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// A page holds 30 entries unless asked for another number, up to 100.
const (
	pageSize    = 30
	maxPageSize = 100
)

// deepest is how many entries page can reach in the list of issues; beyond them GitHub wants cursors.
const deepest = 10_000

// positive reads a number of the query. What is no positive number counts as not given.
func positive(q url.Values, name string, otherwise int) int {
	if n, err := strconv.Atoi(q.Get(name)); err == nil && n > 0 {
		return n
	}
	return otherwise
}

// perPage is how many entries a page of this request has.
func perPage(q url.Values) int { return min(positive(q, "per_page", pageSize), maxPageSize) }

// numbered cuts out the page of a request and makes its Link header: previous, next, last and first page, as far as
// there are any.
func numbered[T any](s *Server, c *call, all []T) ([]T, http.Header) {
	q := c.r.URL.Query()
	size, page := perPage(q), positive(q, "page", 1)
	last := max(1, (len(all)+size-1)/size)
	link := func(page int, rel string) string {
		return s.link(c, rel, "page="+strconv.Itoa(page), "page")
	}
	var links []string
	if page > 1 {
		links = append(links, link(min(page-1, last), "prev"))
	}
	if page < last {
		links = append(links, link(page+1, "next"), link(last, "last"))
	}
	if page > 1 {
		if page >= last {
			links = append(links, link(last, "last"))
		}
		links = append(links, link(1, "first"))
	}
	if page > last {
		return nil, linkHeader(links)
	}
	from := (page - 1) * size
	return all[from:min(from+size, len(all))], linkHeader(links)
}

// link is one entry of a Link header. Its address names the repository by ID, and keeps the query but for the parameters
// that page.
func (s *Server) link(c *call, rel, position string, replaced ...string) string {
	root := 3 // segments of repos/owner/name
	if _, byID := c.vars["repository"]; byID {
		root = 2 // of repositories/id
	}
	rest := strings.SplitN(strings.TrimPrefix(c.path, "/"), "/", root+1)[root] // every list has a path of its own
	var kept []string
	for _, pair := range strings.Split(c.r.URL.RawQuery, "&") {
		name, _, _ := strings.Cut(pair, "=")
		if pair != "" && !slices.Contains(replaced, name) {
			kept = append(kept, pair)
		}
	}
	kept = append(kept, position)
	return fmt.Sprintf("<%s/repositories/%d/%s?%s>; rel=%q", s.URL(), s.repositoryID(), rest, strings.Join(kept, "&"), rel)
}

func linkHeader(links []string) http.Header {
	if len(links) == 0 {
		return nil // GitHub leaves the header out when everything fits on one page
	}
	return http.Header{"Link": {strings.Join(links, ", ")}}
}

// cursored cuts out the page of a request for issues. Such lists name no last page: the next one is after a cursor, the
// previous one before it. The number of the page is in the address too, and counts when there is no cursor.
func (s *Server) cursored(c *call, all []*thread) ([]*thread, http.Header, *problem) {
	q := c.r.URL.Query()
	size, page := perPage(q), positive(q, "page", 1)
	from := (page - 1) * size
	switch {
	case q.Get("after") != "":
		at, ok := find(all, q.Get("after"))
		if !ok {
			return nil, nil, badCursor("after", q.Get("after"))
		}
		from = at + 1
	case q.Get("before") != "":
		at, ok := find(all, q.Get("before"))
		if !ok {
			return nil, nil, badCursor("before", q.Get("before"))
		}
		from = max(0, at-size)
	case page*size >= deepest:
		return nil, nil, &problem{
			status: http.StatusUnprocessableEntity,
			message: "Pagination with the page parameter is not supported for large datasets, please use cursor based " +
				"pagination (after/before)",
		}
	}
	from = min(from, len(all))
	to := min(from+size, len(all))
	var links []string
	if to < len(all) {
		position := fmt.Sprintf("after=%s&page=%d", url.QueryEscape(cursor(all[to-1])), page+1)
		links = append(links, s.link(c, "next", position, "page", "after", "before"))
	}
	if from > 0 && from < len(all) {
		position := fmt.Sprintf("before=%s&page=%d", url.QueryEscape(cursor(all[from])), max(1, page-1))
		links = append(links, s.link(c, "prev", position, "page", "after", "before"))
	}
	return all[from:to], linkHeader(links), nil
}

// cursor names a place in a list of issues. Clients must not look into it.
func cursor(th *thread) string {
	return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "cursor:v2:%d", th.id))
}

// find gives the place of a cursor.
func find(all []*thread, wanted string) (int, bool) {
	for i, th := range all {
		if cursor(th) == wanted {
			return i, true
		}
	}
	return 0, false
}

func badCursor(name, value string) *problem {
	return malformed("For 'properties/%s', %s is not a valid cursor.", name, value)
}
