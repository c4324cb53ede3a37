// Package finding takes the error of a run apart into single findings with their places.
package finding

import (
	"errors"
	"fmt"

	"github.com/hashicorp/go-multierror"

	"regent/internal/cloud"
	"regent/internal/config"
	"regent/internal/model"
	"regent/internal/plan"
)

// Join makes one error of several, which prints each on a line of its own; nil when there are none. Those that are joined
// already are taken apart, so that a list holds single findings.
func Join(errs ...error) error {
	out := &multierror.Error{ErrorFormat: config.Lines}
	for _, err := range errs {
		out.Errors = append(out.Errors, Split(err)...)
	}
	return out.ErrorOrNil()
}

// Split gives the single errors of joined ones, in order. An error with words of its own around others is a single one.
func Split(err error) []error {
	if err == nil {
		return nil
	}
	var parts, out []error
	if many, ok := err.(*multierror.Error); ok {
		parts = many.Errors
	} else if many, ok := err.(interface{ Unwrap() []error }); ok && fmt.Sprint(errors.Join(many.Unwrap()...)) == err.Error() {
		parts = many.Unwrap()
	} else {
		return []error{err}
	}
	for _, e := range parts {
		out = append(out, Split(e)...)
	}
	return out
}

// Placed reports whether an error's text starts with its place in a file.
func Placed(err error) bool {
	if ce, ok := err.(*cloud.Error); ok {
		return !ce.Position.IsZero()
	}
	_, ok := err.(*config.Error)
	return ok
}

// Of gives the single findings of an error, each with its place and account as far as they are known.
func Of(err error) []plan.Problem {
	var out []plan.Problem
	for _, e := range Split(err) {
		p := plan.Problem{Message: e.Error()}
		var at model.Position
		if ce, ok := errors.AsType[*config.Error](e); ok {
			at, p.Message = ce.Position, ce.Message
		} else if ce, ok := errors.AsType[*cloud.Error](e); ok {
			at, p.Account = ce.Position, ce.Account
			if _, whole := e.(*cloud.Error); whole { // not an error around it, whose text has the place somewhere inside
				placeless := *ce
				placeless.Position = model.Position{}
				p.Message = placeless.Error()
			}
		}
		p.Position = plan.Position(at)
		out = append(out, p)
	}
	return out
}
