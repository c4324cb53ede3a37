package githubtest

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// inputs gives the variables of a step's inputs, as the runner names them: INPUT_ and the name in upper case with blanks
// as underscores. Hyphens stay.
func (s *Server) inputs(t testing.TB, given map[string]string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for name, value := range given {
		out[inputVariable(name)] = value
	}
	for _, declared := range declaredInputs(t) {
		variable, value := inputVariable(declared[0]), declared[1]
		if _, isGiven := out[variable]; isGiven {
			continue
		}
		if strings.Contains(value, "${{") {
			if strings.Join(strings.Fields(value), "") != "${{github.token}}" {
				t.Fatalf("githubtest: the default %s of the input %s is no expression that is known here", value, declared[0])
			}
			value = s.Token("github-actions[bot]", map[string]string{"contents": "read", "packages": "read"})
		}
		out[variable] = value
	}
	return out
}

func inputVariable(name string) string {
	return "INPUT_" + strings.ToUpper(strings.ReplaceAll(name, " ", "_"))
}

// declaredInputs reads names and defaults from action.yml at the root of the module that is tested.
func declaredInputs(t testing.TB) [][2]string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if parent := filepath.Dir(dir); parent != dir {
			dir = parent
			continue
		}
		t.Fatal("githubtest: no folder above has a go.mod")
	}
	raw, err := os.ReadFile(filepath.Join(dir, "action.yml"))
	if err != nil {
		t.Fatal(err)
	}
	out, err := parseInputs(raw)
	if err != nil {
		t.Fatalf("githubtest: action.yml: %v", err)
	}
	return out
}

// parseInputs reads names and defaults from the text of an action.yml. Defaults are taken as they are written: the runner
// makes no difference between true and "true".
func parseInputs(raw []byte) ([][2]string, error) {
	var manifest struct {
		Inputs map[string]struct {
			Default yaml.Node `yaml:"default"`
		} `yaml:"inputs"`
	}
	if err := yaml.Unmarshal(raw, &manifest); err != nil {
		return nil, err
	}
	var out [][2]string
	for name, input := range manifest.Inputs {
		if input.Default.Kind != 0 && input.Default.Kind != yaml.ScalarNode {
			return nil, errors.New("the default of " + name + " is no scalar")
		}
		value := input.Default.Value
		if input.Default.Tag == "!!null" {
			value = ""
		}
		out = append(out, [2]string{name, value})
	}
	return out, nil
}
