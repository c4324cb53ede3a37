package config

import (
	"fmt"
	"strings"
	"testing"
)

// named gives a file with registries of two names, in one HSS account.
func twoNames(first, second, top string) string {
	const entry = "  - {name: %q, type: harbor, url: 'https://h%d.example.com', username: robot, password: {env: P}, scan: [{account: hss, clusterId: c}]}\n"
	return "version: 1\n" + top + "accounts:\n  hss: {provider: huawei-hss, region: cn-north-4, projectId: p}\nregistries:\n" +
		fmt.Sprintf(entry, first, 1) + fmt.Sprintf(entry, second, 2)
}

func TestTwinsThatLookAlikeAreFound(t *testing.T) {
	t.Parallel()
	const alone = "in the case or the form of its letters alone"
	for _, c := range []struct{ name, first, second, err, warning string }{
		{"other names", "harbor-prod", "harbor-test", "", ""},
		{"Chinese names", "生产", "测试", "", ""},
		{"letter case", "harbor-prod", "Harbor-Prod", alone, ""},
		{"full width", "harbor-prod", "ｈarbor-prod", alone, ""},
		{"composed", "caf\u00e9", "cafe\u0301", alone, ""},
		{"radical", "\u4e00", "\u2f00", alone, ""},
		{"zero width space", "harbor", "har\u200bbor", alone, ""},
		{"variation selector", "harbor", "harbor\ufe0f", alone, ""},
		{"filler", "harbor", "harbor\u3164", alone, ""},
		{"grapheme joiner", "harbor", "har\u034fbor", alone, ""},
		{"Braille blank", "harbor", "har\u2800bor", alone, ""},
		{"Cyrillic", "harbor", "h\u0430rbor", "", `the name "h\u0430rbor" looks like harbor (r.yaml:6:`},
		{"Greek", "harbor", "harb\u03bfr", "", `looks like harbor (r.yaml:6:`},
		{"a digit for a letter", "registry-1", "registry-l", "", "the name registry-l looks like registry-1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := Parse("r.yaml", []byte(twoNames(c.first, c.second, "names: any\n")))
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) || !strings.HasPrefix(err.Error(), "r.yaml:7:12: ") {
					t.Errorf("%v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var said []string
			for _, w := range got.Warnings {
				said = append(said, w.Error())
			}
			if text := strings.Join(said, "\n"); !strings.Contains(text, c.warning) || (text == "") != (c.warning == "") {
				t.Errorf("%q, want %q", text, c.warning)
			}
		})
	}
}

func TestNamesOfOtherCharactersNeedAWord(t *testing.T) {
	t.Parallel()
	for name, plain := range map[string]bool{
		"harbor-prod": true, "Harbor_2.eu west": true, "生产-harbor": true,
		"h\u0430rbor": false, "harbor\u200b": false, "caf\u00e9": false, "a/b": false, "@all": false, "har\u2800bor": false,
	} {
		_, err := Parse("r.yaml", []byte(twoNames(name, "other", "")))
		if refused := err != nil && strings.Contains(err.Error(), "write names: any at the top"); refused == plain || plain != (err == nil) {
			t.Errorf("%q: %v", name, err)
		}
		if _, err := Parse("r.yaml", []byte(twoNames(name, "other", "names: any\n"))); err != nil {
			t.Errorf("%q with names: any: %v", name, err)
		}
	}
	account := strings.NewReplacer("hss:", "'h:s':", "account: hss", "account: 'h:s'").Replace(twoNames("a", "b", ""))
	if _, err := Parse("r.yaml", []byte(account)); err == nil || !strings.HasPrefix(err.Error(), "r.yaml:3:3: accounts[\"h:s\"]: ") && !strings.Contains(err.Error(), "names: any") {
		t.Errorf("an account: %v", err)
	}
}
