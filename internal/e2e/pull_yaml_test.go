package e2e

import (
	"fmt"
	"strings"
	"testing"
	"unicode"

	"regent/internal/emulator"
)

// filled repeats a text up to the size that a file may have.
func filled(head, text, tail string) string {
	const most = 10 << 20
	return head + strings.Repeat(text, (most-len(head)-len(tail))/len(text)) + tail
}

// anchors are as many as fit into a file, each with a name of its own.
func anchors(head, format, tail string) string {
	var b strings.Builder
	b.WriteString(head)
	for i := 0; b.Len() < 10<<20-len(tail)-20; i++ {
		fmt.Fprintf(&b, format, i)
	}
	return b.String() + tail
}

// bomb doubles what aliases stand for, many times.
func bomb() string {
	var b strings.Builder
	b.WriteString("version: 1\nx-0: &a0 [lol, lol]\n")
	for i := range 60 {
		fmt.Fprintf(&b, "x-%d: &a%d [*a%d, *a%d]\n", i+1, i+1, i, i)
	}
	return b.String()
}

// TestPullRequestWithAHostileFile: whatever stands in a file, checking it ends soon, in little memory, with findings that
// can be read. "" stands for a file that is valid.
func TestPullRequestWithAHostileFile(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ yaml, says string }{
		"alias bomb":                      {bomb(), "aliases and merge keys repeat more than"},
		"merge key bomb":                  {"version: 1\nx-0: &a {x-y: {z: 1}}\nx-1:\n" + strings.Repeat("  - {<<: [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a], y: 1}\n", 45_000), "aliases and merge keys repeat more than"},
		"anchors of 10 MiB":               {anchors("version: 1\nx-a: [", "&a%x 1,", "]\n"), "this list has"},
		"anchors of 10 MiB on lines":      {anchors("version: 1\n", "x-a%x: &a 1\n", ""), ""},
		"one anchor of 10 MiB":            {"version: 1\nx-a: &" + strings.Repeat("a", 10<<20-50) + " 1\n", ""},
		"aliases of 10 MiB":               {filled("version: 1\nx-b: &a 1\nx-a: [", "*a,", "]\n"), "more than 2000000 commas"},
		"merges of 10 MiB":                {filled("version: 1\nx-b: &a {x: 1}\nx-a: [", "{<<: *a},", "]\n"), "more than 2000000 commas"},
		"merge key cycle":                 {"version: 1\naccounts: &a\n  <<: *a\n", "the value would never end"},
		"merge key cycle of two":          {"version: 1\nx-a: &a\n  x-b: &b {<<: *a}\n  <<: *b\n", "the value would never end"},
		"alias cycle":                     {"version: 1\nregistries: &r [*r]\n", "the value would never end"},
		"deep nesting":                    {filled("version: 1\nx-a: ", "[", ""), "more than 2000000 commas"},
		"deep nesting of lists":           {"version: 1\nx-a:\n " + strings.Repeat("- ", 5_000_000) + "1\n", "nested too deep"},
		"deep nesting of keys":            {"version: 1\nx-a:\n " + strings.Repeat("? ", 5_000_000) + "\n", "nested too deep"},
		"nesting beyond use":              {"version: 1\nx-a: " + strings.Repeat("[", 500) + strings.Repeat("]", 500) + "\n", "nested more than 64 levels deep"},
		"duplicate keys":                  {"version: 1\naccounts: {}\naccounts: {}\n", "accounts is written twice"},
		"duplicate keys in two spellings": {"version: 1\n\"accounts\": {}\n\"\\x61ccounts\": {}\n", "accounts is written twice"},
		"duplicate keys, many":            {"version: 1\nx-a: {" + strings.Repeat("a: 1,", 300_000) + "}\n", "more findings from here on are not shown"},
		"duplicate accounts":              {"version: 1\naccounts: {a: {provider: alibaba-sas, region: cn-hangzhou}, a: {provider: huawei-hss, region: cn-north-4, projectId: p}}\n", "a is written twice"},
		"duplicate by merge key":          {"version: 1\nx-a: &a {region: cn-north-4}\naccounts: {a: {provider: alibaba-sas, region: cn-hangzhou, <<: *a}}\n", ""}, // what is written wins
		"not UTF-8":                       {"version: 1\nx-a: caf\xe9\n", "not valid UTF-8"},
		"UTF-16":                          {"\xff\xfev\x00e\x00r\x00", "UTF-16"},
		"surrogates in UTF-8":             {"version: 1\nx-a: \xed\xa0\x80\n", "not valid UTF-8"},
		"overlong UTF-8":                  {"version: 1\nx-a: \xc0\xaf\n", "not valid UTF-8"},
		"NUL":                             {"version: 1\nx-a: a\x00b\n", "NUL"},
		"escape character":                {"version: 1\nx-a: \x1b[2J\n", "control character U+001B"},
		"C1 control":                      {"version: 1\nx-a: \u009b31m\n", "control character U+009B"},
		"a long line":                     {"version: 1\nx-a: \"" + strings.Repeat("\\x41", 2_600_000) + "\"\n", ""},
		"a long key":                      {"version: 1\n" + strings.Repeat("a", 10<<20-50) + ": 1\n", "not valid YAML"},
		"documents":                       {filled("version: 1\n", "---\n", ""), "more than 2000000 commas"},
		"more than 10 MiB":                {filled("version: 1\n", "#", "") + "#", "too large"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, emulator.Options{})
			file := w.file("r.yaml", c.yaml)
			p := w.start(nil, "validate", "-f", file)
			peak := watchMemory(p.cmd.Process.Pid)
			code := 1
			if c.says == "" {
				code = 0
			}
			r := p.ends(code).says(t, c.says)
			if n := strings.Count(r.err, "\n"); n > 1100 || len(r.err) > 1<<20 {
				t.Errorf("%d lines, %d bytes of findings", n, len(r.err))
			}
			for _, char := range r.err {
				if char != '\n' && !unicode.IsPrint(char) {
					t.Fatalf("a finding holds %U", char)
				}
			}
			if mib := peak(); mib > 1024 {
				t.Errorf("%d MiB of memory", mib)
			}
		})
	}
}
