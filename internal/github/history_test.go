package github_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"regent/internal/github"
	"regent/internal/github/githubtest"
)

// TestSinceTellsLaterCommitsAndTheirFiles in pages, and that a commit is not of the branch.
func TestSinceTellsLaterCommitsAndTheirFiles(t *testing.T) {
	t.Parallel()
	p := open(t, githubtest.Options{}, all)
	first, other := githubtest.SHA("first"), githubtest.SHA("other")
	p.Push("main", first, githubtest.File{Path: "registries.yaml", Content: "1"})
	since := func(sha string) github.Since {
		t.Helper()
		got, err := p.client.Since(t.Context(), site(), sha, "main")
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if got := since(first); got.Apart || len(got.Commits)+len(got.Files) > 0 {
		t.Errorf("%+v", got)
	}
	for i := range 250 {
		p.Push("main", githubtest.SHA(fmt.Sprint("later ", i)), githubtest.File{Path: fmt.Sprintf("docs/%d.md", i%40), Content: fmt.Sprint(i)})
	}
	if got := since(first); got.Apart || got.Cut || len(got.Commits) != 250 || len(got.Files) != 40 || slices.Contains(got.Files, "registries.yaml") {
		t.Errorf("%d commits, %d files, %+v", len(got.Commits), len(got.Files), got.Apart)
	}
	for i := range 300 {
		p.Push("main", githubtest.SHA(fmt.Sprint("more ", i)), githubtest.File{Path: fmt.Sprintf("a/%d.md", i), Content: "x"})
	}
	if got := since(first); !got.Cut {
		t.Error("300 files pass for all there are")
	}
	p.AddCommit(other)
	if got := since(other); !got.Apart {
		t.Errorf("of another branch: %+v", got)
	}
	p.ForcePush("main", githubtest.SHA("tip of main"))
	if got := since(first); !got.Apart {
		t.Errorf("after a force push: %+v", got)
	}
	if got := since(githubtest.SHA("unknown")); !got.Apart {
		t.Errorf("unknown: %+v", got)
	}
}

func TestMergedSinceListsLaterMergesIntoTheBranch(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)
	p := open(t, githubtest.Options{Clock: func() time.Time { return now }}, all)
	p.AddPull(githubtest.Pull{Number: 8, Merged: true})
	now = now.Add(time.Minute)
	p.AddPull(githubtest.Pull{Number: 9, Merged: true})
	p.AddPull(githubtest.Pull{Number: 10, Merged: true, BaseRef: "release"})
	p.AddPull(githubtest.Pull{Number: 11, State: "closed"})
	p.AddComment(8, "octocat", "an update that is no merge")
	got, err := p.client.MergedSince(t.Context(), site(), "main", now)
	if err != nil || len(got) != 1 || got[0].Number != 9 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestRunThatGitHubDoesNotKnow(t *testing.T) {
	t.Parallel()
	p := open(t, githubtest.Options{}, map[string]string{"actions": "read"})
	if known, err := p.client.HasRun(t.Context(), site(), 17, head); known || err != nil {
		t.Error(known, err)
	}
	p = open(t, githubtest.Options{}, all)
	_, err := p.client.HasRun(t.Context(), site(), 17, head)
	if d, ok := errors.AsType[*github.DeniedError](err); !ok || d.Permission != "actions: read" {
		t.Error(err)
	}
}
