package cli

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"regent/internal/crash"
	"regent/internal/exitcode"
	"regent/internal/finding"
	"regent/internal/plan"
	"regent/internal/reconcile"
	"regent/internal/report"
)

func (a *app) planCommand() *cobra.Command {
	var s selection
	var out string
	var detailed bool
	cmd := &cobra.Command{
		Use:   "plan -f FILE|DIR|GLOB ...",
		Short: "Show what an apply would change; reads only",
		Long: "plan compares the file with the live state and shows the difference. It cannot write: it holds nothing that\n" +
			"could, and its transport refuses every request that is not a known read." + planCodes,
		Example: "  regent plan -f registries.yaml\n  regent plan -f registries.yaml --account swr-primary --out plan.json\n" +
			"  regent plan -f examples/registries.yaml --sandbox",
		SuggestFor: []string{"diff", "preview", "show", "drift", "status"},
		Args:       noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.noPlan(s.format, crash.Guard(func() (err error) {
				if err := noStream("out", out, "a plan is written to a file; to print it, write --format json"); err != nil {
					return err
				}
				r, end, err := a.open(cmd.Context(), &s, readParallel)
				if err != nil {
					return err
				}
				defer func() { err = errors.Join(err, end()) }()
				p := r.Plan(cmd.Context())
				return a.showPlan(r, p, s.format, out, detailed)
			}))
		},
	}
	s.add(cmd)
	cmd.Flags().StringVar(&out, "out", "", "also write the plan as JSON to `FILE` (mode 0600), for apply --plan")
	cmd.Flags().BoolVar(&detailed, "detailed-exitcode", false, "exit with 2 when changes are pending")
	return cmd
}

func (a *app) showPlan(r *reconcile.Reconciler, p *plan.Plan, format, out string, detailed bool) error {
	err := r.Errors(p)
	switch {
	case p.Failed() && out != "":
		err = finding.Join(err, fmt.Errorf("%s was not written: the plan is incomplete", out))
	case out != "":
		if save := p.Save(out); save != nil {
			err = fmt.Errorf("--out %s: the plan was not written: %w", out, save)
		}
	}
	if format == "text" && a.together && err != nil {
		code := 0
		shown := a.printText(p, func() error { code = a.fail(err); return a.err.Flush() })
		return &codeError{code, shown}
	}
	if shown := a.printPlan(p, format); shown != nil {
		return shown
	}
	if err == nil && detailed && p.Pending() {
		return &codeError{code: exitcode.Pending}
	}
	return err
}

// printPlan prints a plan whole, down to a last line that the mask would keep to see the one after it.
func (a *app) printPlan(p *plan.Plan, format string) (err error) {
	switch format {
	case "json":
		return a.printJSON(p.WriteJSON)
	case "markdown":
		err = a.markdown().Plan(a.out, p)
	default:
		err = a.printText(p, nil)
	}
	return cmp.Or(err, a.out.Flush()) // after an error, the same one
}

// printText prints a plan, with what says its errors, if they are to be among its lines.
func (a *app) printText(p *plan.Plan, fail func() error) error {
	t := report.Text{Color: a.color(a.outTTY), Said: a.said}
	if fail != nil {
		t.Errors = func() error { return errors.Join(a.out.Flush(), fail()) }
	}
	return t.Plan(a.out, p)
}

// markdown masks what goes into a report; what comes out of it passes the mask of the stream as well.
func (a *app) markdown() report.Markdown { return report.Markdown{Mask: a.masker.Mask} }

func (a *app) printNotes(p *plan.Plan) {
	for _, n := range report.Notes(p) {
		a.say("note: " + n.String())
	}
}
