package action

import (
	"cmp"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sethvargo/go-githubactions"

	"regent/internal/allow"
	"regent/internal/apply"
	"regent/internal/finding"
	"regent/internal/plan"
	"regent/internal/secret"
)

// Input is an input of the Action, as action.yml declares it.
type Input struct {
	Name string
	// Default is the value of an input that was not given or is empty; the runner sends both the same way.
	Default string
}

// Inputs are all inputs of the Action.
func Inputs() []Input {
	return []Input{
		{Name: "command"},
		{Name: "config", Default: "registries.yaml"},
		{Name: "accounts"},
		{Name: "github-token", Default: "${{ github.token }}"},
		{Name: "comment", Default: commentAuto},
		{Name: "comment-author", Default: "github-actions[bot]"},
		{Name: "require-reviewed-plan", Default: "true"},
		{Name: "plan-signing-key"},
		{Name: "branch"},
		{Name: "require-approval", Default: "false"},
		{Name: "allow-secrets-in-plan", Default: "false"},
		{Name: "allow-cut-review", Default: "false"},
		{Name: "parallelism", Default: "10"},
		{Name: plan.MaxChanges},
		{Name: plan.MaxChangePercent},
		{Name: allow.Hosts},
		{Name: allow.Variables},
		{Name: "timeout", Default: "15m"},
		{Name: "detailed-exitcode", Default: "false"},
		{Name: "working-directory", Default: "."},
	}
}

// The values of the input comment.
const (
	commentAuto   = "auto"
	commentAlways = "always"
	commentNever  = "never"
)

// The commands.
const (
	commandValidate = "validate"
	commandPlan     = "plan"
	commandApply    = "apply"
	commandDrift    = "drift"
)

// inputs are the inputs of one run, checked.
type inputs struct {
	// command is empty when the event decides.
	command string
	// config are paths and patterns relative to the workspace.
	config []string
	// accounts are sorted; empty stands for all.
	accounts   []string
	token      secret.Value
	comment    string
	author     string
	reviewed   bool
	signingKey secret.Value
	// branch is the one whose merges are applied; empty for the repository's default branch.
	branch      string
	approval    bool
	planSecrets bool
	cutReview   bool
	parallelism int
	guard       plan.Guard
	allowed     allow.List
	// timeout bounds the reading of the live state.
	timeout  time.Duration
	detailed bool
}

// reader reads inputs as the runner sends them and gathers what is wrong with them.
type reader struct {
	gh   *githubactions.Action
	errs []error
}

// readInputs reads and checks the inputs. Masks must have been set up for the two that are secrets; see [secrets].
func readInputs(gh *githubactions.Action) (inputs, error) {
	r := &reader{gh: gh}
	in := inputs{
		command:     r.oneOf("command", "", commandValidate, commandPlan, commandApply, commandDrift),
		accounts:    r.list("accounts"),
		token:       secret.New(gh.GetInput("github-token")),
		comment:     r.oneOf("comment", commentAuto, commentAlways, commentNever),
		author:      r.text("comment-author"),
		reviewed:    r.boolean("require-reviewed-plan"),
		signingKey:  secret.New(gh.GetInput("plan-signing-key")),
		branch:      strings.TrimPrefix(r.text("branch"), "refs/heads/"),
		approval:    r.boolean("require-approval"),
		planSecrets: r.boolean("allow-secrets-in-plan"),
		cutReview:   r.boolean("allow-cut-review"),
		parallelism: r.number("parallelism", 1, apply.MaxParallelism),
		guard:       plan.Guard{Changes: r.limit(plan.MaxChanges, -1), Percent: r.limit(plan.MaxChangePercent, 100)},
		timeout:     r.duration("timeout"),
		detailed:    r.boolean("detailed-exitcode"),
	}
	var err error
	if in.allowed, err = allow.Parse(r.text(allow.Hosts), r.text(allow.Variables)); err != nil {
		for _, e := range finding.Split(err) {
			r.errs = append(r.errs, fmt.Errorf("input %w", e))
		}
	}
	slices.Sort(in.accounts)
	in.accounts = slices.Compact(in.accounts)
	in.config = r.paths(r.folder("working-directory"))
	return in, finding.Join(r.errs...)
}

func (r *reader) fail(name, format string, args ...any) {
	r.errs = append(r.errs, fmt.Errorf("input %s: %s", name, fmt.Sprintf(format, args...)))
}

// text gives an input, or its default when it is empty.
func (r *reader) text(name string) string {
	i := slices.IndexFunc(Inputs(), func(in Input) bool { return in.Name == name })
	return cmp.Or(r.gh.GetInput(name), Inputs()[i].Default)
}

func (r *reader) oneOf(name string, values ...string) string {
	v := r.text(name)
	if !slices.Contains(values, v) {
		r.fail(name, "%q is not one of %s", v, strings.Join(slices.DeleteFunc(slices.Clone(values), func(s string) bool { return s == "" }), ", "))
	}
	return v
}

// boolean takes what YAML 1.2 takes for a boolean, as the runner's own toolkit does.
func (r *reader) boolean(name string) bool {
	switch v := r.text(name); v {
	case "true", "True", "TRUE":
		return true
	case "false", "False", "FALSE":
		return false
	default:
		r.fail(name, "%q is neither true nor false", v)
		return false
	}
}

func (r *reader) number(name string, least, most int) int {
	v := r.text(name)
	n, err := strconv.Atoi(v)
	if err != nil || n < least || n > most {
		r.fail(name, "%q is not a number from %d to %d", v, least, most)
	}
	return n
}

// duration takes what the flag of the same meaning takes.
func (r *reader) duration(name string) time.Duration {
	v := r.text(name)
	d, err := time.ParseDuration(v)
	if err != nil || d <= 0 {
		r.fail(name, "%q is not a time above 0, such as 15m", v)
	}
	return d
}

// limit gives a limit that an empty input does not set.
func (r *reader) limit(name string, most int) plan.Limit {
	v := r.text(name)
	l, err := plan.ParseLimit(v, most)
	if err != nil {
		r.fail(name, "%q: %s", v, err)
	}
	return l
}

// list gives the parts of an input, which stand on lines of their own or between commas.
func (r *reader) list(name string) []string {
	var out []string
	for _, part := range strings.FieldsFunc(r.text(name), func(c rune) bool { return c == '\n' || c == ',' }) {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// folder gives an input that names a folder of the workspace.
func (r *reader) folder(name string) string {
	v := filepath.ToSlash(r.text(name))
	if !filepath.IsLocal(v) {
		r.fail(name, "%q is not a folder of the workspace; write a path relative to it", v)
		return "."
	}
	return path.Clean(v)
}

// paths gives the configuration's paths and patterns, relative to the workspace.
func (r *reader) paths(folder string) []string {
	var out []string
	for _, line := range r.list("config") {
		file := path.Join(folder, filepath.ToSlash(line))
		if path.IsAbs(line) || filepath.IsAbs(line) || !filepath.IsLocal(file) {
			r.fail("config", "%q does not lie in the workspace; write a path relative to working-directory", line)
			continue
		}
		out = append(out, file)
	}
	return out
}

// unknownInputs looks for variables of inputs that the Action does not have. The runner warns of those and passes them
// on; a known name in another spelling is an error, since what it asks for, such as a signature, would silently not
// happen.
func unknownInputs(names []string) (warnings []string, err error) {
	known := []string{"args", "entrypoint"} // the runner's own inputs of container actions
	for _, in := range Inputs() {
		known = append(known, in.Name)
	}
	var errs []error
	for _, n := range names {
		name, ok := strings.CutPrefix(n, "INPUT_")
		name = strings.ToLower(name)
		if !ok || slices.Contains(known, name) {
			continue
		}
		if i := slices.IndexFunc(known, func(k string) bool { return plainName(k) == plainName(name) }); i >= 0 {
			errs = append(errs, fmt.Errorf("input %s: write %s", name, known[i]))
			continue
		}
		warnings = append(warnings, fmt.Sprintf("input %s: the Action has no such input; it has %s", name, strings.Join(known[2:], ", ")))
	}
	slices.Sort(warnings)
	slices.SortFunc(errs, func(a, b error) int { return cmp.Compare(a.Error(), b.Error()) })
	return warnings, finding.Join(errs...)
}

func plainName(name string) string {
	return strings.NewReplacer("-", "", "_", "", " ", "").Replace(name)
}
