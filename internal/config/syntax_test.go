package config

import (
	"strings"
	"testing"
)

func TestSyntaxErrorsAreFoundAtTheirLine(t *testing.T) {
	runSources(t, []source{
		{"tab", "version: 1\naccounts:\n\ta: b\n", []string{"3:2: not valid YAML: a tab cannot indent YAML; use spaces"}},
		{"indentation", "version: 1\naccounts:\n    a: {}\n  b: {}\n", []string{
			"4:3: not valid YAML: the indentation does not fit the lines above, or a quote or bracket is not closed",
		}},
		{"open brace", "version: 1\naccounts:\n  a: {provider: alibaba-sas, region: cn-hangzhou\nregistries:\n  - name: x\n", []string{
			"3:3: not valid YAML: a brace { is not closed, or a comma is missing",
		}},
		{"open bracket", "version: 1\nx-a:\n  - [a, b\nx-c: d\n", []string{
			"3:3: not valid YAML: a bracket [ is not closed, or a comma is missing",
		}},
		{"open quote", "version: 1\nx-a: \"b\nx-c: d\nx-e: f\n", []string{"2:1: not valid YAML: a quote is not closed"}},
		{"open brace, then much more", "version: 1\nx-a: {\n" + numbered(3000, "  x-%d: [\n    y,\n  ],\n"), []string{
			"9002:3: not valid YAML: a value is missing, or a comma or bracket is out of place; or a brace or bracket is not closed",
		}},
		{"open bracket after others", "version: 1\n" + numbered(1000, "x-%d: [\n  y,\n ]\n") + "x-a: [\n" + numbered(500, "  y%d,\n"), []string{
			"3502:3: not valid YAML: a value is missing, or a comma or bracket is out of place; or a brace or bracket is not closed",
		}},
		{"open quote, then much more", "version: 1\nx-a: \"b\n" + numbered(500, "x-%d: y\n"), []string{
			"2:1: not valid YAML: a quote is not closed",
		}},
		{"no colon", "version: 1\naccounts\nregistries: []\n", []string{
			"2:1: not valid YAML: a key has no colon after it, or text goes on where a key should start",
		}},
		{"two colons", "version: 1\nx-a: b: c\n", []string{
			"2:1: not valid YAML: a colon and a space stand where no key can be; check the indentation, or put the text in quotes",
		}},
		{"no space after the colon", "version:1\n\naccounts: {}\n", []string{
			"3:1: not valid YAML: a colon and a space stand where no key can be; check the indentation, or put the text in quotes",
		}},
		{"no space after the colon, right above", "version:1\naccounts: {}\n", []string{
			"2:1: not valid YAML: a colon and a space stand where no key can be; check the indentation, or put the text in quotes; " +
				"or a space is missing after the colon or dash in the line above",
		}},
		{"no space after the dash", "version: 1\nx-a:\n  -name\n  b: c\n", []string{
			"4:3: not valid YAML: a colon and a space stand where no key can be; check the indentation, or put the text in quotes; " +
				"or a space is missing after the colon or dash in the line above",
		}},
		{"dash", "version: 1\nx-a: - b\n", []string{
			"2:1: not valid YAML: a list entry (- ) cannot stand here; start it on a line of its own",
		}},
		{"list out of line", "version: 1\nx-a:\n  - b\n - c\n", []string{
			"4:2: not valid YAML: the indentation does not fit the lines above, or a quote or bracket is not closed",
		}},
		{"at sign", "version: 1\n\n# why\nx-a: @b\n", []string{"4:1: not valid YAML: text cannot start with @, ` or %; put it in quotes"}},
		{"unknown alias", "version: 1\nx-a: *b\n", []string{
			"2:1: not valid YAML: an alias (*name) has no anchor (&name) before it; put text that starts with * in quotes",
		}},
		{"anchor without name", "version: 1\nx-a: & b\n", []string{
			"2:1: not valid YAML: & and * mark anchors and aliases; put text that starts with them in quotes",
		}},
		{"backslash", "version: 1\nx-a: \"C:\\Data\"\n", []string{
			`2:1: not valid YAML: a backslash in double quotes starts an escape that does not exist; use single quotes, or write \\`,
		}},
		{"backslash before hexadecimal digits", "version: 1\nx-a: \"C:\\Users\"\n", []string{
			`2:1: not valid YAML: a backslash in double quotes starts an escape that is cut short; use single quotes, or write \\`,
		}},
		{"merge conflict", "version: 1\n<<<<<<< HEAD\nx-a: b\n=======\nx-a: c\n>>>>>>> other\n", []string{
			"2:1: not valid YAML: this is a conflict marker of git; keep one of the two sides, and delete the markers",
		}},
		{"second document", "version: 1\n---\nversion: 1\nx: [\n", []string{
			"4:1: not valid YAML: a value is missing, or a comma or bracket is out of place; or a brace or bracket is not closed",
		}},
		{"Windows line ends", "version: 1\r\nx-a: b\r\nx-c: d: e\r\n", []string{
			"3:1: not valid YAML: a colon and a space stand where no key can be; check the indentation, or put the text in quotes",
		}},
		{"%YAML", "%YAML 1.3\n---\nversion: 1\n", []string{"1:1: not valid YAML: this %YAML line cannot be read; delete it"}},
	})
}

func TestSyntaxErrorsOfLargeFilesAreFoundAtTheirLine(t *testing.T) {
	const n = 150_000 // too large to be parsed more than once
	runSources(t, []source{
		{"open quote", "version: 1\n# why\nx-a: \"b\n" + numbered(n, "x-%d: yyyyyyyyyy\n"), []string{
			"3:1: not valid YAML: a quote is not closed",
		}},
		{"open brace", "version: 1\n# why\nx-a: {\n" + numbered(n, "  x-%d: yyyyyyyyyy,\n") + "y: z\n", []string{
			"3:1: not valid YAML: a brace { is not closed, or a comma is missing",
		}},
		{"last line", "version: 1\n" + numbered(n, "x-%d: yyyyyyyyyy\n") + "x: y: z\n", []string{
			"150002:1: not valid YAML: a colon and a space stand where no key can be; check the indentation, or put the text in quotes",
		}},
	})
}

func TestSyntaxErrorInOneFileHidesNoOther(t *testing.T) {
	_, err := LoadSources([]Source{
		{Name: "a.yaml", Data: []byte("version: 1\naccounts: [\n")},
		{Name: "b.yaml", Data: []byte(strings.Replace(base, "imagesPerHour: 10", "imagesPerHour: 0", 1) +
			"  - {name: a, account: of-a, type: huawei-SWR, url: 'https://a', accessKey: a, accessSecret: {env: A}}\n")},
	})
	want := "a.yaml:2:1: not valid YAML: a value is missing, or a comma or bracket is out of place; or a brace or bracket is not closed\n" +
		"b.yaml:28:24: registries[harbor].scan[sas].imagesPerHour is 0; it must be from 1 to 1000000"
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}
