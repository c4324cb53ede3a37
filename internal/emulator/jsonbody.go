package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"
)

// jsonBody reads the fields of a JSON object with their documented types and
// ranges. It keeps the first problem, so that a handler reads all fields and
// checks once. Problems name fields and rules, never values: a value may be a
// secret.
type jsonBody struct {
	fields  map[string]json.RawMessage
	known   map[string]bool
	prefix  string // of nested objects, for messages
	problem *string
}

// errNotJSON means that the body is no JSON object at all.
var errNotJSON = errors.New("the request body is not a JSON object")

// parseJSONBody reads the body of a request. It fails for a content type other
// than JSON, for anything but one object, and for trailing data.
func parseJSONBody(r *http.Request, body []byte) (*jsonBody, error) {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "application/json" {
		return nil, fmt.Errorf("the content type is not application/json: %w", errNotJSON)
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	var fields map[string]json.RawMessage
	if err := decoder.Decode(&fields); err != nil || fields == nil {
		return nil, errNotJSON
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errNotJSON
	}
	var problem string
	return &jsonBody{fields: fields, known: map[string]bool{}, problem: &problem}, nil
}

// rule is what a page says about one text field. Lengths are in characters;
// max 0 means no upper limit.
type rule struct {
	required bool
	min, max int
	enum     []string
	check    func(string) bool
	what     string // says what check wants
}

// text reads a string field. Nil means that it is absent or null.
func (b *jsonBody) text(name string, want rule) *string {
	raw, present := b.raw(name)
	if !present {
		if want.required {
			b.fail(name, "is mandatory")
		}
		return nil
	}
	var value string
	if err := json.Unmarshal(raw, &value); err != nil {
		b.fail(name, "must be a string")
		return nil
	}
	n := utf8.RuneCountInString(value)
	switch {
	case n < want.min || want.max > 0 && n > want.max:
		b.fail(name, fmt.Sprintf("must have %d to %d characters", want.min, want.max))
	case want.enum != nil && !slices.Contains(want.enum, value):
		b.fail(name, "must be one of "+strings.Join(want.enum, ", "))
	case want.check != nil && !want.check(value):
		b.fail(name, want.what)
	}
	return &value
}

// boolean reads a mandatory truth value.
func (b *jsonBody) boolean(name string) bool {
	raw, present := b.raw(name)
	if !present {
		b.fail(name, "is mandatory")
		return false
	}
	var value bool
	if err := json.Unmarshal(raw, &value); err != nil {
		b.fail(name, "must be true or false")
	}
	return value
}

// object reads a nested object. Nil means absent, null or not an object.
func (b *jsonBody) object(name string, required bool) *jsonBody {
	raw, present := b.raw(name)
	if !present {
		if required {
			b.fail(name, "is mandatory")
		}
		return nil
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		b.fail(name, "must be an object")
		return nil
	}
	return &jsonBody{fields: fields, known: map[string]bool{}, prefix: b.prefix + name + ".", problem: b.problem}
}

// texts reads a list of strings.
func (b *jsonBody) texts(name string) []string {
	raw, present := b.raw(name)
	if !present {
		b.fail(name, "is mandatory")
		return nil
	}
	var values []string
	if err := json.Unmarshal(raw, &values); err != nil {
		b.fail(name, "must be a list of strings")
	}
	return values
}

// raw returns a field that is present and not null, and remembers its name.
func (b *jsonBody) raw(name string) (json.RawMessage, bool) {
	b.known[name] = true
	raw, present := b.fields[name]
	return raw, present && string(raw) != "null"
}

// noOthers makes every field that was not read a problem.
func (b *jsonBody) noOthers() {
	for name := range b.fields {
		if !b.known[name] {
			b.fail(name, "is not a parameter of this API")
		}
	}
}

func (b *jsonBody) fail(name, message string) {
	if *b.problem == "" {
		*b.problem = b.prefix + name + " " + message
	}
}

// orEmpty dereferences an optional text.
func orEmpty(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
