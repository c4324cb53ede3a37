package githubtest

import (
	"crypto/sha1" //nolint:gosec // git names objects with it; nothing is protected
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

const regular, directory = "100644", "040000"

type treeEntryJSON struct {
	Path string `json:"path"`
	Mode string `json:"mode"`
	Type string `json:"type"`
	Size *int   `json:"size,omitempty"`
	SHA  string `json:"sha"`
	URL  string `json:"url,omitempty"`
}

// blobSHA is how git names the content of a file.
func blobSHA(content string) string {
	sum := sha1.Sum([]byte(fmt.Sprintf("blob %d\x00%s", len(content), content))) //nolint:gosec // see the import
	return hex.EncodeToString(sum[:])
}

// getTree answers all that a commit holds, folders among it. One folder at a time is not served.
func (s *Server) getTree(c *call) (reply, *problem) {
	sha := c.vars["sha"]
	if !s.state.commits[sha] && !s.pulled(sha) && s.state.trees[sha] == nil {
		return reply{}, notFound()
	}
	if c.r.URL.Query().Get("recursive") == "" {
		return reply{}, unserved("a tree without recursive")
	}
	entries := map[string]treeEntryJSON{}
	for name, f := range s.state.trees[sha] {
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			entries[dir] = treeEntryJSON{Path: dir, Mode: directory, Type: "tree", SHA: SHA("tree " + dir), URL: s.address("/git/trees/%s", SHA("tree "+dir))}
		}
		e := treeEntryJSON{Path: name, Mode: f.Mode, Type: "blob", SHA: blobSHA(f.Content)}
		if e.Mode == "" {
			e.Mode = regular
		}
		if e.Mode == "160000" {
			e.Type, e.SHA = "commit", SHA(f.Content)
		} else {
			size := len(f.Content)
			e.Size, e.URL = &size, s.address("/git/blobs/%s", e.SHA)
		}
		entries[name] = e
	}
	tree := []treeEntryJSON{}
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		tree = append(tree, entries[name])
	}
	return reply{status: http.StatusOK, value: map[string]any{
		"sha": sha, "url": s.address("/git/trees/%s", sha), "tree": tree, "truncated": false,
	}}, nil
}

// pulled tells whether a commit belongs to a pull request.
func (s *Server) pulled(sha string) bool {
	return slices.ContainsFunc(s.state.threads, func(th *thread) bool { return th.pull != nil && th.pull.holds(sha) })
}

// getBlob answers a file's content: base64 in lines of 60 characters.
func (s *Server) getBlob(c *call) (reply, *problem) {
	for _, tree := range s.state.trees {
		for _, f := range tree {
			if blobSHA(f.Content) != c.vars["sha"] || f.Mode == "160000" {
				continue
			}
			encoded := base64.StdEncoding.EncodeToString([]byte(f.Content))
			var lines strings.Builder
			for ; len(encoded) > 60; encoded = encoded[60:] {
				lines.WriteString(encoded[:60] + "\n")
			}
			lines.WriteString(encoded + "\n")
			return reply{status: http.StatusOK, value: map[string]any{
				"sha": c.vars["sha"], "node_id": "B_" + c.vars["sha"], "size": len(f.Content), "url": s.address("/git/blobs/%s", c.vars["sha"]),
				"content": lines.String(), "encoding": "base64",
			}}, nil
		}
	}
	return reply{}, notFound()
}

// compare answers what a branch or commit has that another has not: commits in pages, and on the first page the first 300
// files that differ.
func (s *Server) compare(c *call) (reply, *problem) {
	spec, err := url.PathUnescape(c.vars["spec"])
	base, head, ok := strings.Cut(spec, "...")
	if err != nil || !ok {
		return reply{}, notFound()
	}
	from, to := s.line(base), s.line(head)
	if len(from) == 0 || len(to) == 0 {
		return reply{}, notFound()
	}
	common := 0
	for common < min(len(from), len(to)) && from[common] == to[common] {
		common++
	}
	if common == 0 {
		return reply{}, &problem{status: http.StatusNotFound, message: fmt.Sprintf("No common ancestor between %s and %s.", base, head)}
	}
	status := "diverged"
	switch {
	case len(from) == common && len(to) == common:
		status = "identical"
	case len(from) == common:
		status = "ahead"
	case len(to) == common:
		status = "behind"
	}
	page, header := numbered(s, c, to[common:])
	commits := []map[string]any{}
	for _, sha := range page {
		commits = append(commits, map[string]any{"sha": sha, "url": s.address("/commits/%s", sha)})
	}
	out := map[string]any{
		"status": status, "ahead_by": len(to) - common, "behind_by": len(from) - common, "total_commits": len(to) - common, "commits": commits,
	}
	if positive(c.r.URL.Query(), "page", 1) == 1 {
		out["files"] = s.changed(to[common-1], to[len(to)-1])
	}
	return reply{status: http.StatusOK, header: header, value: out}, nil
}

// line gives the commits that lead to a branch or commit, oldest first; none for what does not exist.
func (s *Server) line(name string) []string {
	branches := append(slices.Sorted(maps.Keys(s.state.branches)), s.o.DefaultBranch)
	for _, branch := range branches {
		if history := s.history(branch); branch == name {
			return history
		} else if i := slices.Index(history, name); i >= 0 {
			return history[:i+1]
		}
	}
	if s.state.commits[name] || s.pulled(name) {
		return []string{SHA("tip of " + s.o.DefaultBranch), name} // of some branch that began at the default one
	}
	return nil
}

// changed lists the files that differ between two commits.
func (s *Server) changed(before, after string) []map[string]any {
	was, is := s.state.trees[before], s.state.trees[after]
	names := maps.Clone(was)
	if names == nil {
		names = map[string]File{}
	}
	maps.Copy(names, is)
	out := []map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if was[name] != is[name] && len(out) < 300 {
			out = append(out, map[string]any{"filename": name, "status": "modified", "sha": blobSHA(is[name].Content)})
		}
	}
	return out
}

// listPulls answers pull requests, those that were updated last first.
func (s *Server) listPulls(c *call) (reply, *problem) {
	q := c.r.URL.Query()
	if q.Get("state") != "closed" || q.Get("sort") != "updated" || q.Get("direction") != "desc" {
		return reply{}, unserved("lists of pull requests but those that are closed, by update, newest first")
	}
	var all []*thread
	for _, th := range s.state.threads {
		if th.pull != nil && th.state == "closed" && (q.Get("base") == "" || q.Get("base") == th.pull.BaseRef) {
			all = append(all, th)
		}
	}
	slices.SortStableFunc(all, func(a, b *thread) int { return b.updated.Compare(a.updated) })
	page, header := numbered(s, c, all)
	out := []pullJSON{}
	for _, th := range page {
		out = append(out, s.pullJSON(th))
	}
	return reply{status: http.StatusOK, header: header, value: out}, nil
}

// getRun answers a workflow run.
func (s *Server) getRun(c *call) (reply, *problem) {
	id, refused := c.number("id")
	if refused != nil {
		return reply{}, refused
	}
	sha := s.state.runs[id]
	if sha == "" {
		return reply{}, notFound()
	}
	return reply{status: http.StatusOK, value: map[string]any{
		"id": id, "node_id": "WFR_" + strconv.FormatInt(id, 10), "head_sha": sha, "run_number": 42, "run_attempt": 1, "status": "completed",
		"conclusion": "success", "created_at": s.started.Format(time.RFC3339), "html_url": fmt.Sprintf("%s/%s/actions/runs/%d", s.WebURL(), s.o.Repository, id),
	}}, nil
}
