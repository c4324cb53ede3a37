package cli

import (
	"fmt"

	"regent/internal/apply"
	"regent/internal/report"
)

// progress prints a line for each finished change, and a live counter on a terminal.
type progress struct {
	app     *app
	text    report.Text
	counter bool
}

func (a *app) progress() *progress {
	return &progress{app: a, text: report.Text{Color: a.color(a.errTTY), Said: a.said}, counter: a.errTTY}
}

// line is called from one goroutine at a time.
func (p *progress) line(done, total int, o apply.Outcome) {
	p.clear()
	_ = p.text.Progress(p.app.err, o) // as below
	if p.counter && done < total {
		fmt.Fprintf(p.app.err, "%d/%d", done, total)
		_ = p.app.err.Flush() // a counter that cannot be shown is no reason to stop
	}
}

// interrupted tells a person who waits why the program has not ended yet.
func (p *progress) interrupted() {
	p.clear()
	fmt.Fprintln(p.app.err, "Interrupted: no further change starts; waiting for those under way. Interrupt again to end at once.")
}

// clearLine takes away the counter.
const clearLine = "\r\x1b[K"

func (p *progress) clear() {
	if p.counter {
		fmt.Fprint(p.app.err, clearLine)
	}
}

func (p *progress) end() {
	if p.counter {
		p.clear()
		_ = p.app.err.Flush() // as above
	}
}
