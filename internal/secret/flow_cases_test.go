package secret_test

import (
	"errors"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// listed is a package as go list knows it.
type listed struct {
	export, dir string
	files       []string
}

// packages lists the module's own packages, without tests, and all that they need.
var packages = sync.OnceValues(func() (map[string]listed, error) {
	list := exec.Command("go", "list", "-export", "-deps", "-f", "{{.ImportPath}}\t{{.Export}}\t{{.Dir}}\t{{range .GoFiles}}{{.}} {{end}}", "regent/...")
	list.Stderr = os.Stderr
	out, err := list.Output()
	all := map[string]listed{}
	for line := range strings.Lines(string(out)) {
		part := strings.Split(strings.TrimRight(line, "\n"), "\t")
		all[part[0]] = listed{part[1], part[2], strings.Fields(part[3])}
	}
	return all, err
})

// ownImports finds packages where the compiler has put them.
func ownImports(t *testing.T, fset *token.FileSet) types.Importer {
	t.Helper()
	all, err := packages()
	if err != nil {
		t.Fatal(err)
	}
	return importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) {
		if all[path].export == "" {
			return nil, errors.New("no export data for " + path)
		}
		return os.Open(all[path].export)
	})
}

// module type-checks the module's own packages.
func module(t *testing.T, each func(path string, fset *token.FileSet, files []*ast.File, info *types.Info)) {
	t.Helper()
	fset := token.NewFileSet()
	imports := ownImports(t, fset)
	all, err := packages()
	if err != nil {
		t.Fatal(err)
	}
	for path, p := range all {
		if !strings.HasPrefix(path, "regent/") {
			continue
		}
		var files []*ast.File
		for _, name := range p.files {
			file, err := parser.ParseFile(fset, filepath.Join(p.dir, name), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, file)
		}
		info, err := typesOf(path, fset, files, imports)
		if err != nil {
			t.Fatal(err)
		}
		each(path, fset, files, info)
	}
}

func typesOf(path string, fset *token.FileSet, files []*ast.File, imports types.Importer) (*types.Info, error) {
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{},
	}
	_, err := (&types.Config{Importer: imports}).Check(path, fset, files, info)
	return info, err
}

// TestTheTextOfASecretStaysInItsRequest: see above. A new finding is either a mistake or a new way for a secret to leave,
// which needs a rule with its reason.
func TestTheTextOfASecretStaysInItsRequest(t *testing.T) {
	t.Parallel()
	rules := rules()
	reasons, used, looked := environment(), map[string]bool{}, map[string]bool{}
	module(t, func(path string, fset *token.FileSet, files []*ast.File, info *types.Info) {
		if path == "regent/internal/secret" {
			return // it keeps them
		}
		f := &flow{fset: fset, info: info, rules: rules, used: used}
		for _, file := range files {
			f.check(file)
			f.environment(file, reasons, looked)
		}
		for _, what := range f.found {
			t.Errorf("%s: %s", path, what)
		}
	})
	for name := range rules {
		if !used[name] {
			t.Errorf("the rule for %s is not needed", name)
		}
	}
	for name := range reasons {
		if !looked[name] {
			t.Errorf("%s reads no variable of the environment", name)
		}
	}
}

// TestFlowFindsWhatLeaves: code that lets the text of a secret out, by every way the check knows, and code that does not.
func TestFlowFindsWhatLeaves(t *testing.T) {
	t.Parallel()
	const head = `package p
import ("fmt"; "errors"; "strings"; "log"; "os"; "encoding/json"; "net/url"; "regent/internal/secret")
var _ = []any{fmt.Sprint, errors.New, strings.TrimSpace, log.Print, os.Exit, json.Marshal, url.Parse}
type account struct { Password string; Note string }
var last string
var all = map[string]string{}
func send(string) {}
func give(v secret.Value) string { return v.Reveal() }
`
	for name, c := range map[string]struct{ body, want string }{
		"sent":                       {`func f(v secret.Value) { send(v.Reveal()) }`, ""},
		"sent after a detour":        {`func f(v secret.Value) { s := "Bearer " + v.Reveal(); t := []string{s}; send(t[0][1:]) }`, ""},
		"measured":                   {`func f(v secret.Value) int { return len(v.Reveal()) }`, ""},
		"given by a rule":            {`func f(v secret.Value) { send(give(v)) }`, ""},
		"printed":                    {`func f(v secret.Value) { fmt.Println(v.Reveal()) }`, "gives the text of a secret to fmt.Println"},
		"printed later":              {`func f(v secret.Value) { s := v.Reveal(); if s != "" { var t = strings.TrimSpace(s); log.Print(t) } }`, "to log.Print"},
		"in an error":                {`func f(v secret.Value) error { return fmt.Errorf("login: %s", v.Reveal()) }`, "to fmt.Errorf"},
		"in an error of a variable":  {`func f(v secret.Value) (err error) { s := v.Reveal(); err = errors.New("x" + s); return err }`, "to errors.New"},
		"in a panic":                 {`func f(v secret.Value) { panic(fmt.Sprint(v.Reveal())) }`, "to fmt.Sprint"},
		"returned":                   {`func f(v secret.Value) string { return v.Reveal() }`, "returns the text"},
		"returned by name":           {`func f(v secret.Value) (s []byte) { s = []byte(v.Reveal()); return s }`, "returns the text"},
		"returned in a struct":       {`func f(v secret.Value) account { var a account; b := account{"", ""}; _ = b; return account{Password: v.Reveal(), Note: a.Note} }`, "p.account.Password"},
		"in a literal by place":      {`func f(v secret.Value) { _ = account{v.Reveal(), ""} }`, "p.account.Password"},
		"in a field":                 {`func f(v secret.Value, a *account) { a.Note = v.Reveal() }`, "p.account.Note"},
		"in a package's variable":    {`func f(v secret.Value) { last = v.Reveal() }`, "p.last"},
		"in a package's map":         {`func f(v secret.Value) { all["x"] = v.Reveal() }`, "p.all"},
		"in a URL":                   {`func f(v secret.Value) { q := url.Values{"p": {v.Reveal()}}; send(q.Encode()) }`, "(net/url.Values).Encode"},
		"in JSON":                    {`func f(v secret.Value) { b, _ := json.Marshal(map[string]string{"p": v.Reveal()}); _ = b }`, "to encoding/json.Marshal"},
		"in a channel":               {`func f(v secret.Value, c chan string) { c <- v.Reveal() }`, "to a channel"},
		"in a loop":                  {`func f(v secret.Value) { for _, s := range strings.Split(v.Reveal(), ",") { fmt.Print(s) } }`, "to fmt.Print"},
		"in a closure":               {`func f(v secret.Value) { s := v.Reveal(); func() { last = s }() }`, "p.last"},
		"to a function's value":      {`func f(v secret.Value, tell func(string)) { tell(v.Reveal()) }`, "to tell"},
		"to the environment":         {`func f(v secret.Value) { os.Setenv("X", v.Reveal()) }`, "to os.Setenv"},
		"by a method's value":        {`func f(v secret.Value) { g := v.Reveal; send(g()) }`, "passes a function on"},
		"by another function":        {`func f(v secret.Value) { last = give(v) }`, "p.last"},
		"without a rule":             {`func g(v secret.Value) { send(v.Reveal()) }`, "no rule says why"},
		"in a method without a rule": {`func (a *account) f(v secret.Value) { send(v.Reveal()) }`, "no rule says why"},
		"by a package's variable":    {`var kept = secret.New("x").Reveal()`, "a package's variable reveals"},
	} {
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, "p.go", head+c.body, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(name, err)
		}
		f := &flow{fset: fset, used: map[string]bool{}, rules: map[string]rule{
			"p.f": {why: "a test", to: []string{"p.send"}}, "p.give": {why: "a test", gives: true},
		}}
		if f.info, err = typesOf("p", fset, []*ast.File{file}, ownImports(t, fset)); err != nil {
			t.Fatal(name, err)
		}
		f.check(file)
		if got := strings.Join(f.found, "\n"); (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: found %q, want %q", name, got, c.want)
		}
	}
}
