package docs

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"regent/internal/provider/catalog"
)

func TestReadmeCapabilityTableIsCurrent(t *testing.T) {
	holdBlock(t, "README.md", "capabilities", Capabilities(catalog.Providers()))
}

// command is one of regent's commands as its help shows it.
type command struct {
	name, short, usage string
	flags              []option
}

type option struct{ short, long, argument, meaning string }

var (
	listedCommand = regexp.MustCompile(`(?m)^  ([a-z]+) +(\S.*)$`)
	usageLine     = regexp.MustCompile(`(?m)^Usage:\n  (.*?)(?: \[flags\])?$`)
	flagLine      = regexp.MustCompile(`(?m)^ +(?:(-\w), )?(--[a-z-]+)(?: (\S.*?))? {2,}(\S.*)$`)
)

// commands reads what regent says of itself.
func commands(t *testing.T) []command {
	t.Helper()
	s := &shell{t: t, env: map[string]string{}}
	_, list, ok := strings.Cut(s.regent("--help"), "Available Commands:\n")
	list, _, _ = strings.Cut(list, "\nFlags:")
	if !ok {
		t.Fatal("regent --help lists no commands")
	}
	var out []command
	for _, m := range listedCommand.FindAllStringSubmatch(list, -1) {
		if m[1] == "help" {
			continue
		}
		help := s.regent(m[1], "--help")
		c := command{name: m[1], short: m[2], usage: usageLine.FindStringSubmatch(help)[1]}
		for _, f := range flagLine.FindAllStringSubmatch(help, -1) {
			if f[2] != "--help" {
				c.flags = append(c.flags, option{f[1], f[2], f[3], f[4]})
			}
		}
		out = append(out, c)
	}
	return out
}

func TestReadmeNamesEveryCommandAndFlag(t *testing.T) {
	var b strings.Builder
	b.WriteString("| Command | What it does |\n|---|---|\n")
	for _, c := range commands(t) {
		row(&b, "`"+c.usage+"`", c.short)
	}
	for _, c := range commands(t) {
		if len(c.flags) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n**%s**\n\n| Flag | Meaning |\n|---|---|\n", c.name)
		for _, f := range c.flags {
			names := "`" + strings.TrimSpace(f.long+" "+f.argument) + "`"
			if f.short != "" {
				names = "`" + f.short + "`, " + names
			}
			row(&b, names, f.meaning)
		}
	}
	holdBlock(t, "README.md", "commands", b.String())
}

var namedFlag = regexp.MustCompile("(?:^|[\\s`(])(--[a-z][a-z-]*)")

// commonFlags are in no command's own table: those of all commands, and those of gh that a release is verified with.
var commonFlags = []string{"--help", "--version", "--signer-workflow", "--source-ref"}

func TestEveryFlagNamedExists(t *testing.T) {
	known := map[string]bool{}
	for _, f := range commonFlags {
		known[f] = true
	}
	for _, c := range commands(t) {
		for _, f := range c.flags {
			known[f.long] = true
		}
	}
	for _, p := range pages(t) {
		for i, l := range strings.Split(p.text, "\n") {
			if strings.Contains(l, "<!--") || strings.HasPrefix(l, "---") {
				continue
			}
			for _, m := range namedFlag.FindAllStringSubmatch(l, -1) {
				if !known[m[1]] {
					t.Errorf("%s:%d: regent has no flag %s", p.name, i+1, m[1])
				}
			}
		}
	}
}

// exitCodes reads the constants of the package that has them.
func exitCodes(t *testing.T) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, "internal", "exitcode", "exitcode.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	codes := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		for i, name := range spec.Names {
			if name.IsExported() && i < len(spec.Values) {
				if v, isLiteral := spec.Values[i].(*ast.BasicLit); isLiteral {
					codes[v.Value] = true
				}
			}
		}
		return true
	})
	return slices.Sorted(maps.Keys(codes))
}

func TestReadmeNamesEveryExitCode(t *testing.T) {
	p := readPage(t, "README.md")
	start, end, err := p.block("exit-codes")
	if err != nil {
		t.Fatal(err)
	}
	var named []string
	for _, m := range regexp.MustCompile(`(?m)^\| (\d+) \|`).FindAllStringSubmatch(p.text[start:end], -1) {
		named = append(named, m[1])
	}
	if want := exitCodes(t); !slices.Equal(named, want) {
		t.Errorf("README.md names the exit codes %v, the command line has %v", named, want)
	}
}

func TestReadmeShowsTheFirstExample(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "examples", "registries.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	holdBlock(t, "README.md", "example", "```yaml\n"+string(text)+"```\n")
}

func TestReadmeSetUpIsTwoCommands(t *testing.T) {
	p := readPage(t, "README.md")
	start, end, err := p.block("setup")
	if err != nil {
		t.Fatal(err)
	}
	commands := strings.Split(strings.TrimSpace(p.text[start:end]), "\n")
	want := []string{"```sh", "go run ./cmd/regent plan -f examples/registries.yaml --sandbox", "go test ./...", "```"}
	if !slices.Equal(commands, want) {
		t.Errorf("the set-up is %q, want %q; .ci/run runs what stands there", commands, want)
	}
}
