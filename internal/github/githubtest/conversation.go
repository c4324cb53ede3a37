package githubtest

import (
	"slices"
	"time"
)

// Comment is a comment as a test sees it.
type Comment struct {
	ID               int64
	Login            string
	Type             string // User or Bot
	Body             string
	Created, Updated time.Time
}

// Issue is an issue as a test sees it; pull requests are none.
type Issue struct {
	Number      int
	Title       string
	Body        string
	State       string // open or closed
	StateReason string // completed, not_planned, duplicate, reopened, or empty
	Login       string
	Labels      []string
	Comments    []Comment
}

// AddComment adds a comment to an issue or pull request and gives its ID. No token and no permission is asked.
func (s *Server) AddComment(number int, login, body string) int64 {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	th := s.state.thread(number)
	if th == nil {
		s.t.Fatalf("githubtest: there is no issue or pull request %d", number)
	}
	return s.comment(th, login, body).id
}

// EditComment gives a comment another body, as a person with write access does in the web page. The author stays who
// it was.
func (s *Server) EditComment(id int64, body string) {
	s.t.Helper()
	s.EditCommentAs(id, "octocat", body)
}

// DeleteComment removes a comment.
func (s *Server) DeleteComment(id int64) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	before := len(s.state.comments)
	s.state.comments = slices.DeleteFunc(s.state.comments, func(c *comment) bool { return c.id == id })
	if len(s.state.comments) == before {
		s.t.Fatalf("githubtest: there is no comment %d", id)
	}
}

// Comments lists the comments of an issue or pull request, oldest first.
func (s *Server) Comments(number int) []Comment {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen(number)
}

// seen lists the comments of a thread as tests see them.
func (s *Server) seen(number int) []Comment {
	var out []Comment
	for _, c := range s.state.of(number) {
		out = append(out, Comment{
			ID: c.id, Login: c.login, Type: accountType(c.login), Body: c.body, Created: c.created, Updated: c.updated,
		})
	}
	return out
}

// AddIssue adds an open issue and gives its number. No token and no permission is asked.
func (s *Server) AddIssue(login, title, body string, labels ...string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.issue(login, title, body, labels).number
}

// issue adds an open issue.
func (s *Server) issue(login, title, body string, labels []string) *thread {
	at := s.now()
	th := &thread{
		number: s.state.nextNumber(), id: s.state.nextID(), title: title, body: s.stored(body), state: "open", login: login,
		created: at, updated: at,
	}
	s.relabel(th, labels)
	s.state.insert(th)
	return th
}

// relabel gives a thread exactly these labels, each once. Labels the repository does not have yet are made.
func (s *Server) relabel(th *thread, names []string) {
	th.labels = nil
	for _, name := range names {
		if l := s.state.label(name); !slices.Contains(th.labels, l) {
			th.labels = append(th.labels, l)
		}
	}
}

// UpdateIssue changes an issue as a person does in the web page: title, body, state and labels.
func (s *Server) UpdateIssue(number int, f func(*Issue)) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	th := s.state.thread(number)
	if th == nil || th.pull != nil {
		s.t.Fatalf("githubtest: there is no issue %d", number)
	}
	was := s.shown(th)
	is := s.shown(th)
	f(&is)
	th.title, th.body = is.Title, is.Body
	if is.Body != was.Body {
		th.body = s.stored(is.Body)
	}
	s.relabel(th, is.Labels)
	s.setState(th, is.State, is.StateReason, "octocat")
}

// Issues lists the issues, open and closed, by number. Pull requests are left out.
func (s *Server) Issues() []Issue {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Issue
	for _, th := range s.state.threads {
		if th.pull == nil {
			out = append(out, s.shown(th))
		}
	}
	return out
}

// shown gives an issue as tests see it.
func (s *Server) shown(th *thread) Issue {
	out := Issue{
		Number: th.number, Title: th.title, Body: th.body, State: th.state, StateReason: th.reason, Login: th.login,
		Comments: s.seen(th.number),
	}
	for _, l := range th.labels {
		out.Labels = append(out.Labels, l.name)
	}
	return out
}
