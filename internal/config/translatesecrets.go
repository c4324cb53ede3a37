package config

import (
	"fmt"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"regent/internal/config/yamltree"
)

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

// variableSuffix is what a variable for a key is called after.
var variableSuffix = map[string]string{
	"password": "PASSWORD", "username": "USERNAME", "accessSecret": "SECRET", "accessKey": "AK", "secretKey": "SK",
	"securityToken": "SECURITY_TOKEN", "authToken": "TOKEN",
}

// variableFor makes up the name of a variable for a key: HARBOR_PROD_PASSWORD for the password of harbor-prod.
func variableFor(names []string, key string) string {
	var words []string
	for _, n := range names {
		if harmless(n) {
			words = append(words, variableWord(n))
		}
	}
	name := strings.Join(words, "_")
	if len(name) > 40 {
		name = name[:40]
	}
	suffix := variableSuffix[key]
	if suffix == "" {
		suffix = "VALUE"
	}
	if _, taken := reservedBy(name + "_" + suffix); taken || name == "" || name[0] >= '0' && name[0] <= '9' {
		name = strings.TrimSuffix("REGISTRY_"+name, "_")
	}
	return name + "_" + suffix
}

// variableWord writes a name the way variables are written.
func variableWord(name string) string {
	var b strings.Builder
	for _, r := range strings.ToUpper(name) {
		switch {
		case r >= 'A' && r <= 'Z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "_"):
			b.WriteByte('_')
		}
	}
	return strings.Trim(b.String(), "_")
}
