package githubtest

import "time"

// The shapes in which GitHub sends things, with the fields that tell something and without the many addresses that do
// not. A pointer without omitempty is null when there is nothing.

type userJSON struct {
	Login        string `json:"login"`
	ID           int64  `json:"id"`
	NodeID       string `json:"node_id"`
	AvatarURL    string `json:"avatar_url"`
	GravatarID   string `json:"gravatar_id"`
	URL          string `json:"url"`
	HTMLURL      string `json:"html_url"`
	Type         string `json:"type"`
	UserViewType string `json:"user_view_type"`
	SiteAdmin    bool   `json:"site_admin"`
}

type appJSON struct {
	ID          int64             `json:"id"`
	Slug        string            `json:"slug"`
	NodeID      string            `json:"node_id"`
	Owner       userJSON          `json:"owner"`
	Name        string            `json:"name"`
	HTMLURL     string            `json:"html_url"`
	Permissions map[string]string `json:"permissions"`
}

type commentJSON struct {
	URL         string    `json:"url"`
	HTMLURL     string    `json:"html_url"`
	IssueURL    string    `json:"issue_url"`
	ID          int64     `json:"id"`
	NodeID      string    `json:"node_id"`
	User        userJSON  `json:"user"`
	CreatedAt   time.Time `json:"created_at"`
	UpdatedAt   time.Time `json:"updated_at"`
	Body        string    `json:"body"`
	Association string    `json:"author_association"`
	App         *appJSON  `json:"performed_via_github_app"`
}

type labelJSON struct {
	ID          int64   `json:"id"`
	NodeID      string  `json:"node_id"`
	URL         string  `json:"url"`
	Name        string  `json:"name"`
	Color       string  `json:"color"`
	Default     bool    `json:"default"`
	Description *string `json:"description"`
}

type issueJSON struct {
	URL           string      `json:"url"`
	RepositoryURL string      `json:"repository_url"`
	CommentsURL   string      `json:"comments_url"`
	HTMLURL       string      `json:"html_url"`
	ID            int64       `json:"id"`
	NodeID        string      `json:"node_id"`
	Number        int         `json:"number"`
	Title         string      `json:"title"`
	User          userJSON    `json:"user"`
	Labels        []labelJSON `json:"labels"`
	State         string      `json:"state"`
	Locked        bool        `json:"locked"`
	Assignees     []userJSON  `json:"assignees"`
	Milestone     *struct{}   `json:"milestone"`
	Comments      int         `json:"comments"`
	CreatedAt     time.Time   `json:"created_at"`
	UpdatedAt     time.Time   `json:"updated_at"`
	ClosedAt      *time.Time  `json:"closed_at"`
	Association   string      `json:"author_association"`
	// Pull is there for pull requests and absent for issues: it is what tells them apart.
	Pull        *issuePullJSON `json:"pull_request,omitempty"`
	Body        *string        `json:"body"`
	ClosedBy    *userJSON      `json:"closed_by"`
	App         *appJSON       `json:"performed_via_github_app"`
	StateReason *string        `json:"state_reason"`
}

type issuePullJSON struct {
	URL      string     `json:"url"`
	HTMLURL  string     `json:"html_url"`
	DiffURL  string     `json:"diff_url"`
	PatchURL string     `json:"patch_url"`
	MergedAt *time.Time `json:"merged_at"`
}

type repositoryJSON struct {
	ID            int64           `json:"id"`
	NodeID        string          `json:"node_id"`
	Name          string          `json:"name"`
	FullName      string          `json:"full_name"`
	Private       bool            `json:"private"`
	Owner         userJSON        `json:"owner"`
	HTMLURL       string          `json:"html_url"`
	Description   *string         `json:"description"`
	Fork          bool            `json:"fork"`
	URL           string          `json:"url"`
	HasIssues     bool            `json:"has_issues"`
	Archived      bool            `json:"archived"`
	Disabled      bool            `json:"disabled"`
	Visibility    string          `json:"visibility"`
	DefaultBranch string          `json:"default_branch"`
	Permissions   map[string]bool `json:"permissions,omitempty"`
}

type branchJSON struct {
	Label string          `json:"label"`
	Ref   string          `json:"ref"`
	SHA   string          `json:"sha"`
	User  *userJSON       `json:"user"`
	Repo  *repositoryJSON `json:"repo"` // null once a fork is gone
}

type pullJSON struct {
	URL            string      `json:"url"`
	ID             int64       `json:"id"`
	NodeID         string      `json:"node_id"`
	HTMLURL        string      `json:"html_url"`
	IssueURL       string      `json:"issue_url"`
	CommentsURL    string      `json:"comments_url"`
	Number         int         `json:"number"`
	State          string      `json:"state"`
	Locked         bool        `json:"locked"`
	Title          string      `json:"title"`
	User           userJSON    `json:"user"`
	Body           *string     `json:"body"`
	CreatedAt      time.Time   `json:"created_at"`
	UpdatedAt      time.Time   `json:"updated_at"`
	ClosedAt       *time.Time  `json:"closed_at"`
	MergedAt       *time.Time  `json:"merged_at"`
	MergeCommitSHA *string     `json:"merge_commit_sha"`
	Labels         []labelJSON `json:"labels"`
	Draft          bool        `json:"draft"`
	Head           branchJSON  `json:"head"`
	Base           branchJSON  `json:"base"`
	Association    string      `json:"author_association"`
	*pullDetails               // only where one pull request is asked for; nil leaves the fields out of lists
}

type pullDetails struct {
	Merged         bool      `json:"merged"`
	Mergeable      *bool     `json:"mergeable"`
	MergeableState string    `json:"mergeable_state"`
	MergedBy       *userJSON `json:"merged_by"`
	Comments       int       `json:"comments"`
	Commits        int       `json:"commits"`
	ChangedFiles   int       `json:"changed_files"`
}
