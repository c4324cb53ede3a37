package github_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"regent/internal/github"
	"regent/internal/github/githubtest"
)

const (
	driftTitle = "Registries have drifted"
	driftKey   = "<!-- regent-drift:1 0123456789abcdef -->\n"
)

func TestDriftIssueIsOpenedEditedAndClosed(t *testing.T) {
	t.Parallel()
	p := open(t, githubtest.Options{}, all)
	if url, closed, err := p.client.CloseDrift(t.Context(), site(), "clean"); err != nil || closed || url != "" {
		t.Errorf("nothing open: %q, %v, %v", url, closed, err)
	}
	p.expect(t, githubtest.OpListIssues)

	first, created, err := p.client.OpenDrift(t.Context(), site(), driftTitle, "one change")
	if err != nil || !created || first != "https://github.com/octo-org/registries/issues/8" {
		t.Fatalf("%q, %v, %v", first, created, err)
	}
	p.expect(t, githubtest.OpListIssues, githubtest.OpCreateIssue)
	if got := p.Issues(); len(got) != 1 || got[0].Body != driftKey+"one change" || !slices.Equal(got[0].Labels, []string{github.DriftLabel}) {
		t.Errorf("%+v", got)
	}

	for _, body := range []string{"one change", "two changes"} {
		url, created, err := p.client.OpenDrift(t.Context(), site(), driftTitle, body)
		if err != nil || created || url != first {
			t.Errorf("%q, %v, %v", url, created, err)
		}
	}
	p.expect(t, githubtest.OpListIssues, githubtest.OpListIssues, githubtest.OpUpdateIssue) // nothing is sent when nothing changed

	url, closed, err := p.client.CloseDrift(t.Context(), site(), "clean again")
	if err != nil || !closed || url != first {
		t.Errorf("%q, %v, %v", url, closed, err)
	}
	p.expect(t, githubtest.OpListIssues, githubtest.OpCreateComment, githubtest.OpUpdateIssue)
	got := p.Issues()[0]
	if got.State != "closed" || got.StateReason != "completed" || got.Body != driftKey+"two changes" || len(got.Comments) != 1 || got.Comments[0].Body != "clean again" {
		t.Errorf("%+v", got)
	}

	second, created, err := p.client.OpenDrift(t.Context(), site(), driftTitle, "again")
	if err != nil || !created || second == first {
		t.Errorf("after it was closed: %q, %v, %v", second, created, err)
	}
}

func TestDriftIssueIsFoundAsAnEditorStoresIt(t *testing.T) {
	t.Parallel()
	p := open(t, githubtest.Options{CRLF: true}, all)
	for i := range 2 {
		if _, created, err := p.client.OpenDrift(t.Context(), site(), driftTitle, "one\n\nchange\n"); err != nil || created != (i == 0) {
			t.Errorf("%d: %v, %v", i, created, err)
		}
	}
	p.expect(t, githubtest.OpListIssues, githubtest.OpCreateIssue, githubtest.OpListIssues)
}

// TestOnlyOwnIssuesAreTouched: everybody can write the key and, with rights, set the label.
func TestOnlyOwnIssuesAreTouched(t *testing.T) {
	t.Parallel()
	p := open(t, githubtest.Options{}, all)
	p.AddIssue("mallory", driftTitle, driftKey+"x", github.DriftLabel)
	p.AddIssue(bot, driftTitle, "x\n"+driftKey, github.DriftLabel)
	p.AddIssue(bot, driftTitle, strings.Replace(driftKey, "0123", "3210", 1), github.DriftLabel)
	p.AddIssue(bot, driftTitle, driftKey) // without the label
	p.AddIssue(bot, driftTitle, sealed(t, 1), github.DriftLabel)
	closed := p.AddIssue(bot, driftTitle, driftKey, github.DriftLabel)
	p.UpdateIssue(closed, func(i *githubtest.Issue) { i.State = "closed" })
	before := fmt.Sprintf("%+v", p.Issues())
	if _, closed, err := p.client.CloseDrift(t.Context(), site(), "clean"); err != nil || closed {
		t.Errorf("closed %v, %v", closed, err)
	}
	if after := fmt.Sprintf("%+v", p.Issues()); after != before {
		t.Errorf("issues of others were touched: %s", after)
	}
	if _, created, err := p.client.OpenDrift(t.Context(), site(), driftTitle, "x"); err != nil || !created {
		t.Errorf("created %v, %v", created, err)
	}
}

// TestPullRequestIsNoDriftIssue: the list of issues holds pull requests too, here one by regent's author.
func TestPullRequestIsNoDriftIssue(t *testing.T) {
	t.Parallel()
	p := open(t, githubtest.Options{}, all)
	p.AddPull(githubtest.Pull{Number: 9, User: bot})
	p.labelPull(t, 9)
	if _, closed, err := p.client.CloseDrift(t.Context(), site(), "clean"); err != nil || closed {
		t.Errorf("closed %v, %v", closed, err)
	}
}

func TestDriftIssueIsFoundOnLaterPages(t *testing.T) {
	t.Parallel()
	p := open(t, githubtest.Options{}, all)
	for i := range 230 {
		p.AddIssue("octocat", fmt.Sprintf("issue %d", i), "", github.DriftLabel)
	}
	want := p.AddIssue(bot, driftTitle, driftKey+"x", github.DriftLabel)
	url, created, err := p.client.OpenDrift(t.Context(), site(), driftTitle, "y")
	if err != nil || created || !strings.HasSuffix(url, fmt.Sprintf("/%d", want)) {
		t.Errorf("%q, %v, %v", url, created, err)
	}
}

func TestSeveralDriftIssuesAreAllClosed(t *testing.T) {
	t.Parallel()
	p := open(t, githubtest.Options{}, all)
	oldest := p.AddIssue(bot, driftTitle, driftKey+"a", github.DriftLabel)
	p.AddIssue(bot, driftTitle, driftKey+"b", github.DriftLabel)
	url, _, err := p.client.OpenDrift(t.Context(), site(), driftTitle, "c")
	if err != nil || !strings.HasSuffix(url, fmt.Sprintf("/%d", oldest)) {
		t.Errorf("%q, %v", url, err)
	}
	if _, closed, err := p.client.CloseDrift(t.Context(), site(), "clean"); err != nil || !closed {
		t.Error(err)
	}
	for _, i := range p.Issues() {
		if i.State != "closed" || len(i.Comments) != 1 {
			t.Errorf("#%d is %s with %d comments", i.Number, i.State, len(i.Comments))
		}
	}
}

func TestLostDriftIssueIsLookedUp(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]githubtest.Fault{
		"lost": {Kind: githubtest.FaultLost}, "half": {Kind: githubtest.FaultHalf}, "cut": {Kind: githubtest.FaultCut},
		"bad gateway, made": {Kind: githubtest.FaultStatus, Status: 502, Executed: true},
	} {
		p := open(t, githubtest.Options{}, all)
		fault.Operation = githubtest.OpCreateIssue
		p.Fail(fault)
		if url, created, err := p.client.OpenDrift(t.Context(), site(), driftTitle, "x"); err != nil || !created || url == "" {
			t.Errorf("%s: %v, %v", name, created, err)
		}
		fault.Operation = githubtest.OpCreateComment
		p.Fail(fault)
		if _, closed, err := p.client.CloseDrift(t.Context(), site(), "clean"); err != nil || !closed {
			t.Errorf("%s: %v, %v", name, closed, err)
		}
		if got := p.Issues(); len(got) != 1 || got[0].State != "closed" || len(got[0].Comments) != 1 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// TestLabelThatGitHubDropsIsTold: the next run would not find the issue.
func TestLabelThatGitHubDropsIsTold(t *testing.T) {
	t.Parallel()
	p := openAs(t, githubtest.Options{}, "octocat", all) // a person who cannot push
	s := site()
	s.Author = "octocat"
	url, created, err := p.client.OpenDrift(t.Context(), s, driftTitle, "x")
	if url == "" || !created || err == nil || !strings.Contains(err.Error(), "has to be allowed to push") {
		t.Errorf("%q, %v, %v", url, created, err)
	}
}

func TestIssuesThatAreSwitchedOffAreTold(t *testing.T) {
	t.Parallel()
	p := open(t, githubtest.Options{NoIssues: true}, all)
	_, _, err := p.client.OpenDrift(t.Context(), site(), driftTitle, "x")
	if e, ok := errors.AsType[*github.Error](err); !ok || e.Status != 410 || !strings.Contains(err.Error(), "switched off") {
		t.Error(err)
	}
}

func TestLargestDriftIssueIsTaken(t *testing.T) {
	t.Parallel()
	p := open(t, githubtest.Options{}, all)
	s := site()
	s.Key = strings.Repeat("k", 64)
	if _, _, err := p.client.OpenDrift(t.Context(), s, driftTitle, strings.Repeat("x", github.DriftLimit)); err != nil {
		t.Error(err)
	}
	if body := p.Issues()[0].Body; len(body) > github.CommentLimit {
		t.Errorf("the body has %d bytes", len(body))
	}
}
