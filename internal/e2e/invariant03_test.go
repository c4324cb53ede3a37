package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"regent/internal/emulator"
)

// many is how many items of each kind the order tests shuffle.
const many = 5

// crowded gives a state with many unmanaged entries per provider, and items 1 and 2 of each dialect. turn rotates the
// lists and moves creation times, which changes the order of every answer.
func crowded(t *testing.T, w *world, turn int) {
	t.Helper()
	state := w.State()
	if turn == 0 {
		for i := range many {
			sas, hss, swr := state.SAS.Registries[0], state.HSS.Registries[0], state.SWR.Registries[0]
			sas.ID, sas.DomainName = int64(70000+i), fmt.Sprintf("foreign%d.example.com", many-i)
			hss.ID, hss.RegistryName = fmt.Sprintf("foreign-%d", i), fmt.Sprintf("foreign-%d", many-i)
			swr.Registry.ID, swr.Registry.Name = int32(700+i), fmt.Sprintf("foreign-%d", many-i)
			state.SAS.Registries = append(state.SAS.Registries, sas)
			state.HSS.Registries = append(state.HSS.Registries, hss)
			state.SWR.Registries = append(state.SWR.Registries, swr)
		}
	}
	base := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range state.HSS.Registries {
		state.HSS.Registries[i].CreatedAt = base.Add(time.Duration((i+turn)*7%len(state.HSS.Registries)) * time.Hour)
	}
	for i := range state.SWR.Registries {
		state.SWR.Registries[i].Registry.CreatedAt = base.Add(time.Duration((i+turn)*7%len(state.SWR.Registries)) * time.Hour)
	}
	if err := w.SetState(state); err != nil {
		t.Fatal(err)
	}
}

func TestInvariant03SameStateInAnotherOrderGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	orders := []map[string]string{
		{"sas-list-order": "id-ascending", "hss-list-order": "newest"},
		{"sas-list-order": "id-descending", "hss-list-order": "oldest"},
		{"sas-list-order": "id-descending", "hss-list-order": "name"},
	}
	var first string
	var state emulator.State
	for turn, order := range orders {
		w := newWorld(t, emulator.Options{Switches: order})
		if turn == 0 {
			w.applied(0, w.file("seed.yaml", together(2, dialects()...)))
			crowded(t, w, 0)
		} else if err := w.SetState(state); err != nil {
			t.Fatal(err)
		}
		state = w.State()
		for range 3 {
			crowded(t, w, turn+1)
			got := strings.ReplaceAll(w.planBytes(w.file("r.yaml", reordered(t, 0))), w.dir, "DIR")
			if first == "" {
				first = got
			}
			if diff := gocmp.Diff(first, got); diff != "" {
				t.Fatalf("the same file and the same live state in another order give another plan (-first +now):\n%s", diff)
			}
		}
	}
	if p := decode[planDoc](t, first); p.Summary.Unmanaged != 3*many || p.Summary.Modify != 3 || p.Summary.Add != 3*(many-2) {
		t.Errorf("the plan is not the one this test wants to compare: %+v", p.Summary)
	}
}

// planBytes gives the JSON form of a plan, and insists that --out writes the same bytes.
func (w *world) planBytes(file string, more ...string) string {
	w.t.Helper()
	out := w.path("order.json")
	r := w.plan(file, append(more, "--format", "json", "--out", out)...).exits(w.t, 0)
	if saved := w.read(out); saved != r.out {
		w.t.Errorf("--out and stdout differ:\n%s", gocmp.Diff(r.out, saved))
	}
	return r.out
}

// reordered gives items 1 to many of each dialect, of which the first has a changed field. turn decides the order of
// items and sections.
func reordered(t *testing.T, turn int) string {
	t.Helper()
	var accounts, registries, targets []string
	for _, d := range dialects() {
		accounts = append(accounts, d.accounts)
		for n := 1; n <= many; n++ {
			item := numbered(d.item, n)
			if n == 1 {
				item = edit(t, item, numbered(d.mutable[0].from, n), d.mutable[0].to)
			}
			if d.section == "registries" {
				registries = append(registries, item)
			} else {
				targets = append(targets, item)
			}
		}
	}
	for _, list := range [][]string{accounts, registries, targets} {
		rotate(list, turn)
	}
	sections := []string{
		"accounts:\n" + strings.Join(accounts, ""), "registries:\n" + strings.Join(registries, ""),
		"replicationTargets:\n" + strings.Join(targets, ""),
	}
	rotate(sections, turn)
	return strings.Join(append(sections, "version: 1\n"), "")
}

// rotate moves a list on by some places, and turns it round for odd turns.
func rotate(list []string, turn int) {
	n := turn % len(list)
	copy(list, append(slices.Clone(list[n:]), list[:n]...))
	if turn%2 == 1 {
		slices.Reverse(list)
	}
}

func TestInvariant03OrderOfTheFileDoesNotMatter(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{})
	w.applied(0, w.file("seed.yaml", together(2, dialects()...)))
	want := w.planBytes(w.file("order.yaml", reordered(t, 0)))
	for turn := range 2 * many {
		got := w.planBytes(w.file("order.yaml", reordered(t, turn)))
		if diff := gocmp.Diff(withoutPositions(t, want), withoutPositions(t, got)); diff != "" {
			t.Fatalf("order %d of the file gives another plan:\n%s", turn, diff)
		}
	}
}

func TestInvariant03SeveralFilesAreOneConfiguration(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{})
	want := withoutPositions(t, w.planBytes(w.file("all.yaml", together(1, variants()...))))
	if err := os.Mkdir(w.path("parts"), 0o700); err != nil {
		t.Fatal(err)
	}
	var files []string
	for i, d := range variants() {
		accounts := "accounts:\n" + d.accounts
		if i > 2 { // the first three bring the accounts
			accounts = ""
		}
		files = append(files, w.file(fmt.Sprintf("parts/%d.yaml", i), "version: 1\n"+accounts+d.section+":\n"+d.items(1)))
	}
	forwards, backwards := []string{"plan", "--format", "json"}, []string{"plan", "--format", "json"}
	for i := range files {
		forwards = append(forwards, "-f", files[i])
		backwards = append(backwards, "-f", files[len(files)-1-i])
	}
	for _, args := range [][]string{
		forwards, backwards,
		{"plan", "--format", "json", "-f", w.path("parts")},
		{"plan", "--format", "json", "-f", w.path("parts/*.yaml")},
		{"plan", "--format", "json", "-f", w.path("parts"), "-f", files[3]}, // a file reached twice is read once
	} {
		if diff := gocmp.Diff(want, withoutPositions(t, w.run(args...).exits(t, 0).out)); diff != "" {
			t.Errorf("regent %s gives another plan:\n%s", strings.Join(args, " "), diff)
		}
	}
}

// withoutPositions drops the places in the file, which move when the file is written in another order.
func withoutPositions(t *testing.T, text string) string {
	t.Helper()
	var strip func(v any) any
	strip = func(v any) any {
		switch v := v.(type) {
		case []any:
			for i := range v {
				v[i] = strip(v[i])
			}
		case map[string]any:
			delete(v, "position")
			for name := range v {
				v[name] = strip(v[name])
			}
		}
		return v
	}
	out, err := json.MarshalIndent(strip(decode[any](t, text)), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// TestInvariant03DigestIsBoundToThePlace: the same changes elsewhere are another plan.
func TestInvariant03DigestIsBoundToThePlace(t *testing.T) {
	t.Parallel()
	own := "\n    credentials: {accessKey: {env: OTHER_AK}, secretKey: {env: OTHER_SK}}\n"
	elsewhere := map[string][][2]string{
		"alibaba-sas": {
			{"region: cn-hangzhou\n", "region: cn-shanghai\n"},
			{"region: cn-hangzhou\n", "region: ap-southeast-1\n"},
			{"region: cn-hangzhou\n", "region: cn-hangzhou" + own},
		},
		"huawei-hss": {
			{"cn-north-4", "cn-east-3"},
			{project, "fedcba9876543210fedcba9876543210"},
			{project, project + "\n    enterpriseProjectId: eps-1"},
			{project + "\n", project + own},
		},
		"huawei-swr": {
			{"cn-north-4", "cn-east-3"},
			{project, "fedcba9876543210fedcba9876543210"},
			{instance, "5b0c3f1e-0000-4000-8000-000000000002"},
			{instance + "\n", instance + own},
		},
	}
	each(t, dialects(), func(t *testing.T, w *world, d dialect) {
		w.env["OTHER_AK"], w.env["OTHER_SK"] = w.env["HUAWEICLOUD_SDK_AK"], w.env["HUAWEICLOUD_SDK_SK"]
		if d.provider == "alibaba-sas" {
			w.env["OTHER_AK"], w.env["OTHER_SK"] = w.env["ALIBABA_CLOUD_ACCESS_KEY_ID"], w.env["ALIBABA_CLOUD_ACCESS_KEY_SECRET"]
		}
		digests := map[string]string{w.planned(w.file("here.yaml", d.file(1))).Digest: "here"}
		check := func(what, yaml string) {
			t.Helper()
			digest := w.planned(w.file("there.yaml", yaml)).Digest
			if other, taken := digests[digest]; taken {
				t.Errorf("the digest with %s is the one with %s", what, other)
			}
			digests[digest] = what
		}
		check("another account name", strings.ReplaceAll(d.file(1), d.account, "renamed"))
		for _, change := range elsewhere[d.provider] {
			d := d
			d.accounts = edit(t, d.accounts, change[0], change[1])
			check(change[1], d.file(1))
		}
	})
}
