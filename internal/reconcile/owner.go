package reconcile

import (
	"errors"
	"fmt"

	"regent/internal/cloud"
	"regent/internal/model"
	"regent/internal/plan"
)

// unknownOwner is the note about an account that is planned without the number of its cloud account.
func unknownOwner(a account, err error) plan.Note {
	why := err.Error()
	if ce, ok := errors.AsType[*cloud.Error](err); ok { // without what is another at every run
		why = fmt.Sprintf("%s: %s", ce.Operation, ce.Message)
		if ce.Code != "" {
			why += fmt.Sprintf(" (code %s)", ce.Code)
		}
	}
	return plan.Note{
		Message:  "the number of the cloud account is not known, so that the plan is not bound to it: " + why,
		Position: plan.Position(a.Position),
		Several:  model.Several{Many: "%d accounts are planned without the number of their cloud account, which is not known", Name: a.Name},
	}
}
