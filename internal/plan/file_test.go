package plan_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"regent/internal/model"
	"regent/internal/plan"
	"regent/internal/printable"
)

func TestSavedPlanIsReadBack(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "plan.json")
	p := plan.New(sample(), allSet)
	if err := p.Save(path); err != nil {
		t.Fatal(err)
	}
	got, err := plan.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(p.JSON()), string(got.JSON())); diff != "" {
		t.Error(diff)
	}
	if got.Changes[0].Desired != nil {
		t.Error("a plan that was read holds items")
	}
}

// TestSaveReplacesAtomically replaces a file that others may read: what follows is for its owner only.
func TestSaveReplacesAtomically(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "plan.json")
	if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	open, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = open.Close() }()
	if err := plan.New(nil, allSet).Save(path); err != nil {
		t.Fatal(err)
	}
	old := make([]byte, 3)
	if _, err := open.Read(old); err != nil || string(old) != "old" {
		t.Errorf("a reader of the old file sees %q, %v", old, err)
	}
	info, err := os.Stat(path)
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode is %v, %v", info.Mode(), err)
	}
	left(t, dir, "plan.json")
}

func TestSaveThatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "folder", "full"), 0o700); err != nil {
		t.Fatal(err)
	}
	p := plan.New(nil, allSet)
	if err := p.Save(filepath.Join(dir, "folder")); err == nil {
		t.Error("a folder is replaced")
	}
	if err := p.Save(filepath.Join(dir, "absent", "plan.json")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("into a folder that is not there: %v", err)
	}
	left(t, dir, "folder")
}

func left(t *testing.T, dir, want string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if got := strings.Join(names, " "); got != want {
		t.Errorf("the folder holds %s, want %s", got, want)
	}
}

func TestInvariant04ReadRefusesWhatWasNotWrittenByPlan(t *testing.T) {
	t.Parallel()
	good := string(plan.New(sample(), allSet).JSON())
	for _, c := range []struct{ name, old, replacement, want string }{
		{"another value", `"after": "robot"`, `"after": "root"`, "the plan was changed after it was written: its digest is " + sampleDigest},
		{"another ID", `"id": "2"`, `"id": "3"`, "changed after it was written"},
		{"another secret", `"env": "PASSWORD"`, `"env": "OTHER"`, "changed after it was written"},
		{"another place", `"region": "cn-hangzhou"`, `"region": "cn-shanghai"`, "changed after it was written"},
		{"other credentials", `"AK"`, `"OTHER"`, "changed after it was written"},
		{"another action", `"action": "modify"`, `"action": "add"`, "changed after it was written"},
		{"a number written otherwise", `"after": 10`, `"after": 10.0`, "changed after it was written"},
		{"a number as text", `"after": 10`, `"after": "10"`, "changed after it was written"},
		{"another digest", sampleDigest, "sha256:0000", "changed after it was written"},
		{"no digest", `"digest": "` + sampleDigest + `"`, `"digest": ""`, "changed after it was written"},
		{"an unknown key", `"formatVersion": 1`, `"formatVersion": 1, "force": true`, `unknown field "force"`},
		{"an unknown key inside", `"before": null`, `"before": null, "force": true`, `unknown field "force"`},
		{"another version", `"formatVersion": 1`, `"formatVersion": 2`, "format version 2, this regent reads version 1; plan again"},
		{"version 0", `"formatVersion": 1`, `"formatVersion": 0`, "format version 0"},
		{"no version", `"formatVersion": 1`, `"digest": ""`, "format version 0"},
		{"a version as text", `"formatVersion": 1`, `"formatVersion": "1"`, "not a plan written by regent plan --out"},
		{"a huge version", `"formatVersion": 1`, `"formatVersion": 1e999`, "not a plan written by regent plan --out"},
		{"a huge line", `"line": 10`, `"line": 99999999999999999999`, "not a plan written by regent plan --out"},
		{"a huge value", `"after": 10`, `"after": 1e999999`, "changed after it was written"},
		{"a list for a text", `"name": "scanner"`, `"name": []`, "not a plan written by regent plan --out"},
		{"a second document", "}\n", "}\n{}", "not a plan written by regent plan --out"},
		{"trailing text", "}\n", "}\nend", "not a plan written by regent plan --out"},
		{"cut", `"problems": []`, "", "not a plan written by regent plan --out"},
		{"nothing", good, "", "not a plan written by regent plan --out"},
		{"null", good, "null", "format version 0"},
		{"a list", good, "[]", "not a plan written by regent plan --out"},
		{"a web page", good, "<html>", "not a plan written by regent plan --out"},
		{"deep", good, strings.Repeat("[", 100_000), "not a plan written by regent plan --out"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			at := strings.LastIndex(good, c.old)
			if at < 0 {
				t.Fatalf("%s is not in the plan", c.old)
			}
			path := filepath.Join(t.TempDir(), "plan.json")
			if err := os.WriteFile(path, []byte(good[:at]+c.replacement+good[at+len(c.old):]), 0o600); err != nil {
				t.Fatal(err)
			}
			p, err := plan.Read(path)
			if p != nil || err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), path+": ") {
				t.Errorf("refused with %v", err)
			}
		})
	}
}

func TestReadRefusesFilesItCannotRead(t *testing.T) {
	t.Parallel()
	if _, err := plan.Read(filepath.Join(t.TempDir(), "absent")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an absent file: %v", err)
	}
	if _, err := plan.Read(t.TempDir()); err == nil {
		t.Error("a folder is read")
	}
	large := filepath.Join(t.TempDir(), "plan.json")
	f, err := os.Create(large)
	if err == nil {
		err = errors.Join(f.Truncate(64<<20+1), f.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := plan.Read(large); err == nil || !strings.Contains(err.Error(), "larger than 64 MiB") {
		t.Errorf("a large file: %v", err)
	}
}

// TestJSONIsThatOfTheLibrary: what is written entry by entry is what encoding/json makes of the whole.
func TestJSONIsThatOfTheLibrary(t *testing.T) {
	t.Parallel()
	full := plan.New([]plan.Input{
		input([]model.Item{want("a<&>.example.com", 443, 1), want("b", 443, 2), want("c", 8443, 3)},
			[]model.Item{but(have("a<&>.example.com", 443, 1), "username", "\u2028 <other> ##[group]\u202e"), have("d", 443, 4)}),
		{Name: "unread", Err: errors.New("no \"answer\"")},
	}, func(string) bool { return true })
	full.Problems = append(full.Problems, plan.Problem{Account: "a", Message: "one"}, plan.Problem{Account: "b"})
	read, err := plan.Parse(full.JSON())
	if err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string]*plan.Plan{"full": full, "read": read, "empty": plan.New(nil, allSet), "zero": {}} {
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(p); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(printable.JSON(b.Bytes())), string(p.JSON())); diff != "" {
			t.Errorf("%s (-library +entry by entry)\n%s", name, diff)
		}
	}
	if len(full.Changes) < 3 || len(full.Notes) == 0 || len(full.Accounts) != 2 {
		t.Errorf("the plan is not full: %+v", full.Summary)
	}
}

// TestJSONTellsThatItCannotBeWritten also where the error comes early.
func TestJSONTellsThatItCannotBeWritten(t *testing.T) {
	t.Parallel()
	full := errors.New("no space left")
	if err := plan.New(nil, allSet).WriteJSON(failing{full}); !errors.Is(err, full) {
		t.Errorf("%v", err)
	}
	inputs := tenThousand()
	if err := plan.New(inputs, allSet).WriteJSON(failing{full}); !errors.Is(err, full) {
		t.Errorf("%v", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

// TestPlanFileOfAnotherEncoding: a byte-order mark is passed over, as in the configuration, and UTF-16 is named.
func TestPlanFileOfAnotherEncoding(t *testing.T) {
	t.Parallel()
	p := plan.New(sample(), allSet)
	path := filepath.Join(t.TempDir(), "plan.json")
	for prefix, want := range map[string]string{"\ufeff": "", "\xff\xfe": "the file is UTF-16; save it as UTF-8", "\xfe\xff": "UTF-16"} {
		if err := os.WriteFile(path, append([]byte(prefix), p.JSON()...), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := plan.Read(path)
		if want == "" && (err != nil || got.Digest != p.Digest) || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v", prefix, err)
		}
	}
}
