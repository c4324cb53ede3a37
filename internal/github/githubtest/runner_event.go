package githubtest

import (
	"fmt"
	"strings"
)

// whereabouts is what a run is about: a commit and the ref that leads to it; base and head only for pull requests.
type whereabouts struct{ sha, ref, base, head string }

// name is the short form of the ref.
func (w whereabouts) name() string {
	for _, prefix := range []string{"refs/heads/", "refs/tags/", "refs/pull/"} {
		if short, ok := strings.CutPrefix(w.ref, prefix); ok {
			return short
		}
	}
	return w.ref
}

// kind is branch or tag; a pull request's merge branch counts as branch.
func (w whereabouts) kind() string {
	if strings.HasPrefix(w.ref, "refs/tags/") {
		return "tag"
	}
	return "branch"
}

// whereabouts tells GITHUB_SHA, GITHUB_REF, GITHUB_BASE_REF and GITHUB_HEAD_REF of an event ("Events that trigger
// workflows"; for pull_request_target the rules since December 2025).
func (s *Server) whereabouts(event string, payload map[string]any) whereabouts {
	def := whereabouts{sha: SHA("tip of " + s.o.DefaultBranch), ref: "refs/heads/" + s.o.DefaultBranch}
	switch event {
	case "pull_request", "pull_request_target":
		return s.pullWhereabouts(event, payload, def)
	case "push":
		if payload["deleted"] == true {
			return def // the run is one of the default branch then
		}
		return whereabouts{sha: textOf(payload["after"]), ref: textOf(payload["ref"])}
	case "workflow_dispatch":
		ref := textOf(payload["ref"])
		return whereabouts{sha: SHA("tip of " + strings.TrimPrefix(ref, "refs/heads/")), ref: ref}
	case "merge_group":
		group := object(payload, "merge_group")
		return whereabouts{sha: textOf(group["head_sha"]), ref: textOf(group["head_ref"])}
	}
	return def
}

// pullWhereabouts is whereabouts for pull requests: a merge nobody has made yet, or the branch it was merged into; for
// pull_request_target always the default branch.
func (s *Server) pullWhereabouts(event string, payload map[string]any, def whereabouts) whereabouts {
	pull := object(payload, "pull_request")
	base, head := object(pull, "base"), object(pull, "head")
	merge := textOf(pull["merge_commit_sha"])
	out := whereabouts{base: textOf(base["ref"]), head: textOf(head["ref"])}
	merged := pull["merged"] == true
	switch {
	case event == "pull_request" && merged:
		out.ref, out.sha = "refs/heads/"+out.base, merge
	case event == "pull_request":
		out.ref, out.sha = fmt.Sprintf("refs/pull/%d/merge", wholeOf(payload["number"])), merge
		if merge == "" { // the payload was written before the merge was tried
			out.sha = SHA("test merge of " + textOf(head["sha"]))
		}
	default:
		out.ref, out.sha = def.ref, def.sha
		if out.base == s.o.DefaultBranch {
			out.sha = textOf(base["sha"])
			if merged {
				out.sha = merge
			}
		}
	}
	return out
}

// remember makes the commits of an event exist in the repository.
func (s *Server) remember(at whereabouts, payload map[string]any) {
	pull, group := object(payload, "pull_request"), object(payload, "merge_group")
	shas := []any{
		at.sha, payload["before"], payload["after"], object(payload, "head_commit")["id"], object(pull, "head")["sha"],
		object(pull, "base")["sha"], pull["merge_commit_sha"], group["head_sha"], group["base_sha"],
	}
	commits, _ := payload["commits"].([]any)
	for _, entry := range commits {
		commit, _ := entry.(map[string]any)
		shas = append(shas, commit["id"])
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, sha := range shas {
		if name := textOf(sha); commitName.MatchString(name) && strings.Trim(name, "0") != "" {
			s.state.commits[name] = true
		}
	}
}

// wholeOf gives a number, or 0 for anything else.
func wholeOf(value any) int64 {
	n, _ := value.(float64)
	return int64(n)
}

// object gives an object inside another, empty when there is none.
func object(payload map[string]any, key string) map[string]any {
	out, _ := payload[key].(map[string]any)
	return out
}
