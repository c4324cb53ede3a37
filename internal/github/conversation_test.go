package github_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"regent/internal/github"
	"regent/internal/github/githubtest"
	"regent/internal/secret"
)

// TestConversationTellsWhatDecidesAboutAReview in one request: state, base, merge, approval, and what became of the comment.
func TestConversationTellsWhatDecidesAboutAReview(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)
	for prefix, public := range map[string]bool{"": false, "/api/v3": true} {
		p := open(t, githubtest.Options{Prefix: prefix, Public: public, DefaultBranch: "trunk", Clock: func() time.Time { return now }}, all)
		id := p.AddComment(7, bot, sealed(t, 1))
		got, err := p.client.Conversation(t.Context(), site(), 7)
		if err != nil || !got.At.Equal(now) || !got.Open || got.Merged || got.Own.ID != id || got.Own.Editor != "" || got.Own.Minimized ||
			got.BaseRef != "trunk" || got.DefaultBranch != "trunk" || got.BaseRepo != "octo-org/registries" || !got.ApprovedAt.IsZero() {
			t.Fatalf("%+v, %v", got, err)
		}
		p.expect(t, githubtest.OpGraphQL)

		p.Minimize(id)
		p.EditCommentAs(id, githubtest.Ghost, sealed(t, 2))
		p.UpdatePull(7, func(u *githubtest.Pull) { u.Merged = true })
		p.Review(7, "octocat", "APPROVED", got.HeadSHA)
		p.Review(7, "hubot", "APPROVED", githubtest.SHA("an earlier head"))
		got, err = p.client.Conversation(t.Context(), site(), 7)
		if err != nil || got.Open || !got.Merged || !got.MergedAt.Equal(now) || got.MergeCommitSHA != githubtest.SHA("merge of 7") ||
			got.Own.Editor == "" || !got.Own.Minimized || !got.ApprovedAt.Equal(now) {
			t.Errorf("%+v, %+v, %v", got, got.Own, err)
		}
		for login, editor := range map[string]string{bot: bot, "mallory": "mallory"} {
			p.EditCommentAs(id, login, sealed(t, 2))
			if got, err = p.client.Conversation(t.Context(), site(), 7); err != nil || got.Own.Editor != editor {
				t.Errorf("%+v, %v", got.Own, err)
			}
		}
	}
}

// TestApprovalsThatDoNotCount: of another commit, withdrawn, or by a bot.
func TestApprovalsThatDoNotCount(t *testing.T) {
	t.Parallel()
	p := open(t, githubtest.Options{}, all)
	at := githubtest.SHA("head of 7")
	p.Review(7, "octocat", "APPROVED", at)
	p.Review(7, "octocat", "CHANGES_REQUESTED", at)
	p.Review(7, bot, "APPROVED", at)
	p.Review(7, "hubot", "APPROVED", githubtest.SHA("another"))
	got, err := p.client.Conversation(t.Context(), site(), 7)
	if err != nil || !got.ApprovedAt.IsZero() {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestGraphQLAddressIsOnTheHostOfTheToken and on no other.
func TestGraphQLAddressIsOnTheHostOfTheToken(t *testing.T) {
	t.Parallel()
	for address, ok := range map[string]bool{
		"": true, "https://github.example.com/api/graphql": true, "http://github.example.com/api/graphql": false,
		"https://api.github.com/graphql": false, "https://github.example.com/api/graphql?a=b": false, "https://me@github.example.com/api/graphql": false,
	} {
		_, err := github.New(github.Options{Token: secret.New("ghs_0123456789"), URL: "https://github.example.com/api/v3", GraphQL: address})
		if (err == nil) != ok || err != nil && !strings.HasPrefix(err.Error(), "GITHUB_GRAPHQL_URL") {
			t.Errorf("%q: %v", address, err)
		}
	}
}

// TestGraphQLRefusalsAreNotAnswers: GraphQL answers 200 also to what it refuses, and in part.
func TestGraphQLRefusalsAreNotAnswers(t *testing.T) {
	t.Parallel()
	const data = `{"data":{"repository":{"nameWithOwner":"octo-org/registries","defaultBranchRef":{"name":"main"},"pullRequest":{"number":7}}},"errors":[%]}`
	for name, c := range map[string]struct{ error, says string }{
		"internal": {`{"message":"Something went wrong while executing your query"}`, "Something went wrong"},
		"no field": {`{"message":"Field 'fullDatabaseId' doesn't exist on type 'IssueComment'","extensions":{"code":"undefinedField"}}`, "fullDatabaseId"},
		"contents": {`{"type":"FORBIDDEN","path":["repository","defaultBranchRef"],"message":"Resource not accessible by integration"}`, "contents: read"},
		"pull":     {`{"type":"FORBIDDEN","path":["repository","pullRequest"],"message":"Resource not accessible by integration"}`, "pull-requests: read"},
		"scopes":   {`{"type":"INSUFFICIENT_SCOPES","message":"Your token has not been granted the required scopes"}`, "pull-requests: read"},
	} {
		p := open(t, githubtest.Options{}, all)
		p.Fail(githubtest.Fault{Operation: githubtest.OpGraphQL, Kind: githubtest.FaultGarbage, Times: -1, Body: strings.Replace(data, "%", c.error, 1)})
		got, err := p.client.Conversation(t.Context(), site(), 7)
		if err == nil || !strings.Contains(err.Error(), c.says) || got.Number != 0 {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	p := open(t, githubtest.Options{}, map[string]string{"pull-requests": "read"})
	_, err := p.client.Conversation(t.Context(), site(), 7)
	if d, ok := errors.AsType[*github.DeniedError](err); !ok || d.Permission != "contents: read" {
		t.Error(err)
	}
}
