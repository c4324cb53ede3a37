package e2e

import (
	"net/http"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"regent/internal/emulator"
	"regent/internal/github/githubtest"
)

// ending is how an apply of swr-1 to swr-4 ends.
type ending struct {
	name   string
	faults []emulator.Fault
	code   int
	reason string
	// failed and unknown are outputs, writes the number of requests that were sent.
	failed, unknown string
	writes          int
	// told are in comment and summary, annotated in the annotations of their level, which is error unless it is given.
	told, annotated []string
	level           string
	// after are how many changes are left for the run after it, which succeeds.
	after string
}

func endings() []ending {
	create := func(f emulator.Fault) emulator.Fault { f.Operation = "CreateInstanceRegistry"; return f }
	quota := emulator.Fault{Kind: emulator.FaultStatus, Status: 403, Code: "SVCSTG.SWR.4030000", Message: "no quota"}
	one, all := quota, quota
	one.Match, all.Times = "swr-2", -1
	return []ending{
		{name: "all applied", failed: "0", unknown: "0", writes: 4, told: []string{"4 applied", "| applied |"}, after: "0"},
		{name: "one failed", faults: []emulator.Fault{create(one)}, code: 3, reason: "partial", failed: "1", unknown: "0", writes: 4,
			told:      []string{"3 applied, 1 failed", "| `swr-2` | **failed**<br>", "no quota", "SVCSTG.SWR.4030000"},
			annotated: []string{"add of swr-2 in account swr-primary: failed: ", "no quota", "SVCSTG.SWR.4030000", "request ID "}, after: "1"},
		{name: "all failed", faults: []emulator.Fault{create(all)}, code: 1, reason: "failed", failed: "4", unknown: "0", writes: 4,
			told: []string{"4 failed", "no quota"}, annotated: []string{"swr-1", "swr-2", "swr-3", "swr-4"}, after: "4"},
		{name: "answer lost and adopted", faults: []emulator.Fault{create(emulator.Fault{Kind: emulator.FaultDropAfter, Match: "swr-3"})}, failed: "0", unknown: "0", writes: 4,
			told: []string{"4 applied", "| `swr-3` | applied<br>"}, annotated: []string{"swr-3"}, level: "notice", after: "0"},
		{name: "unknown", faults: []emulator.Fault{
			create(emulator.Fault{Kind: emulator.FaultDropAfter, Match: "swr-3"}),
			{Operation: "ListInstanceRegistries", Kind: emulator.FaultStatus, Status: 403, Code: "DENIED", Message: "no list", Nth: 2, Times: -1},
		}, code: 3, reason: "partial", failed: "0", unknown: "4", writes: 4,
			told:      []string{"0 applied, 4 unknown", "| `swr-3` | **unknown**<br>", "the answer was lost", "reading it back failed"},
			annotated: []string{"add of swr-3 in account swr-primary: unknown: the answer was lost", "add of swr-4 in account swr-primary: unknown: "}, after: "0"},
		{name: "credentials refused", faults: []emulator.Fault{create(emulator.Fault{Kind: emulator.FaultDenied, Times: -1})}, code: 1, reason: "failed", failed: "4", unknown: "0", writes: 4,
			told: []string{"4 failed"}, annotated: []string{"request ID "}, after: "4"},
		{name: "taken and forgotten", faults: []emulator.Fault{create(emulator.Fault{Kind: emulator.FaultIgnore, Match: "swr-4"})}, code: 3, reason: "partial", failed: "1", unknown: "0", writes: 4,
			told: []string{"3 applied, 1 failed", "| `swr-4` | **failed**<br>"}, annotated: []string{"swr-4"}, after: "1"},
	}
}

// TestActionTellsEveryOutcome in comment, summary, annotations and outputs, and converges when it is run again.
func TestActionTellsEveryOutcome(t *testing.T) {
	t.Parallel()
	for _, c := range endings() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, dialects()[2].file(4))
			s.start("pull_request", opened(), nil).exits(0, "")
			push := s.merge()
			s.ClearRequests()
			s.faults(c.faults...)
			got := s.start("push", push, nil).exits(c.code, c.reason).gives("add", "4", "failed", c.failed, "unknown", c.unknown, "has-changes", "true")
			if n := len(s.writes()); n != c.writes {
				t.Errorf("%d writes, want %d", n, c.writes)
			}
			body := s.comment().Body
			run := "https://github.com/octo-org/registries/actions/runs/" + got.run.Env["GITHUB_RUN_ID"]
			holds(t, "the comment", body, append(c.told, run, "regent apply")...)
			holds(t, "the summary", got.summary, append(c.told, run)...)
			level := c.level
			if level == "" {
				level = "error"
			}
			got.tells(level, c.annotated...)
			s.requestIDs(body)
			s.faults()
			s.start("push", push, nil).exits(0, "").gives("add", c.after, "failed", "0", "unknown", "0")
		})
	}
}

// requestIDs insists that the comment has a request ID for every write that was answered.
func (s *stage) requestIDs(body string) {
	s.t.Helper()
	for line := range strings.Lines(body) {
		if cells := strings.Split(strings.TrimSpace(line), " | "); len(cells) == 6 && strings.Contains(cells[3], "applied") && !strings.Contains(cells[3], "<br>") {
			if id := strings.Trim(cells[5], " |`"); len(id) < 16 {
				s.t.Errorf("no request ID: %s", line)
			}
		}
	}
}

// TestActionInterrupted in the middle of its writes: those under way end, no other starts, and comment, summary and
// outputs say so, in the time that GitHub's runner gives.
func TestActionInterrupted(t *testing.T) {
	t.Parallel()
	for name, signal := range signals {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, dialects()[2].file(8))
			s.start("pull_request", opened(), nil).exits(0, "")
			held := s.dammed(writing)
			run := s.prepare("push", s.merge(), map[string]string{"parallelism": "3"})
			cmd := exec.Command(built(t), "action")
			cmd.Env, cmd.Dir = run.Environ(), run.Workspace
			out := &screen{}
			cmd.Stdout = out
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			s.await("the first writes", func() bool { return held.count() == 3 })
			if err := cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			s.await("the signal to be heard", func() bool { return strings.Contains(out.String(), "Interrupted: no further change starts") })
			held.open()
			_ = cmd.Wait() // the exit code says it all
			if code := cmd.ProcessState.ExitCode(); code != 3 {
				t.Fatalf("exit code %d\n%s", code, out.String())
			}
			if n := held.count(); n != 3 {
				t.Errorf("%d writes were sent, want the 3 that were under way", n)
			}
			for at, text := range map[string]string{"the comment": s.comment().Body, "the summary": run.Summary(t), "the log": out.String()} {
				holds(t, at, text, "3 applied", "5 not attempted", "interrupted")
			}
			if got := run.Outputs(t); got["reason"] != "partial" || got["add"] != "8" || got["failed"] != "0" {
				t.Errorf("%v", got)
			}
			s.start("push", s.merge(), nil).exits(0, "").gives("add", "5")
		})
	}
}

// TestActionInterruptedWithoutAnswers gives up writes and comment in time: the runner ends a job 7.5 seconds after the
// first signal.
func TestActionInterruptedWithoutAnswers(t *testing.T) {
	t.Parallel()
	s := newStage(t, dialects()[2].file(4))
	s.start("pull_request", opened(), nil).exits(0, "")
	held := s.dammed(writing)
	s.hub.Fail(githubtest.Fault{Operation: updated, Kind: githubtest.FaultDelay, Delay: time.Hour, Times: -1})
	run := s.prepare("push", s.merge(), map[string]string{"parallelism": "2"})
	cmd := exec.Command(built(t), "action")
	cmd.Env, cmd.Dir = run.Environ(), run.Workspace
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s.await("the first writes", func() bool { return held.count() == 2 })
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()                                       // the exit code says it all
	if n := strings.Count(s.called(), updated); n != 1 { // after 30 seconds a second one would be sent
		t.Errorf("the comment was sent %d times", n)
	}
	if code := cmd.ProcessState.ExitCode(); code != 3 {
		t.Errorf("exit code %d", code)
	}
	holds(t, "the summary", run.Summary(t), "2 unknown", "2 not attempted")
	if got := run.Outputs(t); got["unknown"] != "2" || got["reason"] != "partial" {
		t.Errorf("%v", got)
	}
}

// TestActionInterruptedBeforeItWrites writes nothing, and is no refusal.
func TestActionInterruptedBeforeItWrites(t *testing.T) {
	t.Parallel()
	s := newStage(t, dialects()[2].file(1))
	s.start("pull_request", opened(), nil).exits(0, "")
	s.ClearRequests()
	held := s.dammed(func(r *http.Request) bool { return reading(r) })
	run := s.prepare("push", s.merge(), nil)
	cmd := exec.Command(built(t), "action")
	cmd.Env, cmd.Dir = run.Environ(), run.Workspace
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s.await("the first read", func() bool { return held.count() > 0 })
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // the exit code says it all
	if code, out := cmd.ProcessState.ExitCode(), run.Outputs(t); code != 1 || out["reason"] != "unreadable" {
		t.Errorf("exit code %d, %v", code, out)
	}
	held.open()
	s.wrote()
	holds(t, "the summary", run.Summary(t), "interrupted")
	s.start("push", s.merge(), nil).exits(0, "").gives("add", "1")
}
