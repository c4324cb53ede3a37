package githubtest

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// listIssues answers issues, and pull requests among them: those have the key pull_request. A repository without
// issues has only those.
func (s *Server) listIssues(c *call) (reply, *problem) {
	q := c.r.URL.Query()
	for name := range q {
		if slices.Contains([]string{"milestone", "assignee", "type", "mentioned"}, name) {
			return reply{}, unserved("the filter " + name + " of issues")
		}
	}
	if refused := checkQuery(q); refused != nil {
		return reply{}, refused
	}
	since, refused := c.since()
	if refused != nil {
		return reply{}, refused
	}
	var all []*thread
	for _, th := range s.state.threads {
		if th.fits(q) && !th.updated.Before(since) && (!s.o.NoIssues || th.pull != nil) {
			all = append(all, th)
		}
	}
	s.order(all, q.Get("sort"), q.Get("direction"))
	page, header, refused := s.cursored(c, all)
	if refused != nil {
		return reply{}, refused
	}
	out := []issueJSON{}
	for _, th := range page {
		out = append(out, s.issueJSON(th))
	}
	return reply{status: http.StatusOK, header: header, value: out}, nil
}

// checkQuery refuses values that a parameter does not know.
func checkQuery(q url.Values) *problem {
	for name, values := range map[string][]string{
		"state": {"", "open", "closed", "all"}, "sort": {"", "created", "updated", "comments"}, "direction": {"", "asc", "desc"},
	} {
		if !slices.Contains(values, q.Get(name)) {
			return invalid(fieldError{Value: q.Get(name), Resource: "Issue", Code: "invalid", Field: name})
		}
	}
	return nil
}

// fits tells whether a thread passes the filters of a request: the state (open unless given), the creator, and all of
// the labels, none of them with letter case.
func (th *thread) fits(q url.Values) bool {
	state := q.Get("state")
	switch {
	case state == "" && th.state != "open", state != "" && state != "all" && th.state != state:
		return false
	case q.Has("creator") && !strings.EqualFold(q.Get("creator"), th.login):
		return false
	}
	for _, name := range strings.Split(q.Get("labels"), ",") {
		has := func(l *label) bool { return strings.EqualFold(l.name, strings.TrimSpace(name)) }
		if name != "" && !slices.ContainsFunc(th.labels, has) {
			return false
		}
	}
	return true
}

// order sorts a list: newest first unless asked otherwise.
func (s *Server) order(all []*thread, by, direction string) {
	slices.SortStableFunc(all, func(a, b *thread) int {
		var out int
		switch by {
		case "updated":
			out = a.updated.Compare(b.updated)
		case "comments":
			out = cmp.Compare(len(s.state.of(a.number)), len(s.state.of(b.number)))
		}
		out = cmp.Or(out, cmp.Compare(a.number, b.number))
		if direction != "asc" {
			out = -out
		}
		return out
	})
}

// createIssue opens an issue. Labels the repository does not have are made; those of a token without push access are
// dropped without a word, as documented.
func (s *Server) createIssue(c *call) (reply, *problem) {
	if s.o.NoIssues {
		return reply{}, issuesOff()
	}
	asked, refused := c.issueBody()
	switch {
	case refused != nil:
		return reply{}, refused
	case asked.title == nil:
		return reply{}, missing("title")
	}
	var labels []string
	if asked.labels != nil && c.token.pushes() {
		labels = *asked.labels
	}
	var body string
	if asked.body != nil {
		body = *asked.body
	}
	out := s.issueJSON(s.issue(c.token.login, *asked.title, body, labels))
	return reply{status: http.StatusCreated, header: http.Header{"Location": {out.URL}}, value: out}, nil
}

// issuesOff is the answer of a repository without issues.
func issuesOff() *problem {
	return &problem{status: http.StatusGone, message: "Issues has been disabled in this repository."}
}

// updateIssue changes an issue, or what a pull request has as one. What the request does not name stays.
func (s *Server) updateIssue(c *call) (reply, *problem) {
	number, refused := c.number("number")
	if refused != nil {
		return reply{}, refused
	}
	th, refused := s.conversation(c, int(number), "write")
	if refused != nil {
		return reply{}, refused
	}
	if s.o.NoIssues && th.pull == nil {
		return reply{}, issuesOff()
	}
	asked, refused := c.issueBody()
	if refused != nil {
		return reply{}, refused
	}
	if asked.state != nil && *asked.state == "open" && th.pull != nil && th.pull.Merged {
		return reply{}, invalid(fieldError{
			Resource: "PullRequest", Code: "custom", Field: "base", Message: "merged pull requests cannot be reopened",
		})
	}
	if asked.title != nil {
		th.title = *asked.title
	}
	if asked.body != nil {
		th.body = s.stored(*asked.body)
	}
	if asked.labels != nil && c.token.pushes() {
		s.relabel(th, *asked.labels)
	}
	if asked.state != nil {
		s.setState(th, *asked.state, reason(th, asked), c.token.login)
	}
	th.updated = s.now()
	return reply{status: http.StatusOK, value: s.issueJSON(th)}, nil
}

// reason is why the state is what a request makes it. Without a reason of its own a closed issue is completed, and one
// opened again reopened.
func reason(th *thread, asked issueBody) string {
	switch {
	case asked.reason != nil && *asked.reason != "":
		return *asked.reason
	case th.pull != nil, *asked.state == th.state:
		return th.reason
	case *asked.state == "closed":
		return "completed"
	}
	return "reopened"
}
