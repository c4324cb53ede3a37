package report_test

import (
	"fmt"
	"io"
	"path/filepath"
	"testing"

	"regent/internal/model"
	"regent/internal/plan"
	"regent/internal/report"
)

const (
	runURL   = "https://github.example/acme/registries/actions/runs/4711"
	filesURL = "https://github.example/acme/registries/blob/5d5fb6c9c28aafcfd59d3277b9e1e1f29c7770da/"
)

// comment renders as the Action does for a comment.
func comment(limit int) report.Markdown {
	return report.Markdown{
		Limit: limit, More: runURL, Files: filesURL, Subject: []string{"registries.yaml", "security-center"},
		Footer: []report.Link{{Text: "Workflow run", URL: runURL}},
	}
}

// limited gives a rendering another limit.
func limited(m report.Markdown, limit int) report.Markdown {
	m.Limit = limit
	return m
}

// noSecrets is a look-up that finds no variable.
func noSecrets(string) bool { return false }

// healthy is the rich plan without what could not be read or decided.
func healthy() *plan.Plan {
	in := rich()
	in[0].Refused = nil
	return plan.New(in[:1], func(env string) bool { return env == "HARBOR_PASSWORD" })
}

// many is a plan of n changes in three accounts: half adds, half modifies, and blocked ones every tenth.
func many(n int) *plan.Plan {
	inputs := make([]plan.Input, 3)
	for i := range inputs {
		inputs[i] = plan.Input{
			Name: fmt.Sprintf("account-%d", i), Place: model.Place{Provider: "alibaba-sas", Region: "cn-hangzhou"}, Position: at(4), Fields: table(),
			Notes: []plan.Note{{Message: "a note", Position: plan.Position(at(4))}},
		}
	}
	for i := range n {
		in, name := &inputs[i%len(inputs)], fmt.Sprintf("harbor-%05d.example.com", i)
		in.Desired = append(in.Desired, item(name, 10*i+10, map[string]model.Value{"username": "robot$scanner", "description": "the registry of team " + name}))
		old := map[string]model.Value{"username": "admin", "description": "old"}
		switch {
		case i%10 == 9:
			old["type"] = "quay"
		case i%2 == 0:
			continue
		}
		in.Live = append(in.Live, live(item(name, 0, old), fmt.Sprint(i)))
	}
	in := &inputs[len(inputs)-1]
	for i := range n / 20 {
		in.Live = append(in.Live, live(item(fmt.Sprintf("other-%05d", i), 0, nil), fmt.Sprint(n+i)))
	}
	return plan.New(inputs, noSecrets)
}

// onlyBlocked is a plan of n blocked changes, with a problem and an account that cannot be read.
func onlyBlocked(n int) *plan.Plan {
	in := rich()
	in[0].Desired, in[0].Live = nil, nil
	for i := range n {
		name := fmt.Sprintf("harbor-%05d.example.com", i)
		in[0].Desired = append(in[0].Desired, item(name, 10*i+10, nil))
		in[0].Live = append(in[0].Live, live(item(name, 0, map[string]model.Value{"type": "quay"}), fmt.Sprint(i)))
	}
	return plan.New(in, noSecrets)
}

// changed is the rich plan after somebody changed live entries, and the refusal that follows from it.
func changed() report.Refusal {
	in := rich()
	in[0].Refused = nil
	reviewed := plan.New(in[:1], noSecrets)
	in[0].Live[0].Values["username"] = "intruder"
	in[0].Live[0].Values["imagesPerHour"] = int64(20)
	in[0].Live = append(in[0].Live[:1:1], in[0].Live[2:]...)
	in[0].Desired = append(in[0].Desired, item("harbor-unseen", 80, nil))
	fresh := plan.New(in[:1], noSecrets)
	return report.Refusal{
		Reason:      "Nothing was applied: the plan is no longer the reviewed one of #12.",
		Advice:      []string{"Open a pull request that touches the configuration, review its plan and merge it.", "Or undo what was changed by hand, and run this step again."},
		Differences: plan.Compare(reviewed, fresh), Plan: fresh,
	}
}

// mistakes are findings of every level.
func mistakes() []report.Finding {
	return []report.Finding{
		{Position: plan.Position(at(7)), Level: "error", Message: `no key "urll" here; did you mean url?`},
		{Position: plan.Position(at(9)), Message: "the same key\nas registries.yaml:3:5 (harbor-prod)"},
		{Level: "error", Message: "account host-security: credentials: HUAWEICLOUD_SDK_AK is not set"},
		{Position: plan.Position(at(11)), Level: "warning", Message: "an anchor that nobody uses"},
	}
}

// comments are bodies of comments and issues by the name of their file.
func comments(m report.Markdown) map[string]func(io.Writer) error {
	same := []model.Item{item("h", 1, nil)}
	none := plan.New([]plan.Input{{Name: "a", Fields: table(), Desired: same, Live: []model.Item{live(same[0], "1")}, BuiltIn: 3}}, noSecrets)
	return map[string]func(io.Writer) error{
		"none.md":    func(w io.Writer) error { return m.Plan(w, none) },
		"plan.md":    func(w io.Writer) error { return m.Plan(w, healthy()) },
		"blocked.md": func(w io.Writer) error { return m.Plan(w, onlyBlocked(3)) },
		"problem.md": func(w io.Writer) error { return m.Plan(w, richPlan()) },
		"result.md":  func(w io.Writer) error { return m.Result(w, result(healthy())) },
		"refusal.md": func(w io.Writer) error { return m.Refusal(w, changed()) },
		"unfound.md": func(w io.Writer) error {
			return m.Refusal(w, report.Refusal{Reason: "No reviewed plan was found.", Advice: []string{"Set require-reviewed-plan: false."}})
		},
		"drift.md":    func(w io.Writer) error { return m.Drift(w, healthy()) },
		"no-drift.md": func(w io.Writer) error { return m.Drift(w, none) },
		"findings.md": func(w io.Writer) error {
			return m.Findings(w, "The configuration is not valid", mistakes(), "Correct the file.")
		},
		"validated.md": func(w io.Writer) error { return m.Findings(w, "Validated only", nil, "The configuration is valid.") },
		"cut.md":       func(w io.Writer) error { return limited(m, 4000).Plan(w, many(60)) },
	}
}

// TestGoldenComments compares what is posted with what it looked like when somebody last looked.
func TestGoldenComments(t *testing.T) {
	for name, f := range comments(comment(65_000)) {
		t.Run(name, func(t *testing.T) { golden(t, filepath.Join("testdata", "comments", name), render(t, f)) })
	}
}
