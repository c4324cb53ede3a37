package githubtest

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

// File is a file of a commit.
type File struct {
	Path string
	// Mode is git's: 100644 if empty, 120000 for a link, 160000 for another repository.
	Mode    string
	Content string
}

// SetFiles says what the tree of a commit holds. The commit then exists.
func (s *Server) SetFiles(sha string, files ...File) {
	s.mu.Lock()
	defer s.mu.Unlock()
	tree := map[string]File{}
	for _, f := range files {
		tree[f.Path] = f
	}
	s.state.commits[sha], s.state.trees[sha] = true, tree
}

// Push adds a commit to a branch, with the files that it changes.
func (s *Server) Push(branch, sha string, changed ...File) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.advance(branch, sha, changed)
}

// ForcePush makes a branch end at a commit that it had, or makes it of that commit alone.
func (s *Server) ForcePush(branch, sha string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.commits[sha] = true
	if i := slices.Index(s.state.branches[branch], sha); i >= 0 {
		s.state.branches[branch] = s.state.branches[branch][:i+1]
		return
	}
	s.state.branches[branch] = []string{sha}
}

// history gives the commits of a branch, oldest first. A branch that nothing was pushed to has one.
func (s *Server) history(branch string) []string {
	if known := s.state.branches[branch]; len(known) > 0 {
		return known
	}
	return []string{SHA("tip of " + branch)}
}

// advance adds a commit to a branch, once.
func (s *Server) advance(branch, sha string, changed []File) {
	had := s.history(branch)
	if slices.Contains(had, sha) {
		return
	}
	tree := maps.Clone(s.state.trees[had[len(had)-1]])
	if tree == nil {
		tree = map[string]File{}
	}
	for _, f := range changed {
		tree[f.Path] = f
	}
	s.state.commits[sha], s.state.trees[sha] = true, tree
	s.state.branches[branch] = append(slices.Clone(had), sha)
}

// review is the newest review of one reviewer.
type review struct {
	// State is APPROVED, CHANGES_REQUESTED or DISMISSED.
	State, Login, SHA string
	at                time.Time
}

// Review adds a review of a pull request's commit by somebody who may write, in place of their earlier one.
func (s *Server) Review(number int, login, state, sha string) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	th := s.state.thread(number)
	if th == nil || th.pull == nil {
		s.t.Fatalf("githubtest: there is no pull request %d", number)
	}
	th.reviews = slices.DeleteFunc(th.reviews, func(r review) bool { return r.Login == login })
	th.reviews = append(th.reviews, review{State: state, Login: login, SHA: sha, at: s.now()})
}

// EditCommentAs gives a comment another body, as login. Who only reads what the REST API tells of it does not see that.
func (s *Server) EditCommentAs(id int64, login, body string) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.state.comment(id)
	if c == nil {
		s.t.Fatalf("githubtest: there is no comment %d", id)
	}
	c.body, c.editor, c.updated = s.stored(body), login, s.now()
}

// Minimize hides a comment, as people with write access can.
func (s *Server) Minimize(id int64) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.state.comment(id)
	if c == nil {
		s.t.Fatalf("githubtest: there is no comment %d", id)
	}
	c.minimized = true
}

// newRun gives the ID of a workflow run that exists from then on, of a commit.
func (s *Server) newRun(t testing.TB, payload map[string]any, sha string) int64 {
	t.Helper()
	if head := textOf(object(object(payload, "pull_request"), "head")["sha"]); head != "" {
		sha = head // of a pull request's run the API tells the branch's commit, not the merge that is tried
	}
	id := 17_812_345_000 + runs.Add(1)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.runs[id] = strings.ToLower(sha)
	return id
}
