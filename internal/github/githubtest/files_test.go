package githubtest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOutputsAreReadAsTheRunnerReadsThem(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                           `map[]`,
		"\n\n":                       `map[]`,
		"a=1":                        `map["a":"1"]`,
		"a=1\nb=\n":                  `map["a":"1" "b":""]`,
		"a=b=c<<d\n":                 `map["a":"b=c<<d"]`,
		"a=1\r\n":                    `map["a":"1\r"]`,
		"\ufeffa=1\n":                `map["a":"1"]`,
		"a=1\na=2\n":                 `map["a":"2"]`,
		" a =1\n":                    `map[" a ":"1"]`,
		"a<<EOF\nx\ny=1\nEOF\nb=2\n": `map["a":"x\ny=1" "b":"2"]`,
		"a<<EOF\nEOF\n":              `map["a":""]`,
		"a<<EOF\n\nEOF\n":            `map["a":""]`,
		"a<<EOF\nx\nEOF":             `map["a":"x"]`,
		"a<<EOF\n EOF\nEOF \nEOF\n":  `map["a":" EOF\nEOF "]`,
		"a<<E=F\nx\nE=F\n":           `map["a":"x"]`,
		"a<<b<<c\nx\nb<<c\n":         `map["a":"x"]`,
		"a<<EOF\nx\r\nEOF\r\nEOF\n":  `map["a":"x\r\nEOF\r"]`,
		"a":                          `error`,
		"a\n":                        `error`,
		"=1\n":                       `error`,
		"<<EOF\nx\nEOF\n":            `error`,
		"a<<\nx\n\n":                 `error`,
		"a<<EOF":                     `error`,
		"a<<EOF\n":                   `error`,
		"a<<EOF\nx\n":                `error`,
		"a<<EOF\nx":                  `error`,
		"a<<EOF\nx\nEOF\nplain\n":    `error`,
	} {
		out, err := parseOutputs(text)
		got := fmt.Sprintf("%q", out)
		if err != nil {
			got = "error"
		}
		if got != want {
			t.Errorf("%q gives %s, want %s (%v)", text, got, want, err)
		}
	}
}

// failures is a test that only notes that it failed.
type failures struct {
	testing.TB
	failed bool
}

func (f *failures) Helper() {}

func (f *failures) Fatal(...any) { f.failed = true; panic(f) }

func (f *failures) Fatalf(string, ...any) { f.failed = true; panic(f) }

// fails tells whether what is done ends its test.
func fails(t *testing.T, do func(testing.TB)) (failed bool) {
	t.Helper()
	f := &failures{TB: t}
	defer func() {
		if r := recover(); r != nil && r != any(f) {
			panic(r)
		}
		failed = f.failed
	}()
	do(f)
	return false
}

func TestWhatTheRunnerRefusesFailsTheTest(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := &Run{OutputFile: filepath.Join(dir, "output"), SummaryFile: filepath.Join(dir, "summary")}
	write := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(r.OutputFile, "has-changes=true\ndigest<<x\nsha256:1\nx\n")
	write(r.SummaryFile, strings.Repeat("x", maxSummary))
	if got := r.Outputs(t); len(got) != 2 || got["has-changes"] != "true" || got["digest"] != "sha256:1" {
		t.Errorf("outputs %v", got)
	}
	if got := r.Summary(t); len(got) != maxSummary {
		t.Errorf("%d bytes", len(got))
	}
	write(r.OutputFile, "digest<<x\n")
	write(r.SummaryFile, strings.Repeat("x", maxSummary+1))
	if !fails(t, func(tb testing.TB) { r.Outputs(tb) }) || !fails(t, func(tb testing.TB) { r.Summary(tb) }) {
		t.Error("what the runner refuses was let through")
	}
	if gone := (&Run{}); !fails(t, func(tb testing.TB) { gone.Outputs(tb) }) || !fails(t, func(tb testing.TB) { gone.Summary(tb) }) {
		t.Error("files that are gone were let through")
	}
}

func TestDefaultsOfInputsAreTakenAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	got, err := parseInputs([]byte("inputs:\n  a: {default: true}\n  b: {default: 010}\n  c: {description: x}\n  d: {default: ''}\n  e: {default: null}\n  f:\n    default: ${{ github.token }}\n"))
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]string{}
	for _, input := range got {
		values[input[0]] = input[1]
	}
	if fmt.Sprint(values) != "map[a:true b:010 c: d: e: f:${{ github.token }}]" {
		t.Errorf("inputs %v", values)
	}
	for _, bad := range []string{"inputs: [a]", "inputs: {a: {default: [x]}}", "\t"} {
		if _, err := parseInputs([]byte(bad)); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

func TestMistakesOfATestAreTold(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]func(testing.TB){
		"no repository":         func(tb testing.TB) { New(tb, Options{Repository: "registries"}) },
		"a prefix with a slash": func(tb testing.TB) { New(tb, Options{Prefix: "/api/"}) },
		"a permission misspelt": func(tb testing.TB) { New(tb, Options{}).Token("octocat", map[string]string{"pull-request": "read"}) },
		"an access misspelt":    func(tb testing.TB) { New(tb, Options{}).Token("octocat", map[string]string{"issues": "writes"}) },
		"a short commit":        func(tb testing.TB) { New(tb, Options{}).AddPull(Pull{HeadSHA: "abc"}) },
		"a short other commit":  func(tb testing.TB) { New(tb, Options{}).AddPull(Pull{Commits: []string{"abc"}}) },
		"an unknown state":      func(tb testing.TB) { New(tb, Options{}).AddPull(Pull{State: "merged"}) },
		"open and merged":       func(tb testing.TB) { New(tb, Options{}).AddPull(Pull{State: "open", Merged: true}) },
		"a number taken":        func(tb testing.TB) { s := New(tb, Options{}); s.AddPull(Pull{Number: 1}); s.AddPull(Pull{Number: 1}) },
		"an update of nothing":  func(tb testing.TB) { New(tb, Options{}).UpdatePull(1, func(*Pull) {}) },
		"an update to nonsense": func(tb testing.TB) {
			s := New(tb, Options{})
			s.AddPull(Pull{Number: 1})
			s.UpdatePull(1, func(p *Pull) { p.HeadSHA = "x" })
		},
		"a commit of no hash":      func(tb testing.TB) { New(tb, Options{}).AddCommit("abc") },
		"a comment on nothing":     func(tb testing.TB) { New(tb, Options{}).AddComment(1, "octocat", "a") },
		"an edit of nothing":       func(tb testing.TB) { New(tb, Options{}).EditComment(1, "a") },
		"a deletion of nothing":    func(tb testing.TB) { New(tb, Options{}).DeleteComment(1) },
		"an issue that is none":    func(tb testing.TB) { s := New(tb, Options{}); s.AddPull(Pull{}); s.UpdateIssue(1, func(*Issue) {}) },
		"a fault of nothing":       func(tb testing.TB) { New(tb, Options{}).Fail(Fault{Operation: "issues/delete", Kind: FaultCut}) },
		"an unknown fault":         func(tb testing.TB) { New(tb, Options{}).Fail(Fault{Operation: "*", Kind: "flood"}) },
		"a fault without status":   func(tb testing.TB) { New(tb, Options{}).Fail(Fault{Operation: "*", Kind: FaultStatus}) },
		"a delay of nothing":       func(tb testing.TB) { New(tb, Options{}).Fail(Fault{Operation: "*", Kind: FaultDelay}) },
		"a fault that counts back": func(tb testing.TB) { New(tb, Options{}).Fail(Fault{Operation: "*", Kind: FaultCut, Nth: -1}) },
		"a cut that is executed":   func(tb testing.TB) { New(tb, Options{}).Fail(Fault{Operation: "*", Kind: FaultCut, Executed: true}) },
		"another repository": func(tb testing.TB) {
			Runner(tb, New(tb, Options{Repository: "octo-org/other"}), "push", Event("push_merge"), nil)
		},
	} {
		if !fails(t, do) {
			t.Errorf("%s was let through", name)
		}
	}
}
