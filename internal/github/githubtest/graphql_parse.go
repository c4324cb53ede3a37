package githubtest

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// selection is one field that a query asks for.
type selection struct {
	name   string
	args   map[string]any
	fields []*selection
}

// The words and marks of GraphQL that are served: no fragments, aliases, directives and defaults.
var graphqlToken = regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_]*|\$[A-Za-z_][A-Za-z0-9_]*|[0-9]+|[{}():!]`)

// graphqlParser reads one query with its variables.
type graphqlParser struct {
	tokens    []string
	variables map[string]any
	declared  map[string]bool
}

// parseQuery gives what a query selects, or GitHub's words for what is wrong with it.
func parseQuery(query string, variables map[string]any) (root []*selection, err error) {
	p := &graphqlParser{tokens: graphqlToken.FindAllString(query, -1), variables: variables, declared: map[string]bool{}}
	if left := graphqlToken.ReplaceAllString(query, ""); strings.Trim(left, " \t\n,") != "" {
		return nil, fmt.Errorf("Parse error on %q", strings.TrimSpace(left)) //nolint:staticcheck // GitHub's own words
	}
	defer func() {
		if failed, ok := recover().(error); ok {
			root, err = nil, failed
		}
	}()
	p.want("query")
	if p.peek() == "(" {
		p.declare()
	}
	root = p.selections()
	if len(p.tokens) > 0 {
		p.fail("%s", p.peek())
	}
	return root, nil
}

func (p *graphqlParser) fail(format string, args ...any) {
	panic(fmt.Errorf("Parse error on "+format, args...))
}

func (p *graphqlParser) peek() string {
	if len(p.tokens) == 0 {
		return ""
	}
	return p.tokens[0]
}

func (p *graphqlParser) next() string {
	t := p.peek()
	if t == "" {
		p.fail("the end of the query")
	}
	p.tokens = p.tokens[1:]
	return t
}

func (p *graphqlParser) want(token string) {
	if got := p.next(); got != token {
		p.fail("%q, expected %q", got, token)
	}
}

// declare reads the variables of a query. One that must not be null has to be given.
func (p *graphqlParser) declare() {
	p.want("(")
	for p.peek() != ")" {
		name := strings.TrimPrefix(p.next(), "$")
		p.want(":")
		kind := p.next()
		needed := p.peek() == "!"
		if needed {
			p.next()
		}
		value := p.variables[name]
		_, number := value.(float64)
		_, text := value.(string)
		if value == nil && needed || value != nil && (kind == "Int") != number || value != nil && (kind == "String") != text {
			panic(fmt.Errorf("Variable $%s of type %s was provided invalid value", name, kind)) //nolint:staticcheck // GitHub's own words
		}
		p.declared[name] = true
	}
	p.want(")")
	for name := range p.variables {
		if !p.declared[name] {
			panic(fmt.Errorf("Variable $%s is not declared", name)) //nolint:staticcheck // as above; GitHub ignores it, which hides a mistake
		}
	}
}

func (p *graphqlParser) selections() []*selection {
	p.want("{")
	var out []*selection
	for p.peek() != "}" {
		s := &selection{name: p.next(), args: map[string]any{}}
		if p.peek() == "(" {
			p.next()
			for p.peek() != ")" {
				name := p.next()
				p.want(":")
				s.args[name] = p.value()
			}
			p.next()
		}
		if p.peek() == "{" {
			s.fields = p.selections()
		}
		out = append(out, s)
	}
	p.next()
	return out
}

// value reads an argument: a number, a boolean or a variable.
func (p *graphqlParser) value() any {
	token := p.next()
	if name, ok := strings.CutPrefix(token, "$"); ok {
		if !p.declared[name] {
			panic(fmt.Errorf("Variable $%s is used but not declared", name)) //nolint:staticcheck // GitHub's own words
		}
		return p.variables[name]
	}
	if n, err := strconv.Atoi(token); err == nil {
		return float64(n)
	}
	if token != "true" && token != "false" {
		p.fail("%q", token)
	}
	return token == "true"
}
