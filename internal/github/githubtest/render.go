package githubtest

import (
	"encoding/base64"
	"fmt"
	"hash/fnv"
	"net/url"
	"strings"
	"time"
)

// accounts are IDs that GitHub gave, of the logins that payloads and tests use most.
var accounts = map[string]int64{
	"github-actions[bot]": 41898282, "dependabot[bot]": 49699333, "octocat": 583231, "monalisa": 2, "hubot": 480938,
	"octo-org": 6811672,
}

// accountID gives the ID of a login, always the same.
func accountID(login string) int64 {
	if id, ok := accounts[login]; ok {
		return id
	}
	return 50_000_000 + number(login)
}

// number makes a number of eight digits at most out of a text.
func number(text string) int64 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(text)) // documented never to fail
	return int64(h.Sum32() % 50_000_000)
}

func accountType(login string) string {
	switch {
	case isBot(login):
		return "Bot"
	case login == "octo-org":
		return "Organization"
	}
	return "User"
}

func nodeID(kind string, id int64) string {
	return kind + "_" + base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d", id))
}

// Where github.com has its API and its pages.
const (
	apiURL = "https://api.github.com"
	webURL = "https://github.com"
)

func (s *Server) user(login string) userJSON { return account(login, s.URL(), s.WebURL()) }

// account gives a user, a bot or an organization.
func account(login, api, web string) userJSON {
	id := accountID(login)
	out := userJSON{
		Login: login, ID: id, NodeID: nodeID("U", id), Type: accountType(login), UserViewType: "public",
		AvatarURL: fmt.Sprintf("https://avatars.githubusercontent.com/u/%d?v=4", id),
		URL:       api + "/users/" + url.PathEscape(login),
		HTMLURL:   web + "/" + login,
	}
	if slug, ok := strings.CutSuffix(login, "[bot]"); ok {
		out.HTMLURL = web + "/apps/" + slug
	}
	return out
}

// app gives the app that writes as a bot, or nil for a person.
func (s *Server) app(login string) *appJSON {
	slug, ok := strings.CutSuffix(login, "[bot]")
	if !ok {
		return nil
	}
	id := 100_000 + number(slug)
	if slug == "github-actions" {
		id = 15368
	}
	return &appJSON{
		ID: id, Slug: slug, NodeID: nodeID("A", id), Owner: s.user("octo-org"), Name: slug, HTMLURL: s.WebURL() + "/apps/" + slug,
		Permissions: map[string]string{"metadata": "read"},
	}
}

// association is how an author stands to the repository.
func association(login string) string {
	if isBot(login) {
		return "NONE"
	}
	return "MEMBER"
}

// address is the API's address of something in the repository.
func (s *Server) address(format string, args ...any) string {
	return s.URL() + "/repos/" + s.o.Repository + fmt.Sprintf(format, args...)
}

// page is the address of a thread's web page.
func (s *Server) page(th *thread) string {
	kind := "issues"
	if th.pull != nil {
		kind = "pull"
	}
	return fmt.Sprintf("%s/%s/%s/%d", s.WebURL(), s.o.Repository, kind, th.number)
}

func (s *Server) commentJSON(c *comment, th *thread) commentJSON {
	return commentJSON{
		URL:      s.address("/issues/comments/%d", c.id),
		HTMLURL:  fmt.Sprintf("%s#issuecomment-%d", s.page(th), c.id),
		IssueURL: s.address("/issues/%d", c.number),
		ID:       c.id, NodeID: nodeID("IC", c.id), User: s.user(c.login), CreatedAt: c.created, UpdatedAt: c.updated,
		Body: c.body, Association: association(c.login), App: s.app(c.login),
	}
}

func (s *Server) issueJSON(th *thread) issueJSON {
	out := issueJSON{
		URL: s.address("/issues/%d", th.number), RepositoryURL: s.address(""), HTMLURL: s.page(th),
		CommentsURL: s.address("/issues/%d/comments", th.number),
		ID:          th.id, NodeID: nodeID("I", th.id), Number: th.number, Title: th.title, User: s.user(th.login),
		Labels: s.labelsJSON(th), State: th.state, Assignees: []userJSON{}, Comments: len(s.state.of(th.number)),
		CreatedAt: th.created, UpdatedAt: th.updated, ClosedAt: optional(th.closed), Association: association(th.login),
		Body: filled(th.body), App: s.app(th.login), StateReason: filled(th.reason),
	}
	if th.closedBy != "" {
		by := s.user(th.closedBy)
		out.ClosedBy = &by
	}
	if th.pull != nil {
		out.Pull = &issuePullJSON{
			URL: s.address("/pulls/%d", th.number), HTMLURL: s.page(th), DiffURL: s.page(th) + ".diff",
			PatchURL: s.page(th) + ".patch", MergedAt: th.merged(),
		}
	}
	return out
}

func (s *Server) labelsJSON(th *thread) []labelJSON {
	out := []labelJSON{}
	for _, l := range th.labels {
		out = append(out, labelJSON{
			ID: l.id, NodeID: nodeID("LA", l.id), URL: s.address("/labels/%s", url.PathEscape(l.name)), Name: l.name, Color: "ededed",
		})
	}
	return out
}

// merged is when a pull request was merged, or nil.
func (th *thread) merged() *time.Time {
	if th.pull == nil || !th.pull.Merged {
		return nil
	}
	return optional(th.closed)
}

// optional gives nil for no time.
func optional(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// filled gives nil for an empty text.
func filled(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// repositoryID is the ID that paging links name the repository by.
func (s *Server) repositoryID() int64 { return repositoryID(s.o.Repository) }

func repositoryID(fullName string) int64 {
	if fullName == "octo-org/registries" {
		return 727384561 // as in the payloads of Event
	}
	return 800_000_000 + number(fullName)
}

func (s *Server) repositoryJSON(fullName string) repositoryJSON {
	owner, name, _ := strings.Cut(fullName, "/")
	id := repositoryID(fullName)
	out := repositoryJSON{
		ID: id, NodeID: nodeID("R", id), Name: name, FullName: fullName, Private: !s.o.Public, Owner: s.user(owner),
		HTMLURL: s.WebURL() + "/" + fullName, Fork: fullName != s.o.Repository, URL: s.URL() + "/repos/" + fullName,
		HasIssues: !s.o.NoIssues, Visibility: "private", DefaultBranch: s.o.DefaultBranch,
	}
	if s.o.Public {
		out.Visibility = "public"
	}
	return out
}

// branch gives one side of a pull request. Of a fork that is gone the author's name is left.
func (s *Server) branch(repository, ref, sha, author string) branchJSON {
	if repository == DeletedFork {
		user := s.user(author)
		return branchJSON{Label: author + ":" + ref, Ref: ref, SHA: sha, User: &user}
	}
	repo := s.repositoryJSON(repository)
	return branchJSON{Label: repo.Owner.Login + ":" + ref, Ref: ref, SHA: sha, User: &repo.Owner, Repo: &repo}
}

func (s *Server) pullJSON(th *thread) pullJSON {
	p := th.pull
	return pullJSON{
		URL: s.address("/pulls/%d", p.Number), ID: th.id, NodeID: nodeID("PR", th.id), HTMLURL: s.page(th),
		IssueURL: s.address("/issues/%d", p.Number), CommentsURL: s.address("/issues/%d/comments", p.Number),
		Number: p.Number, State: th.state, Title: th.title, User: s.user(th.login), Body: filled(th.body),
		CreatedAt: th.created, UpdatedAt: th.updated, ClosedAt: optional(th.closed), MergedAt: th.merged(),
		MergeCommitSHA: filled(p.MergeCommitSHA), Labels: s.labelsJSON(th), Association: association(th.login),
		Head: s.branch(p.HeadRepo, p.HeadRef, p.HeadSHA, th.login),
		Base: s.branch(s.o.Repository, p.BaseRef, SHA("tip of "+p.BaseRef), th.login),
	}
}
