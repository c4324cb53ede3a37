package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"

	"regent/internal/apply"
	"regent/internal/crash"
	"regent/internal/exitcode"
	"regent/internal/finding"
	"regent/internal/plan"
	"regent/internal/reconcile"
	"regent/internal/report"
)

// applyFlags are the flags of apply.
type applyFlags struct {
	selection
	plan        string
	approve     bool
	parallelism int
	audit       string
	guard       plan.Guard
}

// limitFlag is a flag for a limit, which is none unless the flag is given.
type limitFlag struct {
	limit *plan.Limit
	most  int
}

// String implements [pflag.Value].
func (l *limitFlag) String() string {
	if l.limit == nil {
		return "" // pflag asks a flag that nobody made for its default
	}
	return l.limit.String()
}

// Type implements [pflag.Value].
func (l *limitFlag) Type() string { return "int" }

// Set implements [pflag.Value].
func (l *limitFlag) Set(text string) (err error) {
	if strings.TrimSpace(text) == "" {
		return errors.New("write a whole number")
	}
	*l.limit, err = plan.ParseLimit(text, l.most)
	return err
}

func (a *app) applyCommand() *cobra.Command {
	var f applyFlags
	cmd := &cobra.Command{
		Use:   "apply -f FILE|DIR|GLOB ...",
		Short: "Make the live state what the file says",
		Long: "apply plans afresh, shows the plan, asks, and adds and modifies. It never deletes. With --plan it refuses\n" +
			"(exit code 4) unless the fresh plan is the saved one or a part of it." + applyCodes,
		Example: "  regent apply -f registries.yaml\n  regent apply -f registries.yaml --plan plan.json --auto-approve --audit audit.jsonl\n" +
			"  regent apply -f examples/registries.yaml --sandbox --sandbox-state sandbox.json",
		SuggestFor: []string{"sync", "push", "up", "deploy"},
		Args:       noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if f.parallelism < 1 || f.parallelism > apply.MaxParallelism {
				return fmt.Errorf("--parallelism %d: write a number from 1 to %d", f.parallelism, apply.MaxParallelism)
			}
			return a.noApply(f.format, nil, crash.Guard(func() (err error) {
				if err := finding.Join(noStream("plan", f.plan, "a plan is read from a file, as plan --out writes it"),
					noStream("audit", f.audit, "what happens is kept in a file, on a disk before the next step is taken")); err != nil {
					return err
				}
				r, end, err := a.open(cmd.Context(), &f.selection, f.parallelism)
				if err != nil {
					return err
				}
				defer func() { err = errors.Join(err, end()) }()
				return a.apply(cmd.Context(), r, &f)
			}))
		},
	}
	f.add(cmd)
	cmd.Flags().StringVar(&f.plan, "plan", "", "apply only what this saved plan `FILE` holds")
	cmd.Flags().BoolVar(&f.approve, "auto-approve", false, "do not ask")
	cmd.Flags().IntVar(&f.parallelism, "parallelism", 10, "writes under way at once at each endpoint (`N`)")
	cmd.Flags().StringVar(&f.audit, "audit", "", "append what happens to `FILE` as JSON lines")
	cmd.Flags().Var(&limitFlag{limit: &f.guard.Changes, most: -1}, plan.MaxChanges, "stop (exit code 4) before the first write of more than `N` changes")
	cmd.Flags().Var(&limitFlag{limit: &f.guard.Percent, most: 100}, plan.MaxChangePercent,
		"stop (exit code 4) before the first write when more than `P` percent of the file's items would change")
	return cmd
}

func (a *app) apply(ctx context.Context, r *reconcile.Reconciler, f *applyFlags) error {
	var reviewed *plan.Plan
	if f.plan != "" {
		var err error
		if reviewed, err = readPlan(f.plan); err != nil {
			return err
		}
	}
	p := r.Plan(ctx)
	agreed, err := a.prepare(ctx, r, p, reviewed, f)
	if err != nil {
		return a.noApply(f.format, p, err)
	}
	audit, err := a.openAudit(f.audit, agreed.Digest)
	if err != nil {
		return a.noApply(f.format, agreed, err)
	}
	return a.carryOut(ctx, r, agreed, audit, f)
}

// readPlan reads what --plan names.
func readPlan(path string) (*plan.Plan, error) {
	p, err := plan.Read(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("--plan %s: no such file; regent plan --out makes one", path)
	case err != nil:
		return nil, fmt.Errorf("--plan %w", err)
	}
	return p, nil
}

var (
	errUnread      = errors.New("nothing was written: some accounts could not be read (use --account to apply to the others)")
	errInterrupted = errors.New("nothing was written: interrupted")
)

// unread ends an apply whose plan lacks accounts.
func unread(ctx context.Context, r *reconcile.Reconciler, p *plan.Plan) error {
	if ctx.Err() != nil {
		return finding.Join(r.Errors(p), errInterrupted)
	}
	return finding.Join(r.Errors(p), errUnread)
}

// beside calls read, which no signal ends, and does not wait for it any longer when the run is interrupted.
func beside[T any](ctx context.Context, read func() (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	done := make(chan answer, 1)
	go func() {
		var got answer
		defer func() { done <- got }()
		defer crash.Caught(&got.err)
		got.value, got.err = read()
	}()
	select {
	case <-ctx.Done():
		var none T
		return none, errInterrupted
	case got := <-done:
		return got.value, got.err
	}
}

// prepare does what comes between the plan and the first write, and gives the plan to carry out. After an error nothing
// may be written.
func (a *app) prepare(ctx context.Context, r *reconcile.Reconciler, p, reviewed *plan.Plan, f *applyFlags) (*plan.Plan, error) {
	if p.Unread() {
		return nil, unread(ctx, r, p)
	}
	if reviewed != nil {
		if diff := plan.Compare(reviewed, p); len(diff) > 0 {
			return nil, refused("the plan is not the reviewed one (" + f.plan + ")\n  " + lines(diff))
		}
	}
	if over := p.Over(f.guard); len(over) > 0 {
		return nil, errors.Join(a.textPlan(p), refusedBy(over))
	}
	switch {
	case len(p.Writes()) > 0:
		return a.confirm(ctx, r, p, f)
	case p.Pending(): // all of it blocked: the reasons are in the plan
		return p, a.textPlan(p)
	}
	return p, nil
}

// refused ends an apply that is not to be.
func refused(why string) error {
	return &codeError{exitcode.Refused, errors.New("refused, nothing was written: " + why)}
}

// refusedBy says which limits stopped an apply.
func refusedBy(over []plan.Excess) error {
	var said []string
	for _, e := range over {
		said = append(said, e.Sentence("--"))
	}
	return refused(strings.Join(said, "; "))
}

// lines gives each difference a line of its own.
func lines(diff []plan.Difference) string {
	all := make([]string, len(diff))
	for i, d := range diff {
		all[i] = d.String()
	}
	return strings.Join(all, "\n  ")
}

// textPlan shows the plan beside the result.
func (a *app) textPlan(p *plan.Plan) error {
	return report.Text{Color: a.color(a.errTTY), Said: a.said}.Plan(a.err, p)
}

// confirm shows the plan, checks that every secret is there, and asks. It gives the plan that was agreed to.
func (a *app) confirm(ctx context.Context, r *reconcile.Reconciler, p *plan.Plan, f *applyFlags) (*plan.Plan, error) {
	if err := a.textPlan(p); err != nil {
		return nil, err
	}
	if missing := r.Missing(p); len(missing) > 0 {
		return nil, finding.Join(append(missing, errors.New("nothing was written: mend these variables and apply again"))...)
	}
	if f.approve {
		return p, nil
	}
	if err := a.ask(ctx, p); err != nil {
		return nil, err
	}
	// The answer may have taken long. What has changed meanwhile was not agreed to, and could be made twice.
	fresh := r.Plan(ctx)
	if fresh.Unread() {
		return nil, unread(ctx, r, fresh)
	}
	if diff := plan.Compare(p, fresh); len(diff) > 0 {
		return nil, refused("the plan has changed since it was shown\n  " + lines(diff))
	}
	return fresh, nil
}

// ask lets somebody at a terminal decide.
func (a *app) ask(ctx context.Context, p *plan.Plan) error {
	if !a.inTTY {
		return errors.New("nothing was written: apply asks before it writes, and there is no terminal to ask on; use --auto-approve")
	}
	fmt.Fprintf(a.err, "Apply %s? Only yes is accepted: ", report.Count(len(p.Writes()), "change", "changes"))
	if err := a.err.Flush(); err != nil {
		return err
	}
	answer, err := a.readLine(ctx)
	if err != nil {
		return err
	}
	if strings.TrimSpace(answer) != "yes" {
		return errors.New("nothing was written: not confirmed")
	}
	return nil
}

// readLine reads one line of input, or gives up when the run is interrupted.
func (a *app) readLine(ctx context.Context) (string, error) {
	line, err := beside(ctx, func() (string, error) { return bufio.NewReader(a.in).ReadString('\n') })
	switch {
	case errors.Is(err, errInterrupted):
		return "", errInterrupted
	case err != nil && line == "":
		return "", fmt.Errorf("nothing was written: no answer: %w", err)
	}
	return line, nil
}

func (a *app) carryOut(ctx context.Context, r *reconcile.Reconciler, p *plan.Plan, audit *audit, f *applyFlags) error {
	a.writing = true
	progress := a.progress()
	defer context.AfterFunc(ctx, progress.interrupted)()
	result := r.Apply(ctx, p, apply.Options{
		Parallelism: f.parallelism, Audit: audit.write, Progress: progress.line, LookUps: a.pace.LookUps, Grace: a.pace.Grace,
	})
	progress.end()
	if !p.Pending() && f.format != "text" { // then the plan was not shown
		a.printNotes(p)
	}
	if a.together {
		_ = a.err.Flush() // what cannot be shown there is no reason to leave out the result
	}
	err := errors.Join(a.printResult(report.Result{Plan: p, Run: result}, f.format), audit.close())
	code := exitcode.Of(p, result)
	if code == exitcode.OK && err != nil {
		code = exitcode.Error
		if result.Written() {
			code = exitcode.Partial // the report may be lost, the writes are not
		}
	}
	if code == exitcode.OK {
		return nil
	}
	return &codeError{code, err}
}

func (a *app) printResult(r report.Result, format string) error {
	switch {
	case format == "json":
		return a.printResultJSON(r)
	case format == "markdown":
		return a.markdown().Result(a.out, r)
	case !r.Plan.Pending():
		return a.printPlan(r.Plan, format)
	default:
		return report.Text{Color: a.color(a.outTTY), Said: a.said}.Result(a.out, r)
	}
}
