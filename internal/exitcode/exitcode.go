// Package exitcode has the exit codes of regent; other tools rely on them.
package exitcode

import (
	"regent/internal/apply"
	"regent/internal/plan"
)

// The exit codes.
const (
	// OK: done, or nothing to do.
	OK = 0
	// Error: an error before anything was written.
	Error = 1
	// Pending: changes are pending; only where the caller asked for a detailed exit code.
	Pending = 2
	// Partial: applied in part, or some outcome is still unknown.
	Partial = 3
	// Refused: the live plan is not the reviewed one, or larger than a guard allows.
	Refused = 4
)

// Of tells how much of a plan was done. Blocked changes and problems keep the live state from being what the file says. What
// was interrupted never ends well, not even with nothing to do.
func Of(p *plan.Plan, r *apply.Result) int {
	complete := r.Count(apply.Applied) == len(r.Outcomes) && len(p.Problems) == 0 && !r.Interrupted
	switch {
	case complete:
		return OK
	case r.Written():
		return Partial
	default:
		return Error
	}
}
