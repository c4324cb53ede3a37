package e2e

import (
	"bytes"
	"cmp"
	"compress/flate"
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"regent/internal/emulator"
	"regent/internal/github/githubtest"
)

// The tests of the Action run the built program as GitHub's runner runs the container: environment, files, and nothing
// else. The clouds are the emulator, GitHub is a server of ours.

// bot is who the job's own token writes as.
const bot = "github-actions[bot]"

// stage is a repository at GitHub with its clouds.
type stage struct {
	*world
	hub *githubtest.Server
	// token is the job's, allowed what the example workflows ask for.
	token string
	// config is what a checkout has as registries.yaml; files are others.
	config string
	files  map[string]string
	// secrets are looked for in all that is printed or posted.
	secrets []string
	// planned is the ID of the last run for a pull request.
	planned string
}

// newStage sets the scene: a pull request, number 7, open.
func newStage(t *testing.T, config string) *stage {
	t.Helper()
	return newStageAt(t, config, githubtest.Options{})
}

// newStageAt sets the scene at a GitHub of another kind.
func newStageAt(t *testing.T, config string, o githubtest.Options) *stage {
	t.Helper()
	s := &stage{world: newWorld(t, emulator.Options{}), hub: githubtest.New(t, o), config: config}
	s.token = s.hub.Token(bot, map[string]string{"contents": "read", "pull-requests": "write", "issues": "write"})
	s.hub.AddPull(githubtest.Pull{Number: 7, HeadSHA: head(1), HeadRef: "registries"})
	s.baseHas(config)
	for _, d := range variants() {
		for name, value := range d.env {
			if strings.Contains(name, "SECRET") || strings.Contains(name, "PASSWORD") || strings.Contains(name, "TOKEN") {
				s.secrets = append(s.secrets, value)
			}
		}
	}
	for _, name := range []string{"ALIBABA_CLOUD_ACCESS_KEY_SECRET", "HUAWEICLOUD_SDK_SK"} {
		s.secrets = append(s.secrets, s.env[name])
	}
	s.secrets = append(s.secrets, s.token)
	return s
}

// head is the n-th commit of the pull request's branch, merged the commit that merges it.
func head(n int) string { return githubtest.SHA(fmt.Sprint("head ", n)) }

var merged = githubtest.SHA("merge of 7")

// step is the end of one run of the Action.
type step struct {
	t        *testing.T
	code     int
	log      string // what people read
	commands []githubtest.Command
	outputs  map[string]string
	summary  string
	run      *githubtest.Run
}

// String shows a run in a test's message.
func (s *step) String() string {
	return fmt.Sprintf("exit code %d\noutputs %v\nlog:\n%s\ncommands: %+v", s.code, s.outputs, s.log, s.annotations(""))
}

// start runs the Action for an event. Inputs are those of the step; the token is the job's unless they name one.
func (s *stage) start(event string, payload []byte, inputs map[string]string) *step {
	s.t.Helper()
	return s.finish(s.prepare(event, payload, inputs))
}

// prepare checks the repository out and sets the environment of a run.
func (s *stage) prepare(event string, payload []byte, inputs map[string]string) *githubtest.Run {
	s.t.Helper()
	with := map[string]string{"github-token": s.token}
	maps.Copy(with, inputs)
	run := githubtest.Runner(s.t, s.hub, event, payload, with)
	maps.Copy(run.Env, s.env)
	if strings.HasPrefix(event, "pull_request") && with["command"] != "apply" && with["allow-secrets-in-plan"] == "" {
		withoutReferenced(run.Env) // as the example has it
	}
	if event == "pull_request" {
		s.planned = run.Env["GITHUB_RUN_ID"]
	}
	for name, text := range s.files {
		path := filepath.Join(run.Workspace, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			s.t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			s.t.Fatal(err)
		}
	}
	if s.config != "" {
		if err := os.WriteFile(filepath.Join(run.Workspace, "registries.yaml"), []byte(s.config), 0o600); err != nil {
			s.t.Fatal(err)
		}
	}
	return run
}

// withoutReferenced takes the secrets away that the files of these tests refer to.
func withoutReferenced(env map[string]string) {
	for _, d := range variants() {
		for name := range d.env {
			if strings.Contains(name, "SECRET") || strings.Contains(name, "PASSWORD") || strings.Contains(name, "TOKEN") {
				delete(env, name)
			}
		}
	}
}

// baseHas says which configuration the commit has that the pull request started from.
func (s *stage) baseHas(config string) {
	s.hub.SetFiles(githubtest.EventBase, githubtest.File{Path: "registries.yaml", Content: config})
}

// finish starts the program, waits for its end and looks for secrets in all that came out.
func (s *stage) finish(run *githubtest.Run) *step {
	s.t.Helper()
	cmd := exec.Command(built(s.t), "action")
	cmd.Env, cmd.Dir = run.Environ(), run.Workspace
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if _, isExit := err.(*exec.ExitError); err != nil && !isExit {
		s.t.Fatal(err)
	}
	r := &step{t: s.t, code: cmd.ProcessState.ExitCode(), run: run}
	r.commands, r.log = githubtest.WorkflowCommands(out.String() + errs.String())
	r.outputs, r.summary = run.Outputs(s.t), run.Summary(s.t)
	if errs.Len() > 0 {
		s.t.Errorf("the Action writes to standard error: %s", errs.String())
	}
	if strings.Contains(r.log, "internal error") {
		s.t.Errorf("it panicked\n%s", r)
	}
	r.meant()
	s.masksFirst(out.String())
	s.leakFree(r)
	s.rendered(r)
	return r
}

// masksFirst insists that a secret is masked before the first line that is no mask.
func (s *stage) masksFirst(raw string) {
	s.t.Helper()
	other := false
	for line := range strings.Lines(raw) {
		if isMask := strings.HasPrefix(line, "::add-mask::"); !isMask {
			other = true
		} else if other {
			s.t.Errorf("a mask comes after other output: it may be too late\n%s", raw)
			return
		}
	}
}

// leakFree looks for secrets in everything that was printed, written or posted, packed things unpacked.
func (s *stage) leakFree(r *step) {
	s.t.Helper()
	texts := map[string]string{"the log": r.log, "the summary": r.summary, "the outputs": fmt.Sprint(r.outputs)}
	for _, c := range r.commands {
		if c.Name != "add-mask" {
			texts["the annotations"] += fmt.Sprintln(c)
		}
	}
	if path := r.outputs["plan-path"]; path != "" {
		texts["the plan's file"] = s.read(filepath.Join(r.run.Workspace, path))
	}
	for i, q := range s.hub.Requests() {
		texts[fmt.Sprintf("request %d to GitHub", i)] = q.Path + "?" + q.Query + "\n" + string(q.Body)
	}
	for _, c := range s.hub.Comments(7) {
		texts[fmt.Sprintf("comment %d", c.ID)] = c.Body
		texts[fmt.Sprintf("the marker of comment %d", c.ID)] = unpacked(c.Body)
	}
	leakFree(s.t, s.secrets, texts)
}

// unpacked gives what is packed in a comment's first line.
func unpacked(body string) string {
	line, _, _ := strings.Cut(body, "\n")
	var all string
	for _, word := range strings.Fields(line) {
		raw, err := base64.RawURLEncoding.DecodeString(word)
		if err != nil {
			continue
		}
		text, err := io.ReadAll(flate.NewReader(bytes.NewReader(raw)))
		if err == nil {
			all += string(text)
		}
	}
	return all
}

// exits insists on exit code and reason.
func (s *step) exits(code int, reason string) *step {
	s.t.Helper()
	if s.code != code || s.outputs["reason"] != reason {
		s.t.Fatalf("exit code %d and reason %q, want %d and %q\n%s", s.code, s.outputs["reason"], code, reason, s)
	}
	return s
}

// counts insists on outputs.
func (s *step) gives(outputs ...string) *step {
	s.t.Helper()
	for i := 0; i < len(outputs); i += 2 {
		if got := s.outputs[outputs[i]]; got != outputs[i+1] {
			s.t.Errorf("output %s is %q, want %q\n%s", outputs[i], got, outputs[i+1], s)
		}
	}
	return s
}

// annotations are those of a level, or all.
func (s *step) annotations(level string) []githubtest.Command {
	var out []githubtest.Command
	for _, c := range s.commands {
		if c.Name != "add-mask" && (level == "" || c.Name == level) {
			out = append(out, c)
		}
	}
	return out
}

// errors are the messages of all errors.
func (s *step) errors() string {
	var all string
	for _, c := range s.annotations("error") {
		all += c.Message + "\n"
	}
	return all
}

// tells insists on texts among the annotations of a level.
func (s *step) tells(level string, texts ...string) *step {
	s.t.Helper()
	var all string
	for _, c := range s.annotations(level) {
		all += c.Message + "\n"
	}
	for _, text := range texts {
		if !strings.Contains(all, text) {
			s.t.Errorf("no %s says %q:\n%s", level, text, cmp.Or(all, "(none)"))
		}
	}
	return s
}

// summarizes insists on texts in the job's summary.
func (s *step) summarizes(texts ...string) *step {
	s.t.Helper()
	holds(s.t, "the summary", s.summary, texts...)
	return s
}

func holds(t *testing.T, name, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%s does not hold %q:\n%s", name, part, text)
		}
	}
}

// opened, pushed and so on are events of pull request 7.
func opened() []byte {
	return githubtest.Event("pull_request_opened", number7, githubtest.Set("pull_request.head.sha", head(1)))
}

func number7(payload map[string]any) {
	payload["number"] = 7
	githubtest.Set("pull_request.number", 7)(payload)
}

// synchronize is the push of the n-th commit to the pull request's branch.
func (s *stage) synchronize(n int) []byte {
	s.hub.UpdatePull(7, func(p *githubtest.Pull) { p.HeadSHA = head(n) })
	return githubtest.Event("pull_request_synchronize", number7, githubtest.Set("pull_request.head.sha", head(n)))
}

// merge merges the pull request and gives the event of the push that this is.
func (s *stage) merge() []byte {
	s.hub.UpdatePull(7, func(p *githubtest.Pull) { p.Merged, p.MergeCommitSHA = true, merged })
	return githubtest.Event("push_merge", githubtest.Set("after", merged), githubtest.Set("head_commit.id", merged),
		githubtest.Set("head_commit.message", "Merge pull request #7 from octo-org/registries"))
}

// next opens another pull request that touches the configuration, plans it, merges it and gives the push that this is.
func (s *stage) next(number int, inputs map[string]string) []byte {
	s.t.Helper()
	s.propose(number, inputs)
	return s.mergeOf(number, s.config)
}

// propose opens another pull request and plans it.
func (s *stage) propose(number int, inputs map[string]string) *step {
	s.t.Helper()
	p := githubtest.Pull{Number: number, HeadSHA: githubtest.SHA(fmt.Sprint("head of ", number)), HeadRef: "next"}
	s.hub.AddPull(p)
	return s.start("pull_request", githubtest.Event("pull_request_opened", githubtest.OfPull(p)), inputs).exits(0, "")
}

// mergeOf merges a pull request that makes config of the file and gives the push that this is.
func (s *stage) mergeOf(number int, config string) []byte {
	made := githubtest.SHA(fmt.Sprint("merge of ", number))
	s.hub.UpdatePull(number, func(p *githubtest.Pull) {
		p.Merged, p.MergeCommitSHA, p.Files = true, made, []githubtest.File{{Path: "registries.yaml", Content: config}}
	})
	return githubtest.Event("push_merge", githubtest.Tip(made, "x"))
}

// comment gives the one comment that is there.
func (s *stage) comment() githubtest.Comment {
	s.t.Helper()
	all := s.hub.Comments(7)
	if len(all) != 1 {
		s.t.Fatalf("%d comments, want 1: %+v", len(all), all)
	}
	return all[0]
}

// calls counts the requests to GitHub by operation since the last look.
func (s *stage) calls() map[string]int {
	out := map[string]int{}
	for _, r := range s.hub.Requests() {
		out[r.Operation]++
	}
	s.hub.Forget()
	return out
}
