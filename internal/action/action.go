// Package action is the GitHub Action: what the container runs. It reads the runner's environment, does what the
// command line does, and says the outcome where people look: comment, annotations, job summary, outputs.
//
// Nothing is printed before the runner knows what to mask, and nothing that came from a file, a cloud or GitHub can be
// taken for one of the runner's commands.
package action

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"regent/internal/cloud"
	"regent/internal/config"
	"regent/internal/exitcode"
	"regent/internal/finding"
	"regent/internal/github"
	"regent/internal/plan"
	"regent/internal/provider"
	"regent/internal/provider/catalog"
	"regent/internal/reconcile"
	"regent/internal/report"
	"regent/internal/secret"
	"regent/internal/version"
)

// Streams are where a run writes, and what it sees of the environment.
type Streams struct {
	// Out is the step's log, unmasked: the masks themselves go there.
	Out    io.Writer
	Masker *secret.Masker
	Lookup secret.Lookup
	// Names lists the variables of the environment.
	Names func() []string
}

// readParallel bounds the accounts read at once, and the single entries read at once within one account.
const readParallel = 16

// run is one run of the Action.
type run struct {
	*workflow
	in     inputs
	event  event
	site   github.Site
	runID  int64
	runURL string
	// again says that this is not the first run for its event: a re-run, or one that somebody started by hand.
	again  bool
	lookup secret.Lookup
	names  func() []string
	// network is the bottom of all connections, made once by whoever first asks for it with transport.
	network http.RoundTripper
	dial    sync.Once
	// unsure says that the base commit, with which a plan is compared, could not be read.
	unsure bool
	// writes says that something may have been written to a cloud.
	writes bool
}

// Run carries out one step of a workflow and gives the exit code.
func Run(ctx context.Context, s Streams) (code int) {
	r := &run{workflow: newWorkflow(s.Out, s.Lookup, s.Masker), lookup: s.Lookup, names: s.Names}
	if r.getenv("GITHUB_ACTIONS") != "true" {
		// At a desk the masks would print the secrets they are to hide.
		fmt.Fprintln(r.log, "regent: action runs inside a workflow of GitHub only; use regent plan or regent apply here")
		_ = r.log.Flush() // there is nowhere else to say it
		return exitcode.Error
	}
	defer func() {
		if p := recover(); p != nil {
			code = r.broken(p)
		}
		if err := r.finish(); err != nil && code == exitcode.OK {
			code = r.worst()
		}
	}()
	if err := r.prepare(s); err != nil {
		return r.fail("input-invalid", err)
	}
	switch r.in.command {
	case commandValidate:
		return r.validate()
	case commandPlan:
		return r.plan(ctx)
	case commandApply:
		return r.apply(ctx)
	default:
		return r.drift(ctx)
	}
}

// worst is the exit code of a run that ended badly although everything it tried came about.
func (r *run) worst() int {
	if r.writes {
		return exitcode.Partial
	}
	return exitcode.Error
}

// broken reports a panic. What it says may come from a file or a server.
func (r *run) broken(p any) int {
	if code := r.worst(); code == exitcode.Partial {
		r.set("reason", "partial")
	} else {
		r.set("reason", "failed")
	}
	r.annotate(levelError, plan.Position{}, "internal error", "internal error: "+r.masker.Withhold("its text", fmt.Sprint(p)))
	return r.worst()
}

// prepare reads inputs and event. The two secrets among the inputs, and the passwords of
// proxies, are masked before anything can be said.
func (r *run) prepare(s Streams) error {
	for _, name := range []string{"github-token", "plan-signing-key"} {
		r.masker.Add(secret.New(r.gh.GetInput(name)))
	}
	cloud.LearnProxies(r.lookup, r.masker)
	for _, name := range counts() {
		r.setCount(name, 0)
	}
	r.set("has-changes", "false")
	var err1, err2, err3, err4 error
	r.in, err1 = readInputs(r.gh)
	var names []string
	if s.Names != nil {
		names = s.Names()
	}
	warnings, err2 := unknownInputs(names)
	r.event, err3 = readEvent(r.getenv)
	r.site, err4 = r.readSite()
	if err := finding.Join(err1, err2, err3, err4, github.CheckKey(r.in.signingKey), r.enterWorkspace()); err != nil {
		return err
	}
	for _, w := range warnings {
		r.hold(levelWarning, plan.Position{}, "input", w)
	}
	if err := r.choose(); err != nil || r.in.command == commandValidate {
		return err
	}
	return provider.CheckEnvironment(r.lookup, names)
}

// enterWorkspace makes the workspace the working directory, so that all paths are relative to it, as annotations have
// them.
func (r *run) enterWorkspace() error {
	workspace := r.getenv("GITHUB_WORKSPACE")
	if workspace == "" {
		return errors.New("GITHUB_WORKSPACE is not set; the Action runs inside a workflow of GitHub")
	}
	return os.Chdir(workspace)
}

// readSite tells where comments and issues go.
func (r *run) readSite() (github.Site, error) {
	repository := r.getenv("GITHUB_REPOSITORY")
	owner, name, ok := strings.Cut(repository, "/")
	if !ok {
		return github.Site{}, fmt.Errorf("GITHUB_REPOSITORY is %q, not OWNER/NAME", repository)
	}
	id, err := strconv.ParseInt(r.getenv("GITHUB_RUN_ID"), 10, 64)
	if err != nil {
		return github.Site{}, errors.New("GITHUB_RUN_ID is not a number")
	}
	r.runID = id
	r.runURL = fmt.Sprintf("%s/%s/actions/runs/%d", r.serverURL(), repository, id)
	r.again = r.event.name != "push" && (!r.event.isPull() || r.event.action != "closed")
	if attempt := r.getenv("GITHUB_RUN_ATTEMPT"); attempt != "" && attempt != "1" {
		r.again = true
		r.runURL += "/attempts/" + attempt
	}
	return github.Site{Owner: owner, Repo: name, Author: r.in.author, Key: siteKey(repository, r.in)}, nil
}

func (r *run) serverURL() string { return cmp.Or(r.getenv("GITHUB_SERVER_URL"), "https://github.com") }

// siteKey tells the comments of one repository apart: by its configuration and its accounts.
func siteKey(repository string, in inputs) string {
	files := slices.Sorted(slices.Values(in.config)) // all of them are one configuration
	text, err := json.Marshal([]any{strings.ToLower(repository), slices.Compact(files), in.accounts})
	if err != nil {
		panic("action: text that is not JSON: " + err.Error())
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// choose settles the command.
func (r *run) choose() (err error) {
	if r.in.command == "" {
		r.in.command, err = r.event.defaultCommand()
	}
	if err != nil || r.in.command != commandApply {
		return err
	}
	switch {
	case r.event.name == "pull_request_target" && !r.event.closed():
		return errors.New("apply under pull_request_target: its configuration may be anybody's, and it has the secrets; use push, or pull_request with type closed")
	case r.event.isPull() && !r.event.closed():
		return errors.New("apply under pull_request: what it proposes is not merged yet; use push, or pull_request with type closed")
	case r.event.deleted:
		return fmt.Errorf("apply at the deletion of %s: there is nothing of it left to apply", r.event.ref)
	}
	return nil
}

// fail says why nothing was done and gives the exit code.
func (r *run) fail(reason string, err error) int {
	r.release()
	r.set("reason", reason)
	for _, f := range finding.Of(err) {
		r.annotate(levelError, f.Position, reason, withAccount(f))
	}
	return exitcode.Error
}

func withAccount(f plan.Problem) string {
	if f.Account == "" || strings.Contains(f.Message, f.Account) {
		return f.Message
	}
	return "account " + f.Account + ": " + f.Message
}

// load reads the configuration. Files lie in the workspace, wherever links lead.
func (r *run) load() (*config.Config, error) {
	c, err := config.LoadWithin(".", r.in.config)
	if err != nil {
		return nil, err
	}
	for _, w := range report.Warnings(c) {
		r.hold(levelWarning, w.Position, "configuration", w.Message)
	}
	return c, r.in.allowed.Check(c)
}

// open prepares the accounts of a configuration. From here on the secrets it refers to are masked.
func (r *run) open(c *config.Config) (*reconcile.Reconciler, error) {
	s := &provider.Session{
		Lookup: r.lookup, Names: r.names, Masker: r.masker, Network: r.transport(), UserAgent: version.UserAgent(), Parallel: readParallel,
		Tell: r.tell,
	}
	for _, name := range r.in.accounts {
		if !slices.ContainsFunc(c.Accounts, func(a *config.Account) bool { return a.Name == name }) {
			return nil, fmt.Errorf("input accounts: the configuration has no account %s", name)
		}
	}
	opened, err := reconcile.New(c, catalog.Providers(), s, r.in.accounts, readParallel)
	if opened != nil { // also beside an error that may not be told before others
		opened.ReadTime, opened.ReadTimeFrom = r.in.timeout, "input timeout"
	}
	return opened, err
}

// tell says at once what the run waits for.
func (r *run) tell(message string) {
	r.say(message)
	_ = r.log.Flush() // finish reports a log that is gone
}

// prepared loads and opens the configuration, or says what is wrong with it.
func (r *run) prepared() (*reconcile.Reconciler, error) {
	c, err := r.load()
	if err != nil {
		return nil, err
	}
	return r.open(c)
}

// subject says in headings what a plan is about.
func (r *run) subject() []string {
	return append(append([]string{}, r.in.config...), r.in.accounts...)
}

func (r *run) footer() []report.Link {
	return []report.Link{{Text: "Workflow run", URL: r.runURL}}
}

// markdown renders within a limit, in bytes, and reports whether a plan is shown in part only.
func (r *run) markdown(limit int, render func(report.Markdown, io.Writer) error) (text string, cut bool) {
	var b strings.Builder
	m := report.Markdown{
		Limit: limit, More: r.runURL, Subject: r.subject(), Files: r.filesURL(), Footer: r.footer(), Mask: r.masker.Mask, Cut: &cut,
	}
	if err := render(m, &b); err != nil {
		panic("action: a strings.Builder that fails: " + err.Error())
	}
	return r.masker.Mask(b.String()), cut
}

// filesURL is where GitHub shows the files of the commit that was planned or is applied.
func (r *run) filesURL() string {
	sha := r.event.sha
	if r.event.pull != nil && !r.event.closed() {
		sha = r.event.pull.Head.SHA // the event's own commit is a test merge that nobody can look at later
	}
	if !commitForm.MatchString(sha) {
		return ""
	}
	return fmt.Sprintf("%s/%s/blob/%s/", r.serverURL(), r.site.Repository(), sha)
}

var commitForm = regexp.MustCompile(`^[0-9a-f]{40,64}$`)

// summarizeAs puts a rendering into the job's summary.
func (r *run) summarizeAs(render func(report.Markdown, io.Writer) error) {
	text, _ := r.markdown(maxSummary, render)
	r.summarize(text + "\n")
}

// transport gives the network. It is safe for concurrent use: GitHub is asked while the configuration is read.
func (r *run) transport() http.RoundTripper {
	r.dial.Do(func() { r.network = cloud.Network(max(r.in.parallelism, readParallel)) })
	return r.network
}
