package report_test

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"regent/internal/apply"
	"regent/internal/model"
	"regent/internal/plan"
	"regent/internal/report"
	"regent/internal/secret"
)

var update = flag.Bool("update", false, "write the files in testdata anew")

func table() []model.Field {
	return []model.Field{
		{Name: "name", Type: model.String, Key: true},
		{Name: "type", Type: model.String, Immutable: "the API cannot change the type; delete the entry in the console and apply again"},
		{Name: "url", Type: model.String},
		{Name: "username", Type: model.String},
		{Name: "description", Type: model.String},
		{Name: "imagesPerHour", Type: model.Integer},
		{Name: "insecure", Type: model.Boolean},
		{Name: "hosts", Type: model.StringMap},
		{Name: "password", Type: model.String, Secret: true, Unobservable: "masked"},
	}
}

func at(line int) model.Position {
	return model.Position{File: "registries.yaml", Line: line, Column: 5}
}

func item(name string, line int, more map[string]model.Value) model.Item {
	values := map[string]model.Value{"name": name, "type": "harbor", "url": "https://harbor.example.com"}
	for field, v := range more {
		values[field] = v
	}
	return model.Item{
		Kind: model.Registration, Name: name, Key: model.Key{Parts: []model.KeyPart{{Name: "name", Value: name}}},
		Values: values, Position: at(line), Registry: "https://harbor.example.com", Secrets: map[string]secret.Ref{"password": {Env: "HARBOR_PASSWORD"}},
	}
}

func live(it model.Item, id string) model.Item {
	it.ID, it.Summary, it.Position, it.Secrets = id, "harbor https://harbor.example.com", model.Position{}, nil
	return it
}

// rich is a plan with everything that a report shows.
func rich() []plan.Input {
	fromEnv := model.FromEnv{Ref: secret.Ref{Env: "ROBOT"}, Value: secret.New("hunter2"), Set: true}
	security := plan.Input{
		Name: "security-center", Place: model.Place{Provider: "alibaba-sas", Region: "cn-hangzhou"}, Position: at(4), Fields: table(), BuiltIn: 2,
		Desired: []model.Item{
			item("harbor-new", 20, map[string]model.Value{
				"username": "robot$scanner", "description": "", "imagesPerHour": int64(10), "insecure": false,
				"hosts": map[string]string{"b.example.com": "192.0.2.2", "a.example.com": "192.0.2.1"},
			}),
			item("harbor-changed", 30, map[string]model.Value{"username": "robot", "description": "(none)", "imagesPerHour": int64(20), "insecure": true, "hosts": map[string]string{}}),
			item("harbor-blocked", 40, map[string]model.Value{"username": fromEnv}),
			item("harbor-same", 50, nil),
			item("漢字の港", 60, map[string]model.Value{"description": "短い", "username": "robot"}),
		},
		Live: []model.Item{
			live(item("harbor-changed", 0, map[string]model.Value{"username": " admin", "description": "old", "imagesPerHour": int64(5), "insecure": false, "hosts": map[string]string{"a.example.com": "192.0.2.1"}}), "7"),
			live(item("harbor-blocked", 0, map[string]model.Value{"type": "quay", "username": "robot"}), "8"),
			live(item("harbor-same", 0, nil), "9"),
			live(item("漢字の港", 0, map[string]model.Value{"description": "かなり長い説明文", "username": "scanner-account"}), "10"),
			live(item("somebody-else", 0, nil), "11"),
		},
		Notes: []plan.Note{{Message: "2 entries of the type \"GitLab\", which regent does not manage", Position: plan.Position(at(4))}},
	}
	security.Refused = []plan.Refusal{{Key: model.Key{Parts: []model.KeyPart{{Name: "name", Value: "harbor-refused"}}}, At: at(70), Message: "no region cn-nowhere-1"}}
	host := plan.Input{
		Name: "host-security", Place: model.Place{Provider: "huawei-hss", Region: "cn-north-4", ProjectID: "p-1", EnterpriseProjectID: "all_granted_eps"},
		Position: at(7), Fields: table(), Err: errors.New("registries.yaml:7:5: huawei-hss ListRegistry (account host-security): denied [HTTP 403 Forbidden]"),
	}
	quiet := plan.Input{Name: "swr", Place: model.Place{Provider: "huawei-swr", Region: "cn-north-4", ProjectID: "p-1", InstanceID: "i-1"}, Position: at(10), Fields: table()}
	return []plan.Input{security, host, quiet}
}

func richPlan() *plan.Plan {
	return plan.New(rich(), func(env string) bool { return env == "HARBOR_PASSWORD" })
}

// result ends the changes of a plan in every way there is.
func result(p *plan.Plan) report.Result {
	run := &apply.Result{Interrupted: true}
	for i := range p.Changes {
		o := apply.Outcome{Change: &p.Changes[i], ID: p.Changes[i].ID}
		switch i {
		case 0:
			o.Status, o.Detail = apply.NotAttempted, "blocked"
		case 1:
			o.Status, o.Operation, o.RequestID = apply.Failed, "ModifyImageRegistry", "req-1"
			o.Detail = "registries.yaml:30:5: alibaba-sas ModifyImageRegistry (account security-center): caller has no permission [HTTP 403 Forbidden, code NoPermission, request ID req-1]"
		case 2:
			o.Status, o.Operation, o.RequestID, o.ID = apply.Applied, "AddPrivateRegistry", "req-2", "12"
			o.Detail = "adopted: the answer was lost, the list shows the entry as desired"
		default:
			o.Status, o.Operation, o.Detail = apply.Unknown, "ModifyImageRegistry", "the answer was lost, and looking it up failed"
		}
		run.Outcomes = append(run.Outcomes, o)
	}
	return report.Result{Plan: p, Run: run}
}

// formats are all renderings by the name of their file.
func formats(p *plan.Plan) map[string]func(io.Writer) error {
	r := result(p)
	return map[string]func(io.Writer) error{
		"plan.txt":         func(w io.Writer) error { return report.Text{}.Plan(w, p) },
		"plan-color.txt":   func(w io.Writer) error { return report.Text{Color: true}.Plan(w, p) },
		"plan.md":          func(w io.Writer) error { return report.Markdown{}.Plan(w, p) },
		"plan.json":        func(w io.Writer) error { _, err := w.Write(p.JSON()); return err },
		"result.txt":       func(w io.Writer) error { return report.Text{}.Result(w, r) },
		"result-color.txt": func(w io.Writer) error { return report.Text{Color: true}.Result(w, r) },
		"result.md":        func(w io.Writer) error { return report.Markdown{}.Result(w, r) },
		"result.json":      func(w io.Writer) error { return report.JSONResult(w, r) },
	}
}

func render(t testing.TB, f func(io.Writer) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := f(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// golden compares a text with a file of testdata, or writes it there.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is now (go test -update writes it):\n%s", path, got)
	}
	if strings.Contains(got, "hunter2") {
		t.Error("a value from the environment is shown")
	}
}

// TestGoldenFiles compares the rich plan and its result with what they looked like when somebody last looked.
func TestGoldenFiles(t *testing.T) {
	for name, f := range formats(richPlan()) {
		t.Run(name, func(t *testing.T) { golden(t, filepath.Join("testdata", name), render(t, f)) })
	}
}

func TestNothingToDoIsOneLine(t *testing.T) {
	t.Parallel()
	same := []model.Item{item("h", 1, nil)}
	p := plan.New([]plan.Input{{Name: "a", Fields: table(), Desired: same, Live: []model.Item{live(same[0], "1")}, BuiltIn: 3}}, func(string) bool { return false })
	const want = "No changes. 1 up to date (logins are not compared), 0 unmanaged, 3 built-in.\n"
	for _, color := range []bool{true, false} {
		if got := render(t, func(w io.Writer) error { return report.Text{Color: color}.Plan(w, p) }); got != want {
			t.Errorf("color %v: %q", color, got)
		}
	}
	if got := render(t, func(w io.Writer) error { return report.Markdown{}.Plan(w, p) }); !strings.Contains(got, "**No changes.** 1 up to date (logins are not compared)") {
		t.Errorf("%s", got)
	}
}

// TestColorsAddNothing takes the colours away again.
func TestColorsAddNothing(t *testing.T) {
	t.Parallel()
	all := formats(richPlan())
	for _, name := range []string{"plan", "result"} {
		plain, colored := render(t, all[name+".txt"]), render(t, all[name+"-color.txt"])
		if withoutColors(colored) != plain || colored == plain {
			t.Errorf("%s differs in more than colours", name)
		}
	}
}

func withoutColors(s string) string {
	for _, code := range []string{"0", "1", "2", "31", "32", "33"} {
		s = strings.ReplaceAll(s, "\x1b["+code+"m", "")
	}
	return s
}

// TestColumnsAreAligned finds the arrows of one change under each other, wide characters or not.
func TestColumnsAreAligned(t *testing.T) {
	t.Parallel()
	text := render(t, formats(richPlan())["plan.txt"])
	for _, name := range []string{"harbor-changed", "漢字の港"} {
		_, rest, found := strings.Cut(text, "~ "+name)
		if !found {
			t.Fatalf("%s is not in the plan", name)
		}
		columns := map[int]bool{}
		for _, line := range strings.Split(rest, "\n")[1:] {
			before, _, arrow := strings.Cut(line, " -> ")
			if !arrow {
				break
			}
			width := 0
			for _, r := range before {
				width++
				if r >= 0x3000 {
					width++
				}
			}
			columns[width] = true
		}
		if len(columns) != 1 {
			t.Errorf("%s: the arrows are in the columns %v", name, columns)
		}
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestWriteErrorsAreReported(t *testing.T) {
	t.Parallel()
	for name, f := range formats(richPlan()) {
		if err := f(brokenWriter{}); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
