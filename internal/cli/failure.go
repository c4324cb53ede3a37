package cli

import (
	"errors"
	"strings"

	"regent/internal/apply"
	"regent/internal/finding"
	"regent/internal/plan"
	"regent/internal/report"
)

// A run that fails before it has a result says why on standard error. Whoever asked for JSON gets a document all the
// same: a reader of standard output must never meet half of one, or none.

// noPlan ends a plan that did not come about. After one that did, err has been answered already.
func (a *app) noPlan(format string, err error) error {
	if format != "json" || err == nil || a.answered {
		return err
	}
	return errors.Join(err, a.printPlan(plan.Failure(finding.Of(err)), format))
}

// noApply ends an apply that did not carry out its plan; p is nil when there was none.
func (a *app) noApply(format string, p *plan.Plan, err error) error {
	if format != "json" || err == nil || a.answered {
		return err
	}
	if p == nil {
		p = plan.Failure(finding.Of(err))
	}
	return errors.Join(err, a.printResultJSON(report.Result{Plan: p, Run: apply.Nothing(p, conclusion(err))}))
}

// conclusion is the first line of the last error: what the single ones before it come to.
func conclusion(err error) string {
	all := finding.Split(err)
	line, _, _ := strings.Cut(all[len(all)-1].Error(), "\n")
	return line
}
