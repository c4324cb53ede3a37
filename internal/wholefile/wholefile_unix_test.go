//go:build linux || darwin

package wholefile_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"regent/internal/wholefile"
)

// pipe makes a pipe with a name.
func pipe(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestPipesAreNotWaitedFor: to open a pipe takes until somebody opens its other end.
func TestPipesAreNotWaitedFor(t *testing.T) {
	t.Parallel()
	path := pipe(t)
	if _, err := wholefile.Read(path, 8); err == nil || err.Error() != "not a regular file" {
		t.Errorf("reading a pipe: %v", err)
	}
	if err := replace(path, "new"); err == nil || !strings.Contains(err.Error(), "nobody reads this pipe") {
		t.Errorf("writing to a pipe without a reader: %v", err)
	}
}

// TestReplaceWritesToPipes that somebody reads, as a shell's >(command) makes them.
func TestReplaceWritesToPipes(t *testing.T) {
	t.Parallel()
	path := pipe(t)
	reader, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = reader.Close() }()
	if err := replace(path, "new"); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 8)
	if n, err := reader.Read(got); err != nil || string(got[:n]) != "new" {
		t.Errorf("the reader got %q, %v", got[:n], err)
	}
	if info, err := os.Lstat(path); err != nil || info.Mode()&fs.ModeNamedPipe == 0 {
		t.Errorf("the pipe is %v, %v", info, err)
	}
}

// TestReplaceWritesToDevices: what follows would be a regular file in the place of /dev/null. The device is a copy of it.
func TestReplaceWritesToDevices(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	device := filepath.Join(dir, "null")
	var like syscall.Stat_t
	if err := syscall.Stat(os.DevNull, &like); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mknod(device, syscall.S_IFCHR|0o600, int(like.Rdev)); err != nil {
		t.Skipf("making a device takes rights that this user does not have: %v", err)
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink("null", link); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{device, link} {
		if err := replace(path, "new"); err != nil {
			t.Skipf("devices cannot be opened here: %v", err)
		}
	}
	if info, err := os.Lstat(device); err != nil || info.Mode()&fs.ModeCharDevice == 0 {
		t.Errorf("the device is %v, %v", info, err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("the link is %v, %v", info, err)
	}
}
