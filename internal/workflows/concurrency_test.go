package workflows

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// concurrency is what GitHub allows since 2026-05-07:
// https://docs.github.com/en/actions/how-tos/write-workflows/choose-when-workflows-run/control-workflow-concurrency
type concurrency struct {
	Group            string    `yaml:"group"`
	CancelInProgress yaml.Node `yaml:"cancel-in-progress"`
	Queue            string    `yaml:"queue"`
}

// readConcurrency checks what actionlint cannot, since it does not know the key queue.
func readConcurrency(n yaml.Node) (concurrency, error) {
	var c concurrency
	if n.Kind != yaml.MappingNode {
		return c, fmt.Errorf("concurrency is no mapping")
	}
	for i := 0; i < len(n.Content); i += 2 {
		if key := n.Content[i].Value; !slices.Contains([]string{"group", "cancel-in-progress", "queue"}, key) {
			return c, fmt.Errorf("unknown key %q", key)
		}
	}
	if err := n.Decode(&c); err != nil {
		return c, err
	}
	switch c.Queue {
	case "", "single":
	case "max":
		// Whether an expression is true is not known before the run, and GitHub refuses the two together.
		if v := c.CancelInProgress.Value; v != "" && v != "false" {
			return c, fmt.Errorf("queue: max with cancel-in-progress: %s", v)
		}
	default:
		return c, fmt.Errorf("queue is %q, want single or max", c.Queue)
	}
	if c.Group == "" {
		return c, fmt.Errorf("no group")
	}
	return c, nil
}

func TestConcurrencyIsWhatGitHubTakes(t *testing.T) {
	for text, want := range map[string]string{
		"{group: a}":             "",
		"{group: a, queue: max}": "",
		"{group: a, queue: max, cancel-in-progress: false}":      "",
		"{group: a, queue: single, cancel-in-progress: true}":    "",
		"{group: a, queue: 5}":                                   `queue is "5"`,
		"{group: a, queue: all}":                                 `queue is "all"`,
		"{group: a, queue: max, cancel-in-progress: true}":       "queue: max with",
		"{group: a, queue: max, cancel-in-progress: '${{ x }}'}": "queue: max with",
		"{group: a, queues: max}":                                "unknown key",
		"{queue: max}":                                           "no group",
	} {
		var n yaml.Node
		if err := yaml.Unmarshal([]byte(text), &n); err != nil {
			t.Fatal(err)
		}
		_, err := readConcurrency(*n.Content[0])
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
	for _, w := range workflows(t) {
		nodes := []yaml.Node{w.body.Concurrency}
		for _, j := range w.body.Jobs {
			nodes = append(nodes, j.Concurrency)
		}
		seen := 0
		for _, n := range nodes {
			if n.IsZero() {
				continue
			}
			seen++
			if _, err := readConcurrency(n); err != nil {
				t.Errorf("%s:%d: %v", w.name, n.Line, err)
			}
		}
		if seen == 0 {
			t.Errorf("%s does not say what happens when two runs meet", w.name)
		}
	}
}

// TestPlansReplaceEachOtherAndAppliesWait: a plan of an older push is of no use; an apply that is dropped is a merge that
// never arrives.
func TestPlansReplaceEachOtherAndAppliesWait(t *testing.T) {
	for _, tc := range []struct{ file, job, group, cancel, queue string }{
		{"plan.yml", "", "regent-plan-${{ github.event.pull_request.number }}", "true", ""},
		{"apply.yml", "", "regent-apply", "false", "max"},
		{"drift.yml", "", "regent-drift", "false", ""},
		{"matrix.yml", "plan", "regent-plan-${{ github.event.pull_request.number }}-${{ matrix.account }}", "true", ""},
		{"matrix.yml", "apply", "regent-apply-${{ matrix.account }}", "false", "max"},
	} {
		w := example(t, tc.file)
		n := w.body.Concurrency
		if tc.job != "" {
			n = w.body.Jobs[tc.job].Concurrency
		}
		if n.IsZero() {
			t.Errorf("%s %s has no concurrency", tc.file, tc.job)
			continue
		}
		c, err := readConcurrency(n)
		if err != nil || c.Group != tc.group || c.CancelInProgress.Value != tc.cancel || c.Queue != tc.queue {
			t.Errorf("%s %s: %q, cancel-in-progress %s, queue %s (%v)", tc.file, tc.job, c.Group, c.CancelInProgress.Value, c.Queue, err)
		}
	}
}

// TestTheExceptionOfActionlintIsNarrow: it takes the one message about the one key, in the files that use it.
func TestTheExceptionOfActionlintIsNarrow(t *testing.T) {
	var config struct {
		Paths map[string]struct {
			Ignore []string `yaml:"ignore"`
		} `yaml:"paths"`
	}
	if err := yaml.Unmarshal([]byte(readFile(t, ".github/actionlint.yaml")), &config); err != nil {
		t.Fatal(err)
	}
	const glob = "examples/workflows/{apply,matrix}.yml"
	if len(config.Paths) != 1 || len(config.Paths[glob].Ignore) != 1 {
		t.Fatalf("exceptions: %v", config.Paths)
	}
	ignore := regexp.MustCompile(config.Paths[glob].Ignore[0])
	const message = `unexpected key "queue" for "concurrency" section. expected one of "cancel-in-progress", "group"`
	if !ignore.MatchString(message) {
		t.Error("the exception does not match its message")
	}
	for _, other := range []string{
		strings.Replace(message, "queue", "queues", 1), strings.Replace(message, "concurrency", "defaults", 1),
		"other: " + message, message + ", more",
	} {
		if ignore.MatchString(other) {
			t.Errorf("the exception also takes %s", other)
		}
	}
	for _, w := range workflows(t) {
		uses := strings.Contains(w.text, "queue:")
		listed := slices.Contains([]string{"apply.yml", "matrix.yml"}, strings.TrimPrefix(w.name, "examples/workflows/"))
		if uses != listed {
			t.Errorf("%s has the key queue: %t; the exception is for it: %t", w.name, uses, listed)
		}
	}
}
