package crash_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// unguarded are the functions that start goroutines without a guard, with the reason.
var unguarded = map[string]string{
	"internal/apply/readback.go verify":    "verifyAccount recovers by itself, and tells what was not read back",
	"internal/apply/apply.go graceful":     "it starts a timer that ends a context",
	"internal/reconcile/reconcile.go Plan": "read makes the panics of an account its error",
	"internal/cli/apply.go carryOut":       "it prints one sentence when the run is interrupted",
	"internal/action/comment.go put":       "it starts a timer that ends a context",
	"internal/cloud/stop.go heed":          "it ends a context",
	"cmd/regent/main.go run":               "it stops listening for signals",
}

// TestEveryGoroutineIsGuarded: a panic can be caught only where it happens, and one that is not ends the program in the
// middle of its writes, past every mask.
func TestEveryGoroutineIsGuarded(t *testing.T) {
	t.Parallel()
	found := 0
	used := map[string]bool{}
	for path, file := range sources(t) {
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Body == nil {
				continue
			}
			ast.Inspect(f.Body, func(n ast.Node) bool {
				started, ok := startedBy(n)
				if !ok {
					return true
				}
				found++
				name := path + " " + f.Name.Name
				if guarded(started) {
					return true
				}
				if used[name] = true; unguarded[name] == "" {
					t.Errorf("%s starts a goroutine whose panics nobody catches: defer crash.Caught(&err) in it first", name)
				}
				return true
			})
		}
	}
	if found < 10 {
		t.Errorf("only %d goroutines were found", found)
	}
	for name := range unguarded {
		if !used[name] {
			t.Errorf("the exception for %s is not needed", name)
		}
	}
}

// sources parses the module's own files, without tests and what only they use.
func sources(t *testing.T) map[string]*ast.File {
	t.Helper()
	const root = "../.."
	out := map[string]*ast.File{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := filepath.ToSlash(strings.TrimPrefix(path, root+string(filepath.Separator)))
		switch {
		case d.IsDir() && (strings.HasPrefix(d.Name(), ".") && path != root || slices.Contains([]string{"testdata", "githubtest", "bench", "release"}, d.Name())):
			return filepath.SkipDir
		case d.IsDir(), !strings.HasSuffix(name, ".go"), strings.HasSuffix(name, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		out[name] = file
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// startedBy gives what a statement or call runs in a goroutine of its own: go, the Go of groups, and functions that are
// called after something.
func startedBy(n ast.Node) (ast.Expr, bool) {
	switch n := n.(type) {
	case *ast.GoStmt:
		return n.Call.Fun, true
	case *ast.CallExpr:
		f, ok := n.Fun.(*ast.SelectorExpr)
		if ok && slices.Contains([]string{"Go", "TryGo", "AfterFunc"}, f.Sel.Name) && len(n.Args) > 0 {
			return n.Args[len(n.Args)-1], true
		}
	}
	return nil, false
}

// guarded reports whether a function catches the panics of everything in it: with a deferred call among its first
// statements, or by doing nothing outside of Guard.
func guarded(started ast.Expr) bool {
	f, ok := started.(*ast.FuncLit)
	if !ok {
		return false
	}
	for _, s := range f.Body.List {
		if d, ok := s.(*ast.DeferStmt); ok && strings.HasSuffix(strings.ToLower(called(d.Call)), "caught") {
			return true
		}
	}
	if len(f.Body.List) != 1 {
		return false
	}
	only := false
	ast.Inspect(f.Body.List[0], func(n ast.Node) bool {
		c, ok := n.(*ast.CallExpr)
		if ok && called(c) == "crash.Guard" {
			only = true
			return false
		}
		return true
	})
	return only
}

// called gives the name of a called function.
func called(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok {
			return x.Name + "." + f.Sel.Name
		}
	}
	return ""
}
