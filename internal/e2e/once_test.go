package e2e

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"regent/internal/cli"
	"regent/internal/emulator"
)

// screen is what somebody sees who has standard output and standard error before them.
func (w *world) onScreen(ctx context.Context, code int, args ...string) string {
	w.t.Helper()
	var screen bytes.Buffer
	if got := cli.Run(ctx, args, cli.Streams{In: strings.NewReader(""), Out: &screen, Err: &screen, Lookup: w.lookup}); got != code {
		w.t.Errorf("regent %s ended with %d, want %d:\n%s", strings.Join(args, " "), got, code, screen.String())
	}
	return screen.String()
}

// onceAndLast fails unless every line about an entry or an account stands on the screen once, as do some texts, and the last line
// begins with one.
func onceAndLast(t *testing.T, screen, last string, once ...string) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(screen, "\n"), "\n")
	seen := map[string]bool{}
	for _, l := range lines {
		if seen[l] && l != "" && !strings.HasPrefix(l, " ") { // fields and unmanaged entries may be the same in two places
			t.Errorf("said twice: %s\n%s", l, screen)
		}
		seen[l] = true
	}
	for _, text := range once {
		if n := strings.Count(screen, text); n != 1 {
			t.Errorf("%q is said %d times:\n%s", text, n, screen)
		}
	}
	if !strings.HasPrefix(lines[len(lines)-1], last) {
		t.Errorf("the last line is not %q:\n%s", last, screen)
	}
}

// TestEachThingIsSaidOnceAndTheTotalLast on a terminal, where standard output and standard error come together.
func TestEachThingIsSaidOnceAndTheTotalLast(t *testing.T) {
	t.Parallel()
	each(t, dialects(), func(t *testing.T, w *world, d dialect) {
		file := w.file("r.yaml", d.file(3))
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		password := w.env[d.secrets[0].from]
		delete(w.env, d.secrets[0].from)
		onceAndLast(t, w.onScreen(ctx, 0, "plan", "-f", file), "Plan: 3 to add", "note: ", d.secrets[0].from+" is not set here")
		w.env[d.secrets[0].from] = password

		w.faults(emulator.Fault{Operation: d.list, Kind: emulator.FaultStatus, Status: 403, Times: 1})
		onceAndLast(t, w.onScreen(ctx, 1, "plan", "-f", file, "--out", w.path("p.json")), "Plan: incomplete", "HTTP 403", "was not written")
		w.faults()

		saved := w.path("saved.json")
		onceAndLast(t, w.onScreen(ctx, 0, "plan", "-f", w.file("one.yaml", d.file(1)), "--out", saved), "Plan: 1 to add")
		onceAndLast(t, w.onScreen(ctx, 4, "apply", "-f", file, "--plan", saved, "--auto-approve"), "  "+file, "regent: refused")

		interrupt := func(r *http.Request) {
			if writing(r) {
				cancel()
			}
		}
		w.before.Store(&interrupt)
		onceAndLast(t, w.onScreen(ctx, 3, "apply", "-f", file, "--auto-approve", "--parallelism", "1"), "Apply: 1 applied, 2 not attempted. Interrupted.")
		w.before.Store(nil)

		ctx = t.Context()
		w.faults(emulator.Fault{Operation: d.create, Kind: emulator.FaultStatus, Status: 403, Times: -1})
		onceAndLast(t, w.onScreen(ctx, 1, "apply", "-f", file, "--auto-approve"), "Apply: 0 applied, 2 failed.")
		w.faults()
		onceAndLast(t, w.onScreen(ctx, 0, "apply", "-f", file, "--auto-approve", "--plan", w.savedPlan(file)), "Apply: 2 applied.")

		w.twice(d)
		onceAndLast(t, w.onScreen(ctx, 1, "plan", "-f", file), "Plan: 1 problem", numbered(d.label, 1)+": ")
		onceAndLast(t, w.onScreen(ctx, 1, "apply", "-f", file), "Plan: 1 problem", "problem: ")
		onceAndLast(t, w.onScreen(ctx, 3, "apply", "-f", w.file("four.yaml", d.file(4)), "--auto-approve"), "Apply: 1 applied.", "problem: ")
	})
}

// savedPlan plans and gives the file of the plan.
func (w *world) savedPlan(file string) string {
	w.t.Helper()
	path := w.path("saved-" + fmt.Sprint(len(w.Requests())) + ".json")
	w.plan(file, "--out", path).exits(w.t, 0)
	return path
}

// TestErrorsOfAPlanComeBeforeTheTotals although the line before them, a digest, ends as lines do that hold a piece of a secret in
// hexadecimal digits, and is kept until the next line.
func TestErrorsOfAPlanComeBeforeTheTotals(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{})
	file := w.file("r.yaml", swrHarbor().file(1))
	args := []string{"plan", "-f", file, "--out", w.path("no/plan.json")}
	_, digest, _ := strings.Cut(w.onScreen(t.Context(), 1, args...), "Digest: sha256:")
	end, err := hex.DecodeString(strings.TrimSpace(digest[:64])[60:])
	if err != nil {
		t.Fatal(err)
	}
	w.env["SWR_SECRET"] = string(end) + " and what no line has"
	onceAndLast(t, w.onScreen(t.Context(), 1, args...), "Plan: ", "regent: --out", "Digest: ")
}
