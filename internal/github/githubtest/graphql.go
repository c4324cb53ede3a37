package githubtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// node is an object of GraphQL's: its type and its fields. A value is a scalar, a node, a list of nodes, nil, or a field
// with arguments.
type node struct {
	kind   string
	fields map[string]any
}

// field is a field that takes arguments.
type field struct {
	args []string
	give func(args map[string]any) (any, *graphqlError)
}

// graphqlError is one entry of the errors of an answer, which has the status 200 all the same.
type graphqlError struct {
	Type       string         `json:"type,omitempty"`
	Path       []any          `json:"path,omitempty"`
	Extensions map[string]any `json:"extensions,omitempty"`
	Message    string         `json:"message"`
}

// graphql answers a query of the GraphQL API, as far as regent asks it: a repository and one pull request.
func (s *Server) graphql(c *call) (reply, *problem) {
	var asked struct {
		Query     string         `json:"query"`
		Variables map[string]any `json:"variables"`
	}
	if json.Unmarshal(c.body, &asked) != nil {
		return reply{}, &problem{status: http.StatusBadRequest, message: "Problems parsing JSON"}
	}
	root, err := parseQuery(asked.Query, asked.Variables)
	if err != nil {
		return graphqlReply(nil, []*graphqlError{{Message: err.Error(), Extensions: map[string]any{"code": "parseError"}}}), nil
	}
	q := &graphqlQuery{}
	data := q.object(s.queryNode(c), root, nil)
	if q.invalid {
		data = nil
	}
	return graphqlReply(data, q.errors), nil
}

func graphqlReply(data any, errors []*graphqlError) reply {
	out := map[string]any{"data": data}
	if data == nil {
		delete(out, "data")
	}
	if len(errors) > 0 {
		out["errors"] = errors
	}
	return reply{status: http.StatusOK, value: out}
}

// graphqlQuery carries a query out.
type graphqlQuery struct {
	errors []*graphqlError
	// invalid says that the query does not fit the schema: then there is no data at all.
	invalid bool
}

func (q *graphqlQuery) wrong(code, format string, args ...any) {
	q.invalid = true
	q.errors = append(q.errors, &graphqlError{Message: fmt.Sprintf(format, args...), Extensions: map[string]any{"code": code}})
}

func (q *graphqlQuery) object(n *node, fields []*selection, path []any) map[string]any {
	out := map[string]any{}
	for _, f := range fields {
		value, known := n.fields[f.name]
		if f.name == "__typename" {
			value, known = n.kind, true
		}
		if !known {
			q.wrong("undefinedField", "Field '%s' doesn't exist on type '%s'", f.name, n.kind)
			continue
		}
		here := append(append([]any{}, path...), f.name)
		out[f.name] = q.value(n, f, q.resolved(n, f, value, here), here)
	}
	return out
}

// resolved gives the value of a field with arguments.
func (q *graphqlQuery) resolved(n *node, f *selection, value any, path []any) any {
	with, _ := value.(field)
	for name := range f.args {
		if !strings.Contains(" "+strings.Join(with.args, " ")+" ", " "+name+" ") {
			q.wrong("argumentNotAccepted", "Field '%s' on '%s' doesn't accept argument '%s'", f.name, n.kind, name)
		}
	}
	if with.give == nil {
		return value
	}
	value, refused := with.give(f.args)
	if refused != nil {
		refused.Path = path
		q.errors = append(q.errors, refused)
		return nil
	}
	return value
}

func (q *graphqlQuery) value(n *node, f *selection, value any, path []any) any {
	switch v := value.(type) {
	case *node:
		if v == nil {
			return nil
		}
		if len(f.fields) == 0 {
			q.wrong("selectionMismatch", "Field must have selections (field '%s' returns %s but has no selections)", f.name, v.kind)
			return nil
		}
		return q.object(v, f.fields, path)
	case []*node:
		out := []any{}
		for i, one := range v {
			out = append(out, q.value(n, f, one, append(append([]any{}, path...), i)))
		}
		return out
	case time.Time:
		if v.IsZero() {
			return nil
		}
		return v.Format(time.RFC3339)
	}
	if len(f.fields) > 0 && value != nil {
		q.wrong("selectionMismatch", "Selections can't be made on scalars (field '%s' of %s)", f.name, n.kind)
	}
	return value
}

// connection is a list that is given in pages of at most 100.
func connection(kind string, all []*node, extra ...string) field {
	return field{args: append([]string{"first", "after"}, extra...), give: func(args map[string]any) (any, *graphqlError) {
		first, _ := args["first"].(float64)
		if first < 1 || first > maxPageSize {
			return nil, &graphqlError{Type: "EXCESSIVE_PAGINATION", Message: "Requesting records on the connection exceeds the `first` limit of 100 records."}
		}
		from := 0
		if after, ok := args["after"].(string); ok {
			from, _ = strconv.Atoi(strings.TrimPrefix(after, "cursor:"))
		}
		from = min(from, len(all))
		to := min(from+int(first), len(all))
		return &node{kind + "Connection", map[string]any{
			"nodes": all[from:to], "totalCount": len(all),
			"pageInfo": &node{"PageInfo", map[string]any{"hasNextPage": to < len(all), "endCursor": fmt.Sprint("cursor:", to)}},
		}}, nil
	}}
}

// forbidden is what a token hears that lacks a permission.
func (s *Server) forbidden(c *call, need string) *graphqlError {
	if s.permit(c, []string{need}) == nil {
		return nil
	}
	return &graphqlError{Type: "FORBIDDEN", Extensions: map[string]any{"saml_failure": false}, Message: c.token.refusal()}
}

func (s *Server) queryNode(c *call) *node {
	return &node{"Query", map[string]any{"repository": field{[]string{"owner", "name"}, func(args map[string]any) (any, *graphqlError) {
		full := fmt.Sprint(args["owner"], "/", args["name"])
		if !strings.EqualFold(full, s.o.Repository) {
			return nil, &graphqlError{Type: "NOT_FOUND", Message: fmt.Sprintf("Could not resolve to a Repository with the name '%s'.", full)}
		}
		return &node{"Repository", map[string]any{
			"nameWithOwner": s.o.Repository,
			"defaultBranchRef": field{nil, func(map[string]any) (any, *graphqlError) {
				return &node{"Ref", map[string]any{"name": s.o.DefaultBranch}}, s.forbidden(c, "contents=read")
			}},
			"pullRequest": field{[]string{"number"}, func(args map[string]any) (any, *graphqlError) {
				number, _ := args["number"].(float64)
				th := s.state.thread(int(number))
				if th == nil || th.pull == nil {
					return nil, &graphqlError{Type: "NOT_FOUND", Message: fmt.Sprintf("Could not resolve to a PullRequest with the number of %d.", int(number))}
				}
				return s.pullNode(th), s.forbidden(c, "pull_requests=read")
			}},
		}}, nil
	}}}}
}

// pullNode gives a pull request, with the comments of its conversation and the newest review of each reviewer.
func (s *Server) pullNode(th *thread) *node {
	p := th.pull
	state := strings.ToUpper(th.state)
	out := map[string]any{
		"number": p.Number, "url": s.page(th), "merged": p.Merged, "mergedAt": time.Time{}, "headRefOid": p.HeadSHA,
		"baseRefName": p.BaseRef, "headRepository": (*node)(nil), "mergeCommit": (*node)(nil),
	}
	if p.HeadRepo != DeletedFork {
		out["headRepository"] = &node{"Repository", map[string]any{"nameWithOwner": p.HeadRepo}}
	}
	if p.Merged {
		state, out["mergedAt"], out["mergeCommit"] = "MERGED", th.closed, commitNode(p.MergeCommitSHA)
	}
	out["state"] = state
	var comments, reviews []*node
	for _, c := range s.state.of(th.number) {
		comments = append(comments, s.commentNode(th, c))
	}
	for _, r := range th.reviews {
		reviews = append(reviews, &node{"PullRequestReview", map[string]any{
			"state": r.State, "submittedAt": r.at, "author": actorNode(r.Login), "commit": commitNode(r.SHA),
		}})
	}
	out["comments"] = connection("IssueComment", comments)
	out["latestOpinionatedReviews"] = connection("PullRequestReview", reviews, "writersOnly")
	return &node{"PullRequest", out}
}

func (s *Server) commentNode(th *thread, c *comment) *node {
	out := map[string]any{
		"fullDatabaseId": strconv.FormatInt(c.id, 10), "url": fmt.Sprintf("%s#issuecomment-%d", s.page(th), c.id), "body": c.body,
		"author": actorNode(c.login), "isMinimized": c.minimized, "includesCreatedEdit": c.editor != "", "editor": (*node)(nil),
		"lastEditedAt": time.Time{},
	}
	if c.editor != "" {
		out["lastEditedAt"] = c.updated
		if c.editor != Ghost {
			out["editor"] = actorNode(c.editor)
		}
	}
	return &node{"IssueComment", out}
}

// Ghost is an editor whose account was deleted since: GitHub then tells none.
const Ghost = "(ghost)"

func commitNode(sha string) *node { return &node{"Commit", map[string]any{"oid": sha}} }

// actorNode gives who did something. GraphQL leaves out what REST adds to the login of a bot.
func actorNode(login string) *node {
	kind := accountType(login)
	return &node{kind, map[string]any{"login": strings.TrimSuffix(login, "[bot]")}}
}
