package e2e

import (
	"fmt"
	"strings"
	"testing"

	"regent/internal/emulator"
)

// refusals are the values of switches with which the emulator refuses what the file asks for. The items of the provider
// then fail with the vendor's reason, and nothing of them is called applied.
var refusals = map[string]struct{ provider, reason string }{
	// The account has not bought the feature.
	"sas-feature=disabled": {"alibaba-sas", "NoPermission"},
	// The gateway insists on secrets in the URL; the account's option is the way out, and the message names it.
	"sas-secrets-in-body=refuse": {"alibaba-sas", "secretsInQuery: true"},
}

// eachValue runs a case for every value of every switch, with a world of its own.
func eachValue(t *testing.T, run func(t *testing.T, w *world, setting string)) {
	t.Helper()
	server, err := emulator.New(emulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range server.Switches() {
		for _, value := range s.Values {
			setting := s.Name + "=" + value
			t.Run(setting, func(t *testing.T) {
				t.Parallel()
				state := emulator.State{Version: 1}
				state.SWR.Instances = []emulator.SWRInstance{{ProjectID: project, ID: instance, Name: "instance"}}
				run(t, newWorld(t, emulator.Options{State: &state, Switches: map[string]string{s.Name: value}}), setting)
			})
		}
	}
}

// secondEditions are an edit for each kind of item that can be observed whatever the switches say.
func secondEditions() map[string]change {
	out := map[string]change{}
	for _, d := range variants() {
		out[d.name] = d.mutable[0]
	}
	out["swr-pro-internal"] = swrInternal().mutable[1] // the first one is the target's project, which an answer may lack
	return out
}

// TestSwitchesEveryValueConverges adds and modifies one item of every kind, with an answer lost and a request throttled
// on the way: whatever a vendor does where its pages are silent, regent ends with what the file says or says that it
// did not.
func TestSwitchesEveryValueConverges(t *testing.T) {
	t.Parallel()
	eachValue(t, func(t *testing.T, w *world, setting string) {
		if refused, ok := refusals[setting]; ok {
			w.reportsRefusal(refused.provider, refused.reason)
			return
		}
		first := together(1, variants()...)
		second := first
		want := map[string][]entry{}
		for _, d := range variants() {
			c := secondEditions()[d.name]
			second = edit(t, second, numbered(d.item, 1), edit(t, numbered(d.item, 1), numbered(c.from, 1), c.to))
			want[d.provider] = append(want[d.provider], d.wants(1, c.want))
		}
		for _, file := range []string{w.file("first.yaml", first), w.file("second.yaml", second)} {
			w.faults(append(
				on(emulator.Fault{Kind: emulator.FaultDropAfter}, func(d dialect) string { return d.create }),
				on(emulator.Fault{Kind: emulator.FaultThrottle}, func(d dialect) string { return d.update })...,
			)...)
			if got := w.applied(0, file).Summary.Applied; got != len(variants()) {
				t.Errorf("%d changes of %s applied, want %d", got, file, len(variants()))
			}
		}
		w.settled(w.path("second.yaml"))
		for _, d := range dialects() {
			w.holds(d, want[d.provider]...)
		}
	})
}

// reportsRefusal applies one item of every kind where a provider refuses all of its own.
func (w *world) reportsRefusal(provider, reason string) {
	w.t.Helper()
	done := w.applied(3, w.file("r.yaml", together(1, variants()...)))
	for _, o := range done.Outcomes {
		refused := false
		for _, d := range variants() {
			refused = refused || d.account == o.Account && d.provider == provider
		}
		switch {
		case refused && (o.Status != "failed" || !strings.Contains(o.Detail, reason)):
			w.t.Errorf("%s ended as %s: %s", o.Name, o.Status, o.Detail)
		case !refused && o.Status != "applied":
			w.t.Errorf("%s ended as %s: %s", o.Name, o.Status, o.Detail)
		}
	}
	if got := stored(w.t, w.Server, provider); len(got) > 0 {
		w.t.Errorf("the emulator holds %d entries of %s", len(got), provider)
	}
}

// TestSwitchesEveryRefusedKeyIsSentOnce: whatever words and statuses a vendor uses to refuse credentials.
func TestSwitchesEveryRefusedKeyIsSentOnce(t *testing.T) {
	t.Parallel()
	eachValue(t, func(t *testing.T, w *world, setting string) {
		if !strings.HasPrefix(setting, "gateway-") && !strings.HasPrefix(setting, "sas-error") &&
			!strings.HasPrefix(setting, "sas-s") && !strings.HasPrefix(setting, "sas-unknown-key") {
			return
		}
		file := w.file("r.yaml", together(1, dialects()...))
		good := map[string]string{}
		for name, value := range w.env {
			good[name] = value
		}
		for name, env := range map[string]map[string]string{
			"wrong secret":   {"ALIBABA_CLOUD_ACCESS_KEY_SECRET": "wrong", "HUAWEICLOUD_SDK_SK": "wrong"},
			"unknown key":    {"ALIBABA_CLOUD_ACCESS_KEY_ID": "unknown", "HUAWEICLOUD_SDK_AK": "unknown"},
			"needless token": {"ALIBABA_CLOUD_SECURITY_TOKEN": "needless", "HUAWEICLOUD_SDK_SECURITY_TOKEN": "needless"},
			"unknown token":  {"ALIBABA_CLOUD_SECURITY_TOKEN": "needless", "HW_AUTH_TOKEN": "unknown", "HUAWEICLOUD_SDK_AK": "", "HUAWEICLOUD_SDK_SK": ""},
		} {
			for variable, value := range good {
				w.env[variable] = value
			}
			delete(w.env, "ALIBABA_CLOUD_SECURITY_TOKEN")
			delete(w.env, "HUAWEICLOUD_SDK_SECURITY_TOKEN")
			delete(w.env, "HW_AUTH_TOKEN")
			for variable, value := range env {
				w.env[variable] = value
			}
			w.ClearRequests()
			w.plan(file).exits(t, 1)
			sas, huawei := w.count("ListPrivateRegistryList"), w.count("ListRegistry")+w.count("ListInstanceRegistries")
			if sas != 1 || huawei != 1 {
				t.Errorf("%s: Alibaba's key was sent %d times and Huawei's %d times, want once each", name, sas, huawei)
			}
		}
	})
}

// TestSwitchesFieldThatNoAnswerHolds: a host table or a target's project that the API does not return cannot be
// compared. The plan says so, and every write sends it all the same.
func TestSwitchesFieldThatNoAnswerHolds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		setting, field string
		d              dialect
		unseen, seen   change
	}{
		{"swr-show-dns-conf", "hosts", swrHarbor(), swrHarbor().mutable[5], swrHarbor().mutable[2]},
		{"swr-show-project-id", "target.projectId", swrInternal(), swrInternal().mutable[0], swrInternal().mutable[1]},
	} {
		t.Run(c.setting, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, emulator.Options{Switches: map[string]string{c.setting: "absent"}})
			w.seeded(c.d)
			file := w.file("r.yaml", c.d.edited(t, c.unseen))
			r := w.plan(file).exits(t, 0).shows(t, "No changes.")
			oneLine(t, "stdout", r.out, "note: "+file, "the API did not return "+c.field, "cannot be compared")
			both := edit(t, c.d.edited(t, c.unseen), numbered(c.seen.from, 1), c.seen.to)
			w.applied(0, w.file("both.yaml", both))
			w.holds(c.d, c.d.wants(1, overlay(c.unseen.want, c.seen.want)))
		})
	}
}

// TestSwitchesQuotaIsReported: what exceeds a quota fails, and only that.
func TestSwitchesQuotaIsReported(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		setting, value string
		d              dialect
		before, quota  int
	}{
		{"swr-quota", "3", swrHarbor(), 0, 3},
		{"hss-quota", "100", hssHarbor(), 98, 100},
	} {
		t.Run(c.setting, func(t *testing.T) {
			t.Parallel()
			state := emulator.State{Version: 1}
			for i := range c.before {
				state.HSS.Registries = append(state.HSS.Registries, emulator.HSSRegistry{
					ProjectID: project, RegistryName: fmt.Sprintf("foreign-%d", i), RegistryType: "Harbor",
				})
			}
			w := newWorld(t, emulator.Options{State: &state, Switches: map[string]string{c.setting: c.value}})
			fits := c.quota - c.before
			done := w.applied(3, w.file("r.yaml", c.d.file(fits+2)))
			if done.Summary.Applied != fits || done.Summary.Failed != 2 {
				t.Errorf("summary %+v, want %d applied and 2 failed", done.Summary, fits)
			}
			if got := len(stored(t, w.Server, c.d.provider)); got != c.quota {
				t.Errorf("the emulator holds %d entries, want %d", got, c.quota)
			}
		})
	}
}

// TestSwitchesDuplicates: where a vendor accepts a second entry of one key, a lost create makes none all the same.
func TestSwitchesDuplicates(t *testing.T) {
	t.Parallel()
	for setting, d := range map[string]dialect{
		"sas-duplicate=accept": sasHarbor(), "sas-duplicate=server-error": sasHarbor(), "hss-duplicate-name=accept": hssHarbor(),
		"swr-duplicate-name=accept": swrHarbor(), "swr-conflict-status=400": swrHarbor(),
	} {
		t.Run(setting, func(t *testing.T) {
			t.Parallel()
			name, value, _ := strings.Cut(setting, "=")
			w := newWorld(t, emulator.Options{Switches: map[string]string{name: value}})
			w.faults(emulator.Fault{Operation: d.create, Kind: emulator.FaultDropAfter, Times: 2},
				emulator.Fault{Operation: d.create, Kind: emulator.FaultStatus, Status: 500, After: true})
			w.applied(0, w.file("r.yaml", d.file(3)))
			w.holds(d, d.wants(1, nil), d.wants(2, nil), d.wants(3, nil))
			if n := w.count(d.create); n != 3 {
				t.Errorf("%d creates for 3 items", n)
			}
		})
	}
}

// TestSwitchesPortsThatNoAnswerHolds: registries on two ports of one host cannot be told apart where the list leaves
// ports out. Neither is called applied, and neither is made again.
func TestSwitchesPortsThatNoAnswerHolds(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{Switches: map[string]string{"sas-list-port": "absent"}})
	d := sasHarbor()
	other := strings.NewReplacer("name: sas-1", "name: other-port", "h1.example.com:8443", "h1.example.com:9443").Replace(d.items(1))
	file := w.file("r.yaml", d.holding(d.items(1)+other))
	for _, o := range w.applied(3, file).Outcomes {
		if o.Status != "unknown" || !strings.Contains(o.Detail, "the port, which the API does not tell") {
			t.Errorf("%s ended as %s: %s", o.Name, o.Status, o.Detail)
		}
	}
	w.holds(d, d.wants(1, nil), d.wants(1, entry{"Port": 9443}))
	w.plan(file).exits(t, 1).says(t, "the port, which the API does not tell")
	w.ClearRequests()
	w.apply(file).exits(t, 1)
	w.wrote()
}

// TestSwitchesTwoPortsOnOneHostKeepTheirOwnNetworks: where the list leaves VPCs out, an entry that the file puts on the
// Internet and that is in a VPC is blocked, and the one beside it on another port is not.
func TestSwitchesTwoPortsOnOneHostKeepTheirOwnNetworks(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{Switches: map[string]string{"sas-list-vpc-id": "absent"}})
	d := sasHarbor()
	inVPC := edit(t, d.items(1), "network: internet", "network: {vpc: vpc-1}")
	otherPort := strings.NewReplacer("name: sas-1", "name: other-port", "h1.example.com:8443", "h1.example.com:9443")
	w.applied(0, w.file("both.yaml", d.holding(inVPC+otherPort.Replace(inVPC))))
	for _, items := range []string{d.items(1) + otherPort.Replace(inVPC), otherPort.Replace(inVPC) + d.items(1)} {
		file := w.file("r.yaml", d.holding(items))
		p := w.planned(file)
		if p.Summary.Blocked != 1 || p.Summary.Unchanged != 1 || p.Changes[0].Name != "sas-1" {
			t.Errorf("summary %+v, changes %+v", p.Summary, p.Changes)
		}
	}
}

// TestSwitchesHostsOfASilentFileAreKept: a modify replaces the whole entry, so it sends the live hosts of a target whose file
// is silent about them, and the plan shows them. Where no answer tells them, the plan says that it sends none.
func TestSwitchesHostsOfASilentFileAreKept(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		switches map[string]string
		lost     bool
	}{
		{"show tells them", nil, false},
		{"the list tells them", map[string]string{"swr-list-dns-conf": "present", "swr-show-dns-conf": "absent"}, false},
		{"nobody tells them", map[string]string{"swr-show-dns-conf": "absent"}, true},
		{"nobody tells them, and they stay", map[string]string{"swr-show-dns-conf": "absent", "swr-put-omitted": "keep"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := swrHarbor()
			w := newWorld(t, emulator.Options{Switches: c.switches})
			w.seeded(d)
			silent := edit(t, d.items(1), "    hosts: {dr1.example.com: 192.0.2.20}\n", "")
			w.settled(w.file("silent.yaml", d.holding(silent)))
			file := w.file("r.yaml", d.holding(edit(t, silent, "description: disaster recovery", "description: changed")))
			line := []string{"hosts[dr1.example.com]", "192.0.2.20 (stays as it is; the file is silent)"}
			if c.switches["swr-show-dns-conf"] == "absent" && c.switches["swr-list-dns-conf"] == "" {
				line = []string{"note: " + file + ":", "the API returned no hosts, and the file is silent about them"}
			}
			r := w.plan(file).exits(t, 0)
			oneLine(t, "stdout", r.out, line...)
			want := entry{"description": "changed"}
			if c.lost {
				want["dns_conf"] = nil
			}
			w.applied(0, file)
			w.holds(d, d.wants(1, want))
			w.settled(file)
		})
	}
}
