// Package mutants takes guards of the invariants away, one after the other, and insists that a test of the invariant
// notices each time.
//
//	go test -v -timeout 1h ./internal/mutants -mutants
//
// A guard is found by the function that it stands in. The edited file is laid over the true one (the overlay of the go
// command), so that nothing in the repository changes. One invariant, or one guard, is chosen with -run:
//
//	go test -v -timeout 1h ./internal/mutants -mutants -run 'TestEveryGuardIsNeeded/05_'
//
// Without the flag only the table is checked, which takes no time: each guard is still where the table says, and each test
// still exists.
package mutants
