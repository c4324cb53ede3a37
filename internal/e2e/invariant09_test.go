package e2e

import (
	"fmt"
	"strings"
	"testing"

	"regent/internal/emulator"
)

// place gives FILE:LINE: of the first line of a file that starts with a text, white space aside.
func (w *world) place(file, start string) string {
	w.t.Helper()
	n := 0
	for line := range strings.Lines(w.read(file)) {
		n++
		if strings.HasPrefix(strings.TrimLeft(line, " -"), start) {
			return fmt.Sprintf("%s:%d:", file, n)
		}
	}
	w.t.Fatalf("%s has no line %q", file, start)
	return ""
}

// itemPlace is the place that messages about item 1 name: the scan entry of a registration, the target itself.
func (w *world) itemPlace(file string, d dialect) string {
	w.t.Helper()
	if d.section == "replicationTargets" {
		return w.place(file, "name: "+numbered(d.label, 1))
	}
	return w.place(file, "account: "+d.account)
}

// lastRequest is the request ID of the last request of an operation.
func (w *world) lastRequest(operation string) string {
	var id string
	for _, r := range w.Requests() {
		if r.Operation == operation {
			id = r.RequestID
		}
	}
	return id
}

// refusal is an answer with a code of each vendor's own.
func refusal(d dialect, operation string, status int) emulator.Fault {
	codes := map[string]string{"alibaba-sas": "NoPermission", "huawei-hss": "HSS.0013", "huawei-swr": "SVCSTG.SWR.4030001"}
	return emulator.Fault{
		Operation: operation, Kind: emulator.FaultStatus, Status: status, Times: -1, Code: codes[d.provider], Message: "no, not for you",
	}
}

// says insists that one line of a text has all parts.
func oneLine(t *testing.T, what, text string, parts ...string) {
	t.Helper()
	for line := range strings.Lines(text) {
		all := true
		for _, part := range parts {
			all = all && strings.Contains(line, part)
		}
		if all {
			return
		}
	}
	t.Errorf("no line of %s has all of %q:\n%s", what, parts, text)
}

func TestInvariant09UnreadableAccountIsPlacedAndNamed(t *testing.T) {
	t.Parallel()
	each(t, dialects(), func(t *testing.T, w *world, d dialect) {
		file := w.file("r.yaml", d.file(1))
		f := refusal(d, d.list, 403)
		w.faults(f)
		for _, command := range []string{"plan", "apply"} {
			r := w.run(command, "-f", file).exits(t, 1)
			parts := []string{
				w.place(file, d.account+":"), d.provider, d.account, d.list, f.Code, f.Message, "HTTP 403", w.lastRequest(d.list),
			}
			oneLine(t, "stderr of "+command, r.err, parts...)
		}
		r := w.plan(file, "--format", "json").exits(t, 1)
		oneLine(t, "the plan's JSON", r.out, d.list, f.Code, f.Message, w.lastRequest(d.list))
	})
}

func TestInvariant09RefusedWriteIsPlacedAndNamed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		modify bool
		status int
		exit   int
	}{
		{"add refused", false, 403, 1},
		{"modify refused", true, 403, 1},
		{"add lost", false, 500, 3},
		{"modify lost", true, 500, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			each(t, dialects(), func(t *testing.T, w *world, d dialect) {
				file, operation := w.file("r.yaml", d.file(1)), d.create
				if c.modify {
					w.seeded(d)
					file, operation = w.file("r.yaml", d.edited(t, d.mutable[0])), d.update
				}
				f := refusal(d, operation, c.status)
				w.faults(f)
				audit := w.path("audit.jsonl")
				r := w.apply(file, "--audit", audit).exits(t, c.exit)
				id := w.lastRequest(operation)
				parts := []string{
					w.itemPlace(file, d), d.account, operation, f.Code, f.Message, fmt.Sprintf("HTTP %d", c.status), id, numbered(d.label, 1),
				}
				oneLine(t, "stderr", r.err, parts...)
				oneLine(t, "stdout", r.out, parts...)
				oneLine(t, "the audit file", w.read(audit), d.account, operation, f.Code, id, numbered(d.label, 1))
				if c.exit == 1 { // trying again in the other formats is quick
					markdown := w.apply(file, "--format", "markdown").exits(t, c.exit)
					oneLine(t, "the markdown result", markdown.out, "r.yaml", d.account, operation, w.lastRequest(operation))
					o := w.applied(c.exit, file).only(t)
					if o.Operation != operation || o.RequestID != w.lastRequest(operation) || !strings.Contains(o.Detail, f.Code) {
						t.Errorf("outcome %+v", o)
					}
				}
			})
		})
	}
}

// TestInvariant09FailedReadBackIsPlacedAndNamed: a message about reading back names the read and its request.
func TestInvariant09FailedReadBackIsPlacedAndNamed(t *testing.T) {
	t.Parallel()
	each(t, dialects(), func(t *testing.T, w *world, d dialect) {
		file := w.file("r.yaml", d.file(1))
		w.plan(file).exits(t, 0)
		f := refusal(d, d.list, 403)
		f.Skip = w.count(d.list)
		w.faults(f)
		r := w.apply(file).exits(t, 3)
		oneLine(t, "stdout", r.out, w.itemPlace(file, d), d.account, d.list, f.Code, w.lastRequest(d.list), numbered(d.label, 1))
	})
}

// TestInvariant09MessagesOfThePlanArePlaced: problems, blocked fields and missing variables point at the file.
func TestInvariant09MessagesOfThePlanArePlaced(t *testing.T) {
	t.Parallel()
	each(t, dialects(), func(t *testing.T, w *world, d dialect) {
		w.seeded(d)
		file := w.file("r.yaml", d.holding(d.blocked(t, d.immutable[0], 1)+numbered(d.item, 2)))
		delete(w.env, d.secrets[0].from)
		r := w.plan(file).exits(t, 0)
		oneLine(t, "stdout", r.out, "! "+numbered(d.label, 1), w.itemPlace(file, d))
		oneLine(t, "stdout", r.out, "note: ", file+":", d.account, d.secrets[0].from)
		r = w.apply(file).exits(t, 1)
		oneLine(t, "stderr", r.err, file+":", d.account, numbered(d.label, 2), d.secrets[0].from+" is not set", d.secrets[0].field)
		w.wrote()

		file = w.file("twice.yaml", d.file(1))
		w.twice(d)
		r = w.plan(file).exits(t, 1)
		oneLine(t, "stderr", r.err, w.itemPlace(file, d), d.account, numbered(d.label, 1), "2 live entries have its key")
	})
}

// TestInvariant09RefusedCredentialsAreNamed: a refused key says which account and operation met the refusal, and what
// was not sent because of it.
func TestInvariant09RefusedCredentialsAreNamed(t *testing.T) {
	t.Parallel()
	each(t, dialects(), func(t *testing.T, w *world, d dialect) {
		code, variable := "APIGW.0301", "HUAWEICLOUD_SDK_SK"
		if d.provider == "alibaba-sas" {
			code, variable = "SignatureDoesNotMatch", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"
		}
		w.env[variable] = "wrong-secret-key"
		file := w.file("r.yaml", d.file(1))
		r := w.plan(file).exits(t, 1)
		oneLine(t, "stderr", r.err, w.place(file, d.account+":"), d.account, d.list, code, w.lastRequest(d.list))
		if n := w.count(d.list); n != 1 {
			t.Errorf("the refused key was sent %d times, want once", n)
		}
	})
}
