package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"regent/internal/emulator"
	"regent/internal/github/githubtest"
)

// bare runs the Action where the runner's own files cannot be read afterwards, and gives the exit code and the output.
func (s *stage) bare(run *githubtest.Run) (int, string) {
	s.t.Helper()
	cmd := exec.Command(built(s.t), "action")
	cmd.Env, cmd.Dir = run.Environ(), run.Workspace
	out, err := cmd.CombinedOutput()
	if _, isExit := err.(*exec.ExitError); err != nil && !isExit {
		s.t.Fatal(err)
	}
	leakFree(s.t, s.secrets, map[string]string{"the output": withoutMasks(string(out))})
	return cmd.ProcessState.ExitCode(), string(out)
}

// withoutMasks gives what is left of a raw log without the commands that tell the runner what to mask.
func withoutMasks(raw string) string {
	var b strings.Builder
	for line := range strings.Lines(raw) {
		if !strings.HasPrefix(line, "::add-mask::") {
			b.WriteString(line)
		}
	}
	return b.String()
}

// TestActionFilesOfTheRunner that are missing or cannot be written: outputs that later steps rely on fail the run, a
// summary does not.
func TestActionFilesOfTheRunner(t *testing.T) {
	t.Parallel()
	const apply, plan = "push", "pull_request"
	for _, c := range []struct {
		variable, value, event string
		code                   int
		says                   string
	}{
		{"GITHUB_OUTPUT", "/proc/no/such/file", plan, 1, "::error title=regent%3A outputs::a file of the runner cannot be written"},
		{"GITHUB_OUTPUT", "/proc/no/such/file", apply, 3, "::error title=regent%3A outputs::a file of the runner cannot be written"},
		{"GITHUB_OUTPUT", "", plan, 0, "1 to add"},
		{"GITHUB_STEP_SUMMARY", "/proc/no/such/file", plan, 0, "::warning title=regent%3A summary::a file of the runner cannot be written"},
		{"GITHUB_STEP_SUMMARY", "/proc/no/such/file", apply, 0, "::warning title=regent%3A summary::a file of the runner cannot be written"},
		{"GITHUB_STEP_SUMMARY", "", plan, 0, "1 to add"},
		{"GITHUB_EVENT_PATH", "/no/such/file", plan, 1, "::error title=regent%3A input-invalid::the event's file"},
		{"GITHUB_EVENT_PATH", "", plan, 1, "GITHUB_EVENT_PATH is not set"},
		{"GITHUB_EVENT_PATH", "/dev/null", plan, 1, "not the JSON that GitHub writes"},
		{"GITHUB_EVENT_NAME", "", plan, 1, "GITHUB_EVENT_NAME is not set"},
		{"GITHUB_WORKSPACE", "", plan, 1, "GITHUB_WORKSPACE is not set"},
		{"GITHUB_WORKSPACE", "/no/such/folder", plan, 1, "/no/such/folder"},
		{"GITHUB_REPOSITORY", "registries", plan, 1, "not OWNER/NAME"},
		{"GITHUB_RUN_ID", "x", plan, 1, "GITHUB_RUN_ID is not a number"},
		{"GITHUB_API_URL", "", plan, 1, "GITHUB_API_URL is not set"},
		{"GITHUB_API_URL", "http://api.example.com", plan, 1, "GITHUB_API_URL"},
		{"GITHUB_API_URL", "ftp://127.0.0.1", plan, 1, "GITHUB_API_URL"},
		{"GITHUB_ACTIONS", "false", plan, 1, "runs inside a workflow of GitHub only"},
	} {
		t.Run(fmt.Sprint(c.event, " ", c.variable, " ", c.value), func(t *testing.T) {
			t.Parallel()
			s := newStage(t, dialects()[2].file(1))
			payload := opened()
			if c.event == apply {
				s.start(plan, payload, nil).exits(0, "")
				payload = s.merge()
			}
			run := s.prepare(c.event, payload, nil)
			run.Env[c.variable] = c.value
			code, out := s.bare(run)
			if code != c.code || !strings.Contains(out, c.says) || strings.Contains(out, "goroutine") {
				t.Errorf("exit code %d, want %d and %q:\n%s", code, c.code, c.says, withoutMasks(out))
			}
			if c.variable == "GITHUB_ACTIONS" && strings.Contains(out, "add-mask") {
				t.Error("it prints secrets where nothing masks them")
			}
			if c.event == apply {
				s.wrote("CreateInstanceRegistry")
				holds(t, "the comment", s.comment().Body, "1 applied")
			}
		})
	}
}

// TestActionWorkspaceThatCannotBeWritten costs the file of the plan only.
func TestActionWorkspaceThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	if os.Getuid() == 0 {
		t.Skip("root writes everywhere; the test of files in the way covers the same path")
	}
	s := newStage(t, dialects()[2].file(1))
	run := s.prepare("pull_request", opened(), nil)
	if err := os.Chmod(run.Workspace, 0o500); err != nil {
		t.Fatal(err)
	}
	s.finish(run).exits(0, "").gives("plan-path", "").tells("warning", "the plan could not be written to a file")
}

// at gives the places of the annotations of a level as FILE:LINE:COL.
func (s *step) at(level string) string {
	var all []string
	for _, c := range s.annotations(level) {
		all = append(all, fmt.Sprintf("%s:%s:%s", c.Properties["file"], c.Properties["line"], c.Properties["col"]))
	}
	return strings.Join(all, " ")
}

// TestActionAnnotatesLines of the file, as seen from the root of the repository, wherever the configuration lies.
func TestActionAnnotatesLines(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{"", "infra/prod/"} {
		t.Run(dir, func(t *testing.T) {
			t.Parallel()
			d := dialects()[2]
			s := newStage(t, d.file(1))
			s.applied(0, s.world.file("r.yaml", s.config))
			with := map[string]string{"working-directory": dir}
			file := dir + "registries.yaml"
			put := func(text string) { s.config, s.files = "", map[string]string{file: text} }

			put(edit(t, edit(t, d.file(1), "type: swr-pro", "type: huawei-SWR"), "    hosts: {dr1.example.com: 192.0.2.20}\n", ""))
			got := s.start("pull_request", opened(), with).exits(0, "").gives("blocked", "1")
			if at := got.at("warning"); at != file+":11:11" {
				t.Errorf("the blocked field is at %s", at)
			}
			got.tells("warning", "swr-1 in account swr-primary: type cannot be changed: SWR does not change the type")
			holds(t, "the log", got.log, file+":11:11: swr-1 in account swr-primary")
			holds(t, "the comment", s.comment().Body, file+"#L9")
			if at := s.start("push", s.merge(), with).exits(1, "failed").at("error"); at != file+":11:11" {
				t.Errorf("an apply says at %s that it cannot do all", at)
			}

			put("version: 1\naccounts:\n  a: {provider: nobody}\nregistrys: []\n")
			got = s.start("pull_request", opened(), with).exits(1, "config-invalid")
			if at := got.at("error"); !strings.Contains(at, file+":3:17") || !strings.Contains(at, file+":4:1") {
				t.Errorf("errors are at %s\n%s", at, got)
			}
		})
	}
}

// TestActionUnreadableAccountIsOnItsLine, and the others are planned.
func TestActionUnreadableAccountIsOnItsLine(t *testing.T) {
	t.Parallel()
	s := newStage(t, together(1, dialects()...))
	s.faults(emulator.Fault{Operation: "ListRegistry", Kind: emulator.FaultStatus, Status: 403, Code: "HSS.0010", Message: "denied", Times: -1})
	got := s.start("pull_request", opened(), nil).exits(1, "unreadable").gives("add", "2", "failed", "1", "digest", "", "plan-path", "").
		tells("error", "host-security", "denied", "HSS.0010", "request ID").summarizes("could not be read", "denied")
	if at := got.at("error"); at != "registries.yaml:3:3" {
		t.Errorf("the account is at %s", at)
	}
	holds(t, "the comment", s.comment().Body, "could not be read", "denied", "incomplete")
}

// TestActionLogThatIsGone ends no apply in the middle: the comment and the outputs say what happened.
func TestActionLogThatIsGone(t *testing.T) {
	t.Parallel()
	s := newStage(t, together(2, dialects()...))
	s.start("pull_request", opened(), nil).exits(0, "")
	run := s.prepare("push", s.merge(), nil)
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := reader.Close(); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(built(t), "action")
	cmd.Env, cmd.Dir, cmd.Stdout = run.Environ(), run.Workspace, writer
	err = cmd.Run()
	_ = writer.Close() // nobody reads it
	if code := cmd.ProcessState.ExitCode(); code != 3 {
		t.Errorf("exit code %d: %v", code, err)
	}
	if n := len(s.writes()); n != 6 {
		t.Errorf("%d writes", n)
	}
	holds(t, "the comment", s.comment().Body, "6 applied")
	holds(t, "the summary", run.Summary(t), "6 applied")
	if out := run.Outputs(t); out["add"] != "6" || out["failed"] != "0" {
		t.Errorf("%v", out)
	}
}
