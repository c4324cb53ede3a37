package e2e

import (
	"strings"
	"testing"

	"regent/internal/github"
	"regent/internal/plan"
	"regent/internal/secret"
)

// forge rewrites the comment as somebody does who may edit it and knows the rules for its sums, but not the key.
func (s *stage) forge(visible string, edit func(*github.Review)) {
	s.t.Helper()
	c := s.comment()
	review, err := github.Open(c.Body, secret.New(""))
	if err != nil {
		s.t.Fatal(err)
	}
	edit(&review)
	if _, err := plan.Parse(review.Plan.JSON()); err != nil { // which tells the digest that the changes have now
		text := err.Error()
		review.Plan.Digest = text[strings.LastIndex(text, "sha256:"):]
		review.Digest = review.Plan.Digest
	}
	body, err := review.Seal(visible, secret.New(""))
	if err != nil {
		s.t.Fatal(err)
	}
	s.hub.EditCommentAs(c.ID, bot, body) // as any workflow of the repository may
}

// TestActionForgedPlanAddsNothing: whatever is forged, only what the merged file asks for is applied, and a forged text
// does nothing where the difference is shown. With a key, nothing forged passes at all.
func TestActionForgedPlanAddsNothing(t *testing.T) {
	t.Parallel()
	eachHostile(t, func(t *testing.T, s *stage, text string) {
		s.start("pull_request", opened(), nil).exits(0, "")
		s.forge(text, func(r *github.Review) {
			for i := range r.Plan.Changes[0].Fields {
				if f := &r.Plan.Changes[0].Fields[i]; f.Field == "description" {
					f.After = text
				}
			}
		})
		forged := s.comment()
		push := s.merge()
		s.start("push", push, with(signingKey)).tame().exits(4, "marker-signature")
		if s.comment() != forged {
			t.Error("a comment that is not trusted was touched")
		}
		s.start("push", push, nil).tame().exits(4, "plan-changed").tells("error", "description: reviewed ")
		s.wrote()
	})
}

// TestActionForgedHead passes a review of an earlier commit off as that of the merged one. It gains nothing: the plan of
// the merged commit is another.
func TestActionForgedHead(t *testing.T) {
	t.Parallel()
	s := newStage(t, dialects()[2].file(1))
	s.start("pull_request", opened(), nil).exits(0, "")
	s.synchronize(2)
	s.forge("No changes.", func(r *github.Review) { r.HeadSHA = head(2) })
	s.config = dialects()[2].file(2)
	s.start("push", s.merge(), nil).exits(4, "plan-changed").tells("error", "add swr-2 in account swr-primary is not in the reviewed plan")
	s.wrote()
}
