package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
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

// stdinName is how findings name standard input.
const stdinName = "<stdin>"

// expand turns what the user gave (files, folders, globs, "-") into file names, each file once, in the order given.
// Names stay as the user wrote them: relative stays relative.
//
// Root, unless empty, is the folder that every file has to lie in.
func expand(root string, paths []string, found *findings) []string {
	var out []string
	seen := map[string]bool{}
	for _, p := range paths {
		files, err := expandOne(p)
		if err != nil {
			found.add(model.Position{File: p}, err.Error())
			continue
		}
		for _, f := range files {
			id := identity(f)
			if !inside(root, f, id) {
				found.add(model.Position{File: f}, "lies outside of the folder that may be read; links may not lead out of it either")
			} else if !seen[id] {
				seen[id] = true
				out = append(out, f)
			}
		}
	}
	return out
}

// inside reports whether a file, with all links followed, lies in a folder; without a folder every file does.
func inside(root, file, real string) bool {
	if root == "" {
		return true
	}
	rel, err := filepath.Rel(identity(root), real)
	return err == nil && filepath.IsLocal(rel) && file != "-"
}

// identity gives one name for one file, however it was reached.
func identity(file string) string {
	if real, err := filepath.EvalSymlinks(file); err == nil {
		file = real
	}
	if abs, err := filepath.Abs(file); err == nil {
		file = abs
	}
	return file
}

func expandOne(path string) ([]string, error) {
	if path == "" {
		return nil, errors.New("an empty path was given; name a file, a folder or a pattern")
	}
	if path == "-" {
		return []string{path}, nil
	}
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return folder(path)
	case err == nil:
		return []string{path}, nil
	case !errors.Is(err, fs.ErrNotExist):
		return nil, plainError(err)
	case !strings.ContainsAny(path, "*?["):
		return nil, errors.New("no such file or folder")
	case strings.Contains(path, "**"):
		return nil, errors.New("** does not reach into folders here; name each folder")
	}
	return glob(path)
}

// folder lists the YAML files of a folder, not of the folders in it.
func folder(path string) ([]string, error) {
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, plainError(err)
	}
	var out []string
	for _, e := range entries {
		name := e.Name()
		if strings.HasPrefix(name, ".") || !IsYAML(name) {
			continue
		}
		file := filepath.Join(path, name)
		if info, err := os.Stat(file); err == nil && info.IsDir() {
			continue
		}
		out = append(out, file)
	}
	if len(out) == 0 {
		return nil, errors.New("the folder holds no .yaml or .yml file")
	}
	slices.Sort(out)
	return out, nil
}

// glob lists the files that match a pattern. Folders are passed over, and so are hidden files unless the pattern
// names them, as in a shell.
func glob(pattern string) ([]string, error) {
	matches, err := filepath.Glob(pattern)
	if err != nil {
		return nil, errors.New("the pattern is not valid; see the rules of a shell's * ? and [ ]")
	}
	var out []string
	for _, m := range matches {
		if info, err := os.Stat(m); err == nil && info.IsDir() {
			continue
		}
		if hidden := strings.HasPrefix(filepath.Base(m), "."); hidden && !strings.HasPrefix(filepath.Base(pattern), ".") {
			continue
		}
		out = append(out, m)
	}
	if len(out) == 0 {
		return nil, errors.New("no file matches the pattern")
	}
	slices.Sort(out)
	return out, nil
}

// IsYAML reports whether a file of a folder belongs to the configuration: by the end of its name, in any letter case.
func IsYAML(name string) bool {
	ext := strings.ToLower(filepath.Ext(name))
	return ext == ".yaml" || ext == ".yml"
}

// plainError leaves the path out of an error, since the finding starts with it.
func plainError(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return fmt.Errorf("cannot read: %w", pe.Err)
	}
	return err
}

// maxFileSize is how many bytes one file may have: 10 MiB.
const maxFileSize = 10 << 20

// read gives a file's bytes. It refuses what is no regular file, since a pipe or device may never end.
func read(path string) ([]byte, error) {
	if path == "-" {
		return readLimited(os.Stdin)
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, plainError(err)
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("not a regular file; use - to read standard input")
	}
	if info.Size() > maxFileSize {
		return nil, tooLarge(info.Size())
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, plainError(err)
	}
	defer func() { _ = f.Close() }()
	return readLimited(f)
}

// readLimited reads to the end, or one byte past the limit.
func readLimited(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxFileSize+1))
	if err != nil {
		return nil, plainError(err)
	}
	if len(data) > maxFileSize {
		return nil, tooLarge(int64(len(data)))
	}
	return data, nil
}

// tooLarge names size and limit; a size just past the limit means that reading stopped there.
func tooLarge(size int64) error {
	has := fmt.Sprintf("%d bytes", size)
	if size == maxFileSize+1 {
		has = "more"
	}
	return fmt.Errorf("the file is too large: it has %s, and the limit is %d bytes (10 MiB); split it into several files",
		has, maxFileSize)
}
