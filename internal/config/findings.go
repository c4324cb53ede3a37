package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/go-multierror"

	"regent/internal/model"
	"regent/internal/order"
)

// findings collects everything wrong with a configuration. The zero value is ready to use.
type findings struct {
	list []*Error
	// said are the mistakes that addOnce has reported.
	said map[mistakeID]bool
}

// mistakeID tells mistakes apart: what is wrong at which place.
type mistakeID struct {
	at   model.Position
	what string
}

// add records a finding at a place.
func (f *findings) add(at model.Position, message string) {
	f.list = append(f.list, &Error{Position: at, Message: message})
}

// addKind records a finding at a place, with what several of its kind are said as; see [model.Several].
func (f *findings) addKind(at model.Position, message, many string) {
	f.list = append(f.list, &Error{Position: at, Message: message, Several: model.Several{Many: many}})
}

// addOnce records a finding unless the same was found wrong at that place before: a mistake behind an anchor is met
// wherever the anchor is used, each time under another path, but was made once.
func (f *findings) addOnce(at model.Position, what, message string) {
	id := mistakeID{at, what}
	if f.said[id] {
		return
	}
	if f.said == nil {
		f.said = map[mistakeID]bool{}
	}
	f.said[id] = true
	f.add(at, message)
}

// sorted gives the findings by file, line, column and message, each once.
func (f *findings) sorted() []*Error {
	order.By(f.list, func(a, b **Error) int { return compareErrors(*a, *b) })
	f.list = slices.CompactFunc(f.list, func(a, b *Error) bool { return *a == *b })
	return f.list
}

func compareErrors(a, b *Error) int {
	return cmp.Or(
		cmp.Compare(a.Position.File, b.Position.File),
		cmp.Compare(a.Position.Line, b.Position.Line),
		cmp.Compare(a.Position.Column, b.Position.Column),
		cmp.Compare(a.Message, b.Message),
	)
}

// err gives all findings as one error, or nil when there are none.
func (f *findings) err() error {
	if len(f.list) == 0 {
		return nil
	}
	out := &multierror.Error{ErrorFormat: Lines}
	list := f.sorted()
	for _, e := range list[:min(len(list), mostFindings)] {
		out.Errors = append(out.Errors, e)
	}
	if more := len(list) - mostFindings; more > 0 {
		out.Errors = append(out.Errors, &Error{Position: list[mostFindings].Position,
			Message: fmt.Sprintf("%d more findings from here on are not shown", more)})
	}
	return out
}

// mostFindings is how many findings of a run are shown: all that anybody reads, and no hundred megabytes for a hostile
// file.
const mostFindings = 1000

// Lines prints one FILE:LINE:COL: message per line and nothing else.
func Lines(errs []error) string {
	lines := make([]string, len(errs))
	for i, e := range errs {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}
