package githubtest_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-github/v88/github"

	"regent/internal/github/githubtest"
)

// comment tries to comment.
func comment(t *testing.T, c *github.Client) error {
	_, _, err := c.Issues.CreateComment(t.Context(), owner, repo, 7, &github.IssueComment{Body: github.Ptr("a")})
	return err
}

func TestFaults(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault githubtest.Fault
		check func(*testing.T, error) bool
		made  int // comments left
	}{
		"status": {
			githubtest.Fault{Kind: githubtest.FaultStatus, Status: 500},
			func(t *testing.T, err error) bool {
				e := refused(t, err)
				return e.Response.StatusCode == 500 && e.Message == "Server Error"
			}, 0,
		},
		"page of the load balancer": {
			githubtest.Fault{Kind: githubtest.FaultStatus, Status: 502},
			func(t *testing.T, err error) bool {
				e := refused(t, err)
				return e.Response.Header.Get("Content-Type") == "text/html; charset=utf-8" && e.Message == ""
			}, 0,
		},
		"page of the load balancer, and yet carried out": {
			githubtest.Fault{Kind: githubtest.FaultStatus, Status: 504, Executed: true},
			func(t *testing.T, err error) bool { return refused(t, err).Response.StatusCode == 504 }, 1,
		},
		"status with a body": {
			githubtest.Fault{Kind: githubtest.FaultStatus, Status: 403, Body: `{"message":"Unable to create comment because issue is locked."}`},
			func(t *testing.T, err error) bool {
				return strings.HasPrefix(refused(t, err).Message, "Unable to create comment")
			}, 0,
		},
		"wait, then again": {
			githubtest.Fault{Kind: githubtest.FaultStatus, Status: 503, RetryAfter: 1500 * time.Millisecond},
			func(t *testing.T, err error) bool { return refused(t, err).Response.Header.Get("Retry-After") == "2" }, 0,
		},
		"primary limit": {
			githubtest.Fault{Kind: githubtest.FaultRateLimit, Reset: 90 * time.Second},
			func(t *testing.T, err error) bool {
				var e *github.RateLimitError
				if !errors.As(err, &e) {
					t.Fatal(err)
				}
				left := time.Until(e.Rate.Reset.Time)
				return e.Rate.Remaining == 0 && e.Rate.Limit == 5000 && e.Response.StatusCode == 403 && left > 80*time.Second && left < 100*time.Second
			}, 0,
		},
		"primary limit with 429": {
			githubtest.Fault{Kind: githubtest.FaultRateLimit, Status: 429},
			func(t *testing.T, err error) bool {
				var e *github.RateLimitError
				return errors.As(err, &e) && e.Response.StatusCode == 429 && strings.HasPrefix(e.Message, "API rate limit exceeded for installation.")
			}, 0,
		},
		"secondary limit": {
			githubtest.Fault{Kind: githubtest.FaultSecondaryLimit, RetryAfter: 3 * time.Second},
			func(t *testing.T, err error) bool {
				var e *github.AbuseRateLimitError
				return errors.As(err, &e) && *e.RetryAfter == 3*time.Second && strings.HasPrefix(e.Message, "You have exceeded a secondary rate limit.") &&
					e.Response.Header.Get("X-RateLimit-Remaining") == "4999" && e.Response.StatusCode == 403
			}, 0,
		},
		"secondary limit that does not say how long": {
			githubtest.Fault{Kind: githubtest.FaultSecondaryLimit, Status: 429, RetryAfter: -1},
			func(t *testing.T, err error) bool {
				var e *github.AbuseRateLimitError
				return errors.As(err, &e) && e.Response.Header.Get("Retry-After") == "" && e.Response.StatusCode == 429
			}, 0,
		},
		"lost":    {githubtest.Fault{Kind: githubtest.FaultLost}, func(_ *testing.T, err error) bool { return errors.Is(err, io.EOF) }, 1},
		"half":    {githubtest.Fault{Kind: githubtest.FaultHalf}, func(_ *testing.T, err error) bool { return errors.Is(err, io.ErrUnexpectedEOF) }, 1},
		"cut":     {githubtest.Fault{Kind: githubtest.FaultCut}, func(_ *testing.T, err error) bool { return errors.Is(err, io.EOF) }, 0},
		"garbage": {githubtest.Fault{Kind: githubtest.FaultGarbage}, func(_ *testing.T, err error) bool { return strings.Contains(err.Error(), "invalid character") }, 0},
		"garbage of one's own": {
			githubtest.Fault{Kind: githubtest.FaultGarbage, Body: `{"id":"x"}`},
			func(_ *testing.T, err error) bool { return strings.Contains(err.Error(), "cannot unmarshal string") }, 0,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := githubtest.New(t, githubtest.Options{})
			s.AddPull(githubtest.Pull{Number: 7})
			c.fault.Operation = githubtest.OpCreateComment
			s.Fail(c.fault)
			api := client(t, s, s.Token(bot, all()))
			if err := comment(t, api); err == nil || !c.check(t, err) {
				t.Errorf("the error is %v", err)
			}
			if made := len(s.Comments(7)); made != c.made {
				t.Errorf("%d comments are left, want %d", made, c.made)
			}
			if err := comment(t, api); err != nil {
				t.Errorf("the next request was spoilt too: %v", err)
			}
			if got := s.Requests(); len(got) != 2 || got[0].Login != bot || (got[0].Status == 0) != strings.Contains("lost half cut", name) {
				t.Errorf("recorded %v", got)
			}
		})
	}
}

func TestFaultsHitTheRequestsTheyNameAndNoOthers(t *testing.T) {
	t.Parallel()
	s := githubtest.New(t, githubtest.Options{})
	s.AddPull(githubtest.Pull{Number: 7})
	s.Fail(githubtest.Fault{Operation: githubtest.OpCreateComment, Kind: githubtest.FaultStatus, Status: 500, Nth: 2, Times: 2})
	s.Fail(githubtest.Fault{Operation: "*", Kind: githubtest.FaultStatus, Status: 503, Nth: 6, Times: -1})
	token := s.Token(bot, all())
	var got []int
	for range 3 {
		got = append(got, get(t, s, token, on+"/pulls/7").status)
		a, err := send(t, s, token, http.MethodPost, on+"/issues/7/comments", `{"body":"a"}`)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, a.status)
	}
	got = append(got, get(t, s, token, "/nothing").status)
	s.Heal()
	got = append(got, get(t, s, token, on+"/pulls/7").status)
	// A fault counts the requests that those before it left alone.
	if want := []int{200, 201, 200, 500, 200, 500, 404, 200}; !equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func equal(a, b []int) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func TestASlowAnswerEndsWithTheClient(t *testing.T) {
	t.Parallel()
	s := githubtest.New(t, githubtest.Options{})
	s.AddPull(githubtest.Pull{Number: 7})
	s.Fail(githubtest.Fault{Operation: githubtest.OpCreateComment, Kind: githubtest.FaultDelay, Delay: time.Hour})
	c := client(t, s, s.Token(bot, all()))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, _, err := c.Issues.CreateComment(ctx, owner, repo, 7, &github.IssueComment{Body: github.Ptr("a")})
	if !errors.Is(err, context.DeadlineExceeded) || len(s.Comments(7)) != 0 {
		t.Errorf("%v, %d comments", err, len(s.Comments(7)))
	}
}

func TestASlowAnswerComes(t *testing.T) {
	t.Parallel()
	s := githubtest.New(t, githubtest.Options{})
	s.AddPull(githubtest.Pull{Number: 7})
	s.Fail(githubtest.Fault{Operation: githubtest.OpCreateComment, Kind: githubtest.FaultDelay, Delay: time.Millisecond})
	if err := comment(t, client(t, s, s.Token(bot, all()))); err != nil || len(s.Comments(7)) != 1 {
		t.Errorf("%v, %d comments", err, len(s.Comments(7)))
	}
}

func TestARedirectTellsWhetherTheTokenWentAlong(t *testing.T) {
	t.Parallel()
	s := githubtest.New(t, githubtest.Options{})
	s.Fail(githubtest.Fault{Operation: githubtest.OpGetRepository, Kind: githubtest.FaultRedirect, Times: 2})
	token := s.Token(bot, all())

	// net/http leaves the header behind when the host changes.
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL()+on, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()

	// A transport that adds the header to every request takes it along.
	_, _, err = client(t, s, token).Repositories.Get(t.Context(), owner, repo)
	if e := refused(t, err); e.Response.StatusCode != http.StatusNotFound {
		t.Errorf("elsewhere answered %v", e)
	}
	var logins []string
	for _, r := range s.Requests() {
		if r.Operation == githubtest.OpElsewhere {
			logins = append(logins, r.Login)
		}
	}
	if len(logins) != 2 || logins[0] != "" || logins[1] != bot {
		t.Errorf("tokens of %q arrived elsewhere", logins)
	}

	s.Fail(githubtest.Fault{Operation: githubtest.OpGetRepository, Kind: githubtest.FaultRedirect, Status: 307, Location: "https://example.com/x"})
	got := get(t, s, token, on)
	if got.status != 307 || got.header.Get("Location") != "https://example.com/x" {
		t.Errorf("%d to %s", got.status, got.header.Get("Location"))
	}
}
