package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	gh "github.com/google/go-github/v88/github"
)

// mostFiles is how many files a comparison names at most:
// https://docs.github.com/en/rest/commits/commits (Compare two commits).
const mostFiles = 300

// Since is what a branch has that a commit had not.
type Since struct {
	// Apart says that the commit is not, or no longer, one of the branch.
	Apart bool
	// Commits are those that came later, oldest first.
	Commits []string
	// Files are the paths that differ between the commit and the branch; of what was renamed both.
	Files []string
	// Cut says that GitHub may name fewer files than there are.
	Cut bool
}

// Since compares a branch with a commit. Errors are [*Error] and [*DeniedError].
func (c *Client) Since(ctx context.Context, s Site, sha, branch string) (Since, error) {
	k := call{operation: fmt.Sprintf("look for commits of branch %s after %s", c.clean(branch), c.clean(sha)), permission: "contents: read"}
	err := s.check()
	if err == nil && (!commitForm.MatchString(sha) || branch == "") {
		err = errors.New("that is not a commit and a branch")
	}
	if err != nil {
		return Since{}, &Error{Operation: k.operation, Message: err.Error()}
	}
	var out Since
	err = c.pages(ctx, k, func(o gh.ListOptions) (bool, *gh.Response, error) {
		found, resp, err := c.api.Repositories.CompareCommits(ctx, s.Owner, s.Repo, sha, branch, &o)
		if err != nil {
			return false, resp, err
		}
		switch found.GetStatus() {
		case "identical", "ahead":
		case "behind", "diverged":
			out.Apart = true
			return true, resp, nil
		default:
			return false, resp, errNoIdentity
		}
		for _, one := range found.Commits {
			out.Commits = append(out.Commits, one.GetSHA())
		}
		if o.Page == 1 {
			out.Cut = len(found.Files) >= mostFiles
		}
		for _, f := range found.Files {
			out.Files = append(out.Files, f.GetFilename())
			if before := f.GetPreviousFilename(); before != "" {
				out.Files = append(out.Files, before)
			}
		}
		return false, resp, nil
	})
	if e, ok := errors.AsType[*Error](err); ok && e.Status == http.StatusNotFound {
		return Since{Apart: true}, nil // no such commit, or one that shares nothing with the branch
	}
	return out, err
}

// MergedSince lists the pull requests that were merged into a branch at a time or after it. Errors are [*Error] and
// [*DeniedError].
func (c *Client) MergedSince(ctx context.Context, s Site, branch string, at time.Time) ([]*Pull, error) {
	k := call{operation: "look for later merges into branch " + c.clean(branch), permission: "pull-requests: read", exists: true}
	if err := s.check(); err != nil {
		return nil, &Error{Operation: k.operation, Message: err.Error()}
	}
	var out []*Pull
	err := c.pages(ctx, k, func(o gh.ListOptions) (bool, *gh.Response, error) {
		list, resp, err := c.api.PullRequests.List(ctx, s.Owner, s.Repo, &gh.PullRequestListOptions{
			State: "closed", Base: branch, Sort: "updated", Direction: "desc", ListOptions: o,
		})
		for _, p := range list {
			if p.GetUpdatedAt().Before(at) {
				return true, resp, err // a merge is an update
			}
			if found := c.pull(p); found.Merged && !found.MergedAt.Before(at) {
				out = append(out, found)
			}
		}
		return false, resp, err
	})
	return out, err
}

// HasRun reports whether GitHub knows a workflow run of a commit. Errors are [*Error] and [*DeniedError].
func (c *Client) HasRun(ctx context.Context, s Site, id int64, sha string) (bool, error) {
	k := call{operation: fmt.Sprintf("look for workflow run %d", id), permission: "actions: read"}
	if err := s.check(); err != nil {
		return false, &Error{Operation: k.operation, Message: err.Error()}
	}
	known := false
	err := c.repeat(ctx, k, func() (*gh.Response, error) {
		found, resp, err := c.api.Actions.GetWorkflowRunByID(ctx, s.Owner, s.Repo, id)
		known = found.GetID() == id && found.GetHeadSHA() == sha
		return resp, err
	})
	if e, ok := errors.AsType[*Error](err); ok && e.Status == http.StatusNotFound {
		return false, nil
	}
	return known, err
}
