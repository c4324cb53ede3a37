package githubtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"
)

// maxCharacters is the longest body that GitHub's error message admits. GitHub itself counts the bytes of a comment
// (262,144 of them: seen 2026-09), and so takes longer ones as long as they are not of four-byte characters only. The
// server holds to the message: what it takes, GitHub takes.
const maxCharacters = 65536

// maxTitle and maxLabel are the longest title of an issue and name of a label, in characters.
const (
	maxTitle = 256
	maxLabel = 50
)

// object reads the body of a request as a JSON object.
func (c *call) object() (map[string]json.RawMessage, *problem) {
	if len(bytes.TrimSpace(c.body)) == 0 {
		return nil, nil
	}
	if !json.Valid(c.body) || !utf8.Valid(c.body) {
		return nil, &problem{status: http.StatusBadRequest, message: "Problems parsing JSON"}
	}
	var out map[string]json.RawMessage
	if json.Unmarshal(c.body, &out) != nil || out == nil {
		return nil, &problem{status: http.StatusBadRequest, message: "Body should be a JSON object"}
	}
	return out, nil
}

// property reads a property that must be a string where it is given. given is false when it is absent, and also when it is
// null and may be.
func property(object map[string]json.RawMessage, name string, nullable bool) (value string, given bool, refused *problem) {
	raw, given := object[name]
	switch {
	case !given:
		return "", false, nil
	case nullable && string(raw) == "null":
		return "", true, nil
	case json.Unmarshal(raw, &value) != nil || string(raw) == "null":
		return "", true, malformed("For 'properties/%s', %s is not a string.", name, inspect(raw))
	}
	return value, true, nil
}

// inspect writes a value as GitHub's messages do.
func inspect(raw json.RawMessage) string {
	if string(raw) == "null" {
		return "nil"
	}
	var object map[string]any
	if json.Unmarshal(raw, &object) == nil {
		return strings.ReplaceAll(string(raw), `":`, `"=>`)
	}
	return string(raw)
}

// missing is the answer to a body without a property it needs.
func missing(name string) *problem { return malformed("%q wasn't supplied.", name) }

// commentBody reads the body of a comment.
func (c *call) commentBody() (string, *problem) {
	object, refused := c.object()
	if refused != nil {
		return "", refused
	}
	body, given, refused := property(object, "body", false)
	unprocessable := func(message string) *problem {
		return invalid(fieldError{Resource: "IssueComment", Code: "unprocessable", Field: "data", Message: message})
	}
	switch {
	case refused != nil:
		return "", refused
	case !given:
		return "", missing("body")
	case strings.TrimSpace(body) == "":
		return "", unprocessable("Body cannot be blank")
	case utf8.RuneCountInString(body) > maxCharacters:
		return "", unprocessable(fmt.Sprintf("Body is too long (maximum is %d characters)", maxCharacters))
	}
	return body, nil
}

// issueBody is what a request says about an issue. Nil means nothing.
type issueBody struct {
	title, body, state, reason *string
	labels                     *[]string
}

// issueBody reads what a request says about an issue.
func (c *call) issueBody() (issueBody, *problem) {
	object, refused := c.object()
	if refused != nil {
		return issueBody{}, refused
	}
	for _, name := range []string{"assignee", "assignees", "milestone", "type"} {
		if raw, given := object[name]; given && string(raw) != "null" && string(raw) != "[]" {
			return issueBody{}, unserved("the property " + name + " of issues")
		}
	}
	var out issueBody
	for _, p := range []struct {
		name     string
		nullable bool
		to       **string
	}{{"title", false, &out.title}, {"body", true, &out.body}, {"state", false, &out.state}, {"state_reason", true, &out.reason}} {
		value, given, refused := property(object, p.name, p.nullable)
		if refused != nil {
			return out, refused
		}
		if given {
			*p.to = &value
		}
	}
	if raw, given := object["labels"]; given && string(raw) != "null" {
		names, refused := labelNames(raw)
		if refused != nil {
			return out, refused
		}
		out.labels = &names
	}
	return out, out.check()
}

// labelNames reads the labels of an issue: names, or objects with a name.
func labelNames(raw json.RawMessage) ([]string, *problem) {
	var entries []json.RawMessage
	if json.Unmarshal(raw, &entries) != nil {
		return nil, malformed("For 'properties/labels', %s is not an array.", inspect(raw))
	}
	names := []string{}
	for i, entry := range entries {
		var name string
		var object struct{ Name string }
		switch {
		case json.Unmarshal(entry, &name) == nil && string(entry) != "null":
		case json.Unmarshal(entry, &object) == nil && object.Name != "":
			name = object.Name
		default:
			return nil, malformed("For 'labels/%d', %s is not a string.", i, inspect(entry))
		}
		if length := utf8.RuneCountInString(name); strings.TrimSpace(name) == "" || length > maxLabel {
			return nil, invalid(fieldError{Value: name, Resource: "Label", Code: "invalid", Field: "name"})
		}
		names = append(names, name)
	}
	return names, nil
}

// check refuses values that no issue can have.
func (b issueBody) check() *problem {
	custom := func(field string, limit int) *problem {
		return invalid(fieldError{
			Resource: "Issue", Code: "custom", Field: field,
			Message: fmt.Sprintf("%s is too long (maximum is %d characters)", field, limit),
		})
	}
	switch {
	case b.title != nil && strings.TrimSpace(*b.title) == "":
		return invalid(fieldError{Resource: "Issue", Code: "missing_field", Field: "title"})
	case b.title != nil && utf8.RuneCountInString(*b.title) > maxTitle:
		return custom("title", maxTitle)
	case b.body != nil && utf8.RuneCountInString(*b.body) > maxCharacters:
		return custom("body", maxCharacters)
	case b.state != nil && *b.state != "open" && *b.state != "closed":
		return malformed(`For 'properties/state', %s is not a member of ["open", "closed"].`, *b.state)
	}
	if b.reason == nil {
		return nil
	}
	switch *b.reason {
	case "", "completed", "not_planned", "duplicate", "reopened":
		return nil
	}
	return malformed(
		`For 'properties/state_reason', %s is not a member of ["completed", "not_planned", "duplicate", "reopened", null].`, *b.reason)
}
