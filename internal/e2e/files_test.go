package e2e

import (
	"os"
	"path/filepath"
	"testing"

	"regent/internal/emulator"
)

// TestFilesThatAreLinksStayLinks: a plan and a sandbox's state that a link leads to are written where it leads.
func TestFilesThatAreLinksStayLinks(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{})
	file := w.file("r.yaml", swrHarbor().file(1))
	if err := os.Mkdir(w.path("far"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"plan.json", "state.json"} {
		if err := os.Symlink(filepath.Join("far", name), w.path(name)); err != nil {
			t.Skipf("no links here: %v", err)
		}
	}
	sandbox := []string{"-f", file, "--sandbox", "--sandbox-state", w.path("state.json")}
	w.run(append([]string{"plan", "--out", w.path("plan.json")}, sandbox...)...).exits(t, 0)
	w.run(append([]string{"apply", "--auto-approve", "--plan", w.path("plan.json")}, sandbox...)...).exits(t, 0).shows(t, "1 applied")
	w.run(append([]string{"plan"}, sandbox...)...).exits(t, 0).shows(t, "No changes")
	for _, name := range []string{"plan.json", "state.json"} {
		if to, err := os.Readlink(w.path(name)); err != nil || to != filepath.Join("far", name) {
			t.Errorf("%s leads to %q (%v)", name, to, err)
		}
		if info, err := os.Lstat(w.path("far/" + name)); err != nil || info.Mode() != 0o600 {
			t.Errorf("far/%s is %v (%v)", name, info, err)
		}
	}
}

// TestFilesOfAnotherKind: the message names the flag and the file, and says what is expected.
func TestFilesOfAnotherKind(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{})
	file := w.file("r.yaml", swrHarbor().file(1))
	large := w.file("large.json", "")
	if err := os.Truncate(large, 64<<20+1); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args []string
		says string
	}{
		"a plan that is not there":         {[]string{"apply", "-f", file, "--auto-approve", "--plan", "no.json"}, "regent: --plan no.json: no such file; regent plan --out makes one\n"},
		"a plan that is a folder":          {[]string{"apply", "-f", file, "--auto-approve", "--plan", w.dir}, "regent: --plan " + w.dir + ": not a regular file; is it a plan written by regent plan --out?\n"},
		"a plan that is a configuration":   {[]string{"apply", "-f", file, "--auto-approve", "--plan", file}, "regent: --plan " + file + ": not a plan written by regent plan --out: "},
		"a plan into a missing folder":     {[]string{"plan", "-f", file, "--out", "no/plan.json"}, "regent: --out no/plan.json: the plan was not written: folder no/: no such file or directory\n"},
		"a plan into a folder":             {[]string{"plan", "-f", file, "--out", w.dir}, "regent: --out " + w.dir + ": the plan was not written: it is a folder; name a file in it\n"},
		"a state that is a configuration":  {[]string{"plan", "-f", file, "--sandbox", "--sandbox-state", file}, "regent: --sandbox-state " + file + ": not a file that the sandbox or the emulator wrote: "},
		"a state of another version":       {[]string{"emulator", "--state", w.file("old.json", `{"version":2}`)}, "old.json: not a file that the sandbox or the emulator wrote: its version is 2, not 1\n"},
		"a state that contradicts itself":  {[]string{"emulator", "--state", w.file("bad.json", `{"version":1,"sas":{"registries":[{}]}}`)}, "bad.json: not a file that the sandbox or the emulator wrote: "},
		"a state that is a folder":         {[]string{"plan", "-f", file, "--sandbox", "--sandbox-state", w.dir}, "regent: --sandbox-state " + w.dir + ": not a regular file\n"},
		"the emulator's that is a folder":  {[]string{"emulator", "--state", w.dir}, "regent: --state " + w.dir + ": not a regular file\n"},
		"a state that is too large":        {[]string{"plan", "-f", file, "--sandbox", "--sandbox-state", large}, "regent: --sandbox-state " + large + ": larger than 64 MiB\n"},
		"an emulator's that is too large":  {[]string{"emulator", "--state", large}, "regent: --state " + large + ": larger than 64 MiB\n"},
		"a mistake that is not the file's": {[]string{"emulator", "--state", w.path("new.json"), "--latency", "-1s"}, "regent: emulator: rate and latency must not be negative\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w.run(c.args...).exits(t, 1).says(t, c.says)
		})
	}
}
