package githubtest

import (
	"slices"
	"strings"
	"time"
)

// state is what the repository holds.
type state struct {
	threads  []*thread  // issues and pull requests, by number
	comments []*comment // by ID
	labels   map[string]*label
	commits  map[string]bool            // commits that are known to belong to no pull request
	branches map[string][]string        // commits of each branch, oldest first
	trees    map[string]map[string]File // files of each commit, by path
	runs     map[int64]string           // head commits of workflow runs, by ID
	lastID   int64
}

// thread is an issue or a pull request: GitHub numbers them together and serves both as issues.
type thread struct {
	number           int
	id               int64
	title, body      string // an empty body is null on the wire
	state, reason    string
	login            string
	labels           []*label
	created, updated time.Time
	closed           time.Time // zero while open
	closedBy         string
	pull             *Pull // nil for an issue
	reviews          []review
}

// comment is a comment of an issue or of a pull request's conversation.
type comment struct {
	id               int64
	number           int
	login, body      string
	created, updated time.Time
	editor           string // empty while nobody has edited it
	minimized        bool
}

// label is a label of the repository.
type label struct {
	id   int64
	name string
}

// firstID is above 2^31, as the IDs of comments on github.com are.
const firstID = 3_141_592_653

func newState() state {
	return state{
		labels: map[string]*label{}, commits: map[string]bool{}, branches: map[string][]string{}, trees: map[string]map[string]File{},
		runs: map[int64]string{}, lastID: firstID,
	}
}

// nextID gives an ID that grows, with gaps, since other repositories take IDs too.
func (st *state) nextID() int64 {
	st.lastID += 11
	return st.lastID
}

// nextNumber gives the number of the next issue or pull request.
func (st *state) nextNumber() int {
	if len(st.threads) == 0 {
		return 1
	}
	return st.threads[len(st.threads)-1].number + 1
}

// thread finds an issue or a pull request, or nil.
func (st *state) thread(number int) *thread {
	for _, th := range st.threads {
		if th.number == number {
			return th
		}
	}
	return nil
}

// insert keeps the threads sorted by number.
func (st *state) insert(th *thread) {
	at, _ := slices.BinarySearchFunc(st.threads, th.number, func(a *thread, n int) int { return a.number - n })
	st.threads = slices.Insert(st.threads, at, th)
}

// comment finds a comment, or nil.
func (st *state) comment(id int64) *comment {
	for _, c := range st.comments {
		if c.id == id {
			return c
		}
	}
	return nil
}

// of gives the comments of one issue or pull request, oldest first.
func (st *state) of(number int) []*comment {
	var out []*comment
	for _, c := range st.comments {
		if c.number == number {
			out = append(out, c)
		}
	}
	return out
}

// label finds or makes the label of a name. GitHub tells names apart without letter case and keeps the first spelling.
func (st *state) label(name string) *label {
	key := strings.ToLower(name)
	if st.labels[key] == nil {
		st.labels[key] = &label{id: st.nextID(), name: name}
	}
	return st.labels[key]
}

// comment adds a comment and marks its thread as updated.
func (s *Server) comment(th *thread, login, body string) *comment {
	at := s.now()
	c := &comment{
		id: s.state.nextID(), number: th.number, login: login, body: s.stored(body), created: at, updated: at,
	}
	s.state.comments = append(s.state.comments, c)
	th.updated = at
	return c
}

// stored gives a body as it is kept.
func (s *Server) stored(body string) string {
	if s.o.CRLF {
		return strings.ReplaceAll(strings.ReplaceAll(body, "\r\n", "\n"), "\n", "\r\n")
	}
	return body
}

// setState opens or closes a thread.
func (s *Server) setState(th *thread, state, reason, by string) {
	at := s.now()
	switch {
	case state == "closed" && th.state != "closed":
		th.closed, th.closedBy = at, by
	case state == "open":
		th.closed, th.closedBy = time.Time{}, ""
	}
	th.state, th.reason, th.updated = state, reason, at
}
