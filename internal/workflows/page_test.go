package workflows

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"regent/internal/action"

	"gopkg.in/yaml.v3"
)

var update = flag.Bool("update", false, "write the tables of inputs and outputs into the documentation")

const page = "docs/github-action.md"

// TestThePageListsInputsAndOutputs renders the tables from action.yml, in its order.
func TestThePageListsInputsAndOutputs(t *testing.T) {
	var ordered struct{ Inputs, Outputs yaml.Node }
	if err := yaml.Unmarshal([]byte(readFile(t, "action.yml")), &ordered); err != nil {
		t.Fatal(err)
	}
	a := readAction(t)
	inputs := "| Input | Default | What it is |\n|---|---|---|\n"
	for i := 0; i < len(ordered.Inputs.Content); i += 2 {
		name := ordered.Inputs.Content[i].Value
		value := "(empty)"
		if v := a.Inputs[name]["default"]; v != "" {
			value = "`" + v + "`"
		}
		inputs += fmt.Sprintf("| `%s` | %s | %s |\n", name, value, a.Inputs[name]["description"])
	}
	outputs := "| Output | What it is |\n|---|---|\n"
	for i := 0; i < len(ordered.Outputs.Content); i += 2 {
		name := ordered.Outputs.Content[i].Value
		outputs += fmt.Sprintf("| `%s` | %s |\n", name, a.Outputs[name]["description"])
	}
	holdBlock(t, "inputs", inputs)
	holdBlock(t, "outputs", outputs)
}

func holdBlock(t *testing.T, name, want string) {
	t.Helper()
	text := readFile(t, page)
	begin, end := "<!-- begin "+name+" -->\n", "<!-- end "+name+" -->"
	before, rest, ok1 := strings.Cut(text, begin)
	got, after, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		t.Fatalf("%s has no block %s", page, name)
	}
	if want = "\n" + want + "\n"; got == want {
		return
	}
	if !*update {
		t.Errorf("%s: the block %s is not what action.yml says; run go test ./internal/workflows -update", page, name)
		return
	}
	if err := os.WriteFile(filepath.Join(root, page), []byte(before+begin+want+end+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestActionFileAndCodeAgree: the runner gives the defaults of action.yml, the code its own for what comes empty.
func TestActionFileAndCodeAgree(t *testing.T) {
	a := readAction(t)
	coded := map[string]string{}
	for _, in := range action.Inputs() {
		coded[in.Name] = in.Default
	}
	declared := map[string]string{}
	for name, in := range a.Inputs {
		declared[name] = in["default"]
	}
	if !maps.Equal(coded, declared) {
		t.Errorf("the code has the inputs %v, action.yml %v", coded, declared)
	}
	if got, want := slices.Sorted(maps.Keys(a.Outputs)), slices.Sorted(slices.Values(action.Outputs())); !slices.Equal(got, want) {
		t.Errorf("action.yml has the outputs %q, the code %q", got, want)
	}
}

var reasonRow = regexp.MustCompile("(?m)^\\| `([a-z-]+)` \\| [^|]+ \\| \\d(, or 2)? \\|$")

// TestThePageListsEveryReason compares the page with what the code sets the output to.
func TestThePageListsEveryReason(t *testing.T) {
	_, section, _ := strings.Cut(readFile(t, page), "\n### Reasons\n")
	section, _, _ = strings.Cut(section, "\n### ")
	listed := map[string]bool{}
	for _, m := range reasonRow.FindAllStringSubmatch(section, -1) {
		listed[m[1]] = true
	}
	coded := reasons(t)
	for reason := range coded {
		if !listed[reason] {
			t.Errorf("%s does not list the reason %s", page, reason)
		}
	}
	for reason := range listed {
		if !coded[reason] {
			t.Errorf("%s lists the reason %s, which the code does not set", page, reason)
		}
	}
	if len(coded) < 10 {
		t.Errorf("only %d reasons were found in the code", len(coded))
	}
}

var reasonForm = regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)

// reasons reads the code of the Action for what it sets the output reason to: set("reason", R), fail(R, ...), no(R, ...),
// reason = R, a field reason: R, and what markerReason returns.
func reasons(t *testing.T) map[string]bool {
	t.Helper()
	folder := filepath.Join(root, "internal", "action")
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %v", folder, errOr(err, fs.ErrNotExist))
	}
	out := map[string]bool{}
	add := func(e ast.Expr) {
		if l, ok := e.(*ast.BasicLit); ok && l.Kind == token.STRING {
			if v, err := strconv.Unquote(l.Value); err == nil && reasonForm.MatchString(v) {
				out[v] = true
			}
		}
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool { collect(n, add); return true })
	}
	return out
}

func collect(n ast.Node, add func(ast.Expr)) {
	name := func(e ast.Expr) string {
		switch e := e.(type) {
		case *ast.Ident:
			return e.Name
		case *ast.SelectorExpr:
			return e.Sel.Name
		case *ast.BasicLit:
			return e.Value
		}
		return ""
	}
	switch n := n.(type) {
	case *ast.CallExpr:
		switch fn := name(n.Fun); {
		case fn == "set" && len(n.Args) == 2 && name(n.Args[0]) == `"reason"`:
			add(n.Args[1])
		case fn == "no" && len(n.Args) > 1:
			add(n.Args[0])
		case fn == "fail" && len(n.Args) == 2: // the other fail, of inputs, takes a format
			if _, format := n.Args[1].(*ast.BasicLit); !format {
				add(n.Args[0])
			}
		}
	case *ast.KeyValueExpr:
		if name(n.Key) == "reason" {
			add(n.Value)
		}
	case *ast.AssignStmt:
		for i, to := range n.Lhs {
			if name(to) == "reason" && len(n.Rhs) == len(n.Lhs) {
				add(n.Rhs[i])
			}
		}
	case *ast.FuncDecl:
		if n.Name.Name != "markerReason" {
			return
		}
		ast.Inspect(n, func(inner ast.Node) bool {
			if r, ok := inner.(*ast.ReturnStmt); ok && len(r.Results) == 1 {
				add(r.Results[0])
			}
			return true
		})
	}
}

func errOr(err, other error) error {
	if err != nil {
		return err
	}
	return other
}
