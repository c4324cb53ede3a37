package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	gh "github.com/google/go-github/v88/github"
)

// Conversation is a pull request with regent's comment on it, as they were at one moment.
type Conversation struct {
	Pull
	Comments
	// At is that moment, by GitHub's own clock.
	At time.Time
}

// conversationQuery asks everything about a pull request that decides about its review: one request for the first hundred
// comments, and one for each hundred more.
const conversationQuery = `query($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    nameWithOwner
    defaultBranchRef { name }
    pullRequest(number: $number) {
      number url state merged mergedAt headRefOid baseRefName
      headRepository { nameWithOwner }
      mergeCommit { oid }
      latestOpinionatedReviews(first: 100, writersOnly: true) {
        nodes { state submittedAt author { __typename login } commit { oid } }
      }
      comments(first: 100, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes {
          fullDatabaseId url body isMinimized includesCreatedEdit lastEditedAt
          author { __typename login }
          editor { __typename login }
        }
      }
    }
  }
}`

type graphqlActor struct {
	Type  string `json:"__typename"`
	Login string `json:"login"`
}

// login is the actor's name as the REST API has it, which writes [bot] behind that of a bot.
func (a *graphqlActor) login() string {
	switch {
	case a == nil:
		return ""
	case a.Type == "Bot":
		return a.Login + "[bot]"
	}
	return a.Login
}

type graphqlCommit struct {
	OID string `json:"oid"`
}

type graphqlComment struct {
	ID       string        `json:"fullDatabaseId"`
	URL      string        `json:"url"`
	Body     string        `json:"body"`
	Author   *graphqlActor `json:"author"`
	Editor   *graphqlActor `json:"editor"`
	Edited   bool          `json:"includesCreatedEdit"`
	EditedAt *time.Time    `json:"lastEditedAt"`
	Hidden   bool          `json:"isMinimized"`
}

type graphqlPull struct {
	Number         int                             `json:"number"`
	URL            string                          `json:"url"`
	State          string                          `json:"state"`
	Merged         bool                            `json:"merged"`
	MergedAt       time.Time                       `json:"mergedAt"`
	HeadSHA        string                          `json:"headRefOid"`
	BaseRef        string                          `json:"baseRefName"`
	HeadRepository *struct{ NameWithOwner string } `json:"headRepository"`
	MergeCommit    *graphqlCommit                  `json:"mergeCommit"`
	Reviews        struct{ Nodes []graphqlReview } `json:"latestOpinionatedReviews"`
	Comments       struct {
		PageInfo struct {
			HasNextPage bool
			EndCursor   string
		}
		Nodes []graphqlComment
	} `json:"comments"`
}

type graphqlReview struct {
	State       string         `json:"state"`
	SubmittedAt time.Time      `json:"submittedAt"`
	Author      *graphqlActor  `json:"author"`
	Commit      *graphqlCommit `json:"commit"`
}

// Conversation reads a pull request and looks for regent's comment on it. Errors are [*Error] and [*DeniedError].
func (c *Client) Conversation(ctx context.Context, s Site, pull int) (Conversation, error) {
	k := lookForComment(pull)
	if err := s.check(); err != nil {
		return Conversation{}, &Error{Operation: k.operation, Message: err.Error()}
	}
	var out Conversation
	var own []graphqlComment
	variables := map[string]any{"owner": s.Owner, "name": s.Repo, "number": pull}
	for range maxPages {
		var data struct {
			Repository struct {
				NameWithOwner    string
				DefaultBranchRef struct{ Name string }
				PullRequest      graphqlPull
			}
		}
		resp, err := c.query(ctx, k, conversationQuery, variables, &data)
		if err != nil {
			return Conversation{}, err
		}
		p := &data.Repository.PullRequest
		out.Pull = c.pullOf(p)
		out.BaseRepo, out.DefaultBranch = data.Repository.NameWithOwner, data.Repository.DefaultBranchRef.Name
		if out.At, err = clock(resp); err == nil && p.Number != pull {
			err = errNoIdentity
		}
		if err != nil {
			return Conversation{}, &Error{Operation: k.operation, Message: err.Error(), err: err}
		}
		for _, m := range p.Comments.Nodes {
			own = append(own, c.mine(&out, s, m)...)
		}
		after := p.Comments.PageInfo.EndCursor
		if !p.Comments.PageInfo.HasNextPage || after == variables["after"] {
			out.Own, err = c.first(own)
			out.More = max(0, len(own)-1)
			return out, err
		}
		variables["after"] = after
	}
	return Conversation{}, &Error{Operation: k.operation, Message: fmt.Sprintf("the list has more than %d pages", maxPages)}
}

// mine gives a comment back that is regent's own, and notes the author of one that only looks like it.
func (c *Client) mine(out *Conversation, s Site, m graphqlComment) []graphqlComment {
	if key, ok := keyOf(m.Body, markerName); !ok || key != s.Key {
		return nil
	}
	if s.owns(m.Author.login()) {
		return []graphqlComment{m}
	}
	if login := c.clean(m.Author.login()); !slices.Contains(out.Others, login) {
		out.Others = append(out.Others, login)
	}
	return nil
}

// first gives the oldest of regent's own comments.
func (c *Client) first(own []graphqlComment) (*Comment, error) {
	if len(own) == 0 {
		return nil, nil
	}
	m := own[0]
	id, err := strconv.ParseInt(m.ID, 10, 64)
	if err != nil {
		return nil, &Error{Operation: "look for the comment", Message: errNoIdentity.Error(), err: errNoIdentity}
	}
	out := &Comment{ID: id, Body: m.Body, URL: c.link(m.URL), Author: m.Author.login(), Minimized: m.Hidden}
	switch edited := m.Edited || m.EditedAt != nil || m.Editor != nil; {
	case edited && m.Editor == nil:
		out.Editor = "an account that GitHub does not name"
	case edited:
		out.Editor = c.clean(m.Editor.login())
	}
	return out, nil
}

// pullOf reads the form in which GraphQL gives a pull request.
func (c *Client) pullOf(p *graphqlPull) Pull {
	out := Pull{
		Number: p.Number, HeadSHA: p.HeadSHA, BaseRef: p.BaseRef, Open: p.State == "OPEN", Merged: p.Merged, MergedAt: p.MergedAt, URL: c.link(p.URL),
	}
	if p.HeadRepository != nil {
		out.HeadRepo = p.HeadRepository.NameWithOwner
	}
	if p.MergeCommit != nil {
		out.MergeCommitSHA = p.MergeCommit.OID
	}
	for _, r := range p.Reviews.Nodes {
		if r.State == "APPROVED" && r.Author != nil && r.Author.Type == "User" && r.Commit != nil && r.Commit.OID == p.HeadSHA && r.SubmittedAt.After(out.ApprovedAt) {
			out.ApprovedAt = r.SubmittedAt
		}
	}
	return out
}

// clock reads when GitHub answered.
func clock(resp *gh.Response) (time.Time, error) {
	at, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		return time.Time{}, errors.New("the answer tells no time")
	}
	return at.UTC(), nil
}
