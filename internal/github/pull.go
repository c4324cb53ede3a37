package github

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	gh "github.com/google/go-github/v88/github"
)

// Pull is a pull request.
type Pull struct {
	Number int
	// HeadSHA is the newest commit of the branch that is to be merged, HeadRepo the OWNER/NAME it comes from; empty when
	// that repository was deleted.
	HeadSHA, HeadRepo string
	// BaseRef is the branch and BaseRepo the repository that it is merged into.
	BaseRef, BaseRepo string
	// MergeCommitSHA is the commit that the merge made on the base branch; before the merge one of GitHub's own tests.
	MergeCommitSHA string
	// DefaultBranch is that of the repository it is merged into.
	DefaultBranch string
	Open, Merged  bool
	// MergedAt is when it was merged, by GitHub's clock.
	MergedAt time.Time
	// ApprovedAt is when a person who may write last approved of HeadSHA; zero when nobody has, or has withdrawn it since.
	// Only [Client.Conversation] tells it.
	ApprovedAt time.Time
	URL        string
}

// NotMergedError says that no pull request was found whose merge made a commit.
type NotMergedError struct {
	SHA string
	// Reason says for each candidate which check it failed.
	Reason string
}

// Error gives one line.
func (e *NotMergedError) Error() string {
	return fmt.Sprintf("no pull request was found whose merge made commit %s: %s", e.SHA, e.Reason)
}

// Pull reads a pull request. Errors are [*Error] and [*DeniedError]; a number that is not there is an [*Error] of status
// 404.
func (c *Client) Pull(ctx context.Context, s Site, number int) (*Pull, error) {
	k := call{operation: fmt.Sprintf("read pull request #%d", number), permission: "pull-requests: read"}
	if err := s.check(); err != nil {
		return nil, &Error{Operation: k.operation, Message: err.Error()}
	}
	var out *Pull
	err := c.repeat(ctx, k, func() (*gh.Response, error) {
		p, resp, err := c.api.PullRequests.Get(ctx, s.Owner, s.Repo, number)
		out = c.pull(p)
		return resp, identified(err, out.Number == number)
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// pull reads both forms in which the API gives a pull request: lists tell the time of the merge, and not that it was.
func (c *Client) pull(p *gh.PullRequest) *Pull {
	return &Pull{
		Number: p.GetNumber(), HeadSHA: p.GetHead().GetSHA(), HeadRepo: p.GetHead().GetRepo().GetFullName(),
		BaseRef: p.GetBase().GetRef(), BaseRepo: p.GetBase().GetRepo().GetFullName(),
		MergeCommitSHA: p.GetMergeCommitSHA(), Merged: p.GetMerged() || !p.GetMergedAt().IsZero(),
		DefaultBranch: p.GetBase().GetRepo().GetDefaultBranch(), Open: p.GetState() == "open", MergedAt: p.GetMergedAt().Time, URL: c.link(p.GetHTMLURL()),
	}
}

// MergedPull finds the pull request whose merge made a commit on a branch, which is the repository's default branch
// unless it is named, for the commit with that message: the
// commit's own pull requests, again while GitHub's index lags behind the push, and the number in the message that
// GitHub itself proposes for merges. Neither is believed: the pull request has to be merged, into this branch of this
// repository, as this very commit. Errors are [*NotMergedError], [*Error] and [*DeniedError].
func (c *Client) MergedPull(ctx context.Context, s Site, sha, branch, message string) (*Pull, error) {
	k := call{operation: "look for the pull request of commit " + c.clean(sha), permission: "pull-requests: read", exists: true}
	err := s.check()
	if err == nil && !commitForm.MatchString(sha) {
		err = errors.New("that is not a commit")
	}
	if err != nil {
		return nil, &Error{Operation: k.operation, Message: err.Error()}
	}
	m := merge{client: c, site: s, sha: sha, branch: branch, number: numberIn(message), call: k}
	for try := 0; ; try++ {
		m.reasons = nil
		found, err := m.find(ctx)
		if found != nil || err != nil {
			return found, err
		}
		missing := &NotMergedError{sha, strings.Join(m.reasons, "; ")}
		if try >= len(c.waits) {
			return nil, missing
		}
		if !sleep(ctx, c.waits[try]) {
			return nil, interrupted(ctx, &Error{Operation: k.operation, Message: missing.Reason})
		}
	}
}

var commitForm = regexp.MustCompile(`^[0-9a-fA-F]{7,64}$`)

// merge is a search for the pull request of a merge commit.
type merge struct {
	client      *Client
	site        Site
	sha, branch string
	number      int // from the message; 0 when it has none
	call        call
	reasons     []string
}

// find tries both ways once. Whoever is named by the message too goes first, should one commit belong to two merges.
func (m *merge) find(ctx context.Context) (*Pull, error) {
	list, err := m.list(ctx)
	if err != nil {
		return nil, err
	}
	named := slices.IndexFunc(list, func(p *Pull) bool { return p.Number == m.number })
	if named > 0 {
		list[0], list[named] = list[named], list[0]
	}
	for _, p := range list {
		if m.made(p) {
			return p, nil
		}
	}
	if len(list) == 0 {
		m.reasons = append(m.reasons, "GitHub knows none with it")
	}
	if m.number == 0 || named >= 0 {
		return nil, nil
	}
	p, err := m.client.Pull(ctx, m.site, m.number)
	if e, ok := errors.AsType[*Error](err); ok && e.Status == http.StatusNotFound {
		m.reasons = append(m.reasons, fmt.Sprintf("#%d, which the commit's message names, is no pull request", m.number))
		return nil, nil
	}
	if err != nil || !m.made(p) {
		return nil, err
	}
	return p, nil
}

func (m *merge) list(ctx context.Context) ([]*Pull, error) {
	var out []*Pull
	err := m.client.pages(ctx, m.call, func(o gh.ListOptions) (bool, *gh.Response, error) {
		list, resp, err := m.client.api.PullRequests.ListPullRequestsWithCommit(ctx, m.site.Owner, m.site.Repo, m.sha, &o)
		if err == nil {
			for _, p := range list {
				out = append(out, m.client.pull(p))
			}
		}
		return false, resp, err
	})
	if e, ok := errors.AsType[*Error](err); ok && e.Status == http.StatusUnprocessableEntity {
		return nil, nil // No commit found: the index has not got it yet
	}
	return out, err
}

// made reports whether the merge of a pull request made the commit, and notes why not.
func (m *merge) made(p *Pull) bool {
	var reason string
	branch := cmp.Or(m.branch, p.DefaultBranch)
	switch {
	case !p.Merged:
		reason = "is not merged"
	case !strings.EqualFold(p.BaseRepo, m.site.Repository()):
		reason = "was merged into another repository"
	case p.BaseRef != branch:
		reason = fmt.Sprintf("was merged into branch %s, not %s", p.BaseRef, branch)
	case !strings.EqualFold(p.MergeCommitSHA, m.sha):
		reason = "was merged as commit " + p.MergeCommitSHA
	default:
		return true
	}
	m.reasons = append(m.reasons, m.client.clean(fmt.Sprintf("#%d %s", p.Number, reason)))
	return false
}

// The first lines that GitHub proposes for a squashed and for an ordinary merge.
var (
	squashLine = regexp.MustCompile(`\(#([1-9][0-9]{0,8})\)$`)
	mergeLine  = regexp.MustCompile(`^Merge pull request #([1-9][0-9]{0,8}) from `)
)

// numberIn gives the number of the pull request that a commit's message names; 0 when it names none.
func numberIn(message string) int {
	line, _, _ := strings.Cut(message, "\n")
	line = strings.TrimSpace(line)
	for _, form := range []*regexp.Regexp{squashLine, mergeLine} {
		if found := form.FindStringSubmatch(line); found != nil {
			if n, err := strconv.Atoi(found[1]); err == nil {
				return n
			}
		}
	}
	return 0
}
