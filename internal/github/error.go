package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	gh "github.com/google/go-github/v88/github"

	"regent/internal/cloud"
)

// Error says how a request failed. Its text holds no secret and no URL.
type Error struct {
	// Operation says what was tried, in words.
	Operation string
	// Status is the HTTP status; 0 when there was no answer.
	Status int
	// Message and RequestID are GitHub's, withheld when they hold a secret, and capped; RequestID is empty when GitHub gave none.
	Message, RequestID string
	// Unknown says that the request may have been carried out, although no answer that can be trusted came back.
	Unknown bool
	// Until is when GitHub's rate limits let the token go on; zero when they were not the reason.
	Until time.Time

	again bool // a read may be tried again
	wait  time.Duration
	err   error
}

// Error gives one line: operation, what happened, status and request ID.
func (e *Error) Error() string { return e.Operation + ": " + e.Message + facts(e.Status, e.RequestID) }

// Unwrap gives the cause, for errors.Is and errors.As.
func (e *Error) Unwrap() error { return e.err }

// DeniedError says that the token may not do what was asked.
type DeniedError struct {
	// Operation says what was tried, in words.
	Operation string
	// Permission is what the token lacks, as the permissions block of a workflow has it: pull-requests: write.
	Permission string
	// Hidden says that GitHub answered as if the thing did not exist, which is what it does for what a token may not see.
	Hidden bool
	// Status, Message and RequestID are GitHub's.
	Status             int
	Message, RequestID string
}

// Error gives one line.
func (e *DeniedError) Error() string {
	what := "the token needs the permission " + e.Permission
	if e.Hidden {
		what = "it is not there, or the token may not see it: it needs the permission " + e.Permission
	}
	return e.Operation + ": " + what + ": " + e.Message + facts(e.Status, e.RequestID)
}

func facts(status int, requestID string) string {
	var list []string
	if status != 0 {
		list = append(list, strings.TrimSpace(fmt.Sprintf("HTTP %d %s", status, http.StatusText(status))))
	}
	if requestID != "" {
		list = append(list, "request ID "+requestID)
	}
	if len(list) == 0 {
		return ""
	}
	return " [" + strings.Join(list, ", ") + "]"
}

// call describes a request in errors.
type call struct {
	operation string
	// permission is what it takes.
	permission string
	// exists says that the thing is there for sure: a 404 then hides it.
	exists bool
}

// failure makes one of the two errors of what go-github gave.
func (c *Client) failure(ctx context.Context, k call, resp *gh.Response, err error) error {
	e := &Error{Operation: k.operation, err: err}
	var header http.Header
	if resp != nil && resp.Response != nil {
		e.Status, header = resp.StatusCode, resp.Header
		e.RequestID = cloud.Clean(c.masker, "", header.Get(gh.HeaderRequestID))
	}
	message := told(err)
	e.Message = c.clean(message)
	switch {
	case e.Status == 0 && ctx.Err() != nil:
		e.Message, e.Unknown, e.err = "interrupted: "+context.Cause(ctx).Error(), true, context.Cause(ctx)
	case e.Status == 0 || e.Status < 300:
		e.Unknown, e.again = true, !errors.Is(err, errTooLarge) && !errors.Is(err, errElsehost)
	case e.Status < 400:
		e.Message = "GitHub redirects elsewhere" + c.target(err) + "; that is not followed, it would carry the token along. Was the " +
			"repository renamed?"
	case lacksPermission(e.Status, message) || e.Status == http.StatusNotFound && k.exists:
		return &DeniedError{
			Operation: e.Operation, Permission: k.permission, Hidden: e.Status == http.StatusNotFound,
			Status: e.Status, Message: e.Message, RequestID: e.RequestID,
		}
	case rateLimited(e.Status, header, err, message):
		e.limit(header, time.Now())
	case e.Status == http.StatusUnauthorized:
		e.Message = "GitHub refuses the token: " + e.Message
	case e.Status == http.StatusGone:
		e.Message += "; are issues switched off in the repository's settings?"
	case e.Status >= 500:
		e.wait, _ = retryAfter(header)
		e.Unknown, e.again = true, e.wait <= cloud.MaxServerWait
	}
	if e.Message == "" {
		e.Message = "no message"
	}
	return e
}

// told gives GitHub's message, or what went wrong on the way. The texts of go-github and net/http hold URLs.
func told(err error) string {
	if r, ok := errors.AsType[*gh.ErrorResponse](err); ok {
		return r.Message + details(r.Errors)
	}
	if r, ok := errors.AsType[*gh.RateLimitError](err); ok {
		return r.Message
	}
	if r, ok := errors.AsType[*gh.AbuseRateLimitError](err); ok {
		return r.Message
	}
	if r, ok := errors.AsType[*gh.TwoFactorAuthError](err); ok {
		return r.Message
	}
	if u, ok := errors.AsType[*url.Error](err); ok {
		if u.Timeout() {
			return "no answer in time: " + u.Err.Error()
		}
		return u.Err.Error()
	}
	return err.Error()
}

// details gives the fields that a request was refused for.
func details(list []gh.Error) string {
	var out []string
	for _, d := range list {
		switch {
		case d.Message != "":
			out = append(out, d.Message)
		case d.Field != "" || d.Code != "":
			out = append(out, strings.TrimSpace(d.Field+" "+d.Code))
		}
	}
	if len(out) == 0 {
		return ""
	}
	return " (" + strings.Join(out, "; ") + ")"
}

// target names the host of a redirect.
func (c *Client) target(err error) string {
	r, ok := errors.AsType[*gh.RedirectionError](err)
	if !ok || r.Location == nil || r.Location.Host == "" {
		return ""
	}
	return ", to " + cloud.Clean(c.masker, "its host", r.Location.Host)
}

// lacksPermission reads the one thing by which GitHub tells a missing permission from other refusals, its message:
// https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api (Resource not accessible); the other two
// are what tokens with scopes get.
func lacksPermission(status int, message string) bool {
	return status == http.StatusForbidden && (strings.Contains(message, "Resource not accessible by") ||
		strings.HasPrefix(message, "Must have ") || strings.Contains(message, "has not been granted the required scopes") || strings.HasPrefix(message, "Write access to repository not granted"))
}

// clean makes GitHub's text fit for a log and a comment.
func (c *Client) clean(s string) string { return cloud.Clean(c.masker, cloud.Message, s) }

// link gives a page's address as GitHub told it, empty when it is not one.
func (c *Client) link(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || c.clean(text) != text {
		return ""
	}
	return u.String()
}
