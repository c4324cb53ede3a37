// Package model holds the words that both sides of a comparison share: items, keys, fields and where they were
// written. It has no I/O and knows no vendor.
package model

import "fmt"

// Position is a place in a configuration file. Line and Column count from 1; the zero Position is "nowhere".
type Position struct {
	File   string
	Line   int
	Column int
}

// String gives FILE:LINE:COL, or an empty string for the zero Position.
func (p Position) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// IsZero reports whether the position is unknown.
func (p Position) IsZero() bool { return p == Position{} }

// Before orders positions by file, line and column.
func (p Position) Before(q Position) bool {
	if p.File != q.File {
		return p.File < q.File
	}
	if p.Line != q.Line {
		return p.Line < q.Line
	}
	return p.Column < q.Column
}
