package image

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"regent/internal/emulator"
	"regent/internal/github/githubtest"
)

// The secrets of the example configuration. They must not appear in anything a run leaves.
const (
	harborPassword = `Pa55"word\of-harbor`
	targetSecret   = "secret of the target"
)

// place is a repository on GitHub and the clouds behind it.
type place struct {
	t      *testing.T
	image  string
	github *githubtest.Server
	clouds *emulator.Server
	env    map[string]string
	// user owns the workspace; 0 means whoever runs the test.
	user int
	// said is everything that all runs printed and left.
	said bytes.Buffer
}

func newPlace(t *testing.T) *place {
	t.Helper()
	p := &place{t: t, image: image(t), github: githubtest.New(t, githubtest.Options{})}
	var err error
	if p.clouds, err = emulator.New(emulator.Options{}); err != nil {
		t.Fatal(err)
	}
	listener := httptest.NewServer(p.clouds)
	t.Cleanup(listener.Close)
	p.env = map[string]string{"HARBOR_PROD_PASSWORD": harborPassword, "DR_HARBOR_SECRET": targetSecret}
	for _, v := range p.clouds.Env(listener.URL) {
		p.env[v.Name] = v.Value
	}
	p.env["SWR_PRIMARY_AK"], p.env["SWR_PRIMARY_SK"] = p.env["HUAWEICLOUD_SDK_AK"], p.env["HUAWEICLOUD_SDK_SK"]
	return p
}

// ended is how a step ended.
type ended struct {
	*githubtest.Run
	t       *testing.T
	code    int
	log     string
	outputs map[string]string
}

// step runs the action for an event, in a checkout of the example configuration, with the permissions of the example
// workflows. Env is what the workflow gives the step beside the credentials of the clouds.
func (p *place) step(event string, payload []byte, inputs, env map[string]string) ended {
	p.t.Helper()
	with := map[string]string{"github-token": p.github.Token("github-actions[bot]", map[string]string{
		"contents": "read", "pull-requests": "write", "issues": "write",
	})}
	maps.Copy(with, inputs)
	run := githubtest.Runner(p.t, p.github, event, payload, with)
	maps.Copy(run.Env, p.env)
	maps.Copy(run.Env, env)
	p.checkOut(run.Workspace)
	if p.user != 0 {
		if err := os.Chown(run.Workspace, p.user, -1); err != nil {
			p.t.Fatal(err)
		}
	}
	e := ended{Run: run, t: p.t}
	e.code, e.log = p.start(run)
	e.outputs = run.Outputs(p.t)
	p.said.WriteString(e.log)
	for _, file := range []string{run.OutputFile, run.SummaryFile, run.EnvFile, run.StateFile, filepath.Join(run.Workspace, e.outputs["plan-path"])} {
		if text, err := os.ReadFile(file); err == nil {
			p.said.Write(text)
		}
	}
	return e
}

// checkOut does what actions/checkout does.
func (p *place) checkOut(workspace string) {
	p.t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "examples", "registries.yaml"))
	if err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(workspace, "registries.yaml"), text, 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// start starts the container with the arguments of the runner (actions/runner, DockerCommandManager.DockerRun), on the
// network of the test's servers.
func (p *place) start(run *githubtest.Run) (int, string) {
	p.t.Helper()
	env, mounts := run.Container()
	args := []string{"run", "--workdir", "/github/workspace", "--rm", "--network", "host"}
	cmd := exec.Command("docker")
	cmd.Env = engineEnvironment(p.t)
	for _, name := range slices.Sorted(maps.Keys(env)) {
		args = append(args, "-e", name)
		cmd.Env = append(cmd.Env, name+"="+env[name])
	}
	for _, m := range mounts {
		args = append(args, "-v", m.Source+":"+m.Target)
	}
	cmd.Args = append(cmd.Args, append(args, p.image, "action")...)
	out, err := cmd.CombinedOutput()
	code := cmd.ProcessState.ExitCode()
	if err != nil && (code < 1 || code > 4) {
		p.t.Fatalf("docker run: %v\n%s", err, out)
	}
	return code, string(out)
}

// engineEnvironment is what the engine's command line needs of the real environment; HOME is the container's.
func engineEnvironment(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, v := range os.Environ() {
		if strings.HasPrefix(v, "PATH=") || strings.HasPrefix(v, "DOCKER_") {
			out = append(out, v)
		}
	}
	if home, err := os.UserHomeDir(); err == nil && os.Getenv("DOCKER_CONFIG") == "" {
		out = append(out, "DOCKER_CONFIG="+filepath.Join(home, ".docker"))
	}
	return out
}

// ends insists on an exit code and on outputs.
func (e ended) ends(code int, outputs map[string]string) ended {
	e.t.Helper()
	for name, want := range outputs {
		if got := e.outputs[name]; got != want {
			e.t.Errorf("output %s is %q, want %q", name, got, want)
		}
	}
	if e.code != code || e.t.Failed() {
		e.t.Fatalf("exit code %d, want %d\n%s", e.code, code, e.log)
	}
	return e
}

// comment gives the one comment on the pull request.
func (p *place) comment() string {
	p.t.Helper()
	comments := p.github.Comments(7)
	if len(comments) != 1 {
		p.t.Fatalf("%d comments, want 1", len(comments))
	}
	return comments[0].Body
}

// noSecrets looks for the secrets in everything that was printed, left and posted. Masks are the one place for them, and
// the runner does not show those.
func (p *place) noSecrets() {
	p.t.Helper()
	commands, shown := githubtest.WorkflowCommands(p.said.String())
	masks := 0
	for _, c := range commands {
		if c.Name == "add-mask" {
			masks++
			continue
		}
		shown += c.Line
	}
	if masks == 0 {
		p.t.Error("the runner was told no secret to mask")
	}
	for _, c := range p.github.Comments(7) {
		shown += c.Body
	}
	for _, i := range p.github.Issues() {
		shown += i.Body
	}
	keys := []string{p.env["ALIBABA_CLOUD_ACCESS_KEY_SECRET"], p.env["HUAWEICLOUD_SDK_SK"]}
	for _, secret := range append(keys, harborPassword, targetSecret) {
		quoted, err := json.Marshal(secret)
		if err != nil {
			p.t.Fatal(err)
		}
		for _, form := range []string{secret, strings.Trim(string(quoted), `"`)} {
			if form == "" || strings.Contains(shown, form) {
				p.t.Errorf("%q was shown", form)
			}
		}
	}
}

// TestTheActionRunsFromTheImage goes the way of a change: pull request, merge, a second apply, drift.
func TestTheActionRunsFromTheImage(t *testing.T) {
	p := newPlace(t)
	pull := githubtest.Pull{Number: 7}
	p.github.AddPull(pull)

	opened := p.step("pull_request", githubtest.Event("pull_request_opened"), nil, nil).ends(0, map[string]string{
		"has-changes": "true", "add": "3", "modify": "0", "blocked": "0", "failed": "0", "unknown": "0", "reason": "",
	})
	if !strings.Contains(p.comment(), "harbor-prod") || opened.outputs["comment-url"] == "" {
		t.Errorf("comment %q at %q", p.comment(), opened.outputs["comment-url"])
	}
	if summary := opened.Summary(t); !strings.Contains(summary, "harbor-prod") {
		t.Errorf("summary: %s", summary)
	}
	saved, err := os.ReadFile(filepath.Join(opened.Workspace, opened.outputs["plan-path"]))
	if err != nil || !strings.Contains(string(saved), opened.outputs["digest"]) {
		t.Errorf("the file of plan-path: %v\n%s", err, saved)
	}
	readableByOthers(t, filepath.Join(opened.Workspace, opened.outputs["plan-path"]))
	if writes := p.writes(); len(writes) > 0 {
		t.Errorf("the plan wrote %v", writes)
	}

	p.step("push", githubtest.Event("push_plain"), nil, nil).ends(4, map[string]string{"reason": "not-merged", "has-changes": "true"})
	if writes := p.writes(); len(writes) > 0 {
		t.Errorf("an apply without a pull request wrote %v", writes)
	}

	p.github.UpdatePull(7, func(pull *githubtest.Pull) {
		pull.Merged, pull.State, pull.MergeCommitSHA = true, "closed", githubtest.EventMerge
	})
	p.step("push", githubtest.Event("push_merge"), nil, nil).ends(0, map[string]string{
		"has-changes": "true", "add": "3", "failed": "0", "unknown": "0", "reason": "", "digest": opened.outputs["digest"],
	})
	if writes := p.writes(); len(writes) != 3 {
		t.Errorf("the apply wrote %v", writes)
	}
	if !strings.Contains(p.comment(), "pplied") {
		t.Errorf("the comment does not have the result: %s", p.comment())
	}
	p.step("push", githubtest.Event("push_merge"), nil, nil).ends(0, map[string]string{"has-changes": "false", "add": "0", "reason": ""})
	if writes := p.writes(); len(writes) > 0 {
		t.Errorf("the second apply wrote %v", writes)
	}
	p.step("schedule", githubtest.Event("schedule"), nil, nil).ends(0, map[string]string{"has-changes": "false", "reason": ""})
	if issues := p.github.Issues(); len(issues) > 0 {
		t.Errorf("issues about no drift: %v", issues)
	}
	p.noSecrets()
}

// readableByOthers: the next step runs as the runner's user, the container as root.
func readableByOthers(t *testing.T, file string) {
	t.Helper()
	for _, path := range []string{filepath.Dir(file), file} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		want := os.FileMode(0o004)
		if info.IsDir() {
			want = 0o005
		}
		if info.Mode().Perm()&want != want {
			t.Errorf("%s has mode %o; the next step cannot read it", path, info.Mode().Perm())
		}
	}
}

// writes are the writes that the clouds saw since the last call.
func (p *place) writes() []string {
	var out []string
	for _, r := range p.clouds.Requests() {
		if strings.HasPrefix(r.Operation, "Add") || strings.HasPrefix(r.Operation, "Modify") || strings.HasPrefix(r.Operation, "Update") ||
			r.Operation == "CreateInstanceRegistry" {
			out = append(out, r.Operation)
		}
	}
	p.clouds.ClearRequests()
	return out
}

// TestAForkGetsAValidationFromTheImage: no secret is there, the runner gives each as an empty variable, and the token
// may only read.
func TestAForkGetsAValidationFromTheImage(t *testing.T) {
	p := newPlace(t)
	p.github.AddPull(githubtest.Pull{Number: 7, HeadRepo: "somebody/registries"})
	empty := map[string]string{"ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true"}
	for name := range p.env {
		if !strings.HasPrefix(name, "REGENT_ENDPOINT_") {
			empty[name] = ""
		}
	}
	for _, name := range []string{"ALIBABA_CLOUD_ROLE_ARN", "ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "ALIBABA_CLOUD_OIDC_TOKEN_FILE"} {
		empty[name] = ""
	}
	reader := p.github.Token("github-actions[bot]", map[string]string{"contents": "read", "pull-requests": "read"})
	got := p.step("pull_request", githubtest.Event("pull_request_fork"), map[string]string{"github-token": reader}, empty)
	got.ends(0, map[string]string{"reason": "no-credentials", "digest": "", "comment-url": ""})
	if n := len(p.github.Comments(7)); n > 0 {
		t.Errorf("%d comments with a token that may not write", n)
	}
	if requests := p.clouds.Requests(); len(requests) > 0 {
		t.Errorf("the clouds were asked without credentials: %v", requests)
	}
}

// TestAStopOfTheContainerIsHeard: the runner stops a container with SIGTERM, which the program gets as process 1.
func TestAStopOfTheContainerIsHeard(t *testing.T) {
	id := image(t)
	cmd := exec.Command("docker", "run", "--rm", "--init=false", id, "emulator")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	for buf := make([]byte, 4096); !strings.Contains(said.String(), "# ready"); {
		n, err := out.Read(buf)
		said.Write(buf[:n])
		if err != nil {
			t.Fatalf("the emulator ended: %v\n%s", err, said.String())
		}
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil { // docker run passes it on
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("the emulator ended with %v", err)
	}
}
