package config

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"regent/internal/config/yamltree"
)

// typeMistake reports a value of the wrong type.
func (t *translator) typeMistake(s spot, g []violation) bool {
	_, k, ok := first[*kind.Type](g)
	if !ok {
		return false
	}
	if s.path == "" {
		t.report(s, "a configuration is a mapping that starts with version: 1")
		return true
	}
	t.report(s, s.path+wrongType(s, k.Want, subschema(g[0].pointer)))
	return true
}

// longInteger is a whole number that may be too long for an int64.
var longInteger = regexp.MustCompile(`^[-+]?[0-9]+$`)

// wrongType says what a value is and what it should be; rule is the schema's.
func wrongType(s spot, want []string, rule map[string]any) string {
	n := s.value
	switch {
	case s.key == "version":
		return versionText(n)
	case n.IsNull() && n.Text == "":
		return " has no value" + emptyHint(s, want)
	case slices.Contains(want, "string"):
		return notText(n)
	case slices.Contains(want, "integer"):
		switch {
		case n.IsText() && plainInteger.MatchString(n.Text):
			return " must be a whole number, without quotes: " + n.Text
		case n.Shape == yamltree.Scalar && !n.IsText() && longInteger.MatchString(n.Text) && rule["maximum"] != nil:
			return outOfRange(n.Text, rule)
		}
		return " must be a whole number, in digits only, such as 10"
	case slices.Contains(want, "boolean"):
		if n.IsText() && (n.Text == "true" || n.Text == "false") {
			return fmt.Sprintf(" must be true or false, without quotes: %s", n.Text)
		}
		if n.IsText() && slices.Contains([]string{"yes", "no", "on", "off", "y", "n"}, strings.ToLower(n.Text)) {
			return fmt.Sprintf(" must be true or false; %s is only a word in YAML 1.2", n.Text)
		}
		return " must be true or false"
	case slices.Contains(want, "array"):
		return " must be a list; start each entry with a dash (- )"
	}
	return " must be a mapping of keys to values, not " + nounFor(n)
}

// emptyHint shows how to give a key a value.
func emptyHint(s spot, want []string) string {
	switch {
	case s.key == "username" || s.key == "accessKey":
		return "; write text, or {env: NAME}"
	case slices.Contains(want, "boolean"):
		return "; write true or false, or leave the key out"
	}
	return ""
}

// notText says why a value that should be text is none, and how to make it one.
func notText(n *yamltree.Node) string {
	switch {
	case n.Shape != yamltree.Scalar:
		return " must be text, not " + nounFor(n)
	case n.IsNull():
		return fmt.Sprintf(" has no value: %s means nothing in YAML; write it in quotes if it is meant as text", n.Text)
	}
	return fmt.Sprintf(" is %s %s; write it in quotes: %s", nounFor(n), cut(n.Text), quoted(n.Text))
}

// nounFor names the type of a value.
func nounFor(n *yamltree.Node) string {
	switch n.Shape {
	case yamltree.Mapping:
		return "a mapping"
	case yamltree.Sequence:
		return "a list"
	}
	switch n.Tag {
	case yamltree.TagInt, yamltree.TagFloat:
		return "the number"
	case yamltree.TagBool:
		return "the truth value"
	case yamltree.TagDate:
		return "the date"
	case yamltree.TagNull:
		return "nothing"
	}
	return "text"
}

// cut shortens a scalar for a message.
func cut(text string) string {
	if len(text) > 40 {
		return text[:40] + "..."
	}
	return text
}

func quoted(text string) string { return strconv.Quote(cut(text)) }

// versionMistake reports another version than this regent reads.
func (t *translator) versionMistake(s spot, g []violation) bool {
	if s.path != "version" {
		return false
	}
	t.report(s, s.path+versionText(s.value))
	return true
}

// versionText says what is wrong with the value of version.
func versionText(n *yamltree.Node) string {
	switch {
	case n.Shape == yamltree.Scalar && n.Tag == yamltree.TagInt:
		return fmt.Sprintf(": this regent reads version 1 of the format, not %s", cut(n.Text))
	case n.IsText() && n.Text == "1":
		return " must be the number 1, without quotes"
	}
	return " must be the number 1, the only version this regent reads"
}

// valueMistake reports a scalar or list that has the right type and is still refused.
func (t *translator) valueMistake(s spot, g []violation) bool {
	if s.key == "url" && s.value.IsText() && s.value.Text != "" {
		t.report(s, s.path+": "+urlMistake(s.value.Text, g))
		return true
	}
	for _, say := range []func(spot, []violation) string{enumText, lengthText, loginText, patternText, rangeText} {
		if text := say(s, g); text != "" {
			t.report(s, s.path+text)
			return true
		}
	}
	return false
}

// urlMistake says why an address was refused. It never repeats the address, which may hold a password.
func urlMistake(text string, g []violation) string {
	if _, err := ParseURL(text); err != nil {
		return err.Error()
	}
	if v, _, ok := first[*kind.Pattern](g); ok {
		return patternMessage(v.pointer)
	}
	return fmt.Sprintf("the address has %d characters; at most 512", utf8.RuneCountInString(text))
}

// enumText says which words a value may be.
func enumText(s spot, g []violation) string {
	if _, _, ok := first[*kind.Const](g); ok {
		switch s.key {
		case "network":
			return " must be internet or {vpc: ID}, as in network: {vpc: vpc-bp1aevy8sofi8mh1q0000}"
		case "scanComponent":
			return " must be swr or {namespace: NAME}, as in scanComponent: {namespace: library}"
		}
	}
	_, k, ok := first[*kind.Enum](g)
	if !ok {
		return ""
	}
	var words []string
	for _, w := range k.Want {
		words = append(words, fmt.Sprint(w))
	}
	return ": " + notOneOf(s.value.Text, words)
}

// notOneOf says which words a value may be, and which one was meant. The value is repeated only where it reads like
// such a word.
func notOneOf(got string, words []string) string {
	meant := Suggest(got, words)
	what := "this"
	if meant != "" && harmless(got) || wordKey.MatchString(got) {
		what = cut(got)
	}
	text := fmt.Sprintf("%s is not one of %s", what, strings.Join(words, ", "))
	if meant != "" {
		text += fmt.Sprintf("; did you mean %s?", meant)
	}
	return text
}

// lengthText says how long a value or list may be.
func lengthText(s spot, g []violation) string {
	if _, _, ok := first[*kind.MinItems](g); ok {
		return " is empty; write at least one entry"
	}
	if _, _, ok := first[*kind.MinLength](g); ok {
		return " is empty"
	}
	if _, k, ok := first[*kind.MaxLength](g); ok {
		return fmt.Sprintf(" has %d characters; at most %d", k.Got, k.Want)
	}
	return ""
}

// loginText says why a login was refused for its characters.
func loginText(s spot, g []violation) string {
	if !hasDef(g, "login") || !s.value.IsText() {
		return ""
	}
	return loginMistakes(s.value.Text, s.key)
}

// patternText gives the schema's own words for what a value must look like. The value is not repeated.
func patternText(_ spot, g []violation) string {
	if _, _, ok := first[*kind.AnyOf](g); ok {
		return ": this is not an IPv4 or IPv6 address"
	}
	if v, _, ok := first[*kind.Pattern](g); ok {
		return ": " + patternMessage(v.pointer)
	}
	return ""
}

// rangeText says between which numbers a value must be.
func rangeText(s spot, g []violation) string {
	_, _, low := first[*kind.Minimum](g)
	_, _, high := first[*kind.Maximum](g)
	if !low && !high {
		return ""
	}
	return outOfRange(s.value.Text, subschema(g[0].pointer))
}

func outOfRange(number string, rule map[string]any) string {
	return fmt.Sprintf(" is %s; it must be from %v to %v", cut(number), rule["minimum"], rule["maximum"])
}

// secretMistake reports a secret that is not {env: NAME}. What stands there instead is never repeated: it may be
// the secret itself.
func (t *translator) secretMistake(s spot, g []violation) bool {
	if !hasDef(g, "secret") {
		return false
	}
	name := variableFor(s.names, s.key)
	switch {
	case s.value.IsNull() && s.value.Text == "":
		t.report(s, fmt.Sprintf("%s has no value; write {env: %s} and set that variable", s.path, name))
	case s.value.Shape == yamltree.Mapping:
		s.at = s.whole
		t.report(s, fmt.Sprintf("%s: a reference has the key env and no other; write {env: %s}", s.path, name))
	default:
		t.report(s, fmt.Sprintf("%s: a secret is never written in the file; write {env: %s} and set that variable", s.path, name))
	}
	return true
}

// loginMistake reports a mapping that should be {env: NAME} where text could stand as well.
func (t *translator) loginMistake(s spot, g []violation) bool {
	if !hasDef(g, "login") || s.value.Shape != yamltree.Mapping {
		return false
	}
	s.at = s.whole
	t.report(s, fmt.Sprintf("%s: write text, or a reference with the key env and no other: {env: %s}",
		s.path, variableFor(s.names, s.key)))
	return true
}

// variableMistake reports a bad name of a variable. The name is repeated only where it is a reserved one, since
// someone may have put the secret in its place.
func (t *translator) variableMistake(s spot, g []violation) bool {
	if !hasDef(g, "variableName") {
		return false
	}
	if _, _, ok := first[*kind.Not](g); ok {
		// The check of all references says why the name is reserved; the value must reach it.
		if len(g) == 1 {
			return true
		}
	}
	what := "this is not the name of an environment variable (letters, digits and _, not starting with a digit)"
	if s.value.IsNull() && s.value.Text == "" {
		what = "the name of the environment variable is missing"
	}
	t.report(s, fmt.Sprintf("%s: %s; write a name such as %s and set that variable to the value",
		s.path, what, variableFor(s.names, holderKey(s))))
	return true
}

// holderKey gives the key whose reference a spot is the env of.
func holderKey(s spot) string {
	if len(s.steps) < 2 {
		return ""
	}
	return s.steps[len(s.steps)-2]
}

func hasDef(g []violation, def string) bool {
	for _, v := range g {
		if v.def() == def {
			return true
		}
	}
	return false
}

// checkNames looks at the keys that are names of the user's: those of accounts and hosts.
func (t *translator) checkNames() {
	root := t.doc.Root.Value
	if e, ok := root.Find("accounts"); ok {
		t.namesOf([]string{"accounts"}, e.Value, "accountName")
	}
	targets, ok := root.Find("replicationTargets")
	if !ok {
		return
	}
	for i, it := range targets.Value.Items() {
		if e, ok := it.Value.Find("hosts"); ok {
			t.namesOf([]string{"replicationTargets", strconv.Itoa(i), "hosts"}, e.Value, "hostName")
		}
	}
}

// namesOf holds the keys of a mapping to a definition of the schema. They are not repeated when they break it.
func (t *translator) namesOf(steps []string, n *yamltree.Node, def string) {
	for _, e := range n.Entries() {
		if def != "hostName" && isFree(e.Key) {
			continue
		}
		if why := nameMistake(e.Key, def); why != "" {
			t.found.addOnce(t.doc.Position(e.KeyAt), "key", t.spot(steps).path+": "+why)
			t.faults.refuse(append(slices.Clone(steps), e.Key))
		}
	}
}

// nameMistake says why a name breaks a definition of the schema; empty when it does not.
func nameMistake(name, def string) string {
	if def == "hostName" {
		if err := checkHostName(name); err != nil {
			return err.Error()
		}
	}
	rule := compiled().defs[def]
	if rule.Validate(name) == nil {
		return ""
	}
	_, pointer, _ := strings.Cut(rule.Location, "#")
	return fmt.Sprintf("%s, and has 1 to %v characters", patternMessage(pointer), subschema(pointer)["maxLength"])
}
