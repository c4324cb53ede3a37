//go:build unix

package action

import (
	"io/fs"
	"syscall"
)

// owner gives who a file belongs to; ok is false where that cannot be told.
func owner(info fs.FileInfo) (uid, gid int, ok bool) {
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, 0, false
	}
	return int(s.Uid), int(s.Gid), true
}
