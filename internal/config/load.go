package config

import (
	"bytes"
	"fmt"
	"strings"

	"regent/internal/config/yamltree"
	"regent/internal/model"
	"regent/internal/order"
)

// Source is a configuration file already in memory.
type Source struct {
	// Name is how findings name the file.
	Name string
	Data []byte
}

// Load reads files, folders (their *.yaml and *.yml, not folders inside them) and globs into one checked
// configuration; "-" is standard input. A file reached twice is read once. The error, if any, is a
// *multierror.Error that holds every finding as *Error, sorted by place; it prints one FILE:LINE:COL: message per
// line.
func Load(paths []string) (*Config, error) { return LoadWithin("", paths) }

// LoadWithin is [Load] for paths that are not trusted: a file outside of the folder root, also one that a link leads
// to, is refused, and so is standard input.
func LoadWithin(root string, paths []string) (*Config, error) {
	l := newLoader()
	if len(paths) == 0 {
		l.found.add(model.Position{}, "no configuration file was given")
	}
	for _, file := range expand(root, paths, &l.found) {
		data, err := read(file)
		if file == "-" {
			file = stdinName
		}
		if err != nil {
			l.found.add(model.Position{File: file}, err.Error())
			l.unread = true
			continue
		}
		l.source(Source{Name: file, Data: data})
	}
	return l.finish()
}

// Parse checks one file given as bytes. Errors are as in [Load].
func Parse(name string, data []byte) (*Config, error) {
	return LoadSources([]Source{{Name: name, Data: data}})
}

// LoadSources checks several files given as bytes as one configuration. Errors are as in [Load].
func LoadSources(sources []Source) (*Config, error) {
	l := newLoader()
	for _, s := range sources {
		l.source(s)
	}
	return l.finish()
}

// loader carries one run from files to a configuration.
type loader struct {
	found, warn findings
	docs        []*yamltree.Document
	// read is the content of each file, for findings about its lines.
	read   map[string][]byte
	reader yamltree.Reader
	// unread is set when some document could not be read: what it declares is then unknown, not absent.
	unread bool
}

func newLoader() *loader {
	l := &loader{read: map[string][]byte{}}
	l.reader = yamltree.Reader{Found: l.found.add, MayRepeat: speakable}
	return l
}

// source parses one file.
func (l *loader) source(s Source) {
	if len(s.Data) > maxFileSize {
		l.found.add(model.Position{File: s.Name}, tooLarge(int64(len(s.Data))).Error())
		l.unread = true
		return
	}
	docs, ok := l.reader.Read(s.Name, s.Data)
	l.docs = append(l.docs, docs...)
	l.unread = l.unread || !ok
	l.read[s.Name] = bytes.TrimPrefix(s.Data, []byte("\ufeff"))
}

// finish checks and decodes all documents together. Every stage works with what the one before it accepted, so that
// one mistake hides no other and none is told twice.
func (l *loader) finish() (*Config, error) {
	dr := &draft{partial: map[*Account]bool{}}
	var deferred []spot
	for _, d := range l.docs {
		if !l.readable(d) {
			continue
		}
		t := &translator{doc: d, found: &l.found, faults: &faults{}}
		deferred = append(deferred, t.checkSchema()...)
		l.unread = l.unread || t.accountsUnknown
		dr.add(d, t.faults)
	}
	newChecker(dr, &l.found, &l.warn, l.unread).all()
	if len(l.found.list) == 0 {
		// The checks say the same as these rules of the schema, but with the account in hand.
		for _, s := range deferred {
			l.found.add(s.whole, s.path+": these keys do not go together; see `regent schema`")
		}
	}
	l.nameUnseen()
	if err := l.found.err(); err != nil {
		return nil, err
	}
	return dr.config(l.warn.sorted()), nil
}

// readable reports whether a document is of a version that this regent reads. Of another version nothing else can be
// said.
func (l *loader) readable(d *yamltree.Document) bool {
	if d.Root.Value.Shape != yamltree.Mapping {
		return true
	}
	e, ok := d.Root.Value.Find("version")
	if !ok || e.Value.Tag != yamltree.TagInt || e.Value.Text == "1" {
		return true
	}
	l.found.add(d.Position(e.Value.At), "version"+versionText(e.Value))
	l.unread = true
	return false
}

// config gives the items in the order that [Config] promises.
func (dr *draft) config(warnings []*Error) *Config {
	c := &Config{Accounts: dr.accounts, Warnings: warnings, top: dr.top}
	for _, r := range dr.registries {
		c.Registries = append(c.Registries, r.Registry)
	}
	for _, t := range dr.targets {
		c.Targets = append(c.Targets, t.Target)
	}
	order.By(c.Accounts, func(a, b **Account) int { return compareAccounts(*a, *b) })
	order.By(c.Registries, func(a, b **Registry) int { return compareRegistries(*a, *b) })
	order.By(c.Targets, func(a, b **Target) int { return compareTargets(*a, *b) })
	c.index()
	return c
}

// nameUnseen adds to findings what cannot be seen in their lines: it may be the reason.
func (l *loader) nameUnseen() {
	split := map[string][][]byte{}
	for _, e := range l.found.sorted()[:min(len(l.found.list), mostFindings)] {
		lines, done := split[e.Position.File]
		if !done {
			lines = yamltree.SplitLines(l.read[e.Position.File])
			split[e.Position.File] = lines
		}
		if i := e.Position.Line - 1; i >= 0 && i < len(lines) && !strings.Contains(e.Message, "U+") {
			if column, name, _ := yamltree.Unseen(lines[i]); name != "" {
				if !strings.HasSuffix(e.Message, "?") {
					e.Message += ";"
				}
				e.Message += fmt.Sprintf(" %s stands in column %d of this line: %s", name, column, yamltree.Retype)
			}
		}
	}
}
