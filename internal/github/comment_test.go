package github_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"regent/internal/github"
	"regent/internal/github/githubtest"
)

// sealed is the comment of a plan with so many changes.
func sealed(t *testing.T, n int) string {
	t.Helper()
	return seal(t, reviewOf(planOf(hosts(n))), visible, signing)
}

func TestCommentIsMadeFoundAndEdited(t *testing.T) {
	t.Parallel()
	p := open(t, githubtest.Options{}, all)
	found, err := p.client.Conversation(t.Context(), site(), 7)
	if err != nil || found.Own != nil || found.Others != nil {
		t.Fatalf("%+v, %v", found, err)
	}
	made, err := p.client.PutComment(t.Context(), site(), 7, nil, sealed(t, 2))
	if err != nil {
		t.Fatal(err)
	}
	if made.Author != bot || made.Body != sealed(t, 2) || !strings.HasPrefix(made.URL, "https://github.com/octo-org/registries/") {
		t.Errorf("made %+v", made)
	}
	p.expect(t, githubtest.OpGraphQL, githubtest.OpCreateComment)

	found, err = p.client.Conversation(t.Context(), site(), 7)
	if err != nil || found.Own == nil || *found.Own != *made {
		t.Fatalf("%+v, %v", found.Own, err)
	}
	edited, err := p.client.PutComment(t.Context(), site(), 7, found.Own, sealed(t, 3))
	if err != nil || edited.ID != made.ID || edited.Body != sealed(t, 3) {
		t.Errorf("%+v, %v", edited, err)
	}
	p.expect(t, githubtest.OpGraphQL, githubtest.OpUpdateComment) // two requests when the comment exists
	if got := p.Comments(7); len(got) != 1 || got[0].Body != sealed(t, 3) {
		t.Errorf("%d comments", len(got))
	}
	if _, err := github.Open(edited.Body, signing); err != nil {
		t.Error(err)
	}
}

func TestEqualCommentIsNotSentAgain(t *testing.T) {
	t.Parallel()
	p := open(t, githubtest.Options{CRLF: true}, all)
	if _, err := p.client.PutComment(t.Context(), site(), 7, nil, sealed(t, 2)); err != nil {
		t.Fatal(err)
	}
	found, err := p.client.Conversation(t.Context(), site(), 7)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := github.Open(found.Own.Body, signing); err != nil || !strings.Contains(found.Own.Body, "\r\n") {
		t.Errorf("as GitHub's editor stores it: %v", err)
	}
	p.Forget()
	if _, err := p.client.PutComment(t.Context(), site(), 7, found.Own, sealed(t, 2)); err != nil {
		t.Error(err)
	}
	p.expect(t)
}

// TestOnlyOwnCommentsCount: everybody can write the marker, and the author writes other comments.
func TestOnlyOwnCommentsCount(t *testing.T) {
	t.Parallel()
	p := open(t, githubtest.Options{}, all)
	elsewhere := site()
	elsewhere.Key = "fedcba9876543210"
	p.AddComment(7, "mallory", sealed(t, 1))
	p.AddComment(7, "mallory", sealed(t, 1))
	p.AddComment(7, "github-actions", sealed(t, 1)) // the login without brackets can be registered
	p.AddComment(7, bot, "LGTM")
	p.AddComment(7, bot, "quoted\n"+sealed(t, 1))
	p.AddComment(7, bot, "<!-- another:1 "+site().Key+" x -->")
	p.AddComment(7, bot, "<!-- regent-drift:1 "+site().Key+" -->")
	p.AddComment(7, bot, seal(t, github.NewReview(planOf(nil), elsewhere, 7, head, run, planned), visible, signing))
	found, err := p.client.Conversation(t.Context(), site(), 7)
	if err != nil || found.Own != nil || !slices.Equal(found.Others, []string{"mallory", "github-actions"}) {
		t.Errorf("%+v, %v", found, err)
	}

	id := p.AddComment(7, bot, sealed(t, 1))
	p.AddComment(7, bot, sealed(t, 2)) // the older one is edited, and the other told
	found, err = p.client.Conversation(t.Context(), site(), 7)
	if err != nil || found.Own == nil || found.Own.ID != id || found.More != 1 {
		t.Errorf("%+v, %v", found, err)
	}
}

// TestDamagedCommentIsStillFound, so that it is refused as edited, and mended by the next plan.
func TestDamagedCommentIsStillFound(t *testing.T) {
	t.Parallel()
	whole := sealed(t, 1)
	for name, body := range map[string]string{
		"cut":           whole[:120],
		"visible gone":  strings.SplitN(whole, "\n", 2)[0],
		"other version": strings.Replace(whole, "regent:1", "regent:9", 1),
		"sum gone":      whole[:strings.Index(whole, " hmac-sha256:")] + " -->\n",
		"windows":       strings.ReplaceAll(whole, "\n", "\r\n"),
	} {
		p := open(t, githubtest.Options{}, all)
		id := p.AddComment(7, bot, body)
		if found, err := p.client.Conversation(t.Context(), site(), 7); err != nil || found.Own == nil || found.Own.ID != id {
			t.Errorf("%s: %+v, %v", name, found.Own, err)
		}
	}
}

func TestCommentIsFoundOnLaterPages(t *testing.T) {
	t.Parallel()
	p := open(t, githubtest.Options{}, all)
	for i := range 250 {
		p.AddComment(7, "octocat", fmt.Sprintf("comment %d", i))
	}
	id := p.AddComment(7, bot, sealed(t, 1))
	for i := range 120 {
		p.AddComment(7, "octocat", fmt.Sprintf("later comment %d", i))
	}
	found, err := p.client.Conversation(t.Context(), site(), 7)
	if err != nil || found.Own == nil || found.Own.ID != id {
		t.Errorf("%+v, %v", found.Own, err)
	}
	p.expect(t, githubtest.OpGraphQL, githubtest.OpGraphQL, githubtest.OpGraphQL, githubtest.OpGraphQL) // a second one may stand on the last
}

func TestAuthorsAreToldApartWithoutLetterCase(t *testing.T) {
	t.Parallel()
	p := openAs(t, githubtest.Options{}, "Regent-App[bot]", all)
	s := site()
	s.Author = "regent-app[bot]"
	if _, err := p.client.PutComment(t.Context(), s, 7, nil, sealed(t, 1)); err != nil {
		t.Fatal(err)
	}
	if found, err := p.client.Conversation(t.Context(), s, 7); err != nil || found.Own == nil {
		t.Errorf("%+v, %v", found, err)
	}
}

// TestAnotherTokensCommentTellsItsAuthor, so that the caller can say that it will not be found again.
func TestAnotherTokensCommentTellsItsAuthor(t *testing.T) {
	t.Parallel()
	p := openAs(t, githubtest.Options{}, "octocat", all)
	made, err := p.client.PutComment(t.Context(), site(), 7, nil, sealed(t, 1))
	if err != nil || made.Author != "octocat" {
		t.Errorf("%+v, %v", made, err)
	}
}

func TestDeletedCommentIsMadeAnew(t *testing.T) {
	t.Parallel()
	p := open(t, githubtest.Options{}, all)
	p.AddComment(7, bot, sealed(t, 1))
	found, err := p.client.Conversation(t.Context(), site(), 7)
	if err != nil {
		t.Fatal(err)
	}
	p.DeleteComment(found.Own.ID)
	p.Forget()
	made, err := p.client.PutComment(t.Context(), site(), 7, found.Own, sealed(t, 2))
	if err != nil || made.ID == found.Own.ID {
		t.Errorf("%+v, %v", made, err)
	}
	p.expect(t, githubtest.OpUpdateComment, githubtest.OpCreateComment)
}

func TestLargestCommentIsTaken(t *testing.T) {
	t.Parallel()
	p := open(t, githubtest.Options{}, all)
	m, err := reviewOf(planOf(hosts(2000))).Fit(0)
	if err != nil {
		t.Fatal(err)
	}
	body, err := m.Seal(strings.Repeat("é", (github.CommentLimit-m.Len())/2), signing)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.client.PutComment(t.Context(), site(), 7, nil, body); err != nil {
		t.Error(err)
	}
	_, err = p.client.PutComment(t.Context(), site(), 7, nil, strings.Repeat("x", 65_537))
	if e, ok := errors.AsType[*github.Error](err); !ok || e.Status != 422 || !strings.Contains(e.Message, "Body is too long") {
		t.Error(err)
	}
}

// TestMissingPermissionsAreNamed asks with every way in which GitHub says that a token may not.
func TestMissingPermissionsAreNamed(t *testing.T) {
	t.Parallel()
	for name, login := range map[string]string{"workflow": bot, "person": "octocat"} {
		p := openAs(t, githubtest.Options{Public: true}, login, map[string]string{"contents": "read"})
		id := p.AddComment(7, bot, sealed(t, 1))
		for what, c := range map[string]struct {
			err        error
			permission string
		}{
			"create": {second(p.client.PutComment(t.Context(), site(), 7, nil, "x")), "pull-requests: write"},
			"edit":   {second(p.client.PutComment(t.Context(), site(), 7, &github.Comment{ID: id}, "x")), "pull-requests: write"},
			"open":   {third(p.client.OpenDrift(t.Context(), site(), "t", "b")), "issues: write"},
		} {
			d, ok := errors.AsType[*github.DeniedError](c.err)
			if !ok || d.Permission != c.permission || d.Hidden || d.Status != 403 || d.RequestID == "" ||
				!strings.Contains(c.err.Error(), "Resource not accessible by") || !strings.Contains(c.err.Error(), c.permission) {
				t.Errorf("%s, %s: %v", name, what, c.err)
			}
			p.silent(t, c.err)
		}
	}
	p := open(t, githubtest.Options{}, map[string]string{"contents": "read"})
	for what, c := range map[string]struct {
		err        error
		permission string
	}{
		"comments": {second(p.client.Conversation(t.Context(), site(), 7)), "pull-requests: read"},
		"pull":     {second(p.client.Pull(t.Context(), site(), 7)), "pull-requests: read"},
		"merged":   {second(p.client.MergedPull(t.Context(), site(), githubtest.SHA("x"), "main", "")), "pull-requests: read"},
		"drift":    {third(p.client.CloseDrift(t.Context(), site(), "x")), "issues: read"},
	} {
		if d, ok := errors.AsType[*github.DeniedError](c.err); !ok || d.Permission != c.permission {
			t.Errorf("%s: %v", what, c.err)
		}
	}
}

// TestHiddenRepositoryIsADenial: what is there for sure and yet not found, the token may not see.
func TestHiddenRepositoryIsADenial(t *testing.T) {
	t.Parallel()
	p := open(t, githubtest.Options{}, all)
	s := site()
	s.Repo = "hidden"
	_, err := p.client.Conversation(t.Context(), s, 7)
	if d, ok := errors.AsType[*github.DeniedError](err); !ok || !d.Hidden || d.Status != 404 || !strings.Contains(err.Error(), "may not see it") {
		t.Error(err)
	}
	p.expect(t, githubtest.OpGraphQL)
}
