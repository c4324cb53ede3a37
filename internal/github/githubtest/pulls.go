package githubtest

import (
	"fmt"
	"net/http"
)

// getRepository answers the repository.
func (s *Server) getRepository(c *call) (reply, *problem) {
	out := s.repositoryJSON(s.o.Repository)
	push := c.token.grants["contents"] == "write"
	out.Permissions = map[string]bool{"admin": false, "maintain": false, "push": push, "triage": push, "pull": true}
	return reply{status: http.StatusOK, value: out}, nil
}

// commitPulls answers the pull requests of a commit: the merged ones that brought it to the default branch, or, when it
// is not there, merged and open ones it belongs to. Pull requests closed without a merge are not among them (REST, List
// pull requests associated with a commit). The entries have no field merged: only merged_at tells.
func (s *Server) commitPulls(c *call) (reply, *problem) {
	sha := c.vars["sha"]
	var introduced, associated []*thread
	known := s.state.commits[sha]
	for _, th := range s.state.threads {
		if th.pull == nil || !th.pull.holds(sha) && th.pull.MergeCommitSHA != sha {
			continue
		}
		known = true
		if !th.pull.holds(sha) || th.state == "closed" && !th.pull.Merged {
			continue
		}
		associated = append(associated, th)
		if th.pull.introduced(sha, s.o.DefaultBranch) {
			introduced = append(introduced, th)
		}
	}
	if !known {
		return reply{}, &problem{
			status: http.StatusUnprocessableEntity, message: fmt.Sprintf("No commit found for SHA: %s", sha),
		}
	}
	if len(introduced) > 0 {
		associated = introduced
	}
	if s.lag > 0 {
		s.lag--
		associated = nil
	}
	page, header := numbered(s, c, associated)
	out := []pullJSON{}
	for _, th := range page {
		out = append(out, s.pullJSON(th))
	}
	return reply{status: http.StatusOK, header: header, value: out}, nil
}

// getPull answers a pull request.
func (s *Server) getPull(c *call) (reply, *problem) {
	number, refused := c.number("number")
	if refused != nil {
		return reply{}, refused
	}
	th := s.state.thread(int(number))
	if th == nil || th.pull == nil {
		return reply{}, notFound()
	}
	out := s.pullJSON(th)
	out.pullDetails = &pullDetails{
		Merged: th.pull.Merged, Comments: len(s.state.of(th.number)), Commits: 1 + len(th.pull.Commits), ChangedFiles: 1,
		MergeableState: "unknown",
	}
	if th.pull.Merged {
		by := s.user("octocat")
		out.MergedBy = &by
	}
	return reply{status: http.StatusOK, value: out}, nil
}
