package emulator

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// paramType is what a parameter holds.
type paramType int

const (
	text paramType = iota
	number
	truth    // true or false
	texts    // several texts: a JSON list, else separated by commas
	hostMap  // {"hosts": {name: address}}
	anything // read by its handler
)

// filter says how a parameter of a list picks entries.
type filter int

const (
	noFilter filter = iota
	equal
	contains
	oneOf
	noneOf
)

// param is one parameter as its page describes it. low and high are the range of a number, or of the characters in a text,
// where a high of 0 means that no page gives a range.
type param struct {
	name      string // as it is sent; a dot leads into an object
	field     string // of the entry, where that has another name
	is        paramType
	must      bool
	low, high int64
	words     []string // its only values
	check     func(string) bool
	want      string // what check wants
	filter    filter
}

// optional gives the same parameters with none of them mandatory.
func optional(params []param) []param {
	out := slices.Clone(params)
	for i := range out {
		out[i].must = false
	}
	return out
}

// problem says why a parameter is refused. It names fields and rules, never values: a value may be a secret.
type problem struct {
	name    string // empty: it is not about one parameter
	why     string
	missing bool
}

func (p problem) String() string { return strings.TrimSpace(p.name + " " + p.why) }

// values are the parameters of a call that were sent: string, int64, bool, []string or *SWRDNSConf.
type values map[string]any

func (v values) text(name string) string {
	s, _ := v[name].(string) // absent is empty
	return s
}

func (v values) texts(name string) []string {
	s, _ := v[name].([]string) // absent is empty
	return s
}

// number gives a number, or what stands for it when it was not sent.
func (v values) number(name string, standard int64) int64 {
	if n, sent := v[name].(int64); sent {
		return n
	}
	return standard
}

// read reads and checks the parameters of a call in the order of their tables; the first problem is the answer.
func (c *call) read() error {
	c.in = values{}
	if c.op.method == "" {
		return c.take(slices.Concat(c.op.params, c.op.body), c.rpcParameter)
	}
	query := func(name string) (any, bool) { return c.query.Get(name), c.query.Has(name) }
	if err := c.take(c.op.params, query); err != nil || c.op.body == nil {
		return err
	}
	var object map[string]any
	media, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	decoder := json.NewDecoder(bytes.NewReader(c.body))
	if err != nil || media != "application/json" || decoder.Decode(&object) != nil || object == nil {
		return c.api.refuse(problem{why: "the request body is not a JSON object"})
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return c.api.refuse(problem{why: "something follows the JSON object of the request body"})
	}
	return c.takeJSON(object)
}

// takeJSON reads the fields of a JSON object. null counts as absent.
func (c *call) takeJSON(object map[string]any) error {
	inside := func(name string) (any, bool) {
		at := any(object)
		for step := range strings.SplitSeq(name, ".") {
			in, isObject := at.(map[string]any)
			if !isObject && at != nil {
				return struct{}{}, true // which no field wants
			}
			at = in[step]
		}
		return at, at != nil
	}
	if err := c.take(c.op.body, inside); err != nil || c.api.shelf == nil || c.is("huawei-unknown-fields", "ignore") {
		return err
	}
	return c.unknown("", object)
}

// unknown refuses fields that no table has.
func (c *call) unknown(prefix string, object map[string]any) error {
	for name, value := range object {
		name = prefix + name
		inner, isObject := value.(map[string]any)
		within := func(p param) bool { return strings.HasPrefix(p.name, name+".") }
		switch {
		case slices.ContainsFunc(c.op.body, func(p param) bool { return p.name == name }):
		case isObject && slices.ContainsFunc(c.op.body, within):
			if err := c.unknown(name+".", inner); err != nil {
				return err
			}
		default:
			return c.api.refuse(problem{name: name, why: "is not a parameter of this API"})
		}
	}
	return nil
}

// take checks parameters from one source and keeps them.
func (c *call) take(params []param, source func(name string) (any, bool)) error {
	for _, p := range params {
		raw, sent := source(p.name)
		switch {
		case !sent && p.must:
			return c.api.refuse(problem{name: p.name, why: "is mandatory", missing: true})
		case !sent:
			continue
		}
		value, why := p.value(raw)
		if why != "" {
			return c.api.refuse(problem{name: p.name, why: why})
		}
		c.in[p.name] = value
	}
	return nil
}

// value gives a parameter its type, or tells what is wrong with it.
func (p param) value(raw any) (value any, why string) {
	s, isText := raw.(string)
	switch p.is {
	case anything:
		return raw, ""
	case truth:
		if _, isTruth := raw.(bool); !isTruth {
			return nil, "must be true or false"
		}
		return raw, ""
	case number:
		if f, isNumber := raw.(float64); isNumber {
			s = strconv.FormatFloat(f, 'f', -1, 64)
		}
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil || n < p.low || n > p.high {
			return nil, fmt.Sprintf("must be an integer from %d to %d", p.low, p.high)
		}
		return n, ""
	case texts:
		return p.several(raw)
	case hostMap:
		return hosts(raw)
	}
	if !isText {
		return nil, "must be a string"
	}
	return s, p.wrong(s)
}

// wrong tells what is wrong with a text.
func (p param) wrong(s string) string {
	n := int64(utf8.RuneCountInString(s))
	switch {
	case n < p.low || p.high > 0 && n > p.high:
		return fmt.Sprintf("must have %d to %d characters", p.low, p.high)
	case p.words != nil && !slices.Contains(p.words, s):
		return "must be one of " + strings.Join(p.words, ", ")
	case p.check != nil && !p.check(s):
		return cmp.Or(p.want, "is not valid")
	}
	return ""
}

// several reads a JSON list of texts, or one text with commas.
func (p param) several(raw any) (value any, why string) {
	var out []string
	if s, isText := raw.(string); isText {
		out = strings.Split(s, ",")
	}
	items, _ := raw.([]any) // anything else is no list
	for _, item := range items {
		if s, isText := item.(string); isText {
			out = append(out, s)
		}
	}
	if len(out) == 0 || items != nil && len(out) < len(items) {
		return nil, "must be a list of strings that is not empty"
	}
	for _, s := range out {
		if why := p.wrong(s); why != "" {
			return nil, why
		}
	}
	return out, ""
}

// hosts reads the host table of a target registry.
func hosts(raw any) (value any, why string) {
	out := &SWRDNSConf{Hosts: map[string]string{}}
	data, err := json.Marshal(raw)
	if err != nil || json.Unmarshal(data, out) != nil {
		return nil, "must map names to IP addresses"
	}
	for name, address := range out.Hosts {
		if name == "" || !isIP(address) {
			return nil, "must map names to IP addresses"
		}
	}
	return out, ""
}
