package github

import (
	"context"
	"fmt"
	"slices"
	"strings"

	gh "github.com/google/go-github/v88/github"
)

const (
	// DriftLabel is the label of issues about drift; among them regent looks for its own.
	DriftLabel = "regent-drift"
	// DriftLimit is the most that the body of such an issue takes, in bytes, besides its hidden first line.
	DriftLimit = CommentLimit - 120

	driftName = "regent-drift:"
)

// driftBody puts the hidden key in front.
func driftBody(s Site, body string) string {
	return markerOpen + driftName + markerVersion + " " + s.Key + markerClose + "\n" + strings.ToValidUTF8(body, "\uFFFD")
}

// issue is an issue about drift.
type issue struct {
	number           int
	title, body, url string
	labelled         bool
}

// OpenDrift opens the issue about drift, or edits the one that is open; nothing is sent when it already says the same.
// The URL is the issue's, also when something after its creation failed. Errors are [*Error] and [*DeniedError].
func (c *Client) OpenDrift(ctx context.Context, s Site, title, body string) (url string, created bool, err error) {
	body = driftBody(s, body)
	open, err := c.openDrifts(ctx, s, true)
	if err != nil {
		return "", false, err
	}
	if len(open) > 0 {
		return open[0].url, false, c.editDrift(ctx, s, open[0], title, body)
	}
	made, err := c.createDrift(ctx, s, title, body)
	if err != nil {
		return "", false, err
	}
	if !made.labelled {
		err = c.labelDrift(ctx, s, made)
	}
	return made.url, true, err
}

// CloseDrift comments on the open issue about drift and closes it; nothing is done when none is open. Should there be
// several, all are closed, and the URL is that of the oldest. Errors are [*Error] and [*DeniedError].
func (c *Client) CloseDrift(ctx context.Context, s Site, comment string) (url string, closed bool, err error) {
	open, err := c.openDrifts(ctx, s, false)
	if err != nil || len(open) == 0 {
		return "", false, err
	}
	for _, i := range open {
		if err := c.closeDrift(ctx, s, i, comment); err != nil {
			return open[0].url, closed, err
		}
		closed = true
	}
	return open[0].url, closed, nil
}

// openDrifts finds regent's own open issues for the key, oldest first: the first, or all.
func (c *Client) openDrifts(ctx context.Context, s Site, first bool) ([]*issue, error) {
	k := call{operation: "look for the issue about drift", permission: "issues: read", exists: true}
	if err := s.check(); err != nil {
		return nil, &Error{Operation: k.operation, Message: err.Error()}
	}
	var out []*issue
	err := c.pages(ctx, k, func(o gh.ListOptions) (bool, *gh.Response, error) {
		list, resp, err := c.api.Issues.ListByRepo(ctx, s.Owner, s.Repo, &gh.IssueListByRepoOptions{
			State: "open", Labels: []string{DriftLabel}, Sort: "created", Direction: "asc", ListOptions: o,
		})
		for _, i := range list {
			if key, ok := keyOf(i.GetBody(), driftName); ok && key == s.Key && s.owns(i.GetUser().GetLogin()) && !i.IsPullRequest() {
				out = append(out, c.issue(i))
			}
		}
		return first && len(out) > 0, resp, err
	})
	return out, err
}

func (c *Client) issue(i *gh.Issue) *issue {
	return &issue{
		number: i.GetNumber(), title: i.GetTitle(), body: i.GetBody(), url: c.link(i.GetHTMLURL()),
		labelled: i != nil && slices.ContainsFunc(i.Labels, func(l *gh.Label) bool { return strings.EqualFold(l.GetName(), DriftLabel) }),
	}
}

func (c *Client) editDrift(ctx context.Context, s Site, i *issue, title, body string) error {
	if i.title == title && settle(i.body) == settle(body) {
		return nil
	}
	_, err := c.editIssue(ctx, s, i, "edit", &gh.IssueRequest{Title: &title, Body: &body})
	return err
}

func (c *Client) editIssue(ctx context.Context, s Site, i *issue, verb string, edit *gh.IssueRequest) (*issue, error) {
	k := call{operation: fmt.Sprintf("%s issue #%d about drift", verb, i.number), permission: "issues: write", exists: true}
	var out *issue
	err := c.repeat(ctx, k, func() (*gh.Response, error) {
		edited, resp, err := c.api.Issues.Edit(ctx, s.Owner, s.Repo, i.number, edit)
		out = c.issue(edited)
		return resp, identified(err, out.number == i.number)
	})
	return out, err
}

func (c *Client) createDrift(ctx context.Context, s Site, title, body string) (*issue, error) {
	k := call{operation: "open the issue about drift", permission: "issues: write", exists: true}
	return create(ctx, c, k, func() (*issue, *gh.Response, error) {
		i, resp, err := c.api.Issues.Create(ctx, s.Owner, s.Repo, &gh.IssueRequest{
			Title: &title, Body: &body, Labels: &[]string{DriftLabel},
		})
		made := c.issue(i)
		return made, resp, identified(err, made.number != 0)
	}, func() (*issue, error) {
		open, err := c.openDrifts(ctx, s, true)
		if err != nil || len(open) == 0 {
			return nil, err
		}
		return open[0], nil
	})
}

// labelDrift adds the label that a new issue was made without: GitHub drops labels silently when the token's owner cannot
// push, and an issue without it would not be found the next time.
func (c *Client) labelDrift(ctx context.Context, s Site, i *issue) error {
	edited, err := c.editIssue(ctx, s, i, "label", &gh.IssueRequest{Labels: &[]string{DriftLabel}})
	if err == nil && !edited.labelled {
		err = &Error{
			Operation: fmt.Sprintf("label issue #%d about drift", i.number),
			Message: "GitHub did not take the label " + DriftLabel + ", without which the issue will not be found again; " +
				"the token's owner has to be allowed to push",
		}
	}
	return err
}

// closeDrift comments before it closes: should the second fail, the next run does both again, and nothing is left unsaid.
func (c *Client) closeDrift(ctx context.Context, s Site, i *issue, comment string) error {
	k := call{operation: fmt.Sprintf("comment on issue #%d about drift", i.number), permission: "issues: write", exists: true}
	_, err := create(ctx, c, k, func() (*Comment, *gh.Response, error) {
		return c.postComment(ctx, s, i.number, comment)
	}, func() (*Comment, error) {
		return c.lastWords(ctx, s, i, comment)
	})
	if err != nil {
		return err
	}
	state, reason := "closed", "completed"
	_, err = c.editIssue(ctx, s, i, "close", &gh.IssueRequest{State: &state, StateReason: &reason})
	return err
}

// lastWords looks for the comment of a request without an answer: the same text by regent.
func (c *Client) lastWords(ctx context.Context, s Site, i *issue, comment string) (*Comment, error) {
	k := call{operation: fmt.Sprintf("look for the comment on issue #%d about drift", i.number), permission: "issues: read", exists: true}
	var out *Comment
	err := c.eachComment(ctx, s, i.number, k, func(m *Comment) bool {
		if s.owns(m.Author) && settle(m.Body) == settle(comment) {
			out = m
		}
		return out != nil
	})
	return out, err
}
