package e2e

import (
	"os"
	"syscall"
)

// peak gives the most memory that a process had, in MiB.
func peak(p *os.ProcessState) (mib int64, ok bool) {
	usage, ok := p.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0, false
	}
	return usage.Maxrss >> 10, true
}
