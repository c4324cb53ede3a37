package config

import "slices"

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
func Load(paths []string) (*Config, error) {
	l := &loader{}
	if len(paths) == 0 {
		l.found.add(nowhere(""), "no configuration file was given")
	}
	for _, file := range expand(paths, &l.found) {
		data, err := read(file)
		if file == "-" {
			file = stdinName
		}
		if err != nil {
			l.found.add(nowhere(file), err.Error())
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
	l := &loader{}
	for _, s := range sources {
		l.source(s)
	}
	return l.finish()
}

// loader carries one run from files to a configuration.
type loader struct {
	found findings
	docs  []*document
	// nodes counts the values of all files against maxNodes.
	nodes int
	// unread is set when some document could not be read: what it declares is then unknown, not absent.
	unread bool
}

// source parses one file.
func (l *loader) source(s Source) {
	if len(s.Data) > maxFileSize {
		l.found.add(nowhere(s.Name), tooLarge("has more").Error())
		l.unread = true
		return
	}
	p := &parser{file: s.Name, found: &l.found, nodes: &l.nodes}
	docs, ok := p.documents(stripMark(s.Data))
	l.docs = append(l.docs, docs...)
	l.unread = l.unread || !ok
}

// finish decodes and checks all documents together.
func (l *loader) finish() (*Config, error) {
	cfg := &Config{}
	for _, d := range l.docs {
		decodeDocument(d, cfg)
	}
	if err := l.found.err(); err != nil {
		return nil, err
	}
	sortConfig(cfg)
	return cfg, nil
}

// sortConfig puts the items in the order that [Config] promises.
func sortConfig(c *Config) {
	slices.SortStableFunc(c.Accounts, compareAccounts)
	slices.SortStableFunc(c.Registries, compareRegistries)
	slices.SortStableFunc(c.Targets, compareTargets)
}
