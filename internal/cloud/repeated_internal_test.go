package cloud

import "testing"

func TestKeysThatAnObjectHasTwiceAreFound(t *testing.T) {
	t.Parallel()
	for doc, want := range map[string]string{
		`{}`: "", `[]`: "", `"a"`: "", ` {"a": 1, "b": {"a": 2}, "c": [{"a": 3}, {"a": 4}], "d": "a"} `: "",
		`{"a":1,"a":2}`:                             "a",
		`{"id":1,"ID":2}`:                           "ID",
		`{"registry_id":1,"regi\u0073try_id":2}`:    "registry_id",
		`{"k":1,"\u212a":2}`:                        "\u212a",
		`{"a":{"b":1},"x":[{"b":1}],"A" : 2}`:       "A",
		`[{"a":1},{"a":2,"b":{"c":[1,"a"]},"a":3}]`: "a",
		`{"a\"b":1,"a\"B":2}`:                       `a"B`,
		`{"a":"{\"x\":1,\"x\":2}","b":":"}`:         "",
	} {
		if got := repeated([]byte(doc)); got != want {
			t.Errorf("%s: %q, want %q", doc, got, want)
		}
	}
}
