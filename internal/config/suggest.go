package config

import (
	"slices"
	"strings"
	"unicode"

	"regent/internal/order"
)

// Suggest gives the candidate that the user most likely meant by word, or "" when none is near.
func Suggest(word string, candidates []string) string { return suggest(word, candidates) }

func suggest(word string, candidates []string) string {
	w := plain(word)
	if w == "" || len(w) > 64 {
		return ""
	}
	best, bestDistance := "", len(w)+1
	for _, c := range candidates {
		p := plain(c)
		if d := slips(w, p); d <= tolerance(w, p) && d < bestDistance {
			best, bestDistance = c, d
		}
	}
	return best
}

// slips is the distance of two words, where a word cut short counts as one slip. Words of too different length are
// not compared.
func slips(w, p string) int {
	switch {
	case len(w) >= 4 && len(p) > len(w) && strings.HasPrefix(p, w):
		return 1
	case max(len(w)-len(p), len(p)-len(w)) > tolerance(w, p):
		return len(w) + len(p)
	}
	return distance(w, p)
}

// plain leaves out what people vary without meaning anything: case, dashes and underscores, and what they cannot see.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r > 0x7F && unicode.In(r, unicode.Zs, unicode.Cf) {
			return -1
		}
		return r
	}, dropMarks.Replace(strings.ToLower(s)))
}

var dropMarks = strings.NewReplacer("-", "", "_", "", " ", "")

// tolerance is how many slips make two words still the same: none in words of up to two letters, one up to four,
// two up to eight, else three.
func tolerance(a, b string) int {
	switch n := min(len(a), len(b)); {
	case n <= 2:
		return 0
	case n <= 4:
		return 1
	case n <= 8:
		return 2
	default:
		return 3
	}
}

// distance is the Damerau-Levenshtein distance (optimal string alignment): insertions, deletions, substitutions and
// swaps of neighbours.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	before, last := make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := range x {
		row := make([]int, len(y)+1)
		row[0] = i + 1
		for j := range y {
			cost := 1
			if x[i] == y[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last = last, row
	}
	return last[len(y)]
}

// near gives up to n candidates that resemble word, nearest first.
func near(word string, candidates []string, n int) []string {
	sorted := slices.Clone(candidates)
	order.By(sorted, func(a, b *string) int {
		return distance(plain(word), plain(*a)) - distance(plain(word), plain(*b))
	})
	return sorted[:min(n, len(sorted))]
}
