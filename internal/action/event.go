package action

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// maxEvent is the largest event file that is read, in bytes; GitHub caps payloads at 25 MB.
const maxEvent = 32 << 20

// event is what a run needs to know of the event that started it.
type event struct {
	name   string // pull_request, push, ...
	action string // opened, closed, ...
	sha    string // GITHUB_SHA
	ref    string // GITHUB_REF
	actor  string

	pull          *pull
	defaultBranch string
	// deleted says that a push removed what ref names. The run is then one of the default branch, which has nothing to do
	// with it.
	deleted bool
	// message is the message of the pushed commit.
	message string
}

// pull is the pull request of an event.
type pull struct {
	Number int    `json:"number"`
	State  string `json:"state"` // open or closed
	Merged bool   `json:"merged"`
	Head   struct {
		SHA  string      `json:"sha"`
		Repo *repository `json:"repo"`
	} `json:"head"`
	Base struct {
		SHA string `json:"sha"`
	} `json:"base"`
}

type repository struct {
	FullName      string `json:"full_name"`
	DefaultBranch string `json:"default_branch"`
}

// payload is the part of the event file that is read.
type payload struct {
	Action      string     `json:"action"`
	Ref         string     `json:"ref"`
	Deleted     bool       `json:"deleted"`
	PullRequest *pull      `json:"pull_request"`
	Repository  repository `json:"repository"`
	HeadCommit  *struct {
		Message string `json:"message"`
	} `json:"head_commit"`
}

// readEvent reads the event from the runner's environment and file.
func readEvent(getenv func(string) string) (event, error) {
	e := event{name: getenv("GITHUB_EVENT_NAME"), sha: getenv("GITHUB_SHA"), ref: getenv("GITHUB_REF"), actor: getenv("GITHUB_ACTOR")}
	if e.name == "" {
		return e, errors.New("GITHUB_EVENT_NAME is not set; the Action runs inside a workflow of GitHub")
	}
	file := getenv("GITHUB_EVENT_PATH")
	if file == "" {
		return e, errors.New("GITHUB_EVENT_PATH is not set; the Action runs inside a workflow of GitHub")
	}
	content, err := readLimited(file)
	if err != nil {
		return e, fmt.Errorf("the event's file: %w", err)
	}
	var p payload
	if err := json.Unmarshal(content, &p); err != nil {
		return e, fmt.Errorf("the event's file %s is not the JSON that GitHub writes: %w", file, err)
	}
	e.action, e.pull, e.defaultBranch = p.Action, p.PullRequest, p.Repository.DefaultBranch
	if p.HeadCommit != nil {
		e.message = p.HeadCommit.Message
	}
	if e.name == "push" && p.Deleted {
		e.deleted, e.ref = true, p.Ref
	}
	if e.isPull() && (e.pull == nil || e.pull.Number <= 0) {
		return e, fmt.Errorf("the event's file %s names no pull request, though the event is %s", file, e.name)
	}
	return e, nil
}

func readLimited(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(io.LimitReader(f, maxEvent+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	if len(content) > maxEvent {
		return nil, fmt.Errorf("%s is larger than %d MiB", file, maxEvent>>20)
	}
	return content, nil
}

func (e event) isPull() bool { return e.name == "pull_request" || e.name == "pull_request_target" }

// closed reports whether the pull request is closed, by this event or before it, as when it gets a label later.
func (e event) closed() bool { return e.isPull() && (e.action == "closed" || e.pull.State == "closed") }

// branch is the branch that was pushed to, or empty.
func (e event) branch() string {
	name, ok := strings.CutPrefix(e.ref, "refs/heads/")
	if !ok {
		return ""
	}
	return name
}

// restricted reports whether what a pull request proposes comes from outside: from a fork, or from Dependabot. GitHub gives
// such a run neither secrets nor a token that writes, but for pull_request_target. It also gives the reason.
func (e event) restricted(repository string) (string, bool) {
	switch {
	case !e.isPull():
		return "", false
	case e.actor == "dependabot[bot]":
		return "Dependabot started it", true
	case e.pull.Head.Repo == nil || !strings.EqualFold(e.pull.Head.Repo.FullName, repository):
		return "the pull request comes from a fork", true
	}
	return "", false
}

// defaultCommand chooses the command for an event.
func (e event) defaultCommand() (string, error) {
	switch {
	case e.deleted:
		return "", fmt.Errorf("the deletion of %s has no default command; set the input command", e.ref)
	case e.name == "pull_request":
		return commandPlan, nil
	case e.name == "push" && e.branch() != "" && e.branch() == e.defaultBranch:
		return commandApply, nil
	case e.name == "schedule":
		return commandDrift, nil
	case e.name == "push":
		return "", fmt.Errorf("a push to %s has no default command, only one to the default branch %s has (apply); set the input command", e.ref, e.defaultBranch)
	}
	return "", fmt.Errorf("the event %s has no default command; set the input command", e.name)
}
