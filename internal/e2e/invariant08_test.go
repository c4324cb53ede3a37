package e2e

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"regent/internal/emulator"
)

// auditDoc is one line of the audit file.
type auditDoc struct {
	Time                                                                           time.Time
	Account, Item, Kind, Action, ID, Operation, RequestID, Outcome, Detail, Digest string
	Position                                                                       struct{ Line int }
}

// audited reads an audit file.
func (w *world) audited(path string) []auditDoc {
	w.t.Helper()
	var out []auditDoc
	for line := range strings.Lines(w.read(path)) {
		if !strings.HasSuffix(line, "\n") {
			w.t.Errorf("the last audit line is not whole: %s", line)
		}
		out = append(out, decode[auditDoc](w.t, line))
	}
	return out
}

// closing are the last audit lines of each item, as account/name -> outcome. What was read back as it should be is
// applied.
func closing(lines []auditDoc) map[string]string {
	out := map[string]string{}
	for _, l := range lines {
		if l.Outcome == "verified" {
			l.Outcome = "applied"
		}
		out[l.Account+"/"+l.Item] = l.Outcome
	}
	return out
}

// TestInvariant08OneFailureDoesNotStopTheOthers: of five changes per provider one is refused, one blocked, one lost for
// good; the result, the audit file and the exit code agree on all of them.
func TestInvariant08OneFailureDoesNotStopTheOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{})
	w.applied(0, w.file("seed.yaml", together(1, dialects()...)))
	yaml := together(5, dialects()...)
	want := map[string]string{}
	var faults []emulator.Fault
	for _, d := range dialects() {
		yaml = edit(t, yaml, numbered(d.item, 1), d.blocked(t, d.immutable[0], 1))
		faults = append(faults,
			emulator.Fault{Operation: d.create, Match: numbered(d.mark, 2), Kind: emulator.FaultStatus, Status: 400},
			emulator.Fault{Operation: d.create, Match: numbered(d.mark, 3), Kind: emulator.FaultDropBefore, Times: -1},
			emulator.Fault{Operation: d.create, Match: numbered(d.mark, 4), Kind: emulator.FaultDropAfter},
		)
		for n, status := range []string{"not attempted", "failed", "unknown", "applied", "applied"} {
			want[d.account+"/"+numbered(d.label, n+1)] = status
		}
	}
	w.faults(faults...)
	audit := w.path("audit.jsonl")
	done := w.applied(3, w.file("r.yaml", yaml), "--audit", audit, "--parallelism", "3")
	lines := w.audited(audit)
	for item, status := range want {
		if got := done.statuses()[item]; got != status {
			t.Errorf("%s ended as %s in the result, want %s", item, got, status)
		}
		if got := closing(lines)[item]; got != status {
			t.Errorf("%s ended as %q in the audit file, want %s", item, got, status)
		}
	}
	checkAudit(t, lines, done.Digest)
	for _, d := range dialects() {
		w.holds(d, d.wants(1, nil), d.wants(4, nil), d.wants(5, nil))
	}
}

// checkAudit holds every line against what the audit file promises.
func checkAudit(t *testing.T, lines []auditDoc, digest string) {
	t.Helper()
	started := map[string]bool{}
	for _, l := range lines {
		item := l.Account + "/" + l.Item
		switch {
		case l.Time.IsZero() || l.Kind == "" || l.Action == "" || l.Digest != digest || l.Position.Line == 0:
			t.Errorf("the audit line is not complete: %+v", l)
		case l.Outcome == "started":
			started[item] = true
		case l.Outcome == "not attempted":
			if started[item] || l.Detail == "" {
				t.Errorf("not attempted after a start, or without a reason: %+v", l)
			}
		case !started[item]:
			t.Errorf("%s ended in the audit file without a start", item)
		case l.Operation == "" || l.RequestID == "" && l.Outcome != "unknown" && !strings.Contains(l.Detail, "adopted"):
			t.Errorf("the audit line names no operation or request: %+v", l)
		}
	}
}

func TestInvariant08AuditFileGrowsFromRunToRun(t *testing.T) {
	t.Parallel()
	each(t, dialects(), func(t *testing.T, w *world, d dialect) {
		audit := w.path("audit.jsonl")
		w.applied(0, w.file("r.yaml", d.file(1)), "--audit", audit)
		first := w.read(audit)
		w.applied(0, w.file("r.yaml", d.file(2)), "--audit", audit)
		if !strings.HasPrefix(w.read(audit), first) || len(w.audited(audit)) != 6 {
			t.Errorf("the second run did not append its three lines:\n%s", w.read(audit))
		}
		info, err := os.Stat(audit)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the audit file has mode %v (%v), want 0600", info.Mode(), err)
		}
		// A run with nothing to do leaves it as it is.
		w.applied(0, w.file("r.yaml", d.file(2)), "--audit", audit)
		if len(w.audited(audit)) != 6 {
			t.Error("a run with nothing to do wrote to the audit file")
		}
	})
}

// TestInvariant08CutAuditLineStaysAlone: the last line of a run that was killed may have no end. The lines of the next run
// are whole all the same.
func TestInvariant08CutAuditLineStaysAlone(t *testing.T) {
	t.Parallel()
	const whole = `{"outcome":"verified"}` + "\n"
	for name, c := range map[string]struct{ old, want string }{
		"no file":        {"", ""},
		"whole lines":    {whole + whole, whole + whole},
		"a cut line":     {whole + `{"outcome":"app`, whole + `{"outcome":"app` + "\n"},
		"only a newline": {"\n", "\n"},
		"a single byte":  {"{", "{\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, emulator.Options{})
			audit := w.path("audit.jsonl")
			if c.old != "" {
				audit = w.file("audit.jsonl", c.old)
			}
			w.applied(0, w.file("r.yaml", swrHarbor().file(1)), "--audit", audit)
			added, ok := strings.CutPrefix(w.read(audit), c.want)
			if !ok || strings.Count(added, "\n") != 3 {
				t.Fatalf("the file holds\n%s", w.read(audit))
			}
			if lines := w.audited(w.file("added.jsonl", added)); lines[0].Outcome != "started" {
				t.Errorf("the run's lines begin with %+v", lines[0])
			}
		})
	}
}

func TestInvariant08UnwritableAuditFileStopsBeforeTheFirstWrite(t *testing.T) {
	t.Parallel()
	each(t, dialects(), func(t *testing.T, w *world, d dialect) {
		file := w.file("r.yaml", d.file(2))
		w.apply(file, "--audit", w.path("no/such/folder/audit.jsonl")).exits(t, 1).says(t, "nothing was written", "audit")
		w.apply(file, "--audit", w.dir).exits(t, 1).says(t, "nothing was written", "is no regular file")
		w.apply(file, "--audit", os.DevNull).exits(t, 1).says(t, "nothing was written", "is no regular file")
		w.wrote()
	})
}

func TestInvariant08ExitCodes(t *testing.T) {
	t.Parallel()
	refuse := emulator.Fault{Kind: emulator.FaultStatus, Status: 400, Times: -1}
	for _, c := range []struct {
		name string
		// statuses are those of items 1 to 3; the fault hits the items whose status is not applied.
		statuses []string
		kinds    []emulator.Fault
		exit     int
	}{
		{"all applied", []string{"applied", "applied"}, nil, 0},
		{"one failed", []string{"failed", "applied"}, []emulator.Fault{refuse}, 3},
		{"all failed", []string{"failed", "failed"}, []emulator.Fault{refuse, refuse}, 1},
		{"one unknown", []string{"unknown", "applied"}, []emulator.Fault{times(-1, emulator.FaultDropBefore)}, 3},
		{"all unknown", []string{"unknown"}, []emulator.Fault{times(-1, emulator.FaultDropBefore)}, 3},
		{"failed and unknown", []string{"failed", "unknown"}, []emulator.Fault{refuse, times(-1, emulator.FaultDropBefore)}, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			each(t, dialects(), func(t *testing.T, w *world, d dialect) {
				var faults []emulator.Fault
				for i, f := range c.kinds {
					f.Operation, f.Match = d.create, numbered(d.mark, i+1)
					faults = append(faults, f)
				}
				w.faults(faults...)
				done := w.applied(c.exit, w.file("r.yaml", d.file(len(c.statuses))))
				var got []string
				for _, o := range done.Outcomes {
					got = append(got, o.Status)
				}
				if !slices.Equal(got, c.statuses) {
					t.Errorf("ended as %v, want %v", got, c.statuses)
				}
			})
		})
	}
}

// TestInvariant08UnreadableAccountIsNamedAndNothingIsWritten: an apply on half of the truth would be a guess; --account
// is the way to go on with the rest.
func TestInvariant08UnreadableAccountIsNamedAndNothingIsWritten(t *testing.T) {
	t.Parallel()
	for _, d := range dialects() {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, emulator.Options{})
			file := w.file("r.yaml", together(1, dialects()...))
			w.faults(emulator.Fault{Operation: d.list, Times: -1, Kind: emulator.FaultStatus, Status: 403})
			w.plan(file, "--out", w.path("plan.json")).exits(t, 1).says(t, d.account, "the plan is incomplete").shows(t, "could not be read")
			if _, err := os.Stat(w.path("plan.json")); !os.IsNotExist(err) {
				t.Errorf("an incomplete plan was saved (%v)", err)
			}
			w.apply(file).exits(t, 1).says(t, d.account, "nothing was written", "--account")
			w.wrote()
			args := []string{"apply", "-f", file, "--auto-approve"}
			for _, other := range dialects() {
				if other.account != d.account {
					args = append(args, "--account", other.account)
				}
			}
			w.run(args...).exits(t, 0)
			if n := len(w.writes()); n != 2 {
				t.Errorf("%d writes, want those of the two other accounts", n)
			}
		})
	}
}
