package config

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"regent/internal/model"
	"regent/internal/printable"
)

// anyNames is the value of the key names that accepts names with other characters than plainName does.
const anyNames = "any"

// plainName reports a name of the characters that nothing else looks like: letters of ASCII, digits, . _ - and spaces, and
// Chinese characters, which the vendors' consoles take.
func plainName(name string) bool {
	return !strings.ContainsFunc(name, func(r rune) bool {
		return (r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._- ", r)) && !unicode.Is(unicode.Han, r)
	})
}

// oddName is a name that its file does not accept.
type oddName struct {
	at         model.Position
	path, name string
}

// checkNames reports names that a reader could take for others.
func (c *checker) checkNames() {
	for _, n := range c.draft.oddNames {
		c.found.addOnce(n.at, "characters of the name", fmt.Sprintf(
			"%s: the name %s has other characters than letters of English, digits, . _ - spaces and Chinese characters, and could be taken for a "+
				"different name; rename it, or write names: any at the top of this file where a vendor has it already", n.path, exact(n.name)))
	}
	var accounts, registries lookalikes
	for _, a := range c.draft.accounts {
		c.lookalike(&accounts, a.Position, keyPath("accounts", a.Name), a.Name)
	}
	for _, r := range c.draft.registries {
		c.lookalike(&registries, r.Key("name"), r.path+".name", r.Name)
	}
	targets := map[string]*lookalikes{}
	for _, t := range c.draft.targets {
		if targets[t.Account] == nil {
			targets[t.Account] = &lookalikes{}
		}
		c.lookalike(targets[t.Account], t.Key("name"), t.path+".name", t.Name)
	}
}

// lookalikes are the first names of each form.
type lookalikes struct{ folded, skeletons map[string]named }

type named struct {
	name string
	at   model.Position
}

// lookalike looks for an earlier name that is another one and looks the same.
func (c *checker) lookalike(seen *lookalikes, at model.Position, path, name string) {
	if name == "" {
		return
	}
	if seen.folded == nil {
		seen.folded, seen.skeletons = map[string]named{}, map[string]named{}
	}
	folded := foldName(name)
	skeleton := skeletonOf(name)
	first, twin := seen.folded[folded]
	alike, confusable := seen.skeletons[skeleton]
	switch {
	case twin && first.name != name:
		c.found.add(at, fmt.Sprintf("%s: the name %s differs from %s (%s) in the case or the form of its letters alone; write one of them otherwise",
			path, exact(name), exact(first.name), first.at))
	case confusable && !twin:
		c.warn.add(at, fmt.Sprintf("%s: the name %s looks like %s (%s)", path, exact(name), exact(alike.name), alike.at))
	}
	if !twin {
		seen.folded[folded] = named{name, at}
	}
	if !confusable {
		seen.skeletons[skeleton] = named{name, at}
	}
}

// foldName makes names equal that differ in the case and form of letters, or in characters that are not seen.
func foldName(name string) string {
	name = norm.NFKC.String(printable.Shown(norm.NFKC.String(name), func(rune) string { return "" }))
	return norm.NFKC.String(strings.ToLower(strings.ToUpper(name)))
}

// skeletonOf makes names equal that look the same in most typefaces.
func skeletonOf(name string) string {
	return foldName(strings.Map(func(r rune) rune {
		if latin, ok := alike[r]; ok {
			return latin
		}
		return r
	}, norm.NFKC.String(name)))
}

// alike gives the Latin letters that others look like: those of the confusable characters of Unicode that names are made of
// (https://www.unicode.org/Public/security/latest/confusables.txt).
var alike = func() map[rune]rune {
	out := map[rune]rune{}
	for _, pair := range [][2]string{
		{"АВЕЅІЈКМНОРСТУХԚԜҮ", "ABESIJKMHOPCTYXQWY"}, {"аеѕіјорсухԁһԛԝӏѵгк", "aesijopcyxdhqwlvrk"}, // Cyrillic
		{"ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX"}, {"αγικνορυωχτ", "ayiknopuwxt"}, // Greek
		{"I1|0", "lllO"},
	} {
		from, to := []rune(pair[0]), []rune(pair[1])
		for i, r := range from {
			out[r] = to[i]
		}
	}
	return out
}()

// exact gives a name so that two that look the same do not: quoted, in ASCII.
func exact(name string) string {
	if harmless(name) && strconv.QuoteToASCII(name) == `"`+name+`"` {
		return name
	}
	return strconv.QuoteToASCII(name)
}
