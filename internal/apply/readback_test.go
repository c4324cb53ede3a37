package apply_test

import (
	"strings"
	"testing"

	"regent/internal/apply"
	"regent/internal/emulator"
)

func TestInvariant06ReadingBack(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		modify bool
		faults func(d dialect) []emulator.Fault
		status apply.Status
		detail string
	}{
		{"an add that did not happen", false, func(d dialect) []emulator.Fault {
			return []emulator.Fault{{Operation: d.add, Kind: emulator.FaultIgnore}}
		}, apply.Failed, "the API accepted the change, but the list does not show the entry"},
		{"a modify that did not happen", true, func(d dialect) []emulator.Fault {
			return []emulator.Fault{{Operation: d.modify, Kind: emulator.FaultIgnore}}
		}, apply.Failed, "the list shows that it did not take: LOGIN"},
		{"an add that cannot be read back", false, func(d dialect) []emulator.Fault {
			return []emulator.Fault{{Operation: d.list, Kind: emulator.FaultStatus, Status: 403, Times: -1}}
		}, apply.Unknown, "the API accepted the change, but reading it back failed ("},
		{"a modify that cannot be read back", true, func(d dialect) []emulator.Fault {
			return []emulator.Fault{{Operation: d.list, Kind: emulator.FaultHTML, Times: -1}}
		}, apply.Unknown, "reading it back failed"},
	} {
		for _, d := range dialects() {
			t.Run(d.name+" "+c.name, func(t *testing.T) {
				t.Parallel()
				w, yaml := start(t, nil), d.yaml(1, "robot")
				if c.modify {
					w.settle(yaml)
					yaml = d.yaml(1, "other")
				}
				out := w.apply(yaml, c.faults(d)...)
				o := out.only(t)
				if o.Status != c.status || !strings.Contains(o.Detail, strings.ReplaceAll(c.detail, "LOGIN", d.login)) {
					t.Errorf("ends as %s: %s", o.Status, o.Detail)
				}
				if !out.Written() {
					t.Error("what the API accepted does not count as written")
				}
				if last := out.events[len(out.events)-1]; last.Outcome != string(c.status) || last.Detail != o.Detail {
					t.Errorf("the last line of the audit file is %+v", last)
				}
			})
		}
	}
}

// TestInvariant05DuplicateIsNotTakenForSuccess has the vendor make two of one.
func TestInvariant05DuplicateIsNotTakenForSuccess(t *testing.T) {
	t.Parallel()
	accept := map[string]string{"hss-duplicate-name": "accept", "swr-duplicate-name": "accept", "sas-duplicate": "accept"}
	eachDialect(t, accept, func(t *testing.T, d dialect, w *world) {
		o := w.apply(d.yaml(1, "robot"), emulator.Fault{Operation: d.add, Kind: emulator.FaultConcurrent}).only(t)
		if o.Status != apply.Unknown || !strings.Contains(o.Detail, "2 entries with its key (IDs ") {
			t.Errorf("ends as %s: %s", o.Status, o.Detail)
		}
	})
}

// clearing are the vendors that clear what a partial modify leaves out; none says that it does not.
func clearing() map[string]string {
	return map[string]string{"hss-put-omitted": "clear", "sas-modify-omitted": "clear"}
}

func TestInvariant06ClearedFieldsAreBroughtBack(t *testing.T) {
	t.Parallel()
	for _, d := range dialects()[:2] {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			w := start(t, clearing())
			w.settle(d.yaml(2, "robot"))
			before := w.State()
			out := w.apply(d.yaml(2, "other"))
			for _, o := range out.Outcomes {
				if o.Status != apply.Applied || !strings.Contains(o.Detail, "sent whole") {
					t.Errorf("ends as %s: %s", o.Status, o.Detail)
				}
			}
			if n := w.count(d.modify); n != 4 {
				t.Errorf("%d writes were sent, want two for each item", n)
			}
			w.settled(d.yaml(2, "other"))
			after := w.State()
			for i := range before.HSS.Registries {
				if got := after.HSS.Registries[i]; got.RegistryPassword != "hunter2-password" || got.ConnectClusterID != "cluster" {
					t.Errorf("the entry is now %+v", got)
				}
			}
			for i, old := range before.SAS.Registries {
				got := after.SAS.Registries[i]
				if got.Password != "hunter2-password" || got.DomainName != old.DomainName || got.Port != old.Port || got.TransPerHour != 10 {
					t.Errorf("the entry is now %+v", got)
				}
			}
		})
	}
}
