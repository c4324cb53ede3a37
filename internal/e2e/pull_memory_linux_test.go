package e2e

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"sync/atomic"
	"time"
)

var highWater = regexp.MustCompile(`(?m)^VmHWM:\s+(\d+) kB$`)

// watchMemory looks at the memory of a process until it has ended; the function it gives tells the most it saw, in MiB.
// The system's own account of an ended process will not do: it counts what the process that started it had.
func watchMemory(pid int) (peak func() int64) {
	var most atomic.Int64
	go func() {
		for {
			status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
			m := highWater.FindSubmatch(status)
			if err != nil || m == nil { // ended
				return
			}
			if kib, err := strconv.ParseInt(string(m[1]), 10, 64); err == nil {
				most.Store(max(most.Load(), kib>>10))
			}
			time.Sleep(10 * time.Millisecond)
		}
	}()
	return most.Load
}
