package github_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"regent/internal/github"
	"regent/internal/github/githubtest"
)

var merge = githubtest.SHA("the merge of 12")

// merged is a server with the merged pull request 12.
func merged(t *testing.T) *place {
	t.Helper()
	p := open(t, githubtest.Options{}, all)
	p.AddPull(githubtest.Pull{Number: 12, Merged: true, HeadSHA: githubtest.SHA("head of 12"), MergeCommitSHA: merge})
	return p
}

func TestMergedPullIsFoundByItsCommit(t *testing.T) {
	t.Parallel()
	p := merged(t)
	got, err := p.client.MergedPull(t.Context(), site(), merge, "main", "Change the registries (#7)")
	if err != nil {
		t.Fatal(err)
	}
	want := github.Pull{
		Number: 12, HeadSHA: githubtest.SHA("head of 12"), HeadRepo: "octo-org/registries", BaseRef: "main",
		BaseRepo: "octo-org/registries", MergeCommitSHA: merge, DefaultBranch: "main", Merged: true, MergedAt: got.MergedAt,
		URL: "https://github.com/octo-org/registries/pull/12",
	}
	if got.MergedAt.IsZero() {
		t.Error("no time of the merge")
	}
	if *got != want {
		t.Errorf("\n got %+v\nwant %+v", *got, want)
	}
	p.expect(t, githubtest.OpCommitPulls)
	if direct, err := p.client.Pull(t.Context(), site(), 12); err != nil || *direct != want {
		t.Errorf("read directly: %+v, %v", direct, err)
	}
}

func TestIndexThatLagsIsAskedAgain(t *testing.T) {
	t.Parallel()
	p := merged(t)
	p.Lag(2)
	got, err := p.client.MergedPull(t.Context(), site(), merge, "main", "a message without a number")
	if err != nil || got.Number != 12 {
		t.Errorf("%+v, %v", got, err)
	}
	p.expect(t, githubtest.OpCommitPulls, githubtest.OpCommitPulls, githubtest.OpCommitPulls)
}

func TestMessageNamesThePullWhileTheIndexLags(t *testing.T) {
	t.Parallel()
	for _, message := range []string{
		"Change the registries (#12)", "Change the registries (#12)  \r\n\nMore words (#7)", "Revert \"x (#7)\" (#12)\n",
		"Merge pull request #12 from octocat/change\n\nChange the registries (#7)",
	} {
		p := merged(t)
		p.Lag(9)
		got, err := p.client.MergedPull(t.Context(), site(), merge, "main", message)
		if err != nil || got.Number != 12 {
			t.Errorf("%q: %+v, %v", message, got, err)
		}
		p.expect(t, githubtest.OpCommitPulls, githubtest.OpGetPull)
	}
}

// TestCommitThatGitHubDoesNotKnowYet: the push can be faster than the index.
func TestCommitThatGitHubDoesNotKnowYet(t *testing.T) {
	t.Parallel()
	p := merged(t)
	_, err := p.client.MergedPull(t.Context(), site(), githubtest.SHA("unheard of"), "main", "")
	if _, ok := errors.AsType[*github.NotMergedError](err); !ok {
		t.Errorf("%v", err)
	}
	p.expect(t, githubtest.OpCommitPulls, githubtest.OpCommitPulls, githubtest.OpCommitPulls, githubtest.OpCommitPulls)
}

// TestWhatIsNamedIsNotBelieved: anybody can write "(#12)" into a message, and a commit can belong to pull requests that
// did not bring it.
func TestWhatIsNamedIsNotBelieved(t *testing.T) {
	t.Parallel()
	direct := githubtest.SHA("a direct push")
	for name, c := range map[string]struct {
		sha, branch, message string
		site                 github.Site
		want                 string
	}{
		"direct push":                  {direct, "main", "Fix", site(), "GitHub knows none with it"},
		"direct push names a merge":    {direct, "main", "Fix (#12)", site(), "#12 was merged as commit " + merge},
		"names one that is open":       {direct, "main", "Fix (#7)", site(), "#7 is not merged"},
		"names an issue":               {direct, "main", "Fix (#20)", site(), "#20, which the commit's message names, is no pull request"},
		"names nothing":                {direct, "main", "Fix (#999)", site(), "#999, which the commit's message names, is no pull request"},
		"another branch":               {merge, "release", "", site(), "#12 was merged into branch main, not release"},
		"head of an open one":          {githubtest.SHA("open head"), "main", "", site(), "#13 is not merged"},
		"commit inside a merged one":   {githubtest.SHA("inside 12"), "main", "", site(), "#12 was merged as commit " + merge},
		"merged into another branch":   {githubtest.SHA("merge of 14"), "main", "", site(), "#14 was merged into branch release, not main"},
		"number that is none":          {direct, "main", "Fix (#0)", site(), "GitHub knows none with it"},
		"number in the middle":         {direct, "main", "Fix (#12) again", site(), "GitHub knows none with it"},
		"number in the second line":    {direct, "main", "Fix\n\nx (#12)", site(), "GitHub knows none with it"},
		"number of too many digits":    {direct, "main", "Fix (#99999999999999999999)", site(), "GitHub knows none with it"},
		"merge line that is not first": {direct, "main", "Fix\nMerge pull request #12 from x", site(), "GitHub knows none with it"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := merged(t)
			p.UpdatePull(12, func(pr *githubtest.Pull) { pr.Commits = append(pr.Commits, githubtest.SHA("inside 12")) })
			p.AddPull(githubtest.Pull{Number: 13, HeadSHA: githubtest.SHA("open head")})
			p.AddPull(githubtest.Pull{Number: 14, Merged: true, BaseRef: "release", MergeCommitSHA: githubtest.SHA("merge of 14")})
			for n := 15; n <= 20; n++ {
				p.AddIssue("octocat", "An issue", "")
			}
			p.AddCommit(direct)
			got, err := p.client.MergedPull(t.Context(), c.site, c.sha, c.branch, c.message)
			e, ok := errors.AsType[*github.NotMergedError](err)
			if got != nil || !ok || !strings.Contains(e.Reason, c.want) || e.SHA != c.sha {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

// TestPullOfAnotherRepositoryDoesNotCount: forks share commits.
func TestPullOfAnotherRepositoryDoesNotCount(t *testing.T) {
	t.Parallel()
	for repository, want := range map[string]bool{"Octo-Org/Registries": true, "mallory/registries": false} {
		p := merged(t)
		p.Fail(githubtest.Fault{Operation: githubtest.OpCommitPulls, Kind: githubtest.FaultGarbage, Times: -1, Body: fmt.Sprintf(
			`[{"number":12,"merged_at":"2026-01-02T03:04:05Z","merge_commit_sha":%q,"base":{"ref":"main","repo":{"full_name":%q}}}]`, merge, repository)})
		got, err := p.client.MergedPull(t.Context(), site(), merge, "main", "")
		if (got != nil) != want || !want && !strings.Contains(err.Error(), "#12 was merged into another repository") {
			t.Errorf("%s: %+v, %v", repository, got, err)
		}
	}
}

// TestOneCommitOfTwoMerges: two pull requests of the same commits are both merged by either merge.
func TestOneCommitOfTwoMerges(t *testing.T) {
	t.Parallel()
	for message, want := range map[string]int{"": 12, "x (#12)": 12, "x (#15)": 15, "x (#7)": 12} {
		p := merged(t)
		p.AddPull(githubtest.Pull{Number: 15, Merged: true, MergeCommitSHA: merge})
		if got, err := p.client.MergedPull(t.Context(), site(), merge, "main", message); err != nil || got.Number != want {
			t.Errorf("%q: %+v, %v", message, got, err)
		}
		p.expect(t, githubtest.OpCommitPulls)
	}
}

func TestSomethingElseThanACommitIsNotAskedFor(t *testing.T) {
	t.Parallel()
	p := merged(t)
	for _, sha := range []string{"", "main", "../../issues/1", strings.Repeat("a", 65), merge + "\n"} {
		if got, err := p.client.MergedPull(t.Context(), site(), sha, "main", ""); err == nil {
			t.Errorf("%q: %+v", sha, got)
		}
	}
	p.expect(t)
}

func TestPullsOfForksAndGhosts(t *testing.T) {
	t.Parallel()
	p := open(t, githubtest.Options{}, all)
	p.AddPull(githubtest.Pull{Number: 30, HeadRepo: "mallory/registries"})
	p.AddPull(githubtest.Pull{Number: 31, HeadRepo: githubtest.DeletedFork})
	for number, want := range map[int]string{7: "octo-org/registries", 30: "mallory/registries", 31: ""} {
		if got, err := p.client.Pull(t.Context(), site(), number); err != nil || got.HeadRepo != want || got.Merged {
			t.Errorf("#%d: %+v, %v", number, got, err)
		}
	}
	_, err := p.client.Pull(t.Context(), site(), 99)
	if e, ok := errors.AsType[*github.Error](err); !ok || e.Status != 404 {
		t.Error(err)
	}
}
