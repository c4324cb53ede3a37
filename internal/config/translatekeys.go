package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6/kind"
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
		case *kind.PropertyNames:
			t.badName(s, v, k.Property)
			done = true
		}
	}
	slices.Sort(missing)
	missing = slices.Compact(missing)
	slices.SortFunc(unknown, func(a, b unknownKey) int { return strings.Compare(a.name, b.name) })
	for _, u := range unknown {
		if meant := t.unknownKey(s, u, missing); meant != "" {
			missing = slices.DeleteFunc(missing, func(m string) bool { return m == meant })
		}
	}
	for _, m := range missing {
		t.found.add(s.whole, keyPath(s.path, m)+" is missing"+t.whyNeeded(s, m))
	}
	return done
}

// unknownKey is a key that the mapping at a schema pointer does not know.
type unknownKey struct{ name, pointer string }

// unknownKey reports an unknown key and gives the key it was meant to be, if that can be told.
func (t *translator) unknownKey(s spot, u unknownKey, missing []string) (meant string) {
	e, ok := s.value.find(u.name)
	if !ok {
		return ""
	}
	at := t.doc.position(e.keyAt)
	known := t.keys(u.pointer)
	meant = suggest(u.name, missing)
	if meant == "" {
		meant = suggest(u.name, slices.DeleteFunc(slices.Clone(known), func(k string) bool {
			_, have := s.value.find(k)
			return have
		}))
	}
	if s.path == "" && meant == "accounts" {
		t.accountsUnknown = true
	}
	path := keyPath(s.path, u.name)
	if hidden(u.name, e.value) {
		path = strings.TrimPrefix(s.path+": a key", ": ")
	}
	switch homes := homesOf(u.name); {
	case meant != "":
		t.found.add(at, fmt.Sprintf("%s: did you mean %s?", path, meant))
	case len(homes) > 0:
		t.found.add(at, fmt.Sprintf("%s: this key belongs to %s", path, oneOf(homes)))
	default:
		t.found.add(at, fmt.Sprintf("%s: unknown key; the keys here are %s", path, strings.Join(known, ", ")))
	}
	return meant
}

// badName reports a key that is a name of the user's and breaks the rule for such names.
func (t *translator) badName(s spot, v violation, name string) {
	e, ok := s.value.find(name)
	if !ok {
		return
	}
	rule := subschema(v.pointer)
	text := "this key cannot be a name"
	if ref, _ := rule["$ref"].(string); ref != "" {
		if words := patternMessage(strings.TrimPrefix(ref, "#")); words != "" {
			text = words + "; at most 128 characters"
			if strings.HasSuffix(ref, "hostName") {
				text = words
			}
		}
	}
	t.found.add(t.doc.position(e.keyAt), s.path+": "+text)
	t.faults.refuse(append(slices.Clone(s.steps), name))
}

// whyNeeded explains a missing key where the reason is not plain.
func (t *translator) whyNeeded(s spot, key string) string {
	switch {
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
		if e, ok := s.parent.find(key); ok && e.value.isText() {
			return e.value.text
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
