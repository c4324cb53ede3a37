// Package github speaks to GitHub's REST API: regent's comment on a pull request with the reviewed plan in it, the pull
// request behind a merge commit, the issue about drift.
//
// A comment or an issue is regent's own when its first line holds a marker with the right key and its author is the one
// that is given. Neither is enough alone: everybody can write a marker, and one author has many comments.
//
// What may be repeated: reads always; edits, since they end in the same state; what makes something new only when GitHub
// refused it for its rate limits, or after a look that it is not there.
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
	"regent/internal/secret"
)

const (
	// requestTimeout bounds one request with its answer.
	requestTimeout = 30 * time.Second
	// perPage is what GitHub gives at most, in entries.
	perPage = 100
	// maxPages ends a list that has no end. Nobody has 100,000 comments on a pull request.
	maxPages = 1000
)

// ErrNoToken says that there is no token.
var ErrNoToken = errors.New("github-token is empty: nothing can be read from or written to GitHub")

// Options make a [Client].
type Options struct {
	// Token is sent to the host of URL alone.
	Token secret.Value
	// URL is the API's, from GITHUB_API_URL: https, or http for loopback.
	URL string
	// GraphQL is that of the GraphQL API, from GITHUB_GRAPHQL_URL; empty for where it is beside URL.
	GraphQL string
	// Network is the bottom of the chain; nil for [cloud.Network].
	Network   http.RoundTripper
	UserAgent string
	// Waits are the waits before each further try; default 0.5, 1, 2 and 4 seconds. The look-up of a merged pull request
	// waits as long for GitHub's index.
	Waits []time.Duration
	// Masker removes secrets from what GitHub says; nil for one that knows the token only.
	Masker *secret.Masker
}

// Client speaks to one GitHub. It is safe for concurrent use.
type Client struct {
	api *gh.Client
	// graphql is the address of the GraphQL API.
	graphql string
	waits   []time.Duration
	masker  *secret.Masker
}

// New makes a client; it sends nothing. Errors: [ErrNoToken], and a URL that is not acceptable.
func New(o Options) (*Client, error) {
	if o.Token.Empty() {
		return nil, ErrNoToken
	}
	base, err := baseURL(o.URL)
	if err != nil {
		return nil, err
	}
	graphql, err := graphqlURL(o.GraphQL, base)
	if err != nil {
		return nil, err
	}
	c := &Client{waits: o.Waits, masker: o.Masker, graphql: graphql}
	if c.waits == nil {
		c.waits = []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second}
	}
	if c.masker == nil {
		c.masker = &secret.Masker{}
	}
	c.masker.Add(o.Token)
	network := o.Network
	if network == nil {
		network = cloud.Network(2)
	}
	text := base.String()
	c.api, err = gh.NewClient(
		gh.WithHTTPClient(&http.Client{
			Transport:     authorize(capture(network), base, o.Token),
			CheckRedirect: stay,
			Timeout:       requestTimeout,
		}),
		gh.WithURLs(&text, &text),
		gh.WithUserAgent(o.UserAgent),
		gh.WithDisableRateLimitCheck(), // the waits are made here, where the context is heard
	)
	if err != nil {
		return nil, fmt.Errorf("GITHUB_API_URL: %w", err)
	}
	return c, nil
}

// baseURL checks GITHUB_API_URL as the endpoints of the clouds are checked. The API of GitHub Enterprise Server has a
// path, /api/v3.
func baseURL(value string) (*url.URL, error) {
	const variable = "GITHUB_API_URL"
	if value == "" {
		return nil, errors.New(variable + " is not set; on a runner of GitHub Actions it is")
	}
	u, err := url.Parse(value)
	if err != nil || u.Host == "" {
		return nil, errors.New(variable + ": not a URL: write https://host[:port][/path]")
	}
	path := strings.Trim(u.EscapedPath(), "/")
	u.Path, u.RawPath = "", ""
	origin, err := cloud.Endpoint(variable, u.String())
	if err != nil {
		return nil, err
	}
	if path != "" {
		path += "/"
	}
	return url.Parse(origin + "/" + path)
}

// pages reads a list until a page says that it is enough or the last, or until the pages come round in a circle.
func (c *Client) pages(ctx context.Context, k call, read func(gh.ListOptions) (enough bool, resp *gh.Response, err error)) error {
	for page := 1; page <= maxPages; {
		var enough bool
		var answer *gh.Response
		err := c.repeat(ctx, k, func() (*gh.Response, error) {
			var err error
			enough, answer, err = read(gh.ListOptions{Page: page, PerPage: perPage})
			return answer, err
		})
		if err != nil || enough || answer.NextPage <= page {
			return err
		}
		page = answer.NextPage
	}
	return &Error{Operation: k.operation, Message: fmt.Sprintf("the list has more than %d pages", maxPages)}
}
