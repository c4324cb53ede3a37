package wholefile_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"regent/internal/wholefile"
)

// replace replaces a file with a text.
func replace(path, text string) error {
	return wholefile.Replace(path, func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	})
}

// holds insists on the content of a regular file, of which only its owner can read the new one.
func holds(t *testing.T, path, want string) {
	t.Helper()
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	if !info.Mode().IsRegular() || info.Mode().Perm() != 0o600 {
		t.Errorf("%s has mode %v", path, info.Mode())
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("%s holds %q (%v), want %q", path, got, err, want)
	}
}

// TestReplaceFollowsLinks: a link stays one, and what it leads to is replaced, also when there is nothing yet.
func TestReplaceFollowsLinks(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ links, files map[string]string }{
		"to a file":        {map[string]string{"link": "target"}, map[string]string{"target": "old"}},
		"to nothing yet":   {map[string]string{"link": "target"}, nil},
		"of two steps":     {map[string]string{"link": "second", "second": "target"}, map[string]string{"target": "old"}},
		"into a folder":    {map[string]string{"link": "far/../target", "far": "a/b"}, nil}, // far/.. is a
		"through a folder": {map[string]string{"link": "far/target", "far": "a"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.MkdirAll(filepath.Join(dir, "a", "b"), 0o700); err != nil {
				t.Fatal(err)
			}
			for file, text := range c.files {
				if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			for from, to := range c.links {
				if err := os.Symlink(to, filepath.Join(dir, from)); err != nil {
					t.Skipf("no links here: %v", err)
				}
			}
			if err := replace(filepath.Join(dir, "link"), "new"); err != nil {
				t.Fatal(err)
			}
			if got, err := os.Readlink(filepath.Join(dir, "link")); err != nil || got != c.links["link"] {
				t.Errorf("the link leads to %q (%v)", got, err)
			}
			target, err := filepath.EvalSymlinks(filepath.Join(dir, "link"))
			if err != nil {
				t.Fatal(err)
			}
			holds(t, target, "new")
			if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func TestReplaceRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := replace(dir, "new"); err == nil || !strings.Contains(err.Error(), "it is a folder") {
		t.Errorf("a folder: %v", err)
	}
	err := replace(filepath.Join(dir, "absent", "file"), "new")
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "absent") || strings.Contains(err.Error(), "file.") {
		t.Errorf("a missing folder: %v", err)
	}
	loop := filepath.Join(dir, "loop")
	if err := os.Symlink("loop", loop); err == nil {
		if err := replace(loop, "new"); err == nil {
			t.Error("a link to itself is replaced")
		}
	}
	broken := errors.New("no more to write")
	file := filepath.Join(dir, "file")
	if err := wholefile.Replace(file, func(io.Writer) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("a writer that fails: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*file*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("12345678"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := wholefile.Read(file, 8); err != nil || string(got) != "12345678" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := wholefile.Read(file, 7); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("a file over the limit: %v", err)
	}
	if _, err := wholefile.Read(filepath.Join(dir, "absent"), 8); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	if _, err := wholefile.Read(dir, 8); err == nil || err.Error() != "not a regular file" {
		t.Errorf("a folder: %v", err)
	}
}
