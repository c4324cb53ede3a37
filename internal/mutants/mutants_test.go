package mutants

import (
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

var all = flag.Bool("mutants", false, "test the tests: take each guard of the table away, which takes minutes")

// root is the module's folder, seen from this package.
const root = "../.."

// guard is something that an invariant rests on.
type guard struct {
	invariant int
	// what says in plain words what is taken away.
	what string
	// folder and function are where it stands: Function, or Type.Method.
	folder, function string
	edit             edit
	// tests is the folder of the test that fails without it.
	tests, test string
}

// edit changes a function's source, which starts with its body's opening brace at offset 0, and gives nothing when it finds
// nothing to change.
type edit func(body *ast.BlockStmt, source string) string

// begins puts statements at the beginning of the function, such as a return.
func begins(statements string) edit {
	return func(_ *ast.BlockStmt, source string) string { return "{ " + statements + "\n" + source[1:] }
}

// skips never carries out the statements that use a name: calls of it, and what follows an if that asks for it.
func skips(name string) edit {
	return func(body *ast.BlockStmt, source string) string {
		text := func(n ast.Node) string { return source[n.Pos()-body.Pos() : n.End()-body.Pos()] }
		out := ""
		ast.Inspect(body, func(n ast.Node) bool {
			if out != "" {
				return false
			}
			switch n := n.(type) {
			case *ast.IfStmt:
				if strings.Contains(source[n.If-body.Pos():n.Body.Lbrace-body.Pos()], name) {
					out = source[:n.Cond.Pos()-body.Pos()] + "false && (" + text(n.Cond) + ")" + source[n.Cond.End()-body.Pos():]
				}
			case *ast.ExprStmt:
				if call, ok := n.X.(*ast.CallExpr); ok && strings.HasSuffix(text(call.Fun), name) {
					out = source[:n.Pos()-body.Pos()] + "if false { " + text(n) + " }" + source[n.End()-body.Pos():]
				}
			}
			return true
		})
		return out
	}
}

// each calls do for every guard, in a subtest of its own.
func each(t *testing.T, do func(t *testing.T, g guard)) {
	t.Helper()
	for _, g := range guards {
		t.Run(fmt.Sprintf("%02d %s", g.invariant, g.what), func(t *testing.T) {
			t.Parallel()
			do(t, g)
		})
	}
}

// find gives the function of a name, its file and the file's content.
func find(t *testing.T, folder, pattern, function string) (f *ast.FuncDecl, file, content string) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(root, folder, pattern))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if pattern == "*.go" && strings.HasSuffix(name, "_test.go") {
			continue
		}
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files := token.NewFileSet()
		parsed, err := parser.ParseFile(files, name, source, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range parsed.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && nameOf(f) == function {
				return f, name, string(source)
			}
		}
	}
	t.Fatalf("%s has no function %s; where is the guard now?", folder, function)
	return nil, "", ""
}

// nameOf gives Function or Type.Method.
func nameOf(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return f.Name.Name
	}
	of := f.Recv.List[0].Type
	if star, ok := of.(*ast.StarExpr); ok {
		of = star.X
	}
	if id, ok := of.(*ast.Ident); ok {
		return id.Name + "." + f.Name.Name
	}
	return ""
}

// without gives the file that the guard stands in, and its content without it.
func (g guard) without(t *testing.T) (file, content string) {
	t.Helper()
	f, file, content := find(t, g.folder, "*.go", g.function)
	from, to := int(f.Body.Pos())-1, int(f.Body.End())-1 // a file that is parsed alone starts at 1
	body := g.edit(f.Body, content[from:to])
	if body == "" {
		t.Fatalf("%s of %s does not hold the guard any more", g.function, file)
	}
	return file, content[:from] + body + content[to:]
}

// TestGuardsAreWhereTheTableSays keeps the table in step with the program.
func TestGuardsAreWhereTheTableSays(t *testing.T) {
	t.Parallel()
	guarded := map[int]bool{}
	for _, g := range guards {
		guarded[g.invariant] = true
	}
	for i := range 12 {
		if !guarded[i+1] {
			t.Errorf("invariant %d has no guard in the table", i+1)
		}
	}
	each(t, func(t *testing.T, g guard) {
		if !strings.HasPrefix(g.test, fmt.Sprintf("TestInvariant%02d", g.invariant)) {
			t.Errorf("%s is no test of invariant %d", g.test, g.invariant)
		}
		find(t, g.tests, "*_test.go", g.test)
		file, content := g.without(t)
		if _, err := parser.ParseFile(token.NewFileSet(), file, content, 0); err != nil {
			t.Error(err)
		}
	})
}

// TestEveryGuardIsNeeded runs the test of each guard with it and without it. A guard that nobody misses has no test.
func TestEveryGuardIsNeeded(t *testing.T) {
	t.Parallel()
	if !*all {
		t.Skip("compiles and tests a part of the program for each guard, which takes minutes: give -mutants, and -timeout 1h")
	}
	each(t, func(t *testing.T, g guard) {
		if out := g.run(t); !strings.Contains(out, "--- PASS: "+g.test+" ") {
			t.Fatalf("%s does not pass in the program as it is:\n%s", g.test, out)
		}
		file, content := g.without(t)
		file, err := filepath.Abs(file)
		if err != nil {
			t.Fatal(err)
		}
		edited, overlay := filepath.Join(t.TempDir(), "edited.go"), filepath.Join(t.TempDir(), "overlay.json")
		text, err := json.Marshal(map[string]any{"Replace": map[string]string{file: edited}})
		if err != nil {
			t.Fatal(err)
		}
		for name, content := range map[string]string{edited: content, overlay: string(text)} {
			if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		out := g.run(t, "-overlay", overlay)
		if !strings.Contains(out, "--- FAIL: "+g.test+" ") {
			t.Errorf("%s does not fail without the guard:\n%s", g.test, out)
		}
	})
}

// run runs the guard's test and gives what the go command says.
func (g guard) run(t *testing.T, flags ...string) string {
	t.Helper()
	args := append([]string{"test", "-v", "-vet=off", "-timeout=10m", "-run", "^" + g.test + "$"}, flags...)
	cmd := exec.CommandContext(t.Context(), "go", append(args, "./"+g.tests)...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "RAPID_NOFAILFILE=true") // a test that fails as it should is nothing to keep
	out, _ := cmd.CombinedOutput()                          // the text says how the tests ended
	return string(out)
}
