package config

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"regent/internal/config/yamltree"
	"regent/internal/model"
	"regent/internal/order"
)

// translator turns what the schema refuses in one document into findings in the words of the file.
type translator struct {
	doc   *yamltree.Document
	found *findings
	// faults collects the values that must not be decoded.
	faults *faults
	// accountsUnknown is set when the accounts of this document cannot be told, so that nothing is said about
	// references to them.
	accountsUnknown bool
	known           map[string][]string
}

// spot is a value of the document, with what messages about it need.
type spot struct {
	// steps are the keys and indexes that lead to it; path is the same for people.
	steps []string
	path  string
	// key is the last key of the path.
	key   string
	value *yamltree.Node
	// at is where the value stands; whole is the place of a mapping as a whole, or of the key that introduces it.
	at, whole model.Position
	// names are the labels of the list entries and accounts on the way, outermost first.
	names []string
	// parent is the mapping that holds the key, or nil.
	parent *yamltree.Node
}

// checkSchema validates a document and reports what is wrong with it. Rules about scan entries are left to the
// checks that know the entry's account; the violations of those rules are returned.
func (t *translator) checkSchema() (deferred []spot) {
	groups := map[string][]violation{}
	misplaced := &faults{}
	for _, v := range validate(t.doc) {
		if def := v.def(); def == "registryRules" || def == "scanRules" {
			deferred = append(deferred, t.spot(v.path))
			continue
		}
		id := strings.Join(v.path, "\x00")
		groups[id] = append(groups[id], v)
		if isFalse(v) {
			misplaced.refuse(v.path)
		}
	}
	found := slices.Collect(maps.Values(groups))
	order.By(found, func(a, b *[]violation) int { return comparePaths(*a, *b) })
	for _, g := range found {
		// What stands in a misplaced key does not matter.
		if !misplaced.cover(g[0].path) {
			t.group(t.spot(g[0].path), g)
		}
	}
	t.checkNames()
	return deferred
}

// comparePaths orders groups as the document does at least within lists, so that among the users of an anchor the
// first is named.
func comparePaths(a, b []violation) int {
	return slices.CompareFunc(a[0].path, b[0].path, func(x, y string) int {
		return cmp.Or(cmp.Compare(indexOf(x), indexOf(y)), cmp.Compare(x, y))
	})
}

func isFalse(v violation) bool {
	_, is := v.kind.(*kind.FalseSchema)
	return is
}

// spot finds the value at a path of keys and indexes.
func (t *translator) spot(steps []string) spot {
	root := t.doc.Root
	s := spot{steps: steps, value: root.Value, at: t.doc.Position(root.Value.At), whole: t.doc.Position(root.Value.At)}
	for _, step := range steps {
		s.descend(t.doc, step)
	}
	return s
}

// descend goes one step down. A step that does not exist leaves the spot where it is.
func (s *spot) descend(doc *yamltree.Document, step string) {
	switch s.value.Shape {
	case yamltree.Mapping:
		e, ok := s.value.Find(step)
		if !ok {
			return
		}
		if s.path == "accounts" {
			s.names = append(s.names, step)
		}
		s.parent = s.value
		s.path, s.key, s.value = keyPath(s.path, step), step, e.Value
		s.at, s.whole = placesOf(doc, e.KeyAt, e.ValueAt, e.Value)
	case yamltree.Sequence:
		i := indexOf(step)
		if i < 0 || i >= len(s.value.Items()) {
			return
		}
		it := s.value.Items()[i]
		s.path = itemPath(s.path, s.key, i, it.Value)
		if it.Value.Shape == yamltree.Mapping {
			if e, ok := it.Value.Find(labelKeys[s.key]); ok && e.Value.IsText() && s.key != "scan" {
				s.names = append(s.names, e.Value.Text)
			}
		}
		s.parent, s.value = nil, it.Value
		s.at, s.whole = placesOf(doc, it.At, it.At, it.Value)
	}
}

// placesOf gives the place of a value and that of the whole it makes with its key. Behind an alias both are where the
// value was written, since that is where it must be mended.
func placesOf(doc *yamltree.Document, keyAt, valueAt yamltree.Mark, v *yamltree.Node) (at, whole model.Position) {
	at, whole = doc.Position(v.At), doc.Position(keyAt)
	if valueAt != v.At {
		whole = at
	}
	if v.IsNull() && v.Text == "" {
		at = whole
	}
	return at, whole
}

// group reports the violations at one value, the most telling first and only what the user has to mend.
func (t *translator) group(s spot, g []violation) {
	if s.value.Broken {
		t.refuse(s)
		return
	}
	for _, try := range []func(spot, []violation) bool{
		t.misplacedKey, t.secretMistake, t.variableMistake, t.loginMistake, t.typeMistake,
		t.versionMistake, t.keyMistakes, t.valueMistake,
	} {
		if try(s, g) {
			return
		}
	}
	t.report(s, s.path+": this is not what the format allows here; see `regent schema`")
}

// report records a finding about a value and keeps the value from being decoded.
func (t *translator) report(s spot, message string) {
	t.found.addOnce(s.at, "value", message)
	t.refuse(s)
}

func (t *translator) refuse(s spot) {
	t.faults.refuse(s.steps)
	if s.path == "accounts" {
		t.accountsUnknown = true
	}
}

// keys gives the known keys of a mapping of the schema.
func (t *translator) keys(pointer string) []string {
	if t.known == nil {
		t.known = map[string][]string{}
	}
	if t.known[pointer] == nil {
		t.known[pointer] = knownKeys(pointer)
	}
	return t.known[pointer]
}

// first gives the first violation of a kind.
func first[K any](g []violation) (violation, K, bool) {
	for _, v := range g {
		if k, ok := v.kind.(K); ok {
			return v, k, true
		}
	}
	var none K
	return violation{}, none, false
}

// indexOf reads a list index; it gives -1 for anything else.
func indexOf(step string) int {
	i, err := strconv.Atoi(step)
	if err != nil {
		return -1
	}
	return i
}

// keyMistakes reports missing and unknown keys of a mapping. An unknown key that is a slip for a missing one is one
// mistake, not two.
func (t *translator) keyMistakes(s spot, g []violation) bool {
	var missing []string
	var unknown []unknownKey
	done := false
	for _, v := range g {
		switch k := v.kind.(type) {
		case *kind.Required:
			missing, done = append(missing, k.Missing...), true
		case *kind.AdditionalProperties:
			for _, name := range k.Properties {
				unknown = append(unknown, unknownKey{name, v.pointer})
			}
			done = true
		}
	}
	slices.Sort(missing)
	missing = slices.Compact(missing)
	order.By(unknown, func(a, b *unknownKey) int { return strings.Compare(a.name, b.name) })
	for _, u := range unknown {
		if meant := t.unknownKey(s, u, missing); meant != "" {
			missing = slices.DeleteFunc(missing, func(m string) bool { return m == meant })
		}
	}
	for _, m := range missing {
		t.found.addOnce(s.whole, "missing "+m, keyPath(s.path, m)+" is missing"+t.whyNeeded(s, g, m))
	}
	return done
}

// unknownKey is a key that the mapping at a schema pointer does not know.
type unknownKey struct{ name, pointer string }

// unknownKey reports an unknown key and gives the key it was meant to be, if that can be told.
func (t *translator) unknownKey(s spot, u unknownKey, missing []string) (meant string) {
	e, ok := s.value.Find(u.name)
	if !ok {
		return ""
	}
	at := t.doc.Position(e.KeyAt)
	known := t.keys(u.pointer)
	meant = Suggest(u.name, missing)
	if meant == "" {
		meant = Suggest(u.name, slices.DeleteFunc(slices.Clone(known), func(k string) bool {
			_, have := s.value.Find(k)
			return have
		}))
	}
	if s.path == "" && meant == "accounts" {
		t.accountsUnknown = true
	}
	if meant != "" {
		// The key was meant to be there: the later checks must not miss it.
		t.faults.refuse(append(slices.Clone(s.steps), meant))
	}
	path := keyPath(s.path, u.name)
	if !speakable(u.name, e.Value) && meant == "" {
		path = cmp.Or(s.path, "the top level")
	}
	switch homes := homesOf(u.name); {
	case meant != "":
		t.found.addOnce(at, "key", fmt.Sprintf("%s: unknown key; did you mean %s?", path, meant))
	case len(homes) > 0:
		t.found.addOnce(at, "key", fmt.Sprintf("%s: this key belongs to %s", path, oneOf(homes)))
	default:
		t.found.addOnce(at, "key", fmt.Sprintf("%s: unknown key; the keys here are %s", path, strings.Join(known, ", ")))
	}
	return meant
}

// whyNeeded explains a missing key where the reason is not plain.
func (t *translator) whyNeeded(s spot, g []violation, key string) string {
	switch {
	case key == "version" && t.doc.Number > 1:
		return fmt.Sprintf("; document %d of this file starts here, after ---, and each has a version: 1 of its own; "+
			"delete the --- if this belongs to what stands above", t.doc.Number)
	case key == "version":
		return "; a configuration starts with version: 1"
	case isSecretKey(key, s):
		return fmt.Sprintf("; write %s: {env: %s} and set that variable", key, variableFor(s.names, key))
	case key == "target":
		return "; type swr-pro-internal needs the target's projectId, regionId and instanceId"
	case key == "projectId" && strings.HasPrefix(s.path, "accounts"):
		return "; every Huawei account needs the ID of its project"
	case key == "instanceId" && strings.HasPrefix(s.path, "accounts"):
		return "; a huawei-swr account is one SWR Enterprise instance"
	case key == "scan":
		return "; it lists the accounts that must know this registry"
	}
	for _, v := range g {
		if words := enumOf(v.pointer, key); len(words) > 0 {
			return "; it is one of " + strings.Join(words, ", ")
		}
	}
	return ""
}

// isSecretKey reports whether a missing key takes a secret.
func isSecretKey(key string, s spot) bool {
	switch key {
	case "password", "accessSecret", "authToken", "secretKey":
		return true
	case "accessKey":
		return s.key == "credentials"
	}
	return false
}

// misplacedKey reports a key that goes with another provider or type.
func (t *translator) misplacedKey(s spot, g []violation) bool {
	if _, _, ok := first[*kind.FalseSchema](g); !ok {
		return false
	}
	s.at = s.whole
	t.report(s, t.whyMisplaced(s))
	return true
}

// providersOf are the providers whose accounts take a key. The schema says the same in its conditions; a test holds
// the two together.
var providersOf = map[string][]string{
	"projectId":           {ProviderHSS, ProviderSWR},
	"instanceId":          {ProviderSWR},
	"enterpriseProjectId": {ProviderHSS},
	"secretsInQuery":      {ProviderSAS},
	"authToken":           {ProviderHSS, ProviderSWR},
}

func (t *translator) whyMisplaced(s spot) string {
	sibling := func(key string) string {
		if e, ok := s.parent.Find(key); ok && e.Value.IsText() {
			return e.Value.Text
		}
		return ""
	}
	switch s.key {
	case "target":
		return fmt.Sprintf("%s goes with type %s only; this one is %s", s.path, TargetSWREnterprise, sibling("type"))
	case "hosts":
		return fmt.Sprintf("%s goes with type %s only; this one is %s", s.path, TargetHarbor, sibling("type"))
	case "accessKey", "secretKey", "securityToken":
		return s.path + " cannot stand beside authToken; write either authToken, or accessKey and secretKey"
	}
	provider := sibling("provider")
	if s.key == "authToken" {
		provider = ProviderSAS
	}
	return belongs(strings.TrimSuffix(s.path, "."+s.key), s.key, allOf(providersOf[s.key]), s.names[0], provider)
}

// belongs says that a key goes with other providers than the account's.
func belongs(path, key, providers, account, provider string) string {
	return fmt.Sprintf("%s: %s belongs to %s; account %s is %s", path, key, providers, label(account), provider)
}
