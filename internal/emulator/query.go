package emulator

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// queryReader reads URL parameters with their documented ranges and keeps the
// first problem.
type queryReader struct {
	values  url.Values
	problem string
}

// number reads an integer parameter; absent gives the default. A parameter
// that is present but empty is not a number.
func (q *queryReader) number(name string, standard, low, high int64) int64 {
	if !q.values.Has(name) {
		return standard
	}
	value, err := strconv.ParseInt(q.values.Get(name), 10, 32)
	if err != nil || value < low || value > high {
		q.fail(fmt.Sprintf("%s must be an integer from %d to %d", name, low, high))
		return standard
	}
	return value
}

// text reads a string parameter; absent gives "".
func (q *queryReader) text(name string, low, high int) string {
	if !q.values.Has(name) {
		return ""
	}
	value := q.values.Get(name)
	if n := utf8.RuneCountInString(value); n < low || n > high {
		q.fail(fmt.Sprintf("%s must have %d to %d characters", name, low, high))
	}
	return value
}

// oneOf reads an enumerated parameter; absent gives the default.
func (q *queryReader) oneOf(name, standard string, allowed ...string) string {
	if !q.values.Has(name) {
		return standard
	}
	value := q.values.Get(name)
	if !slices.Contains(allowed, value) {
		q.fail(name + " must be one of " + strings.Join(allowed, ", "))
	}
	return value
}

func (q *queryReader) fail(message string) {
	if q.problem == "" {
		q.problem = message
	}
}

// page cuts one page out of a list; an offset past the end gives none.
func page[T any](c *call, list []T, offset, limit int64) []T {
	if c.fault.Kind == FaultListRepeats && offset > 0 {
		offset--
	}
	start := min(offset, int64(len(list)))
	end := min(start+limit, int64(len(list)))
	return list[start:end]
}
