// Package order sorts slices of large structs.
package order

import "sort"

// By sorts s by compare and keeps equal elements in their order. It goes through package sort: the functions of
// package slices are compiled anew for each element type, some 25 kB of program for every struct that is sorted.
func By[T any](s []T, compare func(a, b *T) int) {
	sort.SliceStable(s, func(i, j int) bool { return compare(&s[i], &s[j]) < 0 })
}
