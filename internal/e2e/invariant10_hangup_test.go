package e2e

import (
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"regent/internal/emulator"
)

// TestInvariant10HangUpIsAnInterrupt: a terminal that is closed ends an apply in order.
func TestInvariant10HangUpIsAnInterrupt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{})
	held := w.dammed(writing)
	p := w.start(nil, "apply", "-f", w.file("r.yaml", swrHarbor().file(3)), "--auto-approve", "--parallelism", "1", "--format", "json")
	w.await("the first write", func() bool { return held.count() == 1 })
	p.signal(syscall.SIGHUP)
	p.says("Interrupted: ")
	held.open()
	if done := decode[applyDoc](t, p.ends(3).out); !done.Interrupted || done.Summary.Applied != 1 || done.Summary.NotAttempted != 2 {
		t.Errorf("interrupted %v, summary %+v", done.Interrupted, done.Summary)
	}
}

// TestInvariant08ReaderThatGoesAwayStopsNothing: what is written to a pipe that nobody reads any more raises a signal,
// which must not end the run in the middle of its writes.
func TestInvariant08ReaderThatGoesAwayStopsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{})
	d := swrHarbor()
	file, audit := w.file("r.yaml", d.file(3)), w.path("audit.jsonl")
	held := w.dammed(writing)
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), built(t), "apply", "-f", file, "--auto-approve", "--parallelism", "1", "--audit", audit)
	cmd.Stdout, cmd.Stderr = writer, writer
	cmd.Env = []string{"HOME=" + w.dir, "PATH=" + os.Getenv("PATH")}
	for name, value := range w.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = writer.Close() // the process has its own
	go func() { _, _ = io.Copy(io.Discard, reader) }()
	w.await("the first write", func() bool { return held.count() == 1 })
	_ = reader.Close()
	held.open()
	err = cmd.Wait()
	if cmd.ProcessState.ExitCode() < 0 {
		t.Errorf("a signal ended the run: %v", err)
	}
	w.wrote(strings.Fields(strings.Repeat(d.create+" ", 3))...)
	if ends := closing(w.audited(audit)); len(ends) != 3 || ends[d.account+"/swr-3"] != "applied" {
		t.Errorf("the audit file ends with %v", ends)
	}
}
