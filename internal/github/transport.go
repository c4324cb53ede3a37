package github

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"regent/internal/cloud"
	"regent/internal/secret"
)

// maxAnswer is the most that is read of one answer, in bytes: 100 comments of GitHub's limit, each character an escape.
const maxAnswer = 64 << 20

var (
	errTooLarge = fmt.Errorf("the answer is larger than %d MiB and was not read further", maxAnswer>>20)
	errEmpty    = errors.New("the answer is empty")
	errElsehost = errors.New("the request would go to another host; the token is not sent there")
)

// authorize adds the token to requests to GitHub's own host and lets no other leave.
func authorize(next http.RoundTripper, base *url.URL, token secret.Value) http.RoundTripper {
	return cloud.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
		if !sameHost(r.URL, base) {
			if r.Body != nil {
				_ = r.Body.Close() // a RoundTripper must close the body even when it does not send it
			}
			return nil, errElsehost
		}
		authorized := r.Clone(r.Context())
		authorized.Header.Set("Authorization", "Bearer "+token.Reveal())
		resp, err := next.RoundTrip(authorized)
		if resp != nil {
			resp.Request = r // errors carry the answer about
		}
		return resp, err
	})
}

func sameHost(a, b *url.URL) bool { return a.Scheme == b.Scheme && a.Host == b.Host }

// stay follows a redirect, as GitHub gives it for a repository that was renamed, when it leads the same request to the
// same host. Elsewhere it would carry the token, and with another method an edit would be a read that looks like one.
func stay(r *http.Request, via []*http.Request) error {
	first := via[0]
	if len(via) > 3 || r.Method != first.Method || !sameHost(r.URL, first.URL) {
		return http.ErrUseLastResponse
	}
	return nil
}

// capture reads answers into memory, so that a cut, an endless and an empty one are errors in one place: a list that is
// empty because its answer is would look like one without entries.
func capture(next http.RoundTripper) http.RoundTripper {
	return cloud.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
		resp, err := next.RoundTrip(r)
		if err != nil {
			return nil, err
		}
		body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
		err = errors.Join(err, resp.Body.Close())
		switch {
		case err != nil:
			return nil, fmt.Errorf("the answer broke off after %d bytes: %w", len(body), err)
		case len(body) > maxAnswer:
			return nil, errTooLarge
		case (resp.StatusCode == http.StatusOK || resp.StatusCode == http.StatusCreated) && len(bytes.TrimSpace(body)) == 0:
			return nil, errEmpty
		}
		resp.Body = io.NopCloser(bytes.NewReader(body))
		return resp, nil
	})
}
