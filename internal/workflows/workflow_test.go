// Package workflows holds tests of what GitHub reads: action.yml, the workflows of this repository, and those that users
// copy from examples/workflows. actionlint, which .ci/run starts, checks their form; these tests check their safety.
package workflows

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// root is the repository's folder, seen from this package.
const root = "../.."

// workflow is a file that GitHub runs.
type workflow struct {
	// name is the file's path from the repository's folder, with slashes.
	name string
	text string
	body workflowBody
}

type workflowBody struct {
	On          yaml.Node      `yaml:"on"`
	Permissions yaml.Node      `yaml:"permissions"`
	Concurrency yaml.Node      `yaml:"concurrency"`
	Jobs        map[string]job `yaml:"jobs"`
}

type job struct {
	If             string            `yaml:"if"`
	Permissions    map[string]string `yaml:"permissions"`
	Concurrency    yaml.Node         `yaml:"concurrency"`
	Environment    string            `yaml:"environment"`
	TimeoutMinutes int               `yaml:"timeout-minutes"`
	Strategy       struct {
		FailFast *bool `yaml:"fail-fast"`
		Matrix   struct {
			Include []map[string]string `yaml:"include"`
		} `yaml:"matrix"`
	} `yaml:"strategy"`
	Steps []step `yaml:"steps"`
}

type step struct {
	ID   string            `yaml:"id"`
	If   string            `yaml:"if"`
	Uses yaml.Node         `yaml:"uses"`
	Run  string            `yaml:"run"`
	With map[string]string `yaml:"with"`
	Env  map[string]string `yaml:"env"`
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}

// workflows gives all workflows, those of users included.
func workflows(t *testing.T) []workflow {
	t.Helper()
	var out []workflow
	for _, folder := range []string{".github/workflows", "examples/workflows"} {
		files, err := os.ReadDir(filepath.Join(root, filepath.FromSlash(folder)))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			w := workflow{name: path.Join(folder, f.Name())}
			w.text = readFile(t, w.name)
			if err := yaml.Unmarshal([]byte(w.text), &w.body); err != nil {
				t.Fatalf("%s: %v", w.name, err)
			}
			if len(w.body.Jobs) == 0 {
				t.Fatalf("%s has no jobs", w.name)
			}
			out = append(out, w)
		}
	}
	return out
}

func example(t *testing.T, name string) workflow {
	t.Helper()
	all := workflows(t)
	i := slices.IndexFunc(all, func(w workflow) bool { return w.name == "examples/workflows/"+name })
	if i < 0 {
		t.Fatalf("there is no example %s", name)
	}
	return all[i]
}

// eachStep calls f for every step of every job.
func eachStep(ws []workflow, f func(where string, s step)) {
	for _, w := range ws {
		for name, j := range w.body.Jobs {
			for _, s := range j.Steps {
				f(w.name+", job "+name, s)
			}
		}
	}
}
