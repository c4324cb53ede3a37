package yamltree

import (
	"bytes"
	"errors"
	"io"

	"gopkg.in/yaml.v3"
)

// prefixSearch looks for the longest run of lines from the start of a file that is valid YAML by itself.
type prefixSearch struct {
	data []byte
	// ends are the offsets after each number of lines.
	ends []int
	// budget is how many bytes may still be parsed.
	budget int
}

const (
	// searchBudget is how many bytes a search may parse: every try parses the file from its start.
	searchBudget = 16 << 20
	// window is how many lines are tried one by one before the search goes on in larger steps.
	window = 24
	// patience is how many lines are tried around each larger step. Lines inside brackets are no valid end of a file
	// although the file may go on well, so a single try proves little.
	patience = 8
)

func newPrefixSearch(lines [][]byte) *prefixSearch {
	s := &prefixSearch{data: bytes.Join(lines, nil), ends: make([]int, 1, len(lines)+1), budget: searchBudget}
	for i, l := range lines {
		s.ends = append(s.ends, s.ends[i]+len(l))
	}
	return s
}

// longest gives the most lines, fewer than or equal to from, that are valid; ok is false when the budget ends first.
// It tries line by line at first, since the broken line is mostly the last one the parser took, then goes back in
// growing steps to a valid run and halves its way forward again.
func (s *prefixSearch) longest(from int) (n int, ok bool) {
	bad := max(0, from-window)
	if n, ok := s.last(bad, from); ok {
		return n, true
	}
	good, ok := s.last(bad-patience, bad)
	for at, step := bad, window; !ok; step *= 2 {
		at = max(0, at-step)
		good, ok = s.last(at-patience, at)
	}
	for ok {
		n = s.between(good, bad)
		good, ok = s.last(n, min(bad, n+window))
	}
	return n, s.budget > 0
}

// last gives the most lines that are valid, more than low and at most high. No lines at all always are.
func (s *prefixSearch) last(low, high int) (n int, ok bool) {
	for n := high; n > max(low, 0); n-- {
		if s.valid(n) {
			return n, true
		}
	}
	return 0, low < 0
}

// between halves the lines between a valid and an invalid number of lines down to a valid one.
func (s *prefixSearch) between(good, bad int) int {
	for bad-good > 1 && s.budget > 0 {
		middle := (good + bad) / 2
		if n, ok := s.last(max(good, middle-patience), middle); ok {
			good = n
		} else {
			bad = middle
		}
	}
	return good
}

// valid reports whether the YAML parser reads the first n lines to their end. Without budget nothing is valid.
func (s *prefixSearch) valid(n int) bool {
	s.budget -= s.ends[n] + 1
	if n == 0 || s.budget <= 0 {
		return n == 0
	}
	dec := yaml.NewDecoder(bytes.NewReader(s.data[:s.ends[n]]))
	for {
		if _, err := decodeNext(dec); err != nil {
			return errors.Is(err, io.EOF)
		}
	}
}
