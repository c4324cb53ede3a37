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
		Token: r.in.token, URL: r.getenv("GITHUB_API_URL"), GraphQL: r.getenv("GITHUB_GRAPHQL_URL"), Network: r.transport(), UserAgent: version.UserAgent(), Masker: r.masker,
	})
}

// conversation is a pull request with regent's comment on it.
type conversation struct {
	github.Conversation
	run    *run
	client *github.Client
	err    error
}

// converse reads a pull request and looks for the comment on it.
func (r *run) converse(ctx context.Context, pull int) *conversation {
	c := &conversation{run: r}
	if c.client, c.err = r.client(); c.err == nil {
		c.Conversation, c.err = c.client.Conversation(ctx, r.site, pull)
	}
	return c
}

// caught makes an error of a panic: in a goroutine of its own nobody else could, and a run in the middle of its writes
// would end without a word. What it says may hold any secret, of any length.
func (r *run) caught(err *error) {
	if p := recover(); p != nil {
		*err = errors.New("internal error: " + r.masker.Withhold("its text", fmt.Sprint(p)))
	}
}

// newer reports whether a later run has commented on the same commit: what this one has to say is old then. Anybody can
// write a large number down, so GitHub has to know the run.
func (c *conversation) newer(ctx context.Context) bool {
	if c.Own == nil {
		return false
	}
	review, err := github.Open(c.Own.Body, c.run.in.signingKey)
	if err != nil || review.Check(c.run.site, c.Number) != nil || review.HeadSHA != c.HeadSHA || review.RunID <= c.run.runID {
		return false
	}
	known, err := c.client.HasRun(ctx, c.run.site, review.RunID, review.HeadSHA)
	if err != nil {
		c.run.annotate(levelNotice, plan.Position{}, "comment",
			"Whether a later run has commented could not be learned, so that this one's comment takes the place of the other: "+err.Error())
	}
	return known
}

// put writes the comment. The review goes into its marker, and what is shown gets the room that is left.
func (c *conversation) put(ctx context.Context, review github.Review, render func(report.Markdown, io.Writer) error) error {
	if c.err != nil {
		return c.err
	}
	marker, text, err := c.fit(review, render)
	if err != nil {
		return err
	}
	body, err := marker.Seal(text, c.run.in.signingKey)
	if err != nil {
		return err
	}
	// Also an interrupted run says how it ended.
	last, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(lastWords, cancel) })()
	written, err := c.client.PutComment(last, c.run.site, c.Number, c.Own, body)
	if err != nil {
		return err
	}
	c.run.set("comment-url", written.URL)
	if c.Own == nil && !strings.EqualFold(written.Author, c.run.in.author) {
		c.run.annotate(levelWarning, plan.Position{}, "comment", fmt.Sprintf(
			"the token writes as %s, so that the next run will not know this comment for its own: set the input comment-author to that name", written.Author))
	}
	return nil
}

// fit gives the marker and what is shown below it. What can be seen is worth more than the reviewed plan in the marker,
// for which the digests of its changes can stand.
func (c *conversation) fit(review github.Review, render func(report.Markdown, io.Writer) error) (*github.Marker, string, error) {
	marker, err := review.Fit(0)
	if err != nil {
		return nil, "", err
	}
	text, cut := c.run.markdown(github.CommentLimit-marker.Len(), render)
	switch {
	case cut && marker.Review().Plan != nil:
		review.Plan = nil
		return c.fit(review, render)
	case cut:
		marker.Cut()
		if !c.run.in.cutReview {
			c.run.annotate(levelWarning, plan.Position{}, "review", "The plan is too large for its comment, which does not show all of it. An apply of it will be refused: "+cutAdvice)
		}
	}
	return marker, text, nil
}

const cutAdvice = "split the change into several pull requests, or set the input allow-cut-review to true; that is a decision for the workflow file, which is reviewed itself."

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
	if why, restricted := r.event.restricted(r.site.Repository()); restricted && r.event.name == "pull_request" {
		text += "\nGitHub gives this run a token that only reads, since " + why + "."
	}
	text += "\nThe workflow needs:\n" + permissions
	r.annotate(levelNotice, plan.Position{}, what, text)
	return true
}
