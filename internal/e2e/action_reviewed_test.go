package e2e

import (
	"strings"
	"testing"

	"regent/internal/emulator"
	"regent/internal/github"
	"regent/internal/github/githubtest"
)

// signingKey and otherKey sign plans.
const signingKey, otherKey = "0f1e2d3c4b5a69788796a5b4c3d2e1f0", "another-key-of-enough-bytes"

// tampering is what can be wrong with a reviewed plan.
type tampering struct {
	name string
	// planned and applied are the keys that sign the plan and check it.
	planned, applied string
	// do spoils the comment, or what it is about.
	do     func(s *stage)
	code   int
	reason string
	// says is part of the error.
	says string
	// trusted says that the comment is regent's own word all the same, so that it tells what happened.
	trusted bool
	// again says that another pull request, reviewed, is the way out.
	again bool
}

// edited changes the comment's text, as somebody with write access can.
func edited(from, to string) func(*stage) {
	return func(s *stage) {
		c := s.comment()
		if !strings.Contains(c.Body, from) {
			s.t.Fatalf("no %q in %s", from, c.Body)
		}
		s.hub.EditComment(c.ID, strings.Replace(c.Body, from, to, 1))
	}
}

// copied removes the comment and puts its text there in somebody else's name.
func copied(author string) func(*stage) {
	return func(s *stage) {
		c := s.comment()
		s.hub.DeleteComment(c.ID)
		s.hub.AddComment(7, author, c.Body)
	}
}

// forged writes another review into the comment, with sums that fit.
func forged(edit func(*github.Review)) func(*stage) {
	return func(s *stage) { s.forge("1 to add.", edit) }
}

// pushed is a push to the branch that no plan was made of.
func pushed(s *stage) { s.synchronize(2) }

// replayed puts the plan of pull request 8 into a comment on pull request 7.
func replayed(s *stage) {
	s.hub.AddPull(githubtest.Pull{Number: 8, HeadSHA: head(1)})
	other := githubtest.Event("pull_request_opened", githubtest.OfPull(githubtest.Pull{Number: 8, HeadSHA: head(1), HeadRef: "other"}))
	s.start("pull_request", other, nil).exits(0, "")
	s.hub.DeleteComment(s.comment().ID)
	s.hub.AddComment(7, bot, s.hub.Comments(8)[0].Body)
}

// replanned makes the plan again with something different about it, and leaves that plan alone in the comments.
func replanned(edit func(s *stage, with map[string]string), code int) func(*stage) {
	return func(s *stage) {
		s.hub.DeleteComment(s.comment().ID)
		config, with := s.config, map[string]string{}
		edit(s, with)
		if got := s.start("pull_request", opened(), with); got.code != code {
			s.t.Fatalf("%s", got)
		}
		s.config = config
		s.faults()
	}
}

func tamperings() []tampering {
	unreadable := replanned(func(s *stage, _ map[string]string) {
		s.faults(emulator.Fault{Operation: "ListInstanceRegistries", Kind: emulator.FaultStatus, Status: 403, Message: "denied", Times: -1})
	}, 1)
	invalid := replanned(func(s *stage, _ map[string]string) { s.config = "version: 1\nregistrys: []\n" }, 1)
	accounts := replanned(func(_ *stage, with map[string]string) { with["accounts"] = "swr-primary" }, 0)
	config := replanned(func(s *stage, with map[string]string) {
		s.files, with["config"] = map[string]string{"other.yaml": s.config}, "other.yaml"
	}, 0)
	return []tampering{
		{name: "no comment", do: func(s *stage) { s.hub.DeleteComment(s.comment().ID) }, reason: "no-reviewed-plan", says: "Pull request #7 has no comment with a plan of this configuration and these accounts.", again: true},
		{name: "copied by a person", do: copied("mallory"), reason: "marker-author", says: "is by mallory, not by github-actions[bot]", again: true},
		{name: "copied by another app", do: copied("evil[bot]"), reason: "marker-author", says: "is by evil[bot], not by github-actions[bot]", again: true},
		{name: "one visible character", do: edited("swr-1", "swr-2"), reason: "marker-edited", says: "edited after regent wrote it", again: true},
		{name: "text added", do: edited("### ", "LGTM ### "), reason: "marker-edited", says: "edited after regent wrote it", again: true},
		{name: "marker on the second line", do: edited("<!-- regent:1", "\n<!-- regent:1"), reason: "no-reviewed-plan", says: "has no comment with a plan"},
		{name: "marker behind a blank", do: edited("<!-- regent:1", " <!-- regent:1"), reason: "no-reviewed-plan", says: "has no comment with a plan"},
		{name: "a second marker", do: edited("<!-- regent:1", "<!-- regent:1 x --><!-- regent:1"), reason: "no-reviewed-plan"},
		{name: "marker of another version", do: edited("<!-- regent:1", "<!-- regent:2"), reason: "marker-other", says: "another version of regent", again: true},
		{name: "another sum", do: edited(" sha256:", " sha256:A"), reason: "marker-edited", says: "its marker is damaged", again: true},
		{name: "another head", do: pushed, reason: "marker-head", says: "is of commit " + head(1) + "; merged was " + head(2), trusted: true, again: true},
		{name: "unreadable when planned", do: unreadable, reason: "plan-incomplete", says: "is not complete", trusted: true, again: true},
		{name: "invalid when planned", do: invalid, reason: "plan-incomplete", says: "is not complete", trusted: true, again: true},
		{name: "of another pull request", do: replayed, reason: "marker-other", says: "it is of pull request #8", again: true},
		{name: "of another repository", do: forged(func(r *github.Review) { r.Repository = "octo-org/other" }), reason: "marker-other", says: "it is of repository octo-org/other", again: true},
		{name: "of a commit that is none", do: forged(func(r *github.Review) { r.HeadSHA = "0" }), reason: "marker-head", says: "is of commit 0; merged was " + head(1), trusted: true, again: true},
		{name: "of other accounts", do: accounts, reason: "no-reviewed-plan", says: "these accounts"},
		{name: "of another file", do: config, reason: "no-reviewed-plan", says: "this configuration"},
		{name: "signed with another key", planned: signingKey, applied: otherKey, reason: "marker-signature", says: "not of this plan-signing-key"},
		{name: "signed and no key here", planned: signingKey, reason: "marker-signature", says: "plan-signing-key is not set here"},
		{name: "not signed", applied: signingKey, reason: "marker-signature", says: "the comment is not signed"},
		{name: "signed and edited", planned: signingKey, applied: signingKey, do: edited("swr-1", "swr-2"), reason: "marker-edited", says: "edited", again: true},
		{name: "signature of another text", planned: signingKey, applied: signingKey, do: edited(" hmac-sha256:", " hmac-sha256:A"), reason: "marker-signature", says: "plan-signing-key", again: true},
		{name: "signature taken off", planned: signingKey, applied: signingKey, do: edited(" hmac-sha256:", " sha256:"), reason: "marker-signature", says: "the comment is not signed", again: true},
		{name: "key that can be guessed", applied: "hunter2", code: 1, reason: "input-invalid", says: "shorter than 16 bytes"},
	}
}

// TestInvariant04ActionRefusesWhatWasNotReviewed and writes nothing, says which, and applies once there is a plan again.
func TestInvariant04ActionRefusesWhatWasNotReviewed(t *testing.T) {
	t.Parallel()
	for _, c := range tamperings() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.play(t)
		})
	}
}

// with gives the inputs of a run with a key.
func with(key string, more ...string) map[string]string {
	out := map[string]string{"plan-signing-key": key}
	for i := 0; i < len(more); i += 2 {
		out[more[i]] = more[i+1]
	}
	return out
}

func (c tampering) play(t *testing.T) {
	s := newStage(t, dialects()[2].file(1))
	s.start("pull_request", opened(), with(c.planned)).exits(0, "")
	if c.do != nil {
		c.do(s)
	}
	push := s.merge()
	before := s.hub.Comments(7)
	s.ClearRequests()
	code := c.code
	if code == 0 {
		code = 4
	}
	s.start("push", push, with(c.applied)).exits(code, c.reason).tells("error", c.says)
	s.wrote()
	after := s.hub.Comments(7)
	switch told := len(after) == 1 && len(before) == 1 && after[0].Body != before[0].Body; {
	case len(after) != len(before) || told != c.trusted:
		t.Errorf("the comment was touched: %v, want %v: %+v", told, c.trusted, after)
	case told:
		holds(t, "the comment", after[0].Body, "regent apply: refused", "To apply without a reviewed plan", "actions/runs/")
	}
	if c.again {
		s.start("push", s.next(9, with(c.applied)), with(c.applied)).exits(0, "").gives("add", "1")
		s.wrote("CreateInstanceRegistry")
		return
	}
	if code == 4 {
		s.start("push", push, with(c.applied, "require-reviewed-plan", "false")).exits(0, "").gives("add", "1")
		s.wrote("CreateInstanceRegistry")
	}
}

// TestActionTrustsWhatGitHubItselfChanges: line ends and blanks at the end, and a copy by somebody else beside the true
// one, are no edits.
func TestActionTrustsWhatGitHubItselfChanges(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(s *stage){
		"line ends": func(s *stage) {
			c := s.comment()
			s.hub.EditCommentAs(c.ID, "", strings.ReplaceAll(c.Body, "\n", "\r\n"))
		},
		"blanks at end":   func(s *stage) { c := s.comment(); s.hub.EditCommentAs(c.ID, "", c.Body+"\n \t\r\n") },
		"a copy above it": func(s *stage) { body := s.comment().Body; copied("mallory")(s); s.hub.AddComment(7, bot, body) },
		"login in capitals": func(s *stage) {
			body := s.comment().Body
			s.hub.DeleteComment(s.comment().ID)
			s.hub.AddComment(7, "GitHub-Actions[bot]", body)
		},
	} {
		for key := range map[string]bool{"": true, signingKey: true} {
			t.Run(name+" "+key, func(t *testing.T) {
				t.Parallel()
				s := newStage(t, dialects()[2].file(1))
				s.start("pull_request", opened(), with(key)).exits(0, "")
				change(s)
				s.start("push", s.merge(), with(key)).exits(0, "").gives("add", "1")
				s.wrote("CreateInstanceRegistry")
			})
		}
	}
}
