package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	gh "github.com/google/go-github/v88/github"

	"regent/internal/cloud"
)

// unsaidWait is the wait after a secondary limit that does not say when to go on:
// https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api ("wait for at least one minute").
const unsaidWait = time.Minute

// maxLimited is the try after which a rate limit is no longer waited for: a run should not hang for many minutes.
const maxLimited = 2

// rateLimited reports whether GitHub refused a request for having had too many. Neither status nor documentation link is
// the same for all limits.
func rateLimited(status int, header http.Header, err error, message string) bool {
	if status == http.StatusTooManyRequests {
		return true
	}
	if status != http.StatusForbidden {
		return false
	}
	_, primary := errors.AsType[*gh.RateLimitError](err)
	_, secondary := errors.AsType[*gh.AbuseRateLimitError](err)
	return primary || secondary || header.Get("Retry-After") != "" || strings.Contains(message, "secondary rate limit")
}

// limit notes when the token may go on: after Retry-After, or when the hourly limit is used up at its reset.
func (e *Error) limit(header http.Header, now time.Time) {
	if after, ok := retryAfter(header); ok {
		e.wait = after
	} else if reset, err := strconv.ParseInt(header.Get(gh.HeaderRateReset), 10, 64); err == nil && header.Get(gh.HeaderRateRemaining) == "0" {
		e.wait = max(0, time.Unix(reset, 0).Sub(now)) + time.Second // the two clocks need not agree to the second
	} else {
		e.wait = unsaidWait
	}
	e.again = e.wait <= cloud.MaxServerWait
	e.Until = now.Add(e.wait).UTC()
	e.Message = fmt.Sprintf("GitHub's rate limit is reached; it lets the token go on at %s: %s", e.Until.Format("2006-01-02 15:04:05 MST"), e.Message)
}

// retryAfter reads the wait that an answer asks for.
func retryAfter(header http.Header) (time.Duration, bool) {
	seconds, err := strconv.Atoi(header.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0, false
	}
	return time.Duration(min(seconds, 1<<20)) * time.Second, true
}

// once sends a request and gives one of the two errors of this package.
func (c *Client) once(ctx context.Context, k call, send func() (*gh.Response, error)) error {
	resp, err := send()
	if err != nil {
		return c.failure(ctx, k, resp, err)
	}
	return nil
}

// repeat sends a request that may be sent more than once: a read, or an edit that ends in the same state.
func (c *Client) repeat(ctx context.Context, k call, send func() (*gh.Response, error)) error {
	for try := 0; ; try++ {
		err := c.once(ctx, k, send)
		if err == nil || !c.pause(ctx, err, try) {
			return interrupted(ctx, err)
		}
	}
}

// create sends a request that makes something. When its answer is lost it is looked for: found, it is taken for what
// was made; not there, it is made once more; after a second lost answer the error says that it is unknown.
func create[T any](ctx context.Context, c *Client, k call, send func() (*T, *gh.Response, error), find func() (*T, error)) (*T, error) {
	for try, lost := 0, 0; ; try++ {
		var made *T
		err := c.once(ctx, k, func() (*gh.Response, error) {
			var resp *gh.Response
			var err error
			made, resp, err = send()
			return resp, err
		})
		if err == nil {
			return made, nil
		}
		again := c.pause(ctx, err, try)
		if ctx.Err() != nil {
			return nil, interrupted(ctx, err)
		}
		if e, ok := errors.AsType[*Error](err); ok && e.Unknown {
			found, lookErr := find()
			if lookErr != nil {
				return nil, unlearned(e, lookErr)
			}
			if found != nil {
				return found, nil
			}
			lost++
		}
		if !again || lost > 1 {
			return nil, err
		}
	}
}

// unlearned says that it is unknown whether something was made, since looking for it failed as well.
func unlearned(e *Error, lookErr error) error {
	out := *e
	out.Message += "; whether it was done all the same could not be learned: " + lookErr.Error()
	return &out
}

// pause waits before the next try, and reports whether there is one.
func (c *Client) pause(ctx context.Context, err error, try int) bool {
	e, ok := errors.AsType[*Error](err)
	if !ok || !e.again || try >= len(c.waits) || !e.Until.IsZero() && try >= maxLimited {
		return false
	}
	return sleep(ctx, max(c.waits[try], e.wait))
}

// sleep reports whether the whole time passed.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// interrupted gives an error its cause when the context ended during a wait.
func interrupted(ctx context.Context, err error) error {
	e, ok := errors.AsType[*Error](err)
	if !ok || ctx.Err() == nil || errors.Is(err, context.Cause(ctx)) {
		return err
	}
	ended := *e
	ended.Message = "interrupted: " + context.Cause(ctx).Error() + "; before that: " + e.Message
	ended.err = context.Cause(ctx)
	return &ended
}
