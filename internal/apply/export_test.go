package apply

import "regent/internal/plan"

// WithAction adds an action to the table, for one run.
func (o *Options) WithAction(k plan.Kind) {
	o.lookup = func(a plan.Action) (plan.Kind, bool) {
		if a == k.Action {
			return k, true
		}
		return plan.Lookup(a)
	}
}
