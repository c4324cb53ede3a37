package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	gh "github.com/google/go-github/v88/github"
)

// Comment is a comment on a pull request or an issue.
type Comment struct {
	ID int64
	// Body is as GitHub keeps it, to be read with [Open].
	Body string
	// URL is the page that shows it; empty when GitHub gave none.
	URL    string
	Author string
	// Editor is who edited it last, empty while nobody has. Minimized says that GitHub shows it folded up. Only
	// [Client.Conversation] tells them.
	Editor    string
	Minimized bool
}

// Comments are the comments for one key.
type Comments struct {
	// Own is the oldest by the author; nil when there is none. More is how many others there are by the author.
	Own  *Comment
	More int
	// Others are the authors of comments that carry the key and are not by the author, each once.
	Others []string
}

// errNoIdentity says that GitHub's answer does not tell what was made.
var errNoIdentity = errors.New("the answer tells no identity")

func lookForComment(pull int) call {
	return call{operation: fmt.Sprintf("look for the comment on pull request #%d", pull), permission: "pull-requests: read", exists: true}
}

// eachComment shows the comments of an issue or a pull request, oldest first, until the one that is looked for.
func (c *Client) eachComment(ctx context.Context, s Site, number int, k call, found func(*Comment) bool) error {
	if err := s.check(); err != nil {
		return &Error{Operation: k.operation, Message: err.Error()}
	}
	return c.pages(ctx, k, func(o gh.ListOptions) (bool, *gh.Response, error) {
		list, resp, err := c.api.Issues.ListComments(ctx, s.Owner, s.Repo, number, &gh.IssueListCommentsOptions{ListOptions: o})
		return slices.ContainsFunc(list, func(m *gh.IssueComment) bool { return found(c.comment(m)) }), resp, err
	})
}

func (c *Client) comment(m *gh.IssueComment) *Comment {
	return &Comment{ID: m.GetID(), Body: m.GetBody(), URL: c.link(m.GetHTMLURL()), Author: m.GetUser().GetLogin()}
}

// PutComment writes regent's comment: an edit of the existing one, or a new one when existing is nil or was deleted since.
// Nothing is sent when the body is already there. A new comment whose answer was lost is looked for before it is sent
// once more. When the Author of a new comment is not the site's, the token is another one's, and the comment will not be
// found again: the caller should say so. Errors are [*Error] and [*DeniedError].
func (c *Client) PutComment(ctx context.Context, s Site, pull int, existing *Comment, body string) (*Comment, error) {
	if existing == nil {
		return c.createComment(ctx, s, pull, body)
	}
	edited, err := c.editComment(ctx, s, pull, existing, body)
	if e, ok := errors.AsType[*Error](err); ok && e.Status == http.StatusNotFound {
		return c.createComment(ctx, s, pull, body)
	}
	return edited, err
}

func (c *Client) editComment(ctx context.Context, s Site, pull int, existing *Comment, body string) (*Comment, error) {
	k := call{operation: fmt.Sprintf("edit the comment on pull request #%d", pull), permission: "pull-requests: write"}
	if err := s.check(); err != nil {
		return nil, &Error{Operation: k.operation, Message: err.Error()}
	}
	if settle(existing.Body) == settle(body) {
		return existing, nil
	}
	var out *Comment
	err := c.repeat(ctx, k, func() (*gh.Response, error) {
		m, resp, err := c.api.Issues.EditComment(ctx, s.Owner, s.Repo, existing.ID, &gh.IssueComment{Body: &body})
		out = c.comment(m)
		return resp, identified(err, out.ID == existing.ID)
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func (c *Client) createComment(ctx context.Context, s Site, pull int, body string) (*Comment, error) {
	k := call{operation: fmt.Sprintf("comment on pull request #%d", pull), permission: "pull-requests: write", exists: true}
	if err := s.check(); err != nil {
		return nil, &Error{Operation: k.operation, Message: err.Error()}
	}
	var found *Comment
	made, err := create(ctx, c, k, func() (*Comment, *gh.Response, error) {
		return c.postComment(ctx, s, pull, body)
	}, func() (*Comment, error) {
		var err error
		found, err = c.lostComment(ctx, s, pull, body)
		return found, err
	})
	if err != nil || found == nil {
		return made, err
	}
	return c.editComment(ctx, s, pull, found, body) // unless it says the same: another run may have made it for this key
}

func (c *Client) postComment(ctx context.Context, s Site, number int, body string) (*Comment, *gh.Response, error) {
	m, resp, err := c.api.Issues.CreateComment(ctx, s.Owner, s.Repo, number, &gh.IssueComment{Body: &body})
	out := c.comment(m)
	return out, resp, identified(err, out.ID != 0)
}

// lostComment looks for what a request without an answer may have made: the author's comment for the key, or, should the
// token be of another author, the very same text.
func (c *Client) lostComment(ctx context.Context, s Site, number int, body string) (*Comment, error) {
	var out *Comment
	err := c.eachComment(ctx, s, number, lookForComment(number), func(m *Comment) bool {
		key, ok := keyOf(m.Body, markerName)
		if ok && key == s.Key && s.owns(m.Author) || settle(m.Body) == settle(body) {
			out = m
		}
		return out != nil
	})
	return out, err
}

// identified turns an answer without the identity that it has to have into an error, which is handled like a lost one.
func identified(err error, ok bool) error {
	if err == nil && !ok {
		return errNoIdentity
	}
	return err
}
