//go:build unix

package main

import (
	"os/signal"
	"syscall"
)

// ignoreFileLimit makes the limit on the sizes of files (ulimit -f) an error of the write that meets it. As a signal it
// ends the program, in the middle of its writes to a cloud.
func ignoreFileLimit() { signal.Ignore(syscall.SIGXFSZ) }
