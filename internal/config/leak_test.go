package config

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"
)

// marker is a literal secret that no finding may repeat.
const marker = "hunter2Geheim"

// leaks fails when the findings about a file repeat the marker, in any case.
func leaks(t interface{ Errorf(string, ...any) }, src string) (failed bool) {
	_, err := Parse("f", []byte(src))
	if err == nil {
		return false
	}
	if strings.Contains(strings.ToLower(err.Error()), strings.ToLower(marker)) {
		t.Errorf("a finding repeats the secret:\n%v\nin\n%s", err, src)
	}
	return true
}

// secretPlaces are the references to secrets in base.
var secretPlaces = []string{
	"{env: SWR_AK}", "{env: SWR_SK}", "{env: HARBOR_PASSWORD}", "{env: QUAY_TEAM_TOKEN}", "{env: DR_SECRET}",
}

// secretForms are the ways in which a secret may stand where a reference should.
var secretForms = []string{
	"%s", "'%s'", `"%s"`, `"\%s"`, "!%s", "!!%s x", "*%s", "&%s", "&%s x", "@%s", "`%s", "%%%s", "|%s", ">%s", "#%s", "${%s}",
	"$%s", "<%s>", "- %s", "? %s", "%s: x", "x: %s", "%s:", ": %s", "{%s}", "{%s: x}", "{%s: }", "{env: %s", "{env: [%s]}",
	"{env: {%s: x}}", "{env: -%s}", "{env: '%s !'}", "{evn: %s}", "{env: A, %s: x}", "{env: A, %s}", "{env:%s}", "{env: A, env: %s !}",
	"{<<: %s}", "{<<: {%s: x}}", "[%s]", "[%s", "'%s", `"%s`, "\n%s", "\n      %s", "\n      %s: x", "\n      - %s", "|\n      %s",
	"\t%s", "x\n%s: y", "https://u:%s@h", "{env: *%s}", "{env: !%s x}", "{env: &%s}", "{%s, %s}", "{%s: 1, %s: 2}", "{env: %s.x}",
	"{? %s}", "{? [%s] : x}", "!env %s", "{env: A}%s", "{env: A} %s", "{env: A}\n    %s", "{env: A}\n    %s: x", "%s\n---\n%s: x", "1%s",
	"{env: \"%s\u0007\"}", "\u0007%s", "{\"%s x\": y}", "{%s: {%s: [%s]}}",
}

func TestNoFindingRepeatsASecret(t *testing.T) {
	for _, place := range secretPlaces {
		for _, form := range secretForms {
			text := strings.ReplaceAll(strings.ReplaceAll(form, "%%", "%"), "%s", marker)
			src := change(t, place, text)
			if !leaks(t, src) && !strings.Contains(form, "#") && !strings.Contains(form, "x: y") {
				t.Errorf("%q in place of %s is no mistake", text, place)
			}
		}
	}
}

func TestNoFindingRepeatsTheSecretOfAnAddress(t *testing.T) {
	for _, form := range []string{
		"https://u:%s@harbor.example.com", "https://%s@harbor.example.com", "https://h?token=%s", "https://h#%s", "https://u:%s",
		"https://u:%s%%zz@h", "https://%s h", "u:%s@h", "%s://h", "https://h:%s/", "ftp://u:%s@h", "https://h/%s", "https://[%s]",
		"'https://u:p\\@%s:x'", "https://u:%s%%@h", "//u:%s@h", "https:u:%s@h", "http://h\x7f%s",
	} {
		text := fmt.Sprintf(form, marker)
		if !leaks(t, change(t, "https://harbor.example.com", text)) {
			t.Errorf("%q is no mistake", text)
		}
		leaks(t, change(t, "https://dr.example.com", text))
		leaks(t, change(t, "https://east.example.com", text))
	}
}

// TestNoFindingRepeatsASecretInABrokenFile damages files that hold literal secrets, wherever it may be.
func TestNoFindingRepeatsASecretInABrokenFile(t *testing.T) {
	src := base
	for _, place := range secretPlaces {
		src = strings.Replace(src, place, marker, 1)
	}
	flow := "version: 1\nregistries: [{name: a, type: harbor, url: 'https://a', username: u, password: " + marker +
		", scan: [{account: a, regionId: cn-hangzhou, hostIp: 192.0.2.1}]}]\n"
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.SampledFrom([]string{src, flow}).Draw(t, "file")
		for range rapid.IntRange(1, 4).Draw(t, "cuts") {
			at := outside(s, rapid.IntRange(0, len(s)).Draw(t, "at"))
			switch rapid.IntRange(0, 2).Draw(t, "how") {
			case 0:
				end := outside(s, min(len(s), at+rapid.IntRange(1, 12).Draw(t, "length")))
				s = s[:at] + s[max(at, end):]
			default:
				s = s[:at] + rapid.SampledFrom(damage).Draw(t, "text") + s[at:]
			}
		}
		if !becameName(s) {
			leaks(t, s)
		}
	})
}

// becameName reports whether the damage made the secret the name of something, which is no secret any more.
func becameName(src string) bool {
	var doc any
	if yaml.Unmarshal([]byte(src), &doc) != nil {
		return false
	}
	var walk func(v any) bool
	walk = func(v any) bool {
		switch v := v.(type) {
		case []any:
			return slices.ContainsFunc(v, walk)
		case map[string]any:
			for key, value := range v {
				if text, _ := value.(string); (key == "name" || key == "account") && strings.Contains(text, marker) || walk(value) {
					return true
				}
			}
		}
		return false
	}
	return walk(doc)
}

var damage = []string{
	" ", "\n", "\t", ":", ": ", "-", "- ", "{", "}", "[", "]", ",", "'", `"`, "|", ">", "#", " #", "!", "!!", "*", "&a ", "%", "@", "\\",
	"<<: ", "? ", "---\n", "x", "1", "\x00", "\r", "env: ",
}

// outside moves an offset out of the marker, so that it stays whole.
func outside(s string, at int) int {
	for i := max(0, at-len(marker)+1); i < at; i++ {
		if strings.HasPrefix(s[i:], marker) {
			return i
		}
	}
	return at
}
