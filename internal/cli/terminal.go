package cli

import (
	"os"

	xterm "golang.org/x/term"
)

func term(f *os.File) bool { return xterm.IsTerminal(int(f.Fd())) }

// color decides on colours: a terminal, and no wish against it (no-color.org).
func (a *app) color(tty bool) bool {
	if v, ok := a.lookup("NO_COLOR"); ok && v != "" {
		return false
	}
	if v, _ := a.lookup("TERM"); v == "dumb" {
		return false
	}
	return tty
}
