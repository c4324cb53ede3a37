package config

import (
	"fmt"
	"regexp"
	"strings"

	"regent/internal/model"
)

// checker looks for what a schema cannot say: how the items of all files go together.
type checker struct {
	draft *draft
	found *findings
	warn  *findings
	// accounts are the first declaration of each name.
	accounts map[string]*Account
	// accountsUnknown is set when some accounts could not be read: a missing one is then no mistake.
	accountsUnknown bool
	// twins holds the names of accounts that were reported as the same place as an earlier one.
	twins map[string]bool
	// addresses holds the first entries with an address, by place and address.
	addresses map[string][]addressed
	// suggested caches what an unknown account was meant to be.
	suggested map[string]string
}

// newChecker makes a checker of a draft.
func newChecker(dr *draft, found, warn *findings, accountsUnknown bool) *checker {
	return &checker{
		draft: dr, found: found, warn: warn, accountsUnknown: accountsUnknown,
		accounts: map[string]*Account{}, twins: map[string]bool{}, suggested: map[string]string{},
		addresses: map[string][]addressed{},
	}
}

// all runs every check.
func (c *checker) all() {
	c.checkAccounts()
	c.checkReferences()
	c.checkRegistries()
	c.checkTargets()
	c.checkNames()
}

// account gives the account that an item names, or nil after reporting why there is none.
func (c *checker) account(name string, at model.Position, path string) *Account {
	if name == "" {
		return nil
	}
	if a, ok := c.accounts[name]; ok {
		return a
	}
	if c.accountsUnknown {
		return nil
	}
	text := path + ": there is no such account"
	if harmless(name) {
		text = fmt.Sprintf("%s: there is no account %s", path, name)
	}
	switch meant := c.suggestAccount(name); {
	case isFree(name):
		text += "; keys of accounts that start with x- are not read"
	case meant != "":
		text += fmt.Sprintf("; did you mean %s?", label(meant))
	default:
		text += "; " + c.accountNames()
	}
	c.found.addOnce(at, "account", text)
	return nil
}

// accountNames lists the accounts there are, the first ten of many.
func (c *checker) accountNames() string {
	const most = 10
	var names []string
	for _, a := range c.draft.accounts {
		if names = append(names, label(a.Name)); len(names) > most {
			return "the first accounts of many are " + strings.Join(names[:most], ", ")
		}
	}
	if len(names) == 0 {
		return "none is declared"
	}
	return "the accounts are " + strings.Join(names, ", ")
}

// mostSuggestions is how many accounts are looked through for a near name, and how many unknown names get that help;
// more are not worth the time.
const mostSuggestions = 500

func (c *checker) suggestAccount(name string) string {
	meant, done := c.suggested[name]
	if !done && len(c.accounts) <= mostSuggestions && len(c.suggested) <= mostSuggestions {
		var names []string
		for _, a := range c.draft.accounts {
			names = append(names, a.Name)
		}
		meant = suggest(name, names)
		c.suggested[name] = meant
	}
	return meant
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
