package action

import (
	"context"
	"fmt"
	"io"
	"strings"

	"regent/internal/exitcode"
	"regent/internal/github"
	"regent/internal/plan"
	"regent/internal/report"
)

// drift compares and keeps one issue about the difference.
func (r *run) drift(ctx context.Context) int {
	rec, err := r.prepared()
	if refused := r.withoutSecrets(rec); refused != nil {
		return r.fail("secrets-in-plan", refused)
	}
	if err != nil {
		return r.invalid(err)
	}
	p := rec.Plan(ctx)
	r.planned(rec, p)
	defer r.annotateBlocked(p, levelWarning)
	r.summarizeAs(func(m report.Markdown, w io.Writer) error { return m.Drift(w, p) })
	code := r.planCode(p)
	if p.Failed() {
		// What cannot be seen has neither drifted nor come back: the issue stays as it is.
		return code
	}
	if r.in.comment != commentNever {
		if err := r.keepIssue(ctx, p); err != nil && !r.uncommented("issue", driftPermissions, err) {
			return exitcode.Error
		}
	}
	if p.Pending() {
		r.set("reason", "drift")
	}
	return code
}

// keepIssue opens, edits or closes the issue.
func (r *run) keepIssue(ctx context.Context, p *plan.Plan) error {
	client, err := r.client()
	if err != nil {
		return err
	}
	if !p.Pending() {
		url, closed, err := client.CloseDrift(ctx, r.site, "The live state is up to date with the configuration (logins are not compared). "+
			fmt.Sprintf("[Workflow run](%s)", r.runURL))
		if closed {
			r.say("The drift issue was closed: " + url)
		}
		r.set("comment-url", url)
		return err
	}
	body, _ := r.markdown(github.DriftLimit, func(m report.Markdown, w io.Writer) error { return m.Drift(w, p) })
	url, opened, err := client.OpenDrift(ctx, r.site, r.driftTitle(), body)
	r.set("comment-url", url)
	if err == nil && opened {
		r.say("A drift issue was opened: " + url)
	}
	return err
}

// driftTitle names the configuration, so that the issues of several can be told apart.
func (r *run) driftTitle() string {
	title := "Registries have drifted from " + strings.Join(r.in.config, ", ")
	if len(r.in.accounts) > 0 {
		title += " (" + strings.Join(r.in.accounts, ", ") + ")"
	}
	const most = 200 // GitHub takes 256 characters
	title = r.masker.Mask(report.Clean(title))
	if runes := []rune(title); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return title
}
