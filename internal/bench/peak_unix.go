//go:build unix

package main

import (
	"os"
	"runtime"
	"syscall"
)

// peak gives the largest resident memory of a process that has ended, in bytes.
func peak(s *os.ProcessState) int64 {
	u, ok := s.SysUsage().(*syscall.Rusage)
	switch {
	case !ok:
		return 0
	case runtime.GOOS == "darwin":
		return u.Maxrss
	}
	return u.Maxrss << 10 // in KiB elsewhere
}
