package config

import (
	"net/netip"
	"slices"
	"strconv"
	"unicode/utf8"
)

// quickLook is a first look at a file, or at an entry of its long lists. Most are right, and the library takes as much
// time and memory for those as for the others. What this look accepts, the library accepts as well, and a test holds the
// two against each other; whatever else it says, the library decides.
type quickLook struct {
	// unsure is set by what only the library can judge. The answers to all further questions are then worth nothing.
	unsure bool
}

// surelyValid reports whether a value is as a definition of the schema wants it. It is false also where it is only not
// sure.
func surelyValid(def string, n *node) bool {
	q := &quickLook{}
	return q.accepts(quickRules()[def], n, false) && !q.unsure
}

// accepts reports whether a rule accepts a value, seen as jsonValue gives it. A missing rule accepts everything.
func (q *quickLook) accepts(r *quickRule, n *node, keepFree bool) bool {
	switch {
	case r == nil:
		return true
	case r.never || len(r.Type) > 0 && !slices.Contains(r.Type, q.typeOf(n)) || !q.acceptsWord(r, n):
		return false
	}
	var right bool
	switch n.shape {
	case mapping:
		right = q.acceptsKeys(r, n, keepFree)
	case sequence:
		right = len(n.items()) >= r.MinItems && q.acceptsItems(r, n)
	default:
		right = q.acceptsText(r, n) && q.acceptsNumber(r, n)
	}
	return right && q.accepts(r.target, n, keepFree) && q.acceptsParts(r, n, keepFree)
}

// typeOf gives the name of a value's type; a number that is not plain has none.
func (q *quickLook) typeOf(n *node) string {
	switch {
	case n.shape == mapping:
		return "object"
	case n.shape == sequence:
		return "array"
	case n.tag == tagText:
		return "string"
	case n.tag == tagNull:
		return "null"
	case n.tag == tagBool:
		return "boolean"
	case n.tag == tagInt && plainInteger.MatchString(n.text):
		return "integer"
	}
	q.unsure = true
	return ""
}

// acceptsWord holds a value against the words that it may be, or against the one number.
func (q *quickLook) acceptsWord(r *quickRule, n *node) bool {
	switch {
	case r.Enum != nil && !(n.isText() && slices.Contains(r.Enum, n.text)):
		return false
	case r.Const == nil:
		return true
	case r.Const.number == "":
		return n.isText() && n.text == r.Const.text
	}
	same := n.shape == scalar && n.tag == tagInt && n.text == r.Const.number
	q.unsure = q.unsure || !same // a number may be written in more than one way
	return same
}

func (q *quickLook) acceptsKeys(r *quickRule, n *node, keepFree bool) bool {
	for _, name := range r.Required {
		if _, have := n.find(name); !have {
			return false
		}
	}
	for i := range n.content.entries {
		e := &n.content.entries[i]
		if !keepFree && isFree(e.key) {
			continue
		}
		if r.Names != nil && !q.accepts(r.Names, &node{tag: tagText, text: e.key}, false) {
			return false
		}
		rule, known := r.Properties[e.key]
		if !known {
			rule = r.Additional
		}
		if !q.accepts(rule, e.value, e.key == "hosts") {
			return false
		}
	}
	return true
}

func (q *quickLook) acceptsItems(r *quickRule, n *node) bool {
	for _, it := range n.items() {
		if !q.accepts(r.Items, it.value, false) {
			return false
		}
	}
	return true
}

func (q *quickLook) acceptsText(r *quickRule, n *node) bool {
	if !n.isText() {
		return true
	}
	if r.MinLength > 0 || r.MaxLength != nil {
		length := utf8.RuneCountInString(n.text)
		if length < r.MinLength || r.MaxLength != nil && length > *r.MaxLength {
			return false
		}
	}
	return (r.Pattern == nil || r.Pattern.MatchString(n.text)) && q.acceptsFormat(r, n)
}

func (q *quickLook) acceptsFormat(r *quickRule, n *node) bool {
	if r.Format == "" {
		return true
	}
	addr, err := netip.ParseAddr(n.text)
	if err == nil && addr.Zone() == "" && (addr.Is4() && r.Format == "ipv4" || addr.Is6() && r.Format == "ipv6") {
		return true
	}
	q.unsure = true // there are formats and spellings that only the library knows
	return false
}

func (q *quickLook) acceptsNumber(r *quickRule, n *node) bool {
	if r.Minimum == nil && r.Maximum == nil || n.isText() {
		return true
	}
	number, err := strconv.ParseInt(n.text, 10, 64)
	if err != nil || q.typeOf(n) != "integer" {
		q.unsure = true
		return false
	}
	return (r.Minimum == nil || number >= *r.Minimum) && (r.Maximum == nil || number <= *r.Maximum)
}

// acceptsParts holds a value against the rules that a rule is made of.
func (q *quickLook) acceptsParts(r *quickRule, n *node, keepFree bool) bool {
	is := func(part *quickRule) bool { return q.accepts(part, n, keepFree) }
	for _, part := range r.AllOf {
		if !is(part) {
			return false
		}
	}
	switch {
	case len(r.AnyOf) > 0 && !slices.ContainsFunc(r.AnyOf, is), r.Not != nil && is(r.Not):
		return false
	case r.If == nil:
		return true
	case is(r.If):
		return is(r.Then)
	}
	return is(r.Else)
}
