package githubtest

import (
	"net/http"
	"strings"
)

// Operations, by the names of GitHub's OpenAPI description.
const (
	OpGetRepository = "repos/get"
	OpCommitPulls   = "repos/list-pull-requests-associated-with-commit"
	OpGetPull       = "pulls/get"
	OpListComments  = "issues/list-comments"
	OpListPulls     = "pulls/list"
	OpCompare       = "repos/compare-commits-with-basehead"
	OpGetTree       = "git/get-tree"
	OpGetBlob       = "git/get-blob"
	OpGetRun        = "actions/get-workflow-run"
	// OpGraphQL is a query of the GraphQL API.
	OpGraphQL       = "graphql"
	OpCreateComment = "issues/create-comment"
	OpGetComment    = "issues/get-comment"
	OpUpdateComment = "issues/update-comment"
	OpListIssues    = "issues/list-for-repo"
	OpCreateIssue   = "issues/create"
	OpUpdateIssue   = "issues/update"
	// OpElsewhere is a request that followed a redirect to another host. Its Login is not empty when it brought a token.
	OpElsewhere = "elsewhere"
)

// operation is one kind of request.
type operation struct {
	name   string
	method string
	path   string   // below the repository; segments in braces match anything
	docs   string   // page and heading below docs.github.com/rest
	needs  []string // permissions, each of which is enough
	run    func(*Server, *call) (reply, *problem)
}

// operations lists what is served. The permissions are those of "Permissions required for GitHub Apps".
func operations() []*operation {
	either := func(access string) []string { return []string{"issues=" + access, "pull_requests=" + access} }
	return []*operation{
		{
			OpGetRepository, http.MethodGet, "", "repos/repos#get-a-repository",
			[]string{"metadata=read"}, (*Server).getRepository,
		},
		{
			OpCommitPulls, http.MethodGet, "commits/{sha}/pulls", "commits/commits#list-pull-requests-associated-with-a-commit",
			[]string{"pull_requests=read"}, (*Server).commitPulls,
		},
		{
			OpGetPull, http.MethodGet, "pulls/{number}", "pulls/pulls#get-a-pull-request",
			[]string{"pull_requests=read"}, (*Server).getPull,
		},
		{
			OpListPulls, http.MethodGet, "pulls", "pulls/pulls#list-pull-requests",
			[]string{"pull_requests=read"}, (*Server).listPulls,
		},
		{
			OpCompare, http.MethodGet, "compare/{spec}", "commits/commits#compare-two-commits",
			[]string{"contents=read"}, (*Server).compare,
		},
		{
			OpGetTree, http.MethodGet, "git/trees/{sha}", "git/trees#get-a-tree",
			[]string{"contents=read"}, (*Server).getTree,
		},
		{
			OpGetBlob, http.MethodGet, "git/blobs/{sha}", "git/blobs#get-a-blob",
			[]string{"contents=read"}, (*Server).getBlob,
		},
		{
			OpGetRun, http.MethodGet, "actions/runs/{id}", "actions/workflow-runs#get-a-workflow-run",
			[]string{"actions=read"}, (*Server).getRun,
		},
		{
			OpListComments, http.MethodGet, "issues/{number}/comments", "issues/comments#list-issue-comments",
			either("read"), (*Server).listComments,
		},
		{
			OpCreateComment, http.MethodPost, "issues/{number}/comments", "issues/comments#create-an-issue-comment",
			either("write"), (*Server).createComment,
		},
		{
			OpGetComment, http.MethodGet, "issues/comments/{id}", "issues/comments#get-an-issue-comment",
			either("read"), (*Server).getComment,
		},
		{
			OpUpdateComment, http.MethodPatch, "issues/comments/{id}", "issues/comments#update-an-issue-comment",
			either("write"), (*Server).updateComment,
		},
		{
			OpListIssues, http.MethodGet, "issues", "issues/issues#list-repository-issues",
			[]string{"issues=read"}, (*Server).listIssues,
		},
		{
			OpCreateIssue, http.MethodPost, "issues", "issues/issues#create-an-issue",
			[]string{"issues=write"}, (*Server).createIssue,
		},
		{
			OpUpdateIssue, http.MethodPatch, "issues/{number}", "issues/issues#update-an-issue",
			either("write"), (*Server).updateIssue,
		},
	}
}

// graphqlOperation is the one operation that has no path below the repository.
var graphqlOperation = &operation{OpGraphQL, http.MethodPost, "", "", nil, (*Server).graphql}

// graphqlPath is where GraphQL is served: beside the REST API of github.com, above that of GitHub Enterprise.
func (s *Server) graphqlPath() string { return strings.TrimSuffix(s.o.Prefix, "/v3") + "/graphql" }

// accepted is the value of X-Accepted-GitHub-Permissions.
func (op *operation) accepted() string { return strings.Join(op.needs, "; ") }

// writes tells whether the operation can change anything.
func (op *operation) writes() bool { return op.method != http.MethodGet && op.name != OpGraphQL }

// route finds the operation of a request and what its path names. A slash at the end makes another path, as it does for
// GitHub.
func route(method, path string) (*operation, map[string]string) {
	got := strings.Split(strings.TrimPrefix(path, "/"), "/")
	for _, op := range operations() {
		for _, root := range []string{"repos/{owner}/{repo}", "repositories/{repository}"} {
			want := root
			if op.path != "" {
				want += "/" + op.path
			}
			if vars := match(strings.Split(want, "/"), got); vars != nil && op.method == method {
				return op, vars
			}
		}
	}
	return nil, nil
}

// match gives what the segments in braces stand for, or nil.
func match(want, got []string) map[string]string {
	if len(want) != len(got) {
		return nil
	}
	vars := map[string]string{}
	for i, segment := range want {
		switch {
		case strings.HasPrefix(segment, "{") && got[i] != "":
			vars[strings.Trim(segment, "{}")] = got[i]
		case segment != got[i]:
			return nil
		}
	}
	return vars
}
