package githubtest

import (
	"crypto/sha1" //nolint:gosec // git names commits with it; nothing is protected
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
)

// DeletedFork is the [Pull.HeadRepo] of a pull request whose fork is gone: GitHub then sends null.
const DeletedFork = "(deleted)"

// Pull is a pull request.
type Pull struct {
	// Number is the number; 0 means the next one.
	Number int
	// HeadSHA is the commit at the tip of the branch. Empty means one made from the number.
	HeadSHA string
	// HeadRef is the name of the branch; empty means one made from the number.
	HeadRef string
	// HeadRepo is the owner/name of the branch's repository: empty means the repository itself, another name a fork.
	HeadRepo string
	// BaseRef is the branch it merges into; empty means the default branch.
	BaseRef string
	// Merged tells whether it was merged, which also closes it.
	Merged bool
	// State is open or closed; empty means closed for a merged pull request and open for another.
	State string
	// MergeCommitSHA is the commit that a merge left on the base branch, or the test merge of an open pull request.
	// Empty means one made from the number when merged, else none.
	MergeCommitSHA string
	// Title is the title; empty means a plain one.
	Title string
	// User is the login of the author; empty means octocat.
	User string
	// Commits are other commits that belong to it: earlier heads, or the commits that a rebase put on the base branch.
	Commits []string
	// Files are those that it changes: merging it puts them on the base branch.
	Files []File
}

// SHA makes a commit's name out of any text.
func SHA(seed string) string {
	sum := sha1.Sum([]byte(seed)) //nolint:gosec // see the import
	return hex.EncodeToString(sum[:])
}

// commitName is how GitHub spells a commit.
var commitName = regexp.MustCompile(`^[0-9a-f]{40}$`)

// withDefaults fills in what was left out.
func (p Pull) withDefaults(repository, defaultBranch string) Pull {
	set := func(field *string, value string) {
		if *field == "" {
			*field = value
		}
	}
	set(&p.HeadSHA, SHA(fmt.Sprintf("head of %d", p.Number)))
	set(&p.HeadRef, fmt.Sprintf("change-%d", p.Number))
	set(&p.HeadRepo, repository)
	set(&p.BaseRef, defaultBranch)
	set(&p.Title, "Change the registries")
	set(&p.User, "octocat")
	if p.Merged {
		set(&p.MergeCommitSHA, SHA(fmt.Sprintf("merge of %d", p.Number)))
		set(&p.State, "closed")
	}
	set(&p.State, "open")
	p.Commits, p.Files = slices.Clone(p.Commits), slices.Clone(p.Files)
	return p
}

// check refuses a pull request that cannot exist.
func (p Pull) check() error {
	shas := append([]string{p.HeadSHA}, p.Commits...)
	if p.MergeCommitSHA != "" {
		shas = append(shas, p.MergeCommitSHA)
	}
	for _, sha := range shas {
		if !commitName.MatchString(sha) {
			return fmt.Errorf("githubtest: pull request %d: %q is not a commit of 40 hexadecimal digits; SHA makes one", p.Number, sha)
		}
	}
	switch {
	case p.State != "open" && p.State != "closed":
		return fmt.Errorf("githubtest: pull request %d: state %q is not open or closed", p.Number, p.State)
	case p.Merged && p.State == "open":
		return fmt.Errorf("githubtest: pull request %d: it is merged and cannot be open", p.Number)
	case p.Merged && p.MergeCommitSHA == "":
		return fmt.Errorf("githubtest: pull request %d: it is merged and needs the commit of the merge", p.Number)
	}
	return nil
}

// holds tells whether a commit belongs to the pull request. The test merge of an open one does not.
func (p Pull) holds(sha string) bool {
	return p.HeadSHA == sha || slices.Contains(p.Commits, sha) || p.Merged && p.MergeCommitSHA == sha
}

// introduced tells whether merging the pull request brought a commit to the default branch.
func (p Pull) introduced(sha, defaultBranch string) bool {
	return p.Merged && p.BaseRef == defaultBranch && (p.MergeCommitSHA == sha || slices.Contains(p.Commits, sha))
}

// AddPull adds a pull request. The commits it names then exist.
func (s *Server) AddPull(p Pull) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.Number == 0 {
		p.Number = s.state.nextNumber()
	}
	if p.Number < 0 || s.state.thread(p.Number) != nil {
		s.t.Fatalf("githubtest: number %d is taken or impossible", p.Number)
	}
	p = p.withDefaults(s.o.Repository, s.o.DefaultBranch)
	if err := p.check(); err != nil {
		s.t.Fatal(err)
	}
	at := s.now()
	th := &thread{number: p.Number, id: s.state.nextID(), state: "open", login: p.User, created: at, updated: at}
	s.state.insert(th)
	s.set(th, p)
}

// UpdatePull changes a pull request: a push to its branch, a merge, a new base.
func (s *Server) UpdatePull(number int, f func(*Pull)) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	th := s.state.thread(number)
	if th == nil || th.pull == nil {
		s.t.Fatalf("githubtest: there is no pull request %d", number)
	}
	p := *th.pull
	p.Title, p.State, p.Commits = th.title, th.state, slices.Clone(p.Commits)
	f(&p)
	p.Number = number
	if p.Merged && !th.pull.Merged {
		p.State = "" // merging closes it
	}
	p = p.withDefaults(s.o.Repository, s.o.DefaultBranch)
	if err := p.check(); err != nil {
		s.t.Fatal(err)
	}
	s.set(th, p)
}

// set stores a pull request. Title, author and state live in the thread, where the API for issues changes them too.
func (s *Server) set(th *thread, p Pull) {
	th.title, th.login = p.Title, p.User
	s.setState(th, p.State, "", "octocat")
	th.pull = &p
	if p.Merged {
		s.advance(p.BaseRef, p.MergeCommitSHA, p.Files)
	}
}

// AddCommit makes commits exist that belong to no pull request, such as direct pushes. Commits of pull requests and of
// events given to [Runner] exist without it; of any other GitHub says that it found none (422).
func (s *Server) AddCommit(shas ...string) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, sha := range shas {
		if !commitName.MatchString(sha) {
			s.t.Fatalf("githubtest: %q is not a commit of 40 hexadecimal digits; SHA makes one", sha)
		}
		s.state.commits[sha] = true
	}
}

// Lag lets the next n requests for the pull requests of a commit answer an empty list, as they do on GitHub for some
// seconds after a merge.
func (s *Server) Lag(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lag = n
}
