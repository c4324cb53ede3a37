package emulator

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// hugeChunk is 64 KiB or more of list items.
func hugeChunk() []byte {
	item := []byte(`{"id":"` + strings.Repeat("a", 1000) + `"},`)
	return bytes.Repeat(item, 1<<16/len(item)+1)
}

// wrongTypes keeps the shape of a JSON document and gives every value another
// type. A body that is no JSON becomes a JSON text.
func wrongTypes(body []byte) []byte {
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return []byte(`"unexpected"`)
	}
	data, err := json.Marshal(twistMembers(value))
	if err != nil {
		return []byte(`"unexpected"`)
	}
	return data
}

// twistMembers changes the members of an object; the object itself stays one,
// so that a decoder gets as far as its fields.
func twistMembers(value any) any {
	object, isObject := value.(map[string]any)
	if !isObject {
		return twist(value)
	}
	out := map[string]any{}
	for name, member := range object {
		out[name] = twist(member)
	}
	return out
}

func twist(value any) any {
	switch v := value.(type) {
	case string:
		return 7
	case float64, bool:
		return []any{"seven"}
	case []any:
		if len(v) == 0 {
			return "seven"
		}
		out := []any{}
		for _, item := range v {
			out = append(out, twistMembers(item))
		}
		return out
	case map[string]any:
		return "seven"
	default:
		return map[string]any{}
	}
}

// echo is an error that repeats everything the client sent.
func (c *call) echo(f Fault) *apiError {
	status := f.Status
	if status == 0 {
		status = http.StatusBadRequest
	}
	refusal := c.statusFault(Fault{Status: status, Code: f.Code})
	var parts []string
	for _, text := range c.everythingSent() {
		quoted, err := json.Marshal(text)
		if err != nil {
			continue
		}
		parts = append(parts, text, string(quoted), url.QueryEscape(text), percentEncode(text),
			base64.StdEncoding.EncodeToString([]byte(text)), base64.URLEncoding.EncodeToString([]byte(text)))
	}
	refusal.message = "cannot handle " + strings.Join(parts, " ")
	return refusal
}

// everythingSent collects body, query, their values one by one, and the
// headers that prove who is calling.
func (c *call) everythingSent() []string {
	sent := []string{string(c.body), c.r.URL.RawQuery}
	for _, values := range c.params {
		sent = append(sent, values...)
	}
	var body any
	if err := json.Unmarshal(c.body, &body); err == nil {
		sent = appendTexts(sent, body)
	}
	for _, name := range []string{"Authorization", headerAuthToken, headerSecurity, headerACSToken} {
		sent = append(sent, c.r.Header.Get(name))
	}
	slices.Sort(sent)
	sent = slices.Compact(sent)
	return slices.DeleteFunc(sent, func(text string) bool { return text == "" })
}

// appendTexts adds every string inside a decoded JSON value.
func appendTexts(to []string, value any) []string {
	switch v := value.(type) {
	case string:
		return append(to, v)
	case []any:
		for _, item := range v {
			to = appendTexts(to, item)
		}
	case map[string]any:
		for _, item := range v {
			to = appendTexts(to, item)
		}
	}
	return to
}
