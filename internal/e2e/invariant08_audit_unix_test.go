//go:build unix

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"regent/internal/emulator"
)

// limited runs apply in a shell that lets files grow to a number of blocks, which are 512 or 1024 bytes each.
func (w *world) limited(blocks int, file, audit string) result {
	w.t.Helper()
	cmd := exec.CommandContext(w.t.Context(), "/bin/sh", "-c", fmt.Sprintf(`ulimit -f %d && exec "$@"`, blocks), "sh",
		built(w.t), "apply", "-f", file, "--auto-approve", "--parallelism", "1", "--format", "json", "--audit", audit)
	var out, stderr screen
	cmd.Stdout, cmd.Stderr = &out, &stderr
	cmd.Env = []string{"HOME=" + w.dir, "PATH=" + os.Getenv("PATH")}
	for name, value := range w.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	_ = cmd.Run() // the exit code says it all
	return result{args: cmd.Args, code: cmd.ProcessState.ExitCode(), out: out.String(), err: stderr.String()}
}

// TestInvariant08FullDiskTearsNoAuditLine: a line that does not fit is not there at all, so that the lines before and
// after it can be read. The disk is one that takes no more after a few lines.
func TestInvariant08FullDiskTearsNoAuditLine(t *testing.T) {
	t.Parallel()
	each(t, dialects(), func(t *testing.T, w *world, d dialect) {
		file, audit := w.file("r.yaml", d.file(9)), w.path("audit.jsonl")
		r := w.limited(3, file, audit).exits(t, 3)
		done := decode[applyDoc](t, r.out).Summary
		if done.Applied == 0 || done.NotAttempted == 0 || done.Applied+done.NotAttempted != 9 {
			t.Errorf("summary %+v, want that the writes stop with the audit file", done)
		}
		if !strings.Contains(r.out, "the audit file cannot be written") {
			t.Errorf("the report does not name the cause\n%s", r)
		}
		before := len(w.audited(audit))
		rest := w.applied(0, file, "--audit", audit)
		if lines := w.audited(audit); len(lines) != before+3*rest.Summary.Applied || lines[before].Outcome != "started" {
			t.Errorf("%d lines, and then %d for %d changes", before, len(lines)-before, rest.Summary.Applied)
		}
		w.settled(file)
	})
}

// TestInvariant08FullDiskStopsBeforeTheFirstWrite: not even one line fits.
func TestInvariant08FullDiskStopsBeforeTheFirstWrite(t *testing.T) {
	t.Parallel()
	each(t, dialects(), func(t *testing.T, w *world, d dialect) {
		audit := w.path("audit.jsonl")
		r := w.limited(0, w.file("r.yaml", d.file(2)), audit).exits(t, 1).says(t, "the audit file cannot be written")
		if got := decode[applyDoc](t, r.out).Summary; got.NotAttempted != 2 {
			t.Errorf("summary %+v, want nothing attempted", got)
		}
		if w.read(audit) != "" {
			t.Errorf("the audit file holds a part of a line: %s", w.read(audit))
		}
		w.wrote()
	})
}

// TestInvariant08AuditFileThatIsAPipeIsRefused: to open a pipe that nobody reads takes for ever.
func TestInvariant08AuditFileThatIsAPipeIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{})
	pipe := w.path("pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	w.apply(w.file("r.yaml", swrHarbor().file(1)), "--audit", pipe).exits(t, 1).says(t, "nothing was written", "is no regular file")
	w.wrote()
}
