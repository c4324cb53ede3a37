package githubtest

import (
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// The payloads lie in events as GitHub sends them, without most of the addresses. All are of octo-org/registries and of
// its pull request 7, whose commits are those that [Server.AddPull] makes up for the number 7.
//
//go:embed events/*.json
var payloads embed.FS

// Commits of the payloads.
var (
	EventHead   = SHA("head of 7")         // the tip of the pull request's branch, and of a push to that branch
	EventBefore = SHA("earlier head of 7") // the tip before a synchronize
	EventBase   = SHA("tip of main")       // the default branch before the merge
	EventMerge  = SHA("merge of 7")        // what a merge, squash or rebase left on the default branch
	EventPlain  = SHA("a push past any pull request")
	EventGroup  = SHA("merge group of 7")
)

// Events lists the payloads:
//
//	pull_request_opened            pull_request_synchronize      pull_request_closed_merged
//	pull_request_closed_unmerged   pull_request_fork             pull_request_fork_deleted
//	pull_request_dependabot        pull_request_target
//	push_merge   push_squash   push_rebase   push_plain          (to the default branch)
//	push_branch  push_tag      push_branch_deleted
//	schedule     workflow_dispatch            merge_group
//
// The event of each is the beginning of its name; every payload of a pull request fits pull_request_target too.
func Events() []string {
	entries, err := payloads.ReadDir("events")
	if err != nil {
		panic(err) // embedded
	}
	var out []string
	for _, entry := range entries {
		out = append(out, strings.TrimSuffix(entry.Name(), path.Ext(entry.Name())))
	}
	return out
}

// Event gives the payload of a name after edits. It panics for an unknown name.
func Event(name string, edits ...func(map[string]any)) []byte {
	raw, err := payloads.ReadFile("events/" + name + ".json")
	if err != nil {
		panic(fmt.Sprintf("githubtest: there is no event %q; there are %s", name, strings.Join(Events(), ", ")))
	}
	var payload map[string]any
	if err := json.Unmarshal(raw, &payload); err != nil {
		panic(err) // embedded, and read by a test
	}
	for _, edit := range edits {
		edit(payload)
	}
	out, err := json.MarshalIndent(payload, "", "  ")
	if err != nil {
		panic(err) // an edit put something in that is no JSON
	}
	return out
}

// Set gives a value a new one. The path names keys, and places in lists, divided by dots: "pull_request.head.sha",
// "commits.0.message". It panics when the payload has no such place: GitHub's fields are all there, null if need be.
func Set(at string, value any) func(map[string]any) {
	return func(payload map[string]any) {
		keys := strings.Split(at, ".")
		var inner any = payload
		for i, key := range keys {
			last := i == len(keys)-1
			switch container := inner.(type) {
			case map[string]any:
				old, exists := container[key]
				if !exists {
					panic(fmt.Sprintf("githubtest: the payload has no %s", at))
				}
				if inner = old; last {
					container[key] = value
				}
			case []any:
				n, err := strconv.Atoi(key)
				if err != nil || n < 0 || n >= len(container) {
					panic(fmt.Sprintf("githubtest: the payload has no %s", at))
				}
				if inner = container[n]; last {
					container[n] = value
				}
			default:
				panic(fmt.Sprintf("githubtest: the payload has no %s", at))
			}
		}
	}
}

// Tip makes a push one of a given commit with a given message.
func Tip(sha, message string) func(map[string]any) {
	return func(payload map[string]any) {
		for at, value := range map[string]any{"after": sha, "head_commit.id": sha, "head_commit.message": message} {
			Set(at, value)(payload)
		}
		if commits, _ := payload["commits"].([]any); len(commits) > 0 {
			commits[len(commits)-1] = payload["head_commit"]
		}
	}
}

// inAddress finds the number of a pull request in an address.
var inAddress = regexp.MustCompile(`/(pulls?|issues)/\d+`)

// OfPull makes the payload of a pull request's event one of another pull request, so that event and server agree. What p
// leaves out is what [Server.AddPull] makes of it.
func OfPull(p Pull) func(map[string]any) {
	return func(payload map[string]any) {
		base := inside(payload, "pull_request", "base", "repo")
		p := p.withDefaults(textOf(base["full_name"]), textOf(base["default_branch"]))
		if err := p.check(); err != nil {
			panic(err)
		}
		pull := inside(payload, "pull_request")
		for key, value := range pull {
			if address, ok := value.(string); ok && strings.HasSuffix(key, "url") {
				pull[key] = inAddress.ReplaceAllString(address, fmt.Sprintf("/$1/%d", p.Number))
			}
		}
		payload["number"] = p.Number
		pull["statuses_url"] = strings.ReplaceAll(textOf(pull["statuses_url"]), EventHead, p.HeadSHA)
		for key, value := range map[string]any{
			"number": p.Number, "state": p.State, "title": p.Title, "merged": p.Merged, "user": shape(account(p.User, apiURL, webURL)),
			"merge_commit_sha": filled(p.MergeCommitSHA), "merged_at": nil, "closed_at": nil,
		} {
			pull[key] = value
		}
		if p.State == "closed" {
			pull["closed_at"] = pull["updated_at"]
		}
		if p.Merged {
			pull["merged_at"] = pull["updated_at"]
		}
		owner, _, _ := strings.Cut(textOf(base["full_name"]), "/")
		inside(pull, "base")["ref"], inside(pull, "base")["label"] = p.BaseRef, owner+":"+p.BaseRef
		headOf(inside(pull, "head"), base, p)
		if _, moved := payload["after"]; moved {
			payload["after"] = p.HeadSHA
		}
	}
}

// headOf writes the head of a pull request. The repository of a fork is written from that of the base.
func headOf(head, base map[string]any, p Pull) {
	head["ref"], head["sha"] = p.HeadRef, p.HeadSHA
	if p.HeadRepo == DeletedFork {
		head["repo"], head["user"], head["label"] = nil, shape(account(p.User, apiURL, webURL)), p.User+":"+p.HeadRef
		return
	}
	owner, name, _ := strings.Cut(p.HeadRepo, "/")
	user := shape(account(owner, apiURL, webURL))
	repo := map[string]any{}
	for key, value := range base {
		if address, ok := value.(string); ok {
			value = strings.ReplaceAll(address, textOf(base["full_name"]), p.HeadRepo)
		}
		repo[key] = value
	}
	repo["id"], repo["name"], repo["owner"], repo["fork"] = repositoryID(p.HeadRepo), name, user, p.HeadRepo != textOf(base["full_name"])
	head["repo"], head["user"], head["label"] = repo, user, owner+":"+p.HeadRef
}

// inside gives an object inside another. It panics when there is none.
func inside(payload map[string]any, keys ...string) map[string]any {
	for _, key := range keys {
		next, ok := payload[key].(map[string]any)
		if !ok {
			panic(fmt.Sprintf("githubtest: the payload has no object %s", strings.Join(keys, ".")))
		}
		payload = next
	}
	return payload
}

// textOf gives a string, or nothing for anything else.
func textOf(value any) string {
	text, _ := value.(string)
	return text
}

// shape turns one of GitHub's shapes into what its JSON is read as.
func shape(value any) map[string]any {
	raw, err := json.Marshal(value)
	if err != nil {
		panic(err) // only shapes of this package
	}
	var out map[string]any
	if err := json.Unmarshal(raw, &out); err != nil {
		panic(err)
	}
	return out
}
