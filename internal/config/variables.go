package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"regent/internal/secret"
)

// reservation keeps variables from being named.
type reservation struct {
	// name is that of a variable, or with _ at its end what the names of several start with; why continues a sentence
	// about them.
	name, why string
	// cloud tells that the official SDK's standard chain reads such variables by itself.
	cloud bool
}

// reserved are the variables that a configuration may not name, with the reason. The rule keeps a pull request from
// sending the tool's own keys to a registry.
var reserved = []reservation{
	{name: "GITHUB_", why: "belongs to the GitHub workflow itself"},
	{name: "ACTIONS_", why: "belongs to the GitHub workflow itself"},
	{name: "RUNNER_", why: "belongs to the GitHub runner"},
	{name: "INPUT_", why: "is an input of the GitHub Action"},
	{name: "ALIBABA_CLOUD_", why: "holds the cloud account's own credentials", cloud: true},
	{name: "HUAWEICLOUD_", why: "holds the cloud account's own credentials", cloud: true},
	{name: "HW_", why: "holds the cloud account's own credentials", cloud: true},
	{name: "HC_CONTAINER_", why: "leads to the cloud account's own credentials", cloud: true},
	{name: "REGENT_", why: "is a setting of regent itself"},
	{name: "GH_TOKEN", why: "holds a token of GitHub"},
	{name: "GH_ENTERPRISE_TOKEN", why: "holds a token of GitHub"},
	{name: "HTTP_PROXY", why: "may hold the login of a proxy"},
	{name: "HTTPS_PROXY", why: "may hold the login of a proxy"},
	{name: "ALL_PROXY", why: "may hold the login of a proxy"},
}

// many reports whether the reservation is for all names that start with its own.
func (r reservation) many() bool { return strings.HasSuffix(r.name, "_") }

// reservedBy gives the reservation of a variable, in whatever case it is written, or none.
func reservedBy(variable string) (r reservation, found bool) {
	upper := fold(variable)
	i := slices.IndexFunc(reserved, func(r reservation) bool {
		return upper == r.name || r.many() && strings.HasPrefix(upper, r.name)
	})
	if i < 0 {
		return reservation{}, false
	}
	return reserved[i], true
}

// reservedReason says why a configuration may not name a variable, or "" when it may.
func reservedReason(name string, inCredentials bool) string {
	r, found := reservedBy(name)
	switch {
	case !found:
		return ""
	case r.cloud && inCredentials:
		return name + " is read without being named; leave the credentials block out to use the standard variables"
	case r.many():
		return name + " is refused: a variable that starts with " + r.name + " " + r.why
	}
	return name + " is refused: it " + r.why
}

// ownSecrets ends the names of those reserved variables that hold a secret, and not a setting or the path of a file.
var ownSecrets = regexp.MustCompile(`(TOKEN|SECRET|SECRET_KEY|SIGNING-KEY|PASSWORD|_SK)$`)

// IsOwnSecret reports whether a variable is one of those that a configuration may not name and that hold a secret: the
// tool's own, the workflow's, the clouds'.
func IsOwnSecret(name string) bool {
	_, found := reservedBy(name)
	return found && ownSecrets.MatchString(fold(name))
}

// isCloud reports whether the official SDKs read the variable by themselves.
func isCloud(name string) bool {
	r, _ := reservedBy(name)
	return r.cloud
}

// fold makes names of variables comparable: on Windows they differ in more than case only.
func fold(name string) string { return strings.ToUpper(name) }

// checkLogin holds a login that stands in the file to the rules of one that comes from a variable, and warns of one that
// was meant to come from a variable. Names make a good name for it; see variableFor.
func (c *checker) checkLogin(login Text, path, key string, names []string, where Where) {
	if login.Literal == "" {
		return
	}
	at, path := where.Key(key), path+"."+key
	if why := loginMistakes(login.Literal, key); why != "" {
		c.found.addOnce(at, "value", path+why)
		return
	}
	if isReference(login.Literal) {
		c.warn.add(at, fmt.Sprintf("%s is taken as text; a variable is written %s: {env: %s}, without quotes",
			path, key, referredTo(login.Literal, names, key)))
	} else if what := secret.New(login.Literal).Doubtful(); what != "" {
		c.warn.add(at, path+" "+strings.Replace(what, "store", "write", 1))
	}
}

// loginMistakes says why text of the file cannot be a login. It continues the path.
func loginMistakes(text, key string) string {
	switch {
	case strings.TrimSpace(text) == "":
		return " is empty: it holds nothing but blanks"
	case strings.ContainsAny(text, "\n\r"):
		return " holds a line break, as block text (after | or >) does at its end; write it on one line"
	}
	why := secret.UnfitLogin(text, LongestLogin(key))
	if why == "" {
		return ""
	}
	return " " + strings.Replace(why, "; store", "; write", 1)
}

// references are the ways in which files of other tools refer to a variable. A dollar sign alone is none: the robot accounts
// of Harbor are called robot$name.
var references = regexp.MustCompile(`^\{ *env *: *[^{}]*\}$|^env *: *[A-Za-z_][A-Za-z0-9_]*$|\$\{[^{}]+\}|\{\{.*\}\}|^\$\([^()]+\)$|^\$[A-Z_][A-Z0-9_]*$|^%[A-Za-z_][A-Za-z0-9_]*%$`)

func isReference(text string) bool { return references.MatchString(strings.TrimSpace(text)) }

// variableLike is a name as most variables have it.
var variableLike = regexp.MustCompile(`[A-Z][A-Z0-9_]+`)

// referredTo gives the variable that text refers to, or one made up where that may not be named.
func referredTo(text string, names []string, key string) string {
	name := variableLike.FindString(text)
	if _, taken := reservedBy(name); name == "" || taken {
		return variableFor(names, key)
	}
	return name
}

// checkReferences looks at every variable the configuration names.
func (c *checker) checkReferences() {
	credentials := map[string]use{}
	for _, u := range c.draft.uses {
		if _, have := credentials[fold(u.ref.Env)]; u.account != "" && !have {
			credentials[fold(u.ref.Env)] = u
		}
	}
	roles := map[string]use{}
	for _, u := range c.draft.uses {
		if why := reservedReason(u.ref.Env, u.account != ""); why != "" {
			c.found.addOnce(u.at, "variable", fmt.Sprintf("%s: %s%s", u.path, why, instead(u)))
			continue
		}
		if key, holds := credentials[fold(u.ref.Env)]; holds && u.account == "" {
			c.found.addOnce(u.at, "variable", fmt.Sprintf(
				"%s: %s holds credentials of account %s (%s), which must not be sent to a registry; use another variable, such as %s",
				u.path, u.ref.Env, label(key.account), key.at, variableFor(u.names, u.key)))
			continue
		}
		if word := secretName.FindString(fold(u.ref.Env)); word != "" && isLogin(u) {
			c.found.addOnce(u.at, "variable", fmt.Sprintf(
				"%s: %s is named like a secret (%s), and vendors show a login to everybody; use another variable, such as %s",
				u.path, u.ref.Env, word, variableFor(u.names, u.key)))
			continue
		}
		first, known := roles[fold(u.ref.Env)]
		if !known {
			roles[fold(u.ref.Env)] = u
		} else if c.role(first) != c.role(u) {
			c.found.addOnce(u.at, "variable", fmt.Sprintf("%s: %s is %s here and %s at %s; a variable has one role, use another one",
				u.path, u.ref.Env, c.role(u), c.role(first), first.at))
		}
	}
}

// role words what a variable holds. A variable in two roles would send the secret of one place to another, or hand
// it out where names are shown: APIs return logins in clear.
func (c *checker) role(u use) string {
	switch {
	case u.account != "" && u.key == "securityToken" && c.accounts[u.account] != nil:
		// Unlike a key, which only signs, a token is sent as it is.
		vendor, _, _ := strings.Cut(c.accounts[u.account].Provider, "-")
		return "the " + u.key + " of an account of " + vendor
	case u.account != "":
		return "the " + u.key + " of an account"
	case isLogin(u):
		return "a login"
	}
	return "a secret"
}

// secretName ends the names of variables that hold secrets.
var secretName = regexp.MustCompile(`(PASSWORD|SECRET|TOKEN|KEY)$`)

// isLogin reports whether a variable holds the login of a registry, which APIs return in clear.
func isLogin(u use) bool { return u.account == "" && (u.key == "username" || u.key == "accessKey") }

// instead names a variable to use in place of a reserved one.
func instead(u use) string {
	if u.account != "" && isCloud(u.ref.Env) {
		return ""
	}
	return "; use a variable of its own, such as " + variableFor(u.names, u.key)
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
