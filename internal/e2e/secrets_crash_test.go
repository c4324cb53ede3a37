package e2e

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"regent/internal/cli"
	"regent/internal/emulator"
)

// crashing runs the command line in an environment that panics when a variable is looked up for the nth time. The panic
// says what say makes of all that was looked up before.
func (w *world) crashing(variable string, nth int, say func(known string) any, args ...string) result {
	w.t.Helper()
	var out, err bytes.Buffer
	var mu sync.Mutex
	known := ""
	lookup := func(name string) (string, bool) {
		mu.Lock()
		defer mu.Unlock()
		if name == variable {
			if nth--; nth == 0 {
				panic(say(known))
			}
		}
		value, ok := w.lookup(name)
		known += " " + value
		return value, ok
	}
	code := cli.Run(context.Background(), args, cli.Streams{In: strings.NewReader(""), Out: &out, Err: &err, Lookup: lookup})
	return result{args: args, code: code, out: out.String(), err: err.String()}
}

// TestCrashesShowNoSecret: what a panic says may hold anything. The run says that it fell, where, and ends in order.
func TestCrashesShowNoSecret(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{})
	file := w.file("r.yaml", together(1, dialects()...))
	secrets := []string{w.env["SAS_PASSWORD"], w.env["HSS_PASSWORD"], w.env["SWR_SECRET"]}
	const evil = " \x1b[2J\n::error::fake"
	for _, c := range []struct{ name, variable, command string }{
		{"before the command is known", "DEBUG", "plan"},
		{"while desired items are made", "SAS_PASSWORD", "plan"},
		{"while an account is opened", "REGENT_ENDPOINT_HUAWEI_HSS", "plan"},
		{"while credentials are looked for", "HUAWEICLOUD_SDK_SK", "plan"},
		{"while the plan is shown", "NO_COLOR", "plan"},
		{"before an apply", "SWR_SECRET", "apply"},
	} {
		for _, format := range []string{"text", "json"} {
			for kind, say := range map[string]func(string) any{
				"text":  func(known string) any { return known + evil },
				"error": func(known string) any { return errors.New(known + evil) },
			} {
				for nth := 1; nth < 4; nth++ {
					args := []string{c.command, "-f", file, "--format", format}
					r := w.crashing(c.variable, nth, say, args...)
					if !strings.Contains(r.err, "internal error") {
						continue // the variable is looked up less often, or not for this format
					}
					leakFree(t, secrets, map[string]string{c.name + " (" + kind + ") stdout": r.out, "stderr": r.err})
					if r.code != 1 || strings.Contains(r.err, "\x1b") || strings.Contains(r.err, "\n::error") || !strings.Contains(r.err, "secrets_crash_test.go:") {
						t.Errorf("%s: exit code %d, or text that does something, or no trace\n%s", c.name, r.code, r)
					}
					if format == "json" && c.variable != "DEBUG" && !strings.HasPrefix(r.out, "{") {
						t.Errorf("%s: no document on stdout\n%s", c.name, r)
					}
				}
			}
		}
	}
}

// TestCrashesAreCaughtEverywhere: each of the places above is reached.
func TestCrashesAreCaughtEverywhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{})
	file := w.file("r.yaml", together(1, dialects()...))
	for variable, says := range map[string]string{
		"DEBUG": "regent: internal error: boom", "SAS_PASSWORD": "regent: internal error: boom",
		"REGENT_ENDPOINT_HUAWEI_HSS": "account host-security: internal error: boom",
		"HUAWEICLOUD_SDK_SK":         ": internal error: boom", // whichever account asks first
		"NO_COLOR":                   "regent: internal error: boom",
	} {
		r := w.crashing(variable, 1, func(string) any { return "boom" }, "plan", "-f", file)
		if r.code != 1 || !strings.Contains(r.err, says) {
			t.Errorf("%s: exit code %d\n%s", variable, r.code, r)
		}
	}
	w.wrote()
}

// TestCrashesInAnApplyHaveOutcomes: one that falls before it is sent is not attempted, the others go on, and the audit file
// holds the end of each.
func TestCrashesInAnApplyHaveOutcomes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{})
	file, audit := w.file("r.yaml", together(2, dialects()...)), w.path("audit.jsonl")
	evil := func(known string) any { return errors.New("boom " + known) }
	// The first look is the plan's, the second that of the account that is opened for writing.
	r := w.crashing("REGENT_ENDPOINT_HUAWEI_SWR", 2, evil, "apply", "-f", file, "--auto-approve", "--format", "json", "--audit", audit)
	if r.code != 3 {
		t.Errorf("exit code %d\n%s", r.code, r)
	}
	statuses := decode[applyDoc](t, r.out).statuses()
	for item, want := range map[string]string{
		"swr-primary/swr-1": "not attempted", "swr-primary/swr-2": "not attempted",
		"host-security/hss-1": "applied", "security-center/sas-2": "applied",
	} {
		if statuses[item] != want {
			t.Errorf("%s ended as %q, want %q", item, statuses[item], want)
		}
	}
	ends := closing(w.audited(audit))
	for item, status := range statuses {
		if ends[item] != status {
			t.Errorf("the audit file ends %s as %q, the result as %q", item, ends[item], status)
		}
	}
	secrets := []string{w.env["SAS_PASSWORD"], w.env["HSS_PASSWORD"], w.env["SWR_SECRET"], w.env["HUAWEICLOUD_SDK_SK"], w.env["ALIBABA_CLOUD_ACCESS_KEY_SECRET"]}
	leakFree(t, secrets, map[string]string{"stdout": r.out, "stderr": r.err, "the audit file": w.read(audit)})
	w.applied(0, file)
	w.settled(file)
}
