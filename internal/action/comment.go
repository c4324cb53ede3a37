package action

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"regent/internal/github"
	"regent/internal/plan"
	"regent/internal/report"
	"regent/internal/version"
)

// lastWords is how long a comment may take to be written after the run was interrupted.
const lastWords = 3 * time.Second

// client speaks to GitHub.
func (r *run) client() (*github.Client, error) {
	return github.New(github.Options{
		Token: r.in.token, URL: r.getenv("GITHUB_API_URL"), Network: r.transport(), UserAgent: version.UserAgent(), Masker: r.masker,
	})
}

// conversation is regent's comment on one pull request.
type conversation struct {
	run    *run
	client *github.Client
	pull   int
	found  github.Comments
	err    error
}

// converse looks for the comment while other work goes on; call the function it gives to wait for it.
func (r *run) converse(ctx context.Context, pull int) func() *conversation {
	c := &conversation{run: r, pull: pull}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer r.caught(&c.err)
		if c.client, c.err = r.client(); c.err == nil {
			c.found, c.err = c.client.Comments(ctx, r.site, pull)
		}
	}()
	return func() *conversation { <-done; return c }
}

// caught makes an error of a panic: in a goroutine of its own nobody else could, and a run in the middle of its writes
// would end without a word. What it says may hold any secret, of any length.
func (r *run) caught(err *error) {
	if p := recover(); p != nil {
		*err = errors.New(r.masker.Scrub(fmt.Sprintf("internal error: %v", p)))
	}
}

// newer reports whether a later run has commented: what this one has to say is old then.
func (c *conversation) newer() bool {
	if c.found.Own == nil {
		return false
	}
	review, err := github.Open(c.found.Own.Body, c.run.in.signingKey)
	return err == nil && review.Check(c.run.site, c.pull) == nil && review.RunID > c.run.runID
}

// put writes the comment. The review goes into its marker, and what is shown gets the room that is left.
func (c *conversation) put(ctx context.Context, review github.Review, render func(report.Markdown, io.Writer) error) error {
	if c.err != nil {
		return c.err
	}
	marker, err := review.Fit(0)
	if err != nil {
		return err
	}
	body, err := marker.Seal(c.run.markdown(github.CommentLimit-marker.Len(), render), c.run.in.signingKey)
	if err != nil {
		return err
	}
	// Also an interrupted run says how it ended.
	last, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(lastWords, cancel) })()
	written, err := c.client.PutComment(last, c.run.site, c.pull, c.found.Own, body)
	if err != nil {
		return err
	}
	c.run.set("comment-url", written.URL)
	if c.found.Own == nil && !strings.EqualFold(written.Author, c.run.in.author) {
		c.run.annotate(levelWarning, plan.Position{}, "comment", fmt.Sprintf(
			"the token writes as %s, so that the next run will not know this comment for its own: set the input comment-author to that name", written.Author))
	}
	return nil
}

// permissions are the blocks that a workflow needs for what regent does at GitHub.
const (
	planPermissions  = "permissions:\n  contents: read\n  pull-requests: write"
	driftPermissions = "permissions:\n  contents: read\n  issues: write"
)

// uncommented says why a comment or issue was not written. A token that may not write is no failure: forks and
// Dependabot get no other. It reports whether the run may go on as if nothing had happened.
func (r *run) uncommented(what, permissions string, err error) bool {
	denied, ok := errors.AsType[*github.DeniedError](err)
	if !ok {
		r.annotate(levelError, plan.Position{}, what, err.Error())
		if r.outputs["reason"] == "" {
			r.set("reason", "comment-failed")
		}
		return false
	}
	text := fmt.Sprintf("The %s was not written: %s. It is in the summary of this run: %s", what, denied.Error(), r.runURL)
	if why, restricted := r.event.restricted(r.site.Repository()); restricted {
		text += "\nGitHub gives this run a token that only reads, since " + why + "."
	}
	text += "\nThe workflow needs:\n" + permissions
	r.annotate(levelNotice, plan.Position{}, what, text)
	return true
}
