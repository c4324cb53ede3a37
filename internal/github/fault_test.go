package github_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	gh "github.com/google/go-github/v88/github"

	"regent/internal/github"
	"regent/internal/github/githubtest"
	"regent/internal/secret"
)

// passing are the faults after which a request may be sent again.
func passing() map[string]githubtest.Fault {
	return map[string]githubtest.Fault{
		"server error":      {Kind: githubtest.FaultStatus, Status: 500, Times: 2},
		"bad gateway":       {Kind: githubtest.FaultStatus, Status: 502, Times: 3},
		"unavailable":       {Kind: githubtest.FaultStatus, Status: 503, RetryAfter: time.Second},
		"cut":               {Kind: githubtest.FaultCut},
		"lost":              {Kind: githubtest.FaultLost},
		"half":              {Kind: githubtest.FaultHalf},
		"proxy's page":      {Kind: githubtest.FaultGarbage},
		"empty":             {Kind: githubtest.FaultGarbage, Body: " "},
		"wrong types":       {Kind: githubtest.FaultGarbage, Body: `"hello"`},
		"secondary limit":   {Kind: githubtest.FaultSecondaryLimit, RetryAfter: time.Second},
		"too many requests": {Kind: githubtest.FaultSecondaryLimit, RetryAfter: time.Second, Status: 429},
		"rate limit":        {Kind: githubtest.FaultRateLimit, Reset: time.Second},
	}
}

func TestReadsAreRepeated(t *testing.T) {
	t.Parallel()
	for name, fault := range passing() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := open(t, githubtest.Options{}, all)
			id := p.AddComment(7, bot, sealed(t, 1))
			fault.Operation = githubtest.OpGraphQL
			p.Fail(fault)
			found, err := p.client.Conversation(t.Context(), site(), 7)
			if err != nil || found.Own == nil || found.Own.ID != id {
				t.Errorf("%+v, %v", found.Own, err)
			}
			if n := len(p.Requests()); n != max(1, fault.Times)+1 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

func TestEditsAreRepeated(t *testing.T) {
	t.Parallel()
	for name, fault := range passing() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := open(t, githubtest.Options{}, all)
			id := p.AddComment(7, bot, sealed(t, 1))
			fault.Operation = githubtest.OpUpdateComment
			p.Fail(fault)
			edited, err := p.client.PutComment(t.Context(), site(), 7, &github.Comment{ID: id}, sealed(t, 2))
			if err != nil || edited.Body != sealed(t, 2) {
				t.Errorf("%+v, %v", edited, err)
			}
			if got := p.Comments(7); len(got) != 1 || got[0].Body != sealed(t, 2) {
				t.Errorf("%d comments", len(got))
			}
		})
	}
}

// TestLostCreateIsLookedUp: whether GitHub made the comment or not, in the end there is one, and it is never sent again
// without a look.
func TestLostCreateIsLookedUp(t *testing.T) {
	t.Parallel()
	const list, create = githubtest.OpListComments, githubtest.OpCreateComment
	for name, c := range map[string]struct {
		fault githubtest.Fault
		want  []string
	}{
		"lost":                   {githubtest.Fault{Kind: githubtest.FaultLost}, []string{create, list}},
		"half":                   {githubtest.Fault{Kind: githubtest.FaultHalf}, []string{create, list}},
		"bad gateway, made":      {githubtest.Fault{Kind: githubtest.FaultStatus, Status: 502, Executed: true}, []string{create, list}},
		"proxy's page, made":     {githubtest.Fault{Kind: githubtest.FaultGarbage, Executed: true}, []string{create, list}},
		"no identity, made":      {githubtest.Fault{Kind: githubtest.FaultGarbage, Body: "{}", Executed: true}, []string{create, list}},
		"bad gateway, not made":  {githubtest.Fault{Kind: githubtest.FaultStatus, Status: 502}, []string{create, list, create}},
		"cut":                    {githubtest.Fault{Kind: githubtest.FaultCut}, []string{create, list, create}},
		"proxy's page, not made": {githubtest.Fault{Kind: githubtest.FaultGarbage}, []string{create, list, create}},
		"secondary limit":        {githubtest.Fault{Kind: githubtest.FaultSecondaryLimit, RetryAfter: time.Second}, []string{create, create}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := open(t, githubtest.Options{}, all)
			c.fault.Operation = create
			p.Fail(c.fault)
			made, err := p.client.PutComment(t.Context(), site(), 7, nil, sealed(t, 2))
			if err != nil || made.Author != bot || made.Body != sealed(t, 2) {
				t.Errorf("%+v, %v", made, err)
			}
			if got := p.Comments(7); len(got) != 1 {
				t.Errorf("%d comments", len(got))
			}
			p.expect(t, c.want...)
		})
	}
}

func TestLostCreateOfAnotherAuthorIsKnownByItsText(t *testing.T) {
	t.Parallel()
	p := openAs(t, githubtest.Options{CRLF: true}, "octocat", all)
	p.Fail(githubtest.Fault{Operation: githubtest.OpCreateComment, Kind: githubtest.FaultLost})
	made, err := p.client.PutComment(t.Context(), site(), 7, nil, sealed(t, 2))
	if err != nil || made.Author != "octocat" || len(p.Comments(7)) != 1 {
		t.Errorf("%+v, %v, %d comments", made, err, len(p.Comments(7)))
	}
}

// TestCommentOfAConcurrentRunIsAdopted: what is found under the key gets the text that was to be written.
func TestCommentOfAConcurrentRunIsAdopted(t *testing.T) {
	t.Parallel()
	p := open(t, githubtest.Options{}, all)
	p.Fail(githubtest.Fault{Operation: githubtest.OpCreateComment, Kind: githubtest.FaultCut})
	id := p.AddComment(7, bot, sealed(t, 1))
	made, err := p.client.PutComment(t.Context(), site(), 7, nil, sealed(t, 2))
	if err != nil || made.ID != id || made.Body != sealed(t, 2) || len(p.Comments(7)) != 1 {
		t.Errorf("%+v, %v", made, err)
	}
}

func TestCreateWhoseAnswersAreAllLostIsUnknown(t *testing.T) {
	t.Parallel()
	p := open(t, githubtest.Options{}, all)
	p.Fail(githubtest.Fault{Operation: githubtest.OpCreateComment, Kind: githubtest.FaultCut, Times: -1})
	_, err := p.client.PutComment(t.Context(), site(), 7, nil, sealed(t, 2))
	if e, ok := errors.AsType[*github.Error](err); !ok || !e.Unknown {
		t.Errorf("%v", err)
	}
	p.silent(t, err)
	p.expect(t, githubtest.OpCreateComment, githubtest.OpListComments, githubtest.OpCreateComment, githubtest.OpListComments)

	p.Fail(githubtest.Fault{Operation: githubtest.OpListComments, Kind: githubtest.FaultStatus, Status: 500, Times: -1})
	_, err = p.client.PutComment(t.Context(), site(), 7, nil, sealed(t, 2))
	if e, ok := errors.AsType[*github.Error](err); !ok || !e.Unknown || !strings.Contains(err.Error(), "could not be learned") {
		t.Errorf("%v", err)
	}
	if got := p.operations(); slices.Index(got[1:], githubtest.OpCreateComment) >= 0 {
		t.Errorf("sent again without a look: %v", got)
	}
}

func TestRefusalsAreNotRepeated(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 401, 409, 410, 422, 451} {
		p := open(t, githubtest.Options{}, all)
		p.Fail(githubtest.Fault{Operation: "*", Kind: githubtest.FaultStatus, Status: status, Times: -1})
		_, readErr := p.client.Conversation(t.Context(), site(), 7)
		_, editErr := p.client.PutComment(t.Context(), site(), 7, &github.Comment{ID: 1}, "x")
		_, makeErr := p.client.PutComment(t.Context(), site(), 7, nil, "x")
		for _, err := range []error{readErr, editErr, makeErr} {
			if e, ok := errors.AsType[*github.Error](err); !ok || e.Status != status || e.Unknown || e.RequestID == "" {
				t.Errorf("%d: %v", status, err)
			}
		}
		p.expect(t, githubtest.OpGraphQL, githubtest.OpUpdateComment, githubtest.OpCreateComment)
	}
}

func TestPersistentFailureIsToldAfterAllTries(t *testing.T) {
	t.Parallel()
	p := open(t, githubtest.Options{}, all)
	p.Fail(githubtest.Fault{Operation: "*", Kind: githubtest.FaultStatus, Status: 502, Times: -1})
	_, err := p.client.Conversation(t.Context(), site(), 7)
	e, ok := errors.AsType[*github.Error](err)
	if !ok || e.Status != 502 || !strings.HasPrefix(err.Error(), "look for the comment on pull request #7: ") || !strings.Contains(err.Error(), "HTTP 502 Bad Gateway") {
		t.Errorf("%v", err)
	}
	if n := len(p.Requests()); n != 4 {
		t.Errorf("%d requests", n)
	}
}

// TestLongLimitsAreNotWaitedFor: the error says until when.
func TestLongLimitsAreNotWaitedFor(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]githubtest.Fault{
		"rate limit":          {Kind: githubtest.FaultRateLimit, Reset: 10 * time.Minute},
		"rate limit, 429":     {Kind: githubtest.FaultRateLimit, Reset: 10 * time.Minute, Status: 429},
		"secondary limit":     {Kind: githubtest.FaultSecondaryLimit, RetryAfter: 10 * time.Minute},
		"secondary, 429":      {Kind: githubtest.FaultSecondaryLimit, RetryAfter: 10 * time.Minute, Status: 429},
		"plain 429":           {Kind: githubtest.FaultStatus, Status: 429, RetryAfter: 10 * time.Minute},
		"plain 403 with wait": {Kind: githubtest.FaultStatus, Status: 403, RetryAfter: 10 * time.Minute},
	} {
		p := open(t, githubtest.Options{}, all)
		fault.Operation, fault.Times = "*", -1
		p.Fail(fault)
		_, readErr := p.client.Conversation(t.Context(), site(), 7)
		_, makeErr := p.client.PutComment(t.Context(), site(), 7, nil, "x")
		for _, err := range []error{readErr, makeErr} {
			e, ok := errors.AsType[*github.Error](err)
			if !ok || e.Unknown || e.Until.IsZero() || !strings.Contains(err.Error(), e.Until.Format("2006-01-02 15:04:05 UTC")) {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if left := time.Until(e.Until); left < 9*time.Minute || left > 11*time.Minute {
				t.Errorf("%s: until %v", name, e.Until)
			}
		}
		p.expect(t, githubtest.OpGraphQL, githubtest.OpCreateComment)
	}
}

func TestLimitThatStaysIsWaitedForTwice(t *testing.T) {
	t.Parallel()
	p := open(t, githubtest.Options{}, all)
	p.Fail(githubtest.Fault{Operation: "*", Kind: githubtest.FaultSecondaryLimit, RetryAfter: time.Second, Times: -1})
	_, err := p.client.PutComment(t.Context(), site(), 7, nil, "x")
	if e, ok := errors.AsType[*github.Error](err); !ok || e.Unknown || e.Until.IsZero() {
		t.Error(err)
	}
	p.expect(t, githubtest.OpCreateComment, githubtest.OpCreateComment, githubtest.OpCreateComment)
}

// TestLimitWithoutATimeIsAMinute, as GitHub documents; and a wait hears the end of its context.
func TestLimitWithoutATimeIsAMinute(t *testing.T) {
	t.Parallel()
	p := open(t, githubtest.Options{}, all)
	p.Fail(githubtest.Fault{Operation: "*", Kind: githubtest.FaultSecondaryLimit, RetryAfter: -1, Times: -1})
	ctx, cancel := context.WithCancelCause(t.Context())
	stopped := errors.New("stopped by the test")
	time.AfterFunc(100*time.Millisecond, func() { cancel(stopped) })
	_, err := p.client.PutComment(ctx, site(), 7, nil, "x")
	e, ok := errors.AsType[*github.Error](err)
	if !ok || !errors.Is(err, stopped) || !strings.Contains(err.Error(), "interrupted") {
		t.Fatalf("%v", err)
	}
	if left := time.Until(e.Until); left < 50*time.Second || left > 61*time.Second {
		t.Errorf("until %v", e.Until)
	}
	p.expect(t, githubtest.OpCreateComment)
}

func TestInterruptIsHeardDuringARequest(t *testing.T) {
	t.Parallel()
	p := open(t, githubtest.Options{}, all)
	p.Fail(githubtest.Fault{Operation: "*", Kind: githubtest.FaultDelay, Delay: time.Minute, Times: -1})
	for name, ask := range map[string]func(context.Context) error{
		"read":   func(ctx context.Context) error { return second(p.client.Conversation(ctx, site(), 7)) },
		"create": func(ctx context.Context) error { return second(p.client.PutComment(ctx, site(), 7, nil, "x")) },
		"merged": func(ctx context.Context) error {
			return second(p.client.MergedPull(ctx, site(), githubtest.SHA("x"), "main", ""))
		},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		err := ask(ctx)
		cancel()
		e, ok := errors.AsType[*github.Error](err)
		if !ok || !errors.Is(err, context.DeadlineExceeded) || !e.Unknown {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := p.operations(); len(got) != 3 {
		t.Errorf("the requests were %v", got)
	}
}

// TestTokenStaysAtItsHost: neither a redirect nor an edit that a redirect turns into a read is followed.
func TestTokenStaysAtItsHost(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		p := open(t, githubtest.Options{}, all)
		id := p.AddComment(7, bot, sealed(t, 1))
		p.Fail(githubtest.Fault{Operation: "*", Kind: githubtest.FaultRedirect, Status: status, Times: -1})
		for what, err := range map[string]error{
			"read":   second(p.client.Conversation(t.Context(), site(), 7)),
			"edit":   second(p.client.PutComment(t.Context(), site(), 7, &github.Comment{ID: id}, "x")),
			"create": second(p.client.PutComment(t.Context(), site(), 7, nil, "x")),
		} {
			e, ok := errors.AsType[*github.Error](err)
			if !ok || e.Status != status || e.Unknown || !strings.Contains(err.Error(), "redirects elsewhere, to localhost:") {
				t.Errorf("%d, %s: %v", status, what, err)
			}
			if strings.Contains(err.Error(), p.token) {
				t.Errorf("%d, %s: the error holds the token", status, what)
			}
		}
		for _, r := range p.Requests() {
			if r.Operation == githubtest.OpElsewhere {
				t.Errorf("%d: something went elsewhere, token %q", status, r.Login)
			}
		}
		if n := len(p.Requests()); n != 3 {
			t.Errorf("%d: %d requests", status, n)
		}
	}
}

// TestRenamedRepositoryIsFollowedAtHome: GitHub redirects to the same host, reads with 301 and writes with 307.
func TestRenamedRepositoryIsFollowedAtHome(t *testing.T) {
	t.Parallel()
	p := open(t, githubtest.Options{}, all)
	id := p.AddComment(7, bot, sealed(t, 1))
	root := p.URL() + "/repos/octo-org/registries/"
	here := root + "issues/"
	p.Fail(githubtest.Fault{Operation: githubtest.OpGetPull, Kind: githubtest.FaultRedirect, Location: root + "pulls/7"})
	if got, err := p.client.Pull(t.Context(), site(), 7); err != nil || got.Number != 7 {
		t.Errorf("%+v, %v", got, err)
	}
	p.Fail(githubtest.Fault{Operation: githubtest.OpUpdateComment, Kind: githubtest.FaultRedirect, Status: 307, Location: here + "comments/" + decimal(id)})
	found, err := p.client.Conversation(t.Context(), site(), 7)
	if err != nil || found.Own == nil {
		t.Fatal(err)
	}
	edited, err := p.client.PutComment(t.Context(), site(), 7, found.Own, sealed(t, 2))
	if err != nil || edited.Body != sealed(t, 2) || p.Comments(7)[0].Body != sealed(t, 2) {
		t.Errorf("%+v, %v", edited, err)
	}
	p.Fail(githubtest.Fault{Operation: githubtest.OpUpdateComment, Kind: githubtest.FaultRedirect, Status: 301, Location: here + "comments/" + decimal(id)})
	if _, err := p.client.PutComment(t.Context(), site(), 7, edited, sealed(t, 3)); err == nil {
		t.Error("an edit that became a read passes for an edit")
	}
	p.Fail(githubtest.Fault{Operation: githubtest.OpGetPull, Kind: githubtest.FaultRedirect, Location: root + "pulls/7", Times: -1})
	if _, err := p.client.Pull(t.Context(), site(), 7); err == nil {
		t.Error("a redirect to itself is followed for ever")
	}
	if n := len(p.Requests()); n > 13 {
		t.Errorf("%d requests", n)
	}
}

// TestServerTextIsMadeHarmless: an answer may hold the token, commands of the runner, and more than anybody reads.
func TestServerTextIsMadeHarmless(t *testing.T) {
	t.Parallel()
	p := open(t, githubtest.Options{}, all)
	p.Fail(githubtest.Fault{Operation: "*", Kind: githubtest.FaultStatus, Status: 422, Times: -1, Body: `{"message":"bad\n::set-env name=A::` +
		p.token + `\u001b[31m\u202e` + strings.Repeat("long ", 1000) + `","errors":[{"message":"::add-mask::x\r\n"},{"field":"body","code":"invalid"},"plain"]}`})
	_, err := p.client.Conversation(t.Context(), site(), 7)
	p.silent(t, err)
	if text := err.Error(); !strings.Contains(text, ": the server's message is not shown: it holds a secret [HTTP 422 ") {
		t.Errorf("%q", text)
	}
	p.Heal()
	p.Fail(githubtest.Fault{Operation: "*", Kind: githubtest.FaultStatus, Status: 422, Times: -1, Body: `{"message":"bad\n::set-env name=A::` +
		`\u001b[31m\u202e` + strings.Repeat("long ", 1000) + `","errors":[{"message":"::add-mask::x\r\n"},{"field":"body","code":"invalid"},"plain"]}`})
	_, err = p.client.Conversation(t.Context(), site(), 7)
	if text := err.Error(); strings.ContainsAny(text, "\n\r\x1b\u202e") || len(text) > 1000 || !strings.Contains(text, "bad ::set-env") {
		t.Errorf("%q", text)
	}
	p.Heal()
	p.Fail(githubtest.Fault{Operation: "*", Kind: githubtest.FaultStatus, Status: 422, Body: `{"message":"no","errors":[{"field":"body","code":"invalid"},"plain"]}`})
	_, err = p.client.Conversation(t.Context(), site(), 7)
	if err == nil || !strings.Contains(err.Error(), ": no (body invalid; plain) [HTTP 422 ") {
		t.Error(err)
	}
}

// TestErrorsCarryNoToken also in what they wrap.
func TestErrorsCarryNoToken(t *testing.T) {
	t.Parallel()
	p := open(t, githubtest.Options{}, all)
	p.Fail(githubtest.Fault{Operation: "*", Kind: githubtest.FaultStatus, Status: 422})
	_, err := p.client.Conversation(t.Context(), site(), 7)
	cause, ok := errors.AsType[*gh.ErrorResponse](err)
	if !ok || cause.Response.Request == nil {
		t.Fatalf("%v", err)
	}
	if h := cause.Response.Request.Header; h.Get("Authorization") != "" || h.Get("User-Agent") == "" {
		t.Errorf("the request in the error has the headers %v", h)
	}
}

func TestMaskerKnowsMoreThanTheToken(t *testing.T) {
	t.Parallel()
	p := open(t, githubtest.Options{}, all)
	masker := &secret.Masker{}
	masker.Add(secret.New("hunter2hunter2"))
	masker.Add(secret.New("swordfish\tSWORDFISH"))
	c, err := github.New(github.Options{Token: secret.New(p.token), URL: p.URL(), UserAgent: "regent/test", Network: network(t), Masker: masker, Waits: []time.Duration{}})
	if err != nil {
		t.Fatal(err)
	}
	p.Fail(githubtest.Fault{Operation: "*", Kind: githubtest.FaultStatus, Status: 400, Body: `{"message":"swordfish\tSWORDFISH hunter2hunter2 ` + p.token + `"}`})
	_, err = c.Conversation(t.Context(), site(), 7)
	if err == nil || strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "SWORD") || strings.Contains(err.Error(), p.token) {
		t.Error(err)
	}
}

func TestRequestsAreNamedAndVersioned(t *testing.T) {
	t.Parallel()
	p := open(t, githubtest.Options{}, all)
	c, err := github.New(github.Options{Token: secret.New(p.token), URL: p.URL(), Network: network(t), UserAgent: "regent/1.2.3"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Conversation(t.Context(), site(), 7); err != nil { // the server refuses requests without a User-Agent
		t.Error(err)
	}
}
