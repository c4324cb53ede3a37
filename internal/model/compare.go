package model

import (
	"maps"

	"github.com/google/go-cmp/cmp"
)

// Equal compares a desired with a live value.
func Equal(want, have Value) bool {
	switch want := want.(type) {
	case FromEnv:
		text, isText := have.(string)
		return want.Set && isText && want.Value.Equal(text)
	case string, int64, bool:
		return want == have
	case map[string]string:
		have, isMap := have.(map[string]string)
		return isMap && maps.Equal(want, have)
	}
	return cmp.Equal(want, have)
}

// Empty reports whether a value says nothing: no value, no text, zero, or a map without entries.
func Empty(v Value) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case int64:
		return v == 0
	case map[string]string:
		return len(v) == 0
	}
	return false
}

// Differing gives the observable fields in which a live item is not what is desired, in the order of the table.
// What the API did not return and what comes from an unset variable cannot differ.
func Differing(table []Field, d, live *Item) []Field {
	var out []Field
	for i := range table {
		f := &table[i]
		if f.Key || !f.Observable() {
			continue
		}
		want, governed := d.Values[f.Name]
		have, returned := live.Values[f.Name]
		if !governed || !returned {
			continue
		}
		if env, ok := want.(FromEnv); ok && !env.Set {
			continue
		}
		if !Equal(want, have) {
			out = append(out, *f)
		}
	}
	return out
}
