package report_test

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"

	"regent/internal/model"
	"regent/internal/plan"
	"regent/internal/report"
	"regent/internal/secret"
)

// cutWithin renders a plan and says whether the renderer calls it cut.
func cutWithin(t *testing.T, p *plan.Plan, limit int) (text string, cut bool) {
	t.Helper()
	m := comment(limit)
	m.Cut = &cut
	return render(t, func(w io.Writer) error { return m.Plan(w, p) }), cut
}

// TestRendererSaysWhetherAllWasShown: at every limit, a plan is cut just when a row, a table of fields or a variable is
// missing. Notes and unmanaged entries may be.
func TestRendererSaysWhetherAllWasShown(t *testing.T) {
	t.Parallel()
	p := many(60)
	whole, cut := cutWithin(t, p, 0)
	if cut {
		t.Fatal("a plan without a limit is cut")
	}
	decides := regexp.MustCompile(`(?m)^(\| .*\|$|> .* goes to |#### )`)
	want, saw := len(decides.FindAllString(whole, -1)), map[bool]int{}
	for limit := len(whole) + 100; limit > 0; limit -= 97 {
		got, cut := cutWithin(t, p, limit)
		shown := len(decides.FindAllString(got, -1))
		if cut != (shown < want) {
			t.Errorf("within %d: cut is %v, %d of %d lines are shown", limit, cut, shown, want)
		}
		saw[cut]++
	}
	if saw[true] == 0 || saw[false] < 2 {
		t.Errorf("the limits do not show both: %v", saw)
	}
}

// TestCutValueIsCut: a value that is shown in part was not shown.
func TestCutValueIsCut(t *testing.T) {
	t.Parallel()
	it := item("h", 1, map[string]model.Value{"username": "robot"})
	for size, want := range map[int]bool{1024: false, 10_000: true} {
		was := live(item("h", 1, map[string]model.Value{"username": strings.Repeat("x", size)}), "1")
		p := plan.New([]plan.Input{{Name: "a", Fields: table(), Desired: []model.Item{it}, Live: []model.Item{was}}}, noSecrets)
		if _, cut := cutWithin(t, p, 65_000); cut != want {
			t.Errorf("with a value of %d bytes cut is %v", size, cut)
		}
	}
}

// TestNothingIsCutInsideHosts: each entry has its row, or the whole table is missing and the plan counts as cut.
func TestNothingIsCutInsideHosts(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]bool{200: false, 5000: true} {
		hosts := map[string]string{}
		for i := range n {
			hosts[fmt.Sprintf("h%05d.example.com", i)] = "192.0.2.1"
		}
		p := plan.New([]plan.Input{{Name: "a", Fields: table(), Desired: []model.Item{item("h", 1, map[string]model.Value{"hosts": hosts})}}}, noSecrets)
		got, cut := cutWithin(t, p, 65_000)
		if shown := strings.Count(got, "`hosts["); cut != want || !want && shown != n || want && shown != 0 {
			t.Errorf("%d hosts: cut is %v, %d are shown", n, cut, shown)
		}
	}
}

// TestVariablesAndTheirRegistriesComeFirst: each pair once, above all changes, in text and Markdown, and the last that is cut.
func TestVariablesAndTheirRegistriesComeFirst(t *testing.T) {
	t.Parallel()
	in := plan.Input{Name: "a", Fields: table()}
	for i := range 300 {
		it := item(fmt.Sprintf("h%d", i), i+1, map[string]model.Value{"username": model.FromEnv{Ref: secret.Ref{Env: "ROBOT"}}})
		it.Registry = fmt.Sprintf("https://h%d.example.com", i%2)
		in.Desired = append(in.Desired, it)
	}
	p := plan.New([]plan.Input{in}, noSecrets)
	var want []string
	for _, pair := range []string{"HARBOR_PASSWORD 0", "HARBOR_PASSWORD 1", "ROBOT 0", "ROBOT 1"} {
		env, n, _ := strings.Cut(pair, " ")
		want = append(want, fmt.Sprintf("env %s goes to https://h%s.example.com\n", env, n))
	}
	text := render(t, func(w io.Writer) error { return report.Text{}.Plan(w, p) })
	if !strings.HasPrefix(text, strings.Join(want, "")+"\n") {
		t.Errorf("%.600s", text)
	}
	for _, limit := range []int{0, 65_000, 3000} {
		got, _ := cutWithin(t, p, limit)
		first, _, _ := strings.Cut(got, "####")
		if n := strings.Count(first, "` goes to `https://h"); n != 4 {
			t.Errorf("within %d: %d pairs stand first:\n%.600s", limit, n, got)
		}
	}
}

// TestAccountShowsItsCredentialsAndTheWayOfItsSecrets beside its place, by role.
func TestAccountShowsItsCredentialsAndTheWayOfItsSecrets(t *testing.T) {
	t.Parallel()
	in := plan.Input{Name: "a", Fields: table(), Desired: []model.Item{item("h", 1, nil)}, Credentials: []string{"Z_AK", "A_SK"}, SecretsInQuery: true}
	p := plan.New([]plan.Input{in}, noSecrets)
	const want = "access key from env Z_AK, secret key from env A_SK, secrets in the address of requests"
	text := render(t, func(w io.Writer) error { return report.Text{}.Plan(w, p) })
	markdown, _ := cutWithin(t, p, 0)
	if !strings.Contains(text, want) || !strings.Contains(strings.ReplaceAll(markdown, "\\", ""), want) {
		t.Errorf("%s\n%s", text, markdown)
	}
	if json := string(p.JSON()); !strings.Contains(json, `"secretsInQuery": true`) || strings.Index(json, "Z_AK") > strings.Index(json, "A_SK") {
		t.Error(json)
	}
}
