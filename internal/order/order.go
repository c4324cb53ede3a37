// Package order sorts slices of large structs, and names as people do.
package order

import (
	"cmp"
	"sort"
	"strings"
)

// By sorts s by compare and keeps equal elements in their order. It goes through package sort: the functions of
// package slices are compiled anew for each element type, some 25 kB of program for every struct that is sorted.
func By[T any](s []T, compare func(a, b *T) int) {
	sort.SliceStable(s, func(i, j int) bool { return compare(&s[i], &s[j]) < 0 })
}

// Natural compares names so that digits count as numbers: team7 comes before team10. It is zero for equal names only.
func Natural(a, b string) int {
	x, y := a, b
	for x != "" && y != "" {
		n, m := digits(x), digits(y)
		switch {
		case n > 0 && m > 0:
			p, q := strings.TrimLeft(x[:n], "0"), strings.TrimLeft(y[:m], "0")
			if c := cmp.Or(cmp.Compare(len(p), len(q)), cmp.Compare(p, q)); c != 0 {
				return c
			}
			x, y = x[n:], y[m:]
		case x[0] != y[0]:
			return cmp.Compare(x[0], y[0])
		default:
			x, y = x[1:], y[1:]
		}
	}
	return cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(a, b))
}

// digits is the number of digits that a text starts with.
func digits(s string) int { return len(s) - len(strings.TrimLeft(s, "0123456789")) }
