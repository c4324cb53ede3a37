package campaign

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"time"
)

// auditLine is a line of the audit file.
type auditLine struct {
	Time                                                                           time.Time
	Account, Item, Kind, Action, ID, Operation, RequestID, Outcome, Detail, Digest string
	Key                                                                            map[string]string
	Position                                                                       struct {
		File         string
		Line, Column int
	}
}

func (r *run) auditSize() int {
	content, err := os.ReadFile(r.path("audit.jsonl"))
	if err != nil {
		return 0 // there is none yet
	}
	return len(content)
}

// readAudit reads what an apply has appended.
func (r *run) readAudit(from int) []auditLine {
	content, err := os.ReadFile(r.path("audit.jsonl"))
	if err != nil || len(content) <= from {
		return nil
	}
	text := string(content[from:])
	r.noSecret("the audit file", text)
	r.tell("audit:\n%s", text)
	var out []auditLine
	for line := range strings.Lines(text) {
		var l auditLine
		if err := json.Unmarshal([]byte(line), &l); err != nil || !strings.HasSuffix(line, "\n") {
			r.wrong("the audit line %q is not whole: %v", line, err)
			continue
		}
		out = append(out, l)
	}
	return out
}

// checkAudit insists that the audit file tells what the result tells, and that every write was announced.
func (r *run) checkAudit(a *applied, claimed map[int]*item) {
	trails := map[string][]string{}
	details := map[string]string{}
	for _, l := range a.audit {
		name := l.Account + "/" + l.Item
		if l.Time.IsZero() || l.Kind == "" || l.Action == "" || l.Digest != a.Digest || l.Position.Line == 0 || len(l.Key) == 0 {
			r.wrong("the audit line is not complete: %+v", l)
		}
		trails[name] = append(trails[name], l.Outcome)
		details[name] = l.Detail
	}
	for _, o := range a.Outcomes {
		name := o.Account + "/" + o.Name
		trail := trails[name]
		delete(trails, name)
		if len(trail) == 0 {
			if len(a.audit) > 0 || a.code == 0 || a.code == 3 {
				r.wrong("%s has no line in the audit file", name)
			}
			continue
		}
		last := trail[len(trail)-1]
		if last == "verified" {
			last = "applied"
		}
		if last != o.Status || details[name] != o.Detail && trail[len(trail)-1] != "verified" {
			r.wrong("%s is reported as %s (%s), and in the audit file %v (%s)", name, o.Status, o.Detail, trail, details[name])
		}
		if started := slices.Contains(trail, "started"); started == (o.Status == "not attempted") {
			// A write that was announced, and then held back before it was sent, is the one exception.
			if !(started && a.killed) {
				r.wrong("%s is reported as %s, and the audit file has %v", name, o.Status, trail)
			}
		}
	}
	for name, trail := range trails {
		r.wrong("the audit file has %v for %s, the result nothing", trail, name)
	}
	for i, it := range claimed {
		started := false
		for _, l := range a.audit {
			started = started || l.Account+"/"+l.Item == it.String() && l.Outcome == "started"
		}
		if !started {
			r.wrong("%s was sent for %s, and the audit file does not say that it started", a.log[i].Operation, it)
		}
	}
}
