// Package finding takes the error of a run apart into single findings with their places.
package finding

import (
	"errors"

	"github.com/hashicorp/go-multierror"

	"regent/internal/cloud"
	"regent/internal/config"
	"regent/internal/model"
	"regent/internal/plan"
)

// Split gives the single errors of joined ones, in order.
func Split(err error) []error {
	if err == nil {
		return nil
	}
	if many, ok := errors.AsType[*multierror.Error](err); ok {
		return many.Errors
	}
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		var out []error
		for _, e := range many.Unwrap() {
			out = append(out, Split(e)...)
		}
		return out
	}
	return []error{err}
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
