package config

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"regent/internal/config/yamltree"
	"regent/internal/order"
)

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
	meant = suggest(u.name, missing)
	if meant == "" {
		meant = suggest(u.name, slices.DeleteFunc(slices.Clone(known), func(k string) bool {
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
