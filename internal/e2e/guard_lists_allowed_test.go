package e2e

import (
	"net/http"
	"strings"
	"testing"

	"regent/internal/emulator"
)

// TestAPullRequestCannotSendALoginOutsideOfTheLists moves an entry to another host and another variable: neither plan nor
// apply asks a cloud for anything, and the error is at the line.
func TestAPullRequestCannotSendALoginOutsideOfTheLists(t *testing.T) {
	t.Parallel()
	hosts := []string{"--allowed-hosts", "*.example.com", "--allowed-hosts", "192.0.2.0/24,198.51.100.0/24"}
	variables := []string{"--allowed-variables", "SAS_PASSWORD,HSS_PASSWORD,SWR_SECRET"}
	for _, d := range dialects() {
		for name, c := range map[string]struct {
			flags []string
			moved string
			says  string
		}{
			"another host":     {hosts, strings.ReplaceAll(d.file(1), "1.example.com", "1.example.net"), "1.example.net is not in allowed-hosts"},
			"another variable": {variables, strings.ReplaceAll(d.file(1), "{env: S", "{env: ROOT_S"), "is not in allowed-variables"},
		} {
			t.Run(d.name+" "+name, func(t *testing.T) {
				t.Parallel()
				if c.moved == d.file(1) {
					c.moved = strings.ReplaceAll(d.file(1), "{env: H", "{env: ROOT_H")
				}
				w := newWorld(t, emulator.Options{})
				w.plan(w.file("good.yaml", d.file(1)), c.flags...).exits(t, 0)
				w.ClearRequests()
				file := w.file("r.yaml", c.moved)
				for _, run := range []result{w.plan(file, c.flags...), w.apply(file, c.flags...)} {
					run.exits(t, 1).says(t, c.says, "r.yaml:")
				}
				if got := len(w.Requests()); got != 0 {
					t.Errorf("%d requests", got)
				}
			})
		}
	}
}

// TestReadingEndsInTime: a server that does not answer holds a run no longer than --timeout, and the reason is named.
func TestReadingEndsInTime(t *testing.T) {
	t.Parallel()
	for _, d := range dialects() {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, emulator.Options{})
			hang := func(r *http.Request) { <-r.Context().Done() }
			w.before.Store(&hang)
			file := w.file("r.yaml", d.file(1))
			for _, run := range []result{w.plan(file, "--timeout", "300ms"), w.apply(file, "--timeout", "300ms")} {
				run.exits(t, 1).says(t, "account "+d.account+": could not be read within 300ms (--timeout)")
			}
			w.plan(file, "--timeout", "0s").exits(t, 1).says(t, "--timeout 0s: write a time above 0")
		})
	}
}

// TestTheActionsListsHoldForEveryCommand: what is outside is an annotation at its line, and the run is config-invalid.
func TestTheActionsListsHoldForEveryCommand(t *testing.T) {
	t.Parallel()
	s := newStage(t, hssHarbor().file(1))
	with := map[string]string{"allowed-hosts": "*.example.net\n192.0.2.0/24", "allowed-variables": "OTHER_*"}
	for _, command := range []string{"validate", "plan"} {
		with["command"] = command
		s.start("pull_request", opened(), with).exits(1, "config-invalid").tells("error", "g1.example.com is not in allowed-hosts", "is not in allowed-variables")
	}
	delete(with, "command")
	s.start("push", s.merge(), with).exits(1, "config-invalid")
	s.wrote()
	with["allowed-hosts"], with["allowed-variables"] = "https://harbor.example.com", "*"
	s.start("pull_request", opened(), with).exits(1, "input-invalid").tells("error", "input allowed-hosts: ", "input allowed-variables: ")
}
