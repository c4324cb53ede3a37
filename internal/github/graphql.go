package github

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	gh "github.com/google/go-github/v88/github"
)

// graphqlURL checks GITHUB_GRAPHQL_URL; without it the address follows from that of the REST API. Both have to be on one
// host: the token goes to no other.
func graphqlURL(value string, base *url.URL) (string, error) {
	if value == "" {
		return strings.TrimSuffix(base.String(), "v3/") + "graphql", nil
	}
	u, err := url.Parse(value)
	if err != nil || !sameHost(u, base) || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return "", errors.New("GITHUB_GRAPHQL_URL: it has to be an address on the host of GITHUB_API_URL")
	}
	return u.String(), nil
}

// graphqlAnswer is what GraphQL answers with status 200, also to what it refuses.
type graphqlAnswer struct {
	Data   json.RawMessage `json:"data"`
	Errors []graphqlError  `json:"errors"`
}

type graphqlError struct {
	Type       string `json:"type"`
	Message    string `json:"message"`
	Path       []any  `json:"path"`
	Extensions struct {
		Code string `json:"code"`
	} `json:"extensions"`
}

// query asks GraphQL, which only reads here, and so may be asked again. An answer that is not whole counts as none: what it
// leaves out would look as if it were not there.
func (c *Client) query(ctx context.Context, k call, text string, variables map[string]any, out any) (*gh.Response, error) {
	var last *gh.Response
	send := func() (*gh.Response, error) {
		r, err := c.api.NewRequest(ctx, http.MethodPost, c.graphql, map[string]any{"query": text, "variables": variables})
		if err != nil {
			return nil, err
		}
		var answer graphqlAnswer
		last, err = c.api.Do(r, &answer)
		switch {
		case err != nil:
			return last, err
		case len(answer.Errors) > 0:
			return answer.Errors[0].refusal(last)
		}
		return last, json.Unmarshal(answer.Data, out)
	}
	err := c.repeat(ctx, k, send)
	var denied *DeniedError
	if errors.As(err, &denied) && strings.Contains(denied.Message, defaultBranch) {
		denied.Permission = "contents: read"
	}
	return last, err
}

// defaultBranch is the one field of a query that takes another permission than the rest.
const defaultBranch = "defaultBranchRef"

// refusal gives an error of GraphQL's the status that the REST API would have for it.
func (e graphqlError) refusal(resp *gh.Response) (*gh.Response, error) {
	status := map[string]int{
		"FORBIDDEN": http.StatusForbidden, "INSUFFICIENT_SCOPES": http.StatusForbidden, "NOT_FOUND": http.StatusNotFound,
		"RATE_LIMITED": http.StatusTooManyRequests, "RATE_LIMIT": http.StatusTooManyRequests,
	}[e.Type]
	if status == 0 && (e.Type != "" || e.Extensions.Code != "") {
		status = http.StatusUnprocessableEntity // asking again would not help
	}
	plain := *resp.Response
	plain.StatusCode = cmp.Or(status, http.StatusBadGateway)
	message := e.Message
	if slices.Contains(e.Path, any(defaultBranch)) {
		message += " (" + defaultBranch + ")"
	}
	return &gh.Response{Response: &plain}, &gh.ErrorResponse{Response: &plain, Message: message}
}
