package config

import (
	"fmt"
	"regexp"
	"strings"

	"regent/internal/secret"
)

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
