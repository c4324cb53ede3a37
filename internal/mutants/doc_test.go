// Package mutants takes the guards of the invariants away, one after the other, and insists that a test of the invariant
// notices each time.
//
//	go test -v -timeout 2h ./internal/mutants -mutants
//
// A mutant is an edit of the program that removes one guard. The edited file is laid over the true one (the overlay of the
// go command), so that nothing in the repository changes; the program that some tests build is built with it as well.
// Required is that the edited program compiles, that the named tests pass without the edit, and that each of them fails
// with it. What comes of all that is logged as a Markdown table. One invariant, or one guard, is chosen with -run:
//
//	go test -v -timeout 2h ./internal/mutants -mutants -run 'TestEveryGuardIsNeeded/05_'
//
// Without the flag only the table of mutants is checked, which takes no time: each edit still fits its file, and each test
// still exists.
package mutants
