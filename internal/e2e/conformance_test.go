package e2e

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"regent/internal/emulator"
	"regent/internal/provider/catalog"
)

// each runs a case once for every dialect, each with a world of its own.
func each(t *testing.T, all []dialect, run func(t *testing.T, w *world, d dialect)) {
	t.Helper()
	for _, d := range all {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			run(t, newWorld(t, emulator.Options{}), d)
		})
	}
}

// holds insists on the entries of a provider, in any order.
func (w *world) holds(d dialect, want ...entry) {
	w.t.Helper()
	got, want := stored(w.t, w.Server, d.provider), append([]entry{}, want...)
	byText := func(a, b entry) int { return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)) }
	slices.SortFunc(got, byText)
	slices.SortFunc(want, byText)
	if diff := gocmp.Diff(want, got); diff != "" {
		w.t.Errorf("the state of %s is not what the file says (-want +got):\n%s", d.provider, diff)
	}
}

// settled insists that nothing is left to do.
func (w *world) settled(file string) {
	w.t.Helper()
	if p := w.planned(file); len(p.Changes)+len(p.Problems) > 0 {
		w.t.Errorf("the plan after the apply is not empty: %v, problems %v", p.pending(), p.Problems)
	}
}

// seeded applies item 1 of a dialect and forgets the requests.
func (w *world) seeded(d dialect) {
	w.t.Helper()
	w.applied(0, w.file("seed.yaml", d.file(1)))
	w.ClearRequests()
}

func TestConformanceAddThenNothingToDo(t *testing.T) {
	t.Parallel()
	each(t, variants(), func(t *testing.T, w *world, d dialect) {
		file := w.file("r.yaml", d.file(2))
		if got := w.planned(file).Summary.Add; got != 2 {
			t.Errorf("the plan adds %d, want 2", got)
		}
		w.ClearRequests()
		done := w.applied(0, file)
		if done.Summary.Applied != 2 {
			t.Errorf("applied %d, want 2", done.Summary.Applied)
		}
		for _, o := range done.Outcomes {
			if o.ID == "" || o.RequestID == "" || o.Operation != d.create {
				t.Errorf("the outcome lacks the ID, the request ID or the operation: %+v", o)
			}
		}
		w.wrote(d.create, d.create)
		w.holds(d, d.wants(1, nil), d.wants(2, nil))
		w.settled(file)
	})
}

func TestConformanceEveryMutableFieldAloneIsOneWrite(t *testing.T) {
	t.Parallel()
	for _, d := range variants() {
		for _, c := range d.mutable {
			t.Run(d.name+"/"+c.field+" "+c.to, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, emulator.Options{})
				w.seeded(d)
				file := w.file("r.yaml", d.edited(t, c))
				want := []string{c.field}
				if c.with != "" {
					want = append(want, c.with)
				}
				if got := slices.Sorted(slices.Values(w.planned(file).differing(t))); !slices.Equal(got, slices.Sorted(slices.Values(want))) {
					t.Errorf("the plan differs in %v, want %v", got, want)
				}
				if o := w.applied(0, file).only(t); o.Status != "applied" || o.Action != "modify" || o.Operation != d.update {
					t.Errorf("outcome %+v", o)
				}
				w.wrote(d.update)
				w.holds(d, d.wants(1, c.want))
				w.settled(file)
			})
		}
	}
}

// TestConformanceCoversEveryField fails when a provider's table has a field that no case above changes.
func TestConformanceCoversEveryField(t *testing.T) {
	t.Parallel()
	for _, def := range catalog.Providers() {
		covered := map[string]bool{}
		for _, d := range variants() {
			if d.provider != def.Name {
				continue
			}
			for _, c := range slices.Concat(d.mutable, d.immutable, d.secrets) {
				covered[c.field] = true
			}
		}
		for _, f := range def.Fields {
			if !f.Key && !covered[f.Name] {
				t.Errorf("no case changes %s of %s", f.Name, def.Name)
			}
		}
	}
}

func TestConformanceImmutableFieldIsBlockedAndNothingIsWritten(t *testing.T) {
	t.Parallel()
	for _, d := range variants() {
		for _, c := range d.immutable {
			t.Run(d.name+"/"+c.field, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, emulator.Options{})
				w.seeded(d)
				file := w.file("r.yaml", d.holding(d.blocked(t, c, 1)))
				p := w.planned(file)
				if p.Summary.Blocked != 1 || p.Summary.Modify+p.Summary.Add != 0 {
					t.Errorf("summary %+v, want one blocked change alone", p.Summary)
				}
				for _, f := range p.Changes[0].Fields {
					if f.Field == c.field && !strings.Contains(f.Blocked, c.reason) {
						t.Errorf("%s is blocked with the reason %q, want %q", f.Field, f.Blocked, c.reason)
					}
				}
				w.plan(file).exits(t, 0).shows(t, c.reason, "1 blocked")
				w.plan(file, "--detailed-exitcode").exits(t, 2)
				o := w.applied(1, file).only(t)
				if o.Status != "not attempted" || o.Detail == "" {
					t.Errorf("outcome %+v", o)
				}
				w.wrote()
				w.holds(d, d.wants(1, nil))
			})
		}
	}
}

func TestConformanceBlockedItemDoesNotHoldUpTheOthers(t *testing.T) {
	t.Parallel()
	each(t, dialects(), func(t *testing.T, w *world, d dialect) {
		w.seeded(d)
		file := w.file("r.yaml", d.holding(d.blocked(t, d.immutable[0], 1)+numbered(d.item, 2)))
		if got := w.applied(3, file).Summary; got.Applied != 1 || got.NotAttempted != 1 {
			t.Errorf("summary %+v", got)
		}
		w.wrote(d.create)
		w.holds(d, d.wants(1, nil), d.wants(2, nil))
	})
}

func TestConformanceUnobservableFieldsNeverDiffer(t *testing.T) {
	t.Parallel()
	for _, d := range variants() {
		for _, c := range d.secrets {
			t.Run(d.name+"/"+c.field, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, emulator.Options{})
				w.seeded(d)
				file := w.file("r.yaml", d.edited(t, c))
				w.settled(file)
				w.applied(0, file)
				w.wrote()
			})
		}
	}
}

// TestConformanceEveryWriteSendsLoginAndSecret: whatever changes, the login and the password of the file go along, whichever
// the file names now, and the plan names the variable.
func TestConformanceEveryWriteSendsLoginAndSecret(t *testing.T) {
	t.Parallel()
	for _, d := range variants() {
		for _, c := range d.mutable {
			t.Run(d.name+"/"+c.field+" "+c.to, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, emulator.Options{})
				w.seeded(d)
				items := edit(t, edit(t, d.items(1), numbered(c.from, 1), numbered(c.to, 1)), d.secrets[0].from, d.secrets[0].to)
				file := w.file("r.yaml", d.holding(items))
				p := w.planned(file)
				if len(p.Changes) != 1 || len(p.Changes[0].Secrets) != 1 || p.Changes[0].Secrets[0].Env != d.secrets[0].to {
					t.Fatalf("the plan does not announce the secret: %+v", p.Changes)
				}
				variable := d.secrets[0].to
				secret := w.env[variable]
				delete(w.env, variable)
				w.apply(file).exits(t, 1).says(t, variable)
				w.env[variable] = secret
				w.applied(0, file)
				w.wrote(d.update)
				for _, e := range stored(t, w.Server, d.provider) {
					if got := storedSecret(e); got != secret {
						t.Errorf("the emulator holds the secret %q, want %q", got, secret)
					}
				}
			})
		}
	}
}

// storedSecret is the login's secret of an entry.
func storedSecret(e entry) string {
	if login, ok := e["credential"].(map[string]any); ok {
		return fmt.Sprint(login["access_secret"])
	}
	for _, name := range []string{"Password", "registry_password"} {
		if v, ok := e[name]; ok {
			return fmt.Sprint(v)
		}
	}
	return ""
}

// twice doubles item 1 on the server: the same key under another identity.
func (w *world) twice(d dialect) (first, second string) {
	w.t.Helper()
	state := w.State()
	switch d.provider {
	case "alibaba-sas":
		again := state.SAS.Registries[0]
		again.ID, again.RegistryHostIP = 77001, "203.0.113.9"
		first, second = fmt.Sprint(state.SAS.Registries[0].ID), "77001"
		state.SAS.Registries = append(state.SAS.Registries, again)
	case "huawei-hss":
		again := state.HSS.Registries[0]
		again.ID, again.EnterpriseProjectID = "second-0000", "eps-2"
		first, second = state.HSS.Registries[0].ID, again.ID
		state.HSS.Registries = append(state.HSS.Registries, again)
	default:
		again := state.SWR.Registries[0]
		again.Registry.ID = 4711
		first, second = fmt.Sprint(state.SWR.Registries[0].Registry.ID), "4711"
		state.SWR.Registries = append(state.SWR.Registries, again)
	}
	if err := w.SetState(state); err != nil {
		w.t.Fatal(err)
	}
	return first, second
}

func TestConformanceDuplicateLiveKeyNamesBothAndOthersGoOn(t *testing.T) {
	t.Parallel()
	each(t, dialects(), func(t *testing.T, w *world, d dialect) {
		w.seeded(d)
		first, second := w.twice(d)
		changed := edit(t, d.items(1), numbered(d.mutable[0].from, 1), d.mutable[0].to)
		file := w.file("r.yaml", d.holding(changed+numbered(d.item, 2)))
		before := stored(t, w.Server, d.provider)
		r := w.plan(file).exits(t, 1).says(t, first, second, "r.yaml:", "account "+d.account)
		r.shows(t, first, second)
		w.ClearRequests()
		done := w.applied(3, file)
		if len(done.Outcomes) != 1 || done.Summary.Applied != 1 {
			t.Errorf("outcomes %+v", done.Outcomes)
		}
		w.wrote(d.create)
		w.holds(d, append(before, d.wants(2, nil))...)
	})
}

// TestFailingCountOfBuiltInEntriesLeavesTheAccountReadable: the number is missing, with a note, and the apply goes on.
func TestFailingCountOfBuiltInEntriesLeavesTheAccountReadable(t *testing.T) {
	t.Parallel()
	w, d := newWorld(t, emulator.Options{}), hssHarbor()
	file := w.file("r.yaml", together(1, dialects()...))
	refuse := func() {
		w.faults(emulator.Fault{Operation: d.list, Skip: 1, Kind: emulator.FaultStatus, Status: 400, Code: "HSS.0001"})
	}
	refuse()
	r := w.plan(file).exits(t, 0).shows(t, "3 to add", "built-in not counted.")
	oneLine(t, "stdout", r.out, "note: "+file, "account "+d.account, "the built-in entries could not be counted", "HSS.0001")
	refuse()
	r = w.plan(file, "--format", "json").exits(t, 0)
	if n := strings.Count(r.out, `"builtIn"`); n != 2 { // of the two other accounts
		t.Errorf("%d counts of built-in entries are told:\n%s", n, r.out)
	}
	refuse()
	if got := w.applied(0, file).Summary.Applied; got != 3 {
		t.Errorf("%d changes applied", got)
	}
}

// TestAddOfALiveAddressSaysHowToAdoptIt: the address is live under another key, so the add would make a second entry of one
// registry. The file that names the entry as it is adopts it.
func TestAddOfALiveAddressSaysHowToAdoptIt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		d              dialect
		from, to, want string
	}{
		{sasHarbor(), "regionId: cn-hangzhou", "regionId: cn-shanghai", "is live as regionId cn-hangzhou (ID "},
		{hssHarbor(), "name: hss-1", "name: HSS-1", "is live as name hss-1 (ID "},
		{swrHarbor(), "name: swr-1", "name: other", "is live as name swr-1 (ID "},
	} {
		t.Run(c.d.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, emulator.Options{})
			w.seeded(c.d)
			file := w.file("r.yaml", c.d.holding(edit(t, c.d.items(1), c.from, c.to)))
			r := w.plan(file).exits(t, 0).shows(t, "1 to add")
			oneLine(t, "stdout", r.out, "note: "+file+":", c.want, "to adopt it")
			w.plan(file, "--format", "markdown").exits(t, 0).shows(t, "to adopt it")
			w.plan(file, "--format", "json").exits(t, 0).shows(t, c.want)
			// One more entry of the file, of another registry, has no such note.
			r = w.plan(w.file("more.yaml", c.d.file(2))).exits(t, 0).shows(t, "1 to add")
			if strings.Contains(r.err+r.out, "to adopt it") {
				t.Errorf("an add of another address has the note:\n%s", r.err)
			}
		})
	}
}

// TestTwoEntriesWithOneAddressAreAWarning for each provider, and none for two logins to a region of SWR.
func TestTwoEntriesWithOneAddressAreAWarning(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		d        dialect
		from, to string
		warns    bool
	}{
		{sasHarbor(), "regionId: cn-hangzhou", "regionId: cn-shanghai", true},
		{sasHarbor(), ":8443", ":9443", false},
		{hssHarbor(), "name: hss-1", "name: other", true},
		{swrHarbor(), "name: swr-1", "name: other", true},
		{swrBasic(), "name: basic-1", "name: other", false},
	} {
		t.Run(c.d.name+" "+c.to, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, emulator.Options{})
			second := edit(t, c.d.items(1), c.from, c.to)
			if c.d.provider == "alibaba-sas" {
				second = edit(t, second, "name: sas-1", "name: other")
			}
			file := w.file("r.yaml", c.d.holding(c.d.items(1)+second))
			r := w.run("validate", "-f", file).exits(t, 0)
			if warned := strings.Contains(r.err+r.out, "has the same address in this account"); warned != c.warns {
				t.Errorf("warned is %v:\n%s", warned, r.err+r.out)
			}
			if c.warns {
				w.plan(file).exits(t, 0).says(t, file+":", "warning: ", "has the same address in this account")
			}
		})
	}
}
