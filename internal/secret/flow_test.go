package secret_test

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
)

// A secret is a Value until a request is made of it. Between Reveal and the request its text is a plain string, which
// nothing hides. This is the check that finds such strings: it follows the text of each secret through the function that
// revealed it, and knows for each of those functions where the text may go.

// reveal is the one way to a secret's text.
const reveal = "(regent/internal/secret.Value).Reveal"

// rule says what a function may do with the text of a secret.
type rule struct {
	// why the function needs the text.
	why string
	// to are the functions that may be given the text, and the fields and variables that may hold it.
	to []string
	// gives says that the function returns the text: who calls it needs a rule of its own.
	gives bool
	// harmless says why what the function returns is no secret, although it was made of one.
	harmless string
}

// flow is the check of one package.
type flow struct {
	fset  *token.FileSet
	info  *types.Info
	rules map[string]rule
	// used are the rules that were needed.
	used map[string]bool
	// found are the violations.
	found []string
}

// check follows the secrets of all functions of a file, and looks for those outside of functions.
func (f *flow) check(file *ast.File) {
	for _, d := range file.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok {
			ast.Inspect(d, func(n ast.Node) bool {
				if e, ok := n.(ast.Expr); ok && f.source(e) != "" {
					f.say(n, "a package's variable", "reveals a secret")
				}
				return true
			})
			continue
		}
		if obj, ok := f.info.Defs[fn.Name].(*types.Func); ok && fn.Body != nil {
			(&function{flow: f, name: obj.FullName(), texts: map[types.Object]bool{}}).check(fn.Body)
		}
	}
}

// environment refuses functions that read the environment and have no reason to: what they read may be a secret.
func (f *flow) environment(file *ast.File, reasons map[string]string, used map[string]bool) {
	for _, d := range file.Decls {
		ast.Inspect(d, func(n ast.Node) bool {
			c, ok := n.(*ast.CallExpr)
			if !ok || !f.looksUp(c) {
				return true
			}
			who := "a package's variable"
			if fn, ok := d.(*ast.FuncDecl); ok {
				if obj := f.info.Defs[fn.Name]; obj != nil {
					who = obj.(*types.Func).FullName()
				}
			}
			if used[who] = true; reasons[who] == "" {
				f.say(n, who, "reads the environment, and no rule says why it may; a secret is resolved by secret.Ref")
			}
			return true
		})
	}
}

// looksUp reports whether a call reads a variable of the environment or an input of a workflow.
func (f *flow) looksUp(c *ast.CallExpr) bool {
	if t := f.info.TypeOf(c.Fun); t != nil && t.String() == "regent/internal/secret.Lookup" && !f.info.Types[c.Fun].IsType() {
		return true
	}
	e, ok := c.Fun.(*ast.SelectorExpr)
	return ok && (e.Sel.Name == "GetInput" || e.Sel.Name == "Getenv")
}

func (f *flow) say(n ast.Node, who, what string) {
	p := f.fset.Position(n.Pos())
	f.found = append(f.found, fmt.Sprintf("%s:%d: %s %s", filepath.Base(p.Filename), p.Line, who, what))
}

// source gives the function that an expression names when it reveals a secret, or "". Naming is enough: as a value it may
// be called elsewhere.
func (f *flow) source(e ast.Expr) string {
	var id *ast.Ident
	switch e := e.(type) {
	case *ast.Ident:
		id = e
	case *ast.SelectorExpr:
		id = e.Sel
	default:
		return ""
	}
	fn, ok := f.info.Uses[id].(*types.Func)
	if !ok {
		return ""
	}
	name := fn.Origin().FullName()
	if name == reveal || f.rules[name].gives {
		return name
	}
	return ""
}

// function follows the secrets of one function. Its variables in texts hold the text of one.
type function struct {
	*flow
	name  string
	texts map[types.Object]bool
}

func (f *function) check(body *ast.BlockStmt) {
	for n := -1; n != len(f.texts); { // until no further variable turns out to hold a secret
		n = len(f.texts)
		ast.Inspect(body, func(n ast.Node) bool { f.learn(n); return true })
	}
	reveals := false
	ast.Inspect(body, func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok && f.source(e) != "" {
			reveals = true
		}
		return true
	})
	if !reveals {
		return
	}
	f.used[f.name] = true
	if f.rules[f.name].why == "" {
		f.say(body, f.name, "reveals a secret, and no rule says why it may")
		return
	}
	ast.Inspect(body, func(n ast.Node) bool { f.judge(n); return true })
	f.uncalled(body)
}

// uncalled refuses a function that reveals and is not called but passed on, to be called where nobody follows.
func (f *function) uncalled(body *ast.BlockStmt) {
	named := map[ast.Node]bool{}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			named[ast.Unparen(n.Fun)] = true
		case *ast.SelectorExpr:
			named[n.Sel] = true // the expression as a whole is looked at
		}
		if e, ok := n.(ast.Expr); ok && !named[n] && f.source(e) != "" {
			f.say(n, f.name, "passes a function on that reveals a secret")
		}
		return true
	})
}

// learn notes the variables that a statement gives the text of a secret.
func (f *function) learn(n ast.Node) {
	switch n := n.(type) {
	case *ast.AssignStmt:
		for i, left := range n.Lhs {
			if f.text(n.Rhs[min(i, len(n.Rhs)-1)]) {
				f.hold(left)
			}
		}
	case *ast.ValueSpec:
		for i, name := range n.Names {
			if len(n.Values) > 0 && f.text(n.Values[min(i, len(n.Values)-1)]) {
				f.hold(name)
			}
		}
	case *ast.RangeStmt:
		if f.text(n.X) {
			f.hold(n.Key)
			f.hold(n.Value)
		}
	}
}

// hold notes a variable of the function; a part of it that holds a text makes it one as a whole. The error that comes with
// a text is none: what is put into errors is judged where they are made.
func (f *function) hold(e ast.Expr) {
	if obj := f.base(e); obj != nil && !types.Identical(obj.Type(), types.Universe.Lookup("error").Type()) && obj.Parent() != nil && obj.Parent() != obj.Pkg().Scope() {
		f.texts[obj] = true
	}
}

// base gives the variable that an expression is, or is a part of.
func (f *function) base(e ast.Expr) types.Object {
	switch e := e.(type) {
	case *ast.Ident:
		return cmp.Or(f.info.Defs[e], f.info.Uses[e])
	case *ast.IndexExpr:
		return f.base(e.X)
	case *ast.StarExpr:
		return f.base(e.X)
	case *ast.ParenExpr:
		return f.base(e.X)
	}
	return nil
}

// text reports whether an expression holds the text of a secret.
func (f *function) text(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return f.texts[f.info.Uses[e]]
	case *ast.ParenExpr:
		return f.text(e.X)
	case *ast.BinaryExpr:
		return e.Op == token.ADD && (f.text(e.X) || f.text(e.Y))
	case *ast.UnaryExpr:
		return f.text(e.X)
	case *ast.StarExpr:
		return f.text(e.X)
	case *ast.SliceExpr:
		return f.text(e.X)
	case *ast.IndexExpr:
		return f.text(e.X)
	case *ast.SelectorExpr:
		return f.text(e.X)
	case *ast.TypeAssertExpr:
		return f.text(e.X)
	case *ast.KeyValueExpr:
		return f.text(e.Key) || f.text(e.Value)
	case *ast.CompositeLit:
		return slices.ContainsFunc(e.Elts, f.text)
	case *ast.CallExpr:
		if f.source(e.Fun) != "" {
			return true
		}
		return (f.converts(e) || f.passesOn(e)) && slices.ContainsFunc(e.Args, f.text)
	}
	return false
}

// converts reports whether a call is a conversion, or append.
func (f *function) converts(c *ast.CallExpr) bool {
	if f.info.Types[c.Fun].IsType() {
		return true
	}
	id, ok := c.Fun.(*ast.Ident)
	if !ok {
		return false
	}
	b, ok := f.info.Uses[id].(*types.Builtin)
	return ok && b.Name() == "append"
}

// passesOn reports whether a call of the standard library makes another text of a text.
func (f *function) passesOn(c *ast.CallExpr) bool {
	fn := f.callee(c)
	return fn != nil && fn.Pkg() != nil && slices.Contains([]string{"strings", "bytes", "slices", "cmp"}, fn.Pkg().Path()) && f.basic(c)
}

// basic reports whether the result of a call can hold a text: a number or a truth cannot.
func (f *function) basic(c *ast.CallExpr) bool {
	b, ok := f.info.TypeOf(c).Underlying().(*types.Basic)
	return !ok || b.Info()&types.IsString != 0
}

// callee gives the called function, or nil for a value.
func (f *function) callee(c *ast.CallExpr) *types.Func {
	fun := ast.Unparen(c.Fun)
	switch x := fun.(type) {
	case *ast.IndexExpr:
		fun = x.X
	case *ast.IndexListExpr:
		fun = x.X
	}
	var id *ast.Ident
	switch x := fun.(type) {
	case *ast.Ident:
		id = x
	case *ast.SelectorExpr:
		id = x.Sel
	default:
		return nil
	}
	fn, _ := f.info.Uses[id].(*types.Func)
	return fn
}

// judge refuses what a rule does not allow.
func (f *function) judge(n ast.Node) {
	switch n := n.(type) {
	case *ast.AssignStmt:
		for i, left := range n.Lhs {
			if f.text(n.Rhs[min(i, len(n.Rhs)-1)]) {
				f.kept(left)
			}
		}
	case *ast.CompositeLit:
		f.literal(n)
	case *ast.ReturnStmt:
		if slices.ContainsFunc(n.Results, f.text) && !f.rules[f.name].gives && f.rules[f.name].harmless == "" {
			f.say(n, f.name, "returns the text of a secret")
		}
	case *ast.SendStmt:
		if f.text(n.Value) {
			f.say(n, f.name, "sends the text of a secret to a channel")
		}
	case *ast.CallExpr:
		f.call(n)
	case ast.Expr:
		return
	}
}

// kept refuses a field or a package's variable that no rule names.
func (f *function) kept(left ast.Expr) {
	switch e := ast.Unparen(left).(type) {
	case *ast.SelectorExpr:
		f.into(left, f.field(e))
	case *ast.Ident, *ast.IndexExpr:
		if obj := f.base(left); obj != nil && obj.Pkg() != nil && obj.Parent() == obj.Pkg().Scope() {
			f.into(left, obj.Pkg().Path()+"."+obj.Name())
		} else if x, ok := e.(*ast.IndexExpr); ok && obj == nil {
			f.kept(x.X)
		}
	}
}

// field names a field, as Type.Field.
func (f *function) field(e *ast.SelectorExpr) string {
	if s := f.info.Selections[e]; s != nil {
		t := s.Recv()
		if p, ok := t.(*types.Pointer); ok {
			t = p.Elem()
		}
		return types.TypeString(t, nil) + "." + e.Sel.Name
	}
	return e.Sel.Name // of another package
}

// literal refuses a field of a literal that no rule names.
func (f *function) literal(n *ast.CompositeLit) {
	t := f.info.TypeOf(n)
	s, ok := t.Underlying().(*types.Struct)
	if !ok {
		return // what holds it is looked at in turn
	}
	for i, e := range n.Elts {
		name, value := "", e
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			value = kv.Value
			if id, ok := kv.Key.(*ast.Ident); ok {
				name = id.Name
			}
		} else {
			name = s.Field(i).Name()
		}
		if f.text(value) {
			f.into(value, types.TypeString(t, nil)+"."+name)
		}
	}
}

// call refuses a call that gets the text of a secret and that no rule names.
func (f *function) call(n *ast.CallExpr) {
	if f.source(n.Fun) != "" || f.converts(n) || f.passesOn(n) {
		return
	}
	given := slices.ContainsFunc(n.Args, f.text)
	if s, ok := n.Fun.(*ast.SelectorExpr); ok && f.text(s.X) {
		given = true // a method of what holds it
	}
	if !given {
		return
	}
	if id, ok := n.Fun.(*ast.Ident); ok {
		if _, ok := f.info.Uses[id].(*types.Builtin); ok {
			return // len, copy and the like
		}
	}
	name := types.ExprString(n.Fun)
	if fn := f.callee(n); fn != nil {
		name = fn.Origin().FullName()
	}
	f.into(n, name)
}

func (f *function) into(n ast.Node, where string) {
	if !slices.Contains(f.rules[f.name].to, where) {
		f.say(n, f.name, "gives the text of a secret to "+where)
	}
}
