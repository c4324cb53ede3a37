package report

// What makes text of others inert, for tests from outside.
var (
	Code   = code
	Cell   = cell
	Escape = escape
	Linked = link
)
