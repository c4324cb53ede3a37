// Package crash turns panics into errors.
//
// A panic that nobody recovers ends the program with its value on standard error, past every mask, and in the middle of
// writes that are then reported to nobody. It can only be recovered in the goroutine where it happens, so that each one
// that regent starts defers [Caught]. What no program can recover (a stack that overflows, memory that runs out, maps
// written concurrently) ends in a message of Go's own, which holds addresses and no text.
package crash

import (
	"fmt"
	"regexp"
	"runtime/debug"
	"strings"
)

// Error is a panic that was caught.
type Error struct {
	value any
	stack []byte
}

// Error gives what the panic said. It may come from a file or a server, and is to be shown like any text of theirs.
func (e *Error) Error() string { return fmt.Sprintf("internal error: %v", e.value) }

// Unwrap gives the error that was the panic's value, if it was one.
func (e *Error) Unwrap() error {
	err, _ := e.value.(error)
	return err
}

// arguments are those of a call in a stack: addresses and lengths, which tell of the lengths of secrets.
var arguments = regexp.MustCompile(`(?m)\([^()\n]*\)$`)

// Trace gives the functions and lines that led to the panic, the last call first, without the arguments of calls.
func (e *Error) Trace() string {
	calls := arguments.ReplaceAllString(string(e.stack), "(...)")
	if _, before, ok := strings.Cut(calls, "\npanic(...)\n"); ok { // what comes first is how it was caught
		_, calls, _ = strings.Cut(before, "\n")
	}
	return strings.TrimSpace(strings.ReplaceAll(calls, "\t", "    "))
}

// Caught makes an error of a panic. Defer it, at the start of every goroutine:
//
//	defer crash.Caught(&err)
func Caught(err *error) {
	if value := recover(); value != nil {
		*err = &Error{value, debug.Stack()}
	}
}

// Guard calls f and gives its error; a panic becomes an [*Error].
func Guard(f func() error) (err error) {
	defer Caught(&err)
	return f()
}
