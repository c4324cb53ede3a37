package cloud

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// many repeats a value, with commas between.
func many(n int, value string) string { return strings.TrimSuffix(strings.Repeat(value+",", n), ",") }

func TestCrowds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		body    string
		entries int
		want    string
	}{
		{"as many as asked for", `{"list":[` + many(100, "{}") + `]}`, 100, ""},
		{"one more", `{"list":[` + many(101, "{}") + `]}`, 100, "a list of more than 100 entries"},
		{"one more, spread out", " \n{ \"list\" : [\n" + many(101, "{ } ") + "\n] }", 100, "a list of more than 100 entries"},
		{"as many as a call lets pass that says nothing", "[" + many(1000, "1") + "]", 0, ""},
		{"more than that", "[" + many(1001, "1") + "]", 0, "a list of more than 1000 entries"},
		{"two lists", `{"a":[` + many(90, "1") + `],"b":[` + many(90, "1") + `]}`, 100, ""},
		{"a list behind another", `{"a":[` + many(90, "[]") + `],"b":[` + many(101, "1") + `]}`, 100, "a list of more than 100 entries"},
		{"a list in an entry", `[{"a":[` + many(101, "1") + `]}]`, 100, "a list of more than 100 entries"},
		{"an object of many keys", `{` + many(500, `"a":1`) + `}`, 100, ""},
		{"commas in text", `["` + many(500, "1") + `"]`, 100, ""},
		{"commas after a quote in text", `["\"` + many(500, "1") + `"]`, 100, ""},
		{"commas after a backslash in text", `["\\",` + many(500, "1") + `]`, 100, "a list of more than 100 entries"},
		{"brackets in text", `["` + strings.Repeat("[", 500) + `",` + many(99, "1") + `]`, 100, ""},
		{"everything together", `[` + many(100, `[`+many(100, `{`+many(20, `"a":1`)+`}`)+`]`) + `]`, 100, "more than 100000 values"},
		{"an object of very many keys", `{` + many(200_000, `"a":1`) + `}`, 100, "more than 100000 values"},
		{"many values of many entries", `[` + many(10_000, `{`+many(49, `"a":1`)+`}`) + `]`, 10_000, ""},

		{"nothing", "", 100, ""},
		{"a web page", "<html>[" + many(500, "1") + "]", 100, ""},
		{"text that does not end", `["` + many(500, "1"), 100, ""},
		{"an end too many", `[]]` + many(500, "1"), 100, ""},
		{"commas around nothing", `[]` + many(500, ","), 100, ""},
		{"too deep", strings.Repeat("[", 20_000) + many(500, "1"), 100, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			err := crowded([]byte(c.body), c.entries)
			if (err == nil) != (c.want == "") || err != nil && (!strings.Contains(err.Error(), c.want) || !errors.Is(err, errCrowded)) {
				t.Errorf("want %q: %v", c.want, err)
			}
		})
	}
}

// FuzzCrowded: what passes decodes into no list that is longer.
func FuzzCrowded(f *testing.F) {
	for _, body := range []string{`[1,2,3,4]`, `{"a":[1,2,3,4]}`, `["\\","\",",1,2]`, `[[[]],[],{"a":{},"b":[1]}]`, `[,,,]`, "\"", `{"a\`} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		var value any
		if crowded([]byte(body), 3) == nil && json.Unmarshal([]byte(body), &value) == nil && longest(value) > 3 {
			t.Errorf("%s passes", body)
		}
	})
}

// longest gives the length of the longest list in a value.
func longest(value any) int {
	n := 0
	switch v := value.(type) {
	case []any:
		n = len(v)
		for _, e := range v {
			n = max(n, longest(e))
		}
	case map[string]any:
		for _, e := range v {
			n = max(n, longest(e))
		}
	}
	return n
}

// BenchmarkCrowded looks through the list of 10,000 registrations, and for comparison decodes it.
func BenchmarkCrowded(b *testing.B) {
	var list []string
	for i := range 10_000 {
		list = append(list, fmt.Sprintf(`{"Id":%d,"RegistryType":"harbor","RegistryVersion":"V2","RegionId":"cn-hangzhou","DomainName":"harbor-%d.example.com",`+
			`"RegistryHostIp":"192.0.2.10","Port":443,"ProtocolType":2,"NetType":1,"VpcId":"","UserName":"robot$scanner","Password":"******","TransPerHour":10,`+
			`"RegistryName":"","JenkinsEnv":"","WhiteList":"","PersistenceDay":0,"GmtCreate":1767225600000,"Token":"0123456789abcdef"}`, i, i))
	}
	body := []byte(`{"RequestId":"r","ImageRegistryInfos":[` + strings.Join(list, ",") + `]}`)
	b.Run("look", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		for b.Loop() {
			if err := crowded(body, 100_000); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("decode", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		for b.Loop() {
			var out struct {
				List []struct {
					ID   int64  `json:"Id"`
					Name string `json:"DomainName"`
					User string `json:"UserName"`
				} `json:"ImageRegistryInfos"`
			}
			if err := json.Unmarshal(body, &out); err != nil {
				b.Fatal(err)
			}
		}
	})
}
