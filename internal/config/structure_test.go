package config

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// source is a whole file and what is said about it.
type source struct {
	name, src string
	want      []string
}

func runSources(t *testing.T, tests []source) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, problems(t, tt.src)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestFilesWithoutContent(t *testing.T) {
	const empty = "1:1: the file is empty; a configuration starts with version: 1"
	const noMapping = "1:1: a configuration is a mapping that starts with version: 1"
	runSources(t, []source{
		{"empty", "", []string{empty}},
		{"comment", "# later\n", []string{empty}},
		{"empty document", "---\n...\n", []string{empty}},
		{"text", "hello", []string{noMapping}},
		{"list", "- a", []string{noMapping}},
		{"only a version", "version: 1", nil},
		{"sections without items", "version: 1\naccounts:\nregistries:\nreplicationTargets: []\n", nil},
	})
}

func TestVersion(t *testing.T) {
	runSources(t, []source{
		{"missing", "accounts: {}", []string{"1:1: version is missing; a configuration starts with version: 1"}},
		{"later", "version: 2\naccounts: {a: {}}", []string{"1:10: version: this regent reads version 1 of the format, not 2"}},
		{"text", `version: "1"`, []string{"1:10: version must be the number 1, without quotes"}},
		{"fraction", "version: 1.0", []string{"1:10: version must be the number 1, the only version this regent reads"}},
		{"null", "version:", []string{"1:1: version must be the number 1, the only version this regent reads"}},
		{"another spelling", "version: 0x1", []string{"1:10: version: this regent reads version 1 of the format, not 0x1"}},
	})
}

func TestTypes(t *testing.T) {
	runSources(t, []source{
		{"sections", "version: 1\nregistries:\n  name: x\naccounts: []\nreplicationTargets: x\n", []string{
			"3:3: registries must be a list; start each entry with a dash (- )",
			"4:11: accounts must be a mapping of keys to values, not a list",
			"5:21: replicationTargets must be a list; start each entry with a dash (- )",
		}},
		{"items", "version: 1\nregistries:\n  -\n  - x\n  - []\naccounts:\n  a:\n  b: x\n", []string{
			"3:4: registries[0] has no value",
			"4:5: registries[1] must be a mapping of keys to values, not text",
			"5:5: registries[2] must be a mapping of keys to values, not a list",
			"7:3: accounts.a has no value",
			"8:6: accounts.b must be a mapping of keys to values, not text",
		}},
	})
	runMistakes(t, []mistake{
		{"number", "name: harbor", "name: 00123", []string{
			`19:11: registries[0].name is the number 00123; write it in quotes: "00123"`,
		}},
		{"float", "name: harbor", "name: 1e3", []string{`19:11: registries[0].name is the number 1e3; write it in quotes: "1e3"`}},
		{"date", "name: harbor", "name: 2024-01-01", []string{
			`19:11: registries[0].name is the date 2024-01-01; write it in quotes: "2024-01-01"`,
		}},
		{"truth value", "name: harbor", "name: true", []string{
			`19:11: registries[0].name is the truth value true; write it in quotes: "true"`,
		}},
		{"null", "name: harbor", "name: ~", []string{
			"19:11: registries[0].name has no value: ~ means nothing in YAML; write it in quotes if it is meant as text",
		}},
		{"nothing", "name: harbor", "name:", []string{"19:5: registries[0].name has no value"}},
		{"quoted number", "name: harbor", `name: "00123"`, nil},
		{"tagged number", "name: harbor", "name: !!str 00123", nil},
		{"word that was a truth value in YAML 1.1", "name: harbor", "name: no", nil},
		{"list", "username: robot\n    password: {env: QUAY_PASSWORD}", "username: [a]\n    password: {env: QUAY_PASSWORD}", []string{
			"34:15: registries[quay].username must be text, not a list",
		}},
	})
}

func TestKeys(t *testing.T) {
	runSources(t, []source{
		{"twice", "version: 1\naccounts: {}\naccounts: {}\n", []string{
			"3:1: accounts is written twice in this mapping; the first is at f:2:1",
		}},
		{"not text", "version: 1\n1: {}\n? [a]\n: b\n", []string{
			"2:1: a key must be text; put it in quotes",
			"3:3: a key must be text, not a list or a mapping",
		}},
		{"slips", "verzion: 1\nacounts: {}\nregistries: [{name: a, type: harbor, url: 'https://a', username: u, " +
			"password: {env: A}, scan: [{account: b, clusterId: c}]}]\n", []string{
			"1:1: verzion: unknown key; did you mean version?",
			"2:1: acounts: unknown key; did you mean accounts?",
		}},
		{"in braces without value", "version: 1\naccounts: {hss:provider}\n", []string{"2:12: accounts[hss:provider] has no value"}},
		{"of one's own", "version: 1\nx-a: {b: [c]}\naccounts: {x-b: 1, a: {provider: alibaba-sas, region: cn-hangzhou, x-c: }}\n", nil},
	})
}

func TestAnchorsAndMergeKeys(t *testing.T) {
	runSources(t, []source{
		{"merge of text", "version: 1\naccounts: {a: {<<: x}}\n", []string{
			"2:20: << takes a mapping, or a list of mappings, usually by alias: <<: *name",
		}},
		{"two merges", "version: 1\nx-a: &a {}\nx-b:\n  <<: *a\n  <<: *a\n", []string{
			"5:3: << may stand once in a mapping; write <<: [*first, *second]",
		}},
		{"inside itself", "version: 1\nx-a: &a {b: *a}\n", []string{
			"2:13: this alias is inside the value it stands for, so the value would never end",
		}},
		{"merged into itself", "version: 1\nx-a: &a\n  <<: *a\n", []string{
			"3:7: this alias is inside the value it stands for, so the value would never end",
		}},
		{"one mistake, used twice", "version: 1\nx-l: &l {username: u, password: pw, type: harbor, url: 'https://a', scan: [{account: a, clusterId: c}]}\n" +
			"accounts: {a: {provider: huawei-hss, region: cn-north-4, projectId: p}}\n" +
			"registries: [{<<: *l, name: a}, {<<: *l, name: b}]\n", []string{
			"2:33: registries[a].password: a secret is never written in the file; write {env: A_PASSWORD} and set that variable",
		}},
	})
}

func TestMergedValuesKeepTheirPlace(t *testing.T) {
	cfg, err := Parse("f", []byte(`version: 1
x-login: &login
  username: robot
  password: {env: A}
x-more: &more {username: other, apiVersion: V1, x-note: ignored}
x-url: &url https://harbor.example.com
accounts:
  hss: {provider: huawei-hss, region: cn-north-4, projectId: p}
registries:
  - name: harbor
    <<: [*login, *more]
    type: harbor
    url: *url
    apiVersion: V2
    scan: [{account: hss, clusterId: c}]
`))
	if err != nil {
		t.Fatal(err)
	}
	r := cfg.Registries[0]
	if r.Username.Literal != "robot" || r.Password.Env != "A" || r.APIVersion != "V2" {
		t.Errorf("the first of several merges and written keys must win: %+v", r)
	}
	for key, want := range map[string]string{
		"username": "f:3:13", "password": "f:4:13", "apiVersion": "f:14:17", "url": "f:13:10", "name": "f:10:11",
	} {
		if got := r.Key(key).String(); got != want {
			t.Errorf("%s is at %s, want %s", key, got, want)
		}
	}
}

func TestSeveralDocumentsAreOneConfiguration(t *testing.T) {
	runSources(t, []source{
		{"split", strings.Replace(base, "registries:\n", "---\nversion: 1\nregistries:\n", 1) + "---\n", nil},
		{"no version in the second", "version: 1\n---\naccounts: {}\n", []string{
			"3:1: version is missing; document 2 of this file starts here, after ---, and each has a version: 1 of its own; " +
				"delete the --- if this belongs to what stands above",
		}},
		{"declared in both", "version: 1\naccounts: {a: {provider: alibaba-sas, region: cn-hangzhou}}\n---\n" +
			"version: 1\naccounts: {a: {provider: alibaba-sas, region: cn-hangzhou}}\n", []string{
			"5:12: accounts.a: this account is declared twice; the first is at f:2:12",
		}},
		{"an unread one hides no others and adds none", "version: 2\n---\n" + base + "  - {name: a, account: elsewhere, type: huawei-SWR, url: 'https://a', " +
			"accessKey: a, accessSecret: {env: A}, colour: red}\n", []string{
			"1:10: version: this regent reads version 1 of the format, not 2",
			"61:109: replicationTargets[a].colour: unknown key; the keys here are accessKey, accessSecret, account, " +
				"description, hosts, insecure, name, target, type, url",
		}},
	})
}

func TestEncodings(t *testing.T) {
	runSources(t, []source{
		{"byte-order mark", "\xEF\xBB\xBFversion: 1\n", nil},
		{"byte-order mark keeps columns", "\xEF\xBB\xBFverzion: 1\n", []string{"1:1: verzion: unknown key; did you mean version?"}},
		{"byte-order mark inside", "version: 1\nx-a: \uFEFF\n", []string{
			"2:6: a byte-order mark (U+FEFF) is allowed at the start of the file only; delete this one",
		}},
		{"UTF-16, little-endian", "\xFF\xFEv\x00", []string{"1:1: the file is UTF-16; save it as UTF-8"}},
		{"UTF-16, big-endian", "\xFE\xFF\x00v", []string{"1:1: the file is UTF-16; save it as UTF-8"}},
		{"UTF-16 without mark", "v\x00e\x00", []string{"1:2: a NUL character is not allowed; if the file is UTF-16, save it as UTF-8"}},
		{"Latin-1", "version: 1\nx-a: é\xE9", []string{"2:7: the file is not valid UTF-8 here; save it as UTF-8"}},
		{"escape character", "version: 1\r\nx-a: \x1B[31m", []string{
			"2:6: the control character U+001B is not allowed; delete it or write it as an escape in double quotes",
		}},
	})
}

func TestTags(t *testing.T) {
	const refused = ": YAML tags (words that start with !) are not read; put text that starts with ! in quotes"
	runSources(t, []source{
		{"custom", "version: 1\naccounts: !!python/object {a: {provider: alibaba-sas, region: cn-hangzhou}}\nregistries: !env X\n",
			[]string{"2:11" + refused, "3:13" + refused}},
		{"core", "version: !!int 1\nx-a: !!map {}\nx-b: !!seq []\n", []string{"1:10" + refused}},
		{"directive", "%TAG ! tag:example.com,2000:\n---\nversion: 1\n", []string{"1:1: YAML tags are not read; delete this %TAG line"}},
	})
}

func TestLimits(t *testing.T) {
	laughs := "version: 1\nx-0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n"
	merges := "version: 1\nx-0: &a0 {" + numbered(200, "x%d: 1, ") + "}\nx-1:\n"
	for i := range 20 {
		laughs += fmt.Sprintf("x-%d: &a%d [%s]\n", i+1, i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i), 10), ", "))
	}
	merges += numbered(10000, "  - {y%d: 1, <<: *a0}\n")
	runSources(t, []source{
		{"billion laughs", laughs, []string{"7:46: aliases and merge keys repeat more than 1000000 values; write fewer of them"}},
		{"many merges", merges, []string{"2497:20: aliases and merge keys repeat more than 1000000 values; write fewer of them"}},
		{"deep braces", "version: 1\nx-a: " + strings.Repeat("[", 70) + strings.Repeat("]", 70), []string{"2:69: nested more than 64 levels deep"}},
		{"deep by alias", "version: 1\nx-a: &a " + strings.Repeat("[", 40) + strings.Repeat("]", 40) + "\nx-b: " +
			strings.Repeat("[", 40) + "*a" + strings.Repeat("]", 40), []string{"3:46: nested more than 64 levels deep"}},
		{"deeper than the YAML parser goes", "version: 1\nx-a: " + strings.Repeat("[", 20000), []string{"2:1: not valid YAML: nested too deep"}},
		{"many values", "version: 1\nx-a: [" + strings.Repeat("1,", 3_000_000) + "]", []string{
			"1:1: the file has more than 2000000 commas, colons, brackets and lines; split it into several files",
		}},
		{"many bytes", "version: 1\n#" + strings.Repeat("x", maxFileSize), []string{
			" the file is too large: it has 10485772 bytes, and the limit is 10485760 bytes (10 MiB); split it into several files",
		}},
	})
}

// numbered repeats a format with the numbers from 0.
func numbered(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}
