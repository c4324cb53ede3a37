package docs

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"regent/internal/cli"
	"regent/internal/secret"
)

// console is a block of commands, each after "$ ", with what they print.
var console = regexp.MustCompile("(?m)^```console\n((?:.*\n)*?)```$")

// askCode shows the exit code of the command before.
const askCode = "echo $?"

// shell stands in for the reader's shell: it knows regent, export and echo $?.
type shell struct {
	t    *testing.T
	env  map[string]string
	code int
	// plan is the last plan shown in full.
	plan string
}

// regent runs the command line in this process and gives what a terminal would show.
func (s *shell) regent(args ...string) string {
	var screen bytes.Buffer
	lookup := secret.Lookup(func(name string) (string, bool) { v, ok := s.env[name]; return v, ok })
	s.code = cli.Run(s.t.Context(), args, cli.Streams{In: strings.NewReader(""), Out: &screen, Err: &screen, Lookup: lookup})
	return screen.String()
}

func (s *shell) run(command string) string {
	words := strings.Fields(command)
	switch {
	case command == askCode:
		return strconv.Itoa(s.code) + "\n"
	case len(words) >= 2 && words[0] == "export":
		for _, w := range words[1:] {
			name, value, ok := strings.Cut(w, "=")
			if !ok {
				s.t.Fatalf("%s: not understood", command)
			}
			s.env[name] = value
		}
		return ""
	case len(words) > 1 && words[0] == "regent":
		return s.regent(words[1:]...)
	case len(words) > 3 && slices.Equal(words[:3], []string{"go", "run", "./cmd/regent"}):
		return s.regent(words[3:]...)
	}
	s.t.Fatalf("%s: a console block can have regent, go run ./cmd/regent, export and echo $? only", command)
	return ""
}

// replay runs the commands of a block and gives the block as it should be. A command that fails is meant to only where
// the page asks for the exit code next.
func (s *shell) replay(block string) string {
	var commands []string
	for l := range strings.Lines(block) {
		if command, ok := strings.CutPrefix(l, "$ "); ok {
			commands = append(commands, strings.TrimSpace(command))
		}
	}
	var out strings.Builder
	for i, command := range commands {
		shown := s.run(command)
		if s.code != 0 && command != askCode && (i+1 == len(commands) || commands[i+1] != askCode) {
			s.t.Fatalf("%s ended with %d:\n%s", command, s.code, shown)
		}
		out.WriteString("$ " + command + "\n" + s.shorten(sortProgress(shown)))
	}
	return out.String()
}

// aPlan is a plan in the text form, from the line after the sandbox's greeting to the totals; notes are its notes.
var (
	aPlan = regexp.MustCompile(`(?s)nothing real is read or written\.\n(.*?\nDigest: sha256:\w+\nPlan: [^\n]*\n)`)
	notes = regexp.MustCompile(`(?:note: .*\n)+\n`)
)

// shorten shows the same plan a second time, maybe with other notes, as one line.
func (s *shell) shorten(text string) string {
	m := aPlan.FindStringSubmatch(text)
	if m == nil {
		return text
	}
	plan := notes.ReplaceAllString(m[1], "")
	if plan == s.plan {
		return strings.Replace(text, m[1], "[the plan above]\n", 1)
	}
	s.plan = plan
	return text
}

var progressLine = regexp.MustCompile(`^[+~] \S+ / `)

// sortProgress orders the lines of finished changes, which come as the writes end.
func sortProgress(text string) string {
	lines := strings.SplitAfter(text, "\n")
	for i := 0; i < len(lines); i++ {
		j := i
		for j < len(lines) && progressLine.MatchString(lines[j]) {
			j++
		}
		slices.Sort(lines[i:j])
		i = max(i, j-1)
	}
	return strings.Join(lines, "")
}

// workspace is a folder that looks to the commands like a fresh clone.
func workspace(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "examples"), os.DirFS(filepath.Join(root, "examples"))); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
}

// TestConsoleBlocksAreWhatIsPrinted runs every console block of every page, each page in a folder of its own.
func TestConsoleBlocksAreWhatIsPrinted(t *testing.T) {
	home, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pages(t) {
		if !console.MatchString(p.text) {
			continue
		}
		t.Run(p.name, func(t *testing.T) {
			workspace(t)
			s := &shell{t: t, env: map[string]string{}}
			want := console.ReplaceAllStringFunc(p.text, func(block string) string {
				return "```console\n" + s.replay(console.FindStringSubmatch(block)[1]) + "```"
			})
			if want == p.text {
				return
			}
			if *update {
				t.Chdir(home)
				p.text = want
				p.write(t)
				return
			}
			t.Errorf("%s shows other output than regent prints; run go test ./internal/docs -update\n%s", p.name, firstDifference(p.text, want))
		})
	}
}
