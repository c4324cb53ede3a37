package config

import (
	"iter"
	"strconv"
	"strings"

	"regent/internal/config/yamltree"
	"regent/internal/model"
	"regent/internal/secret"
)

// Entry is one registration or replication target, whose keys are read by the paths of the field tables, such as
// registries[].scan[].clusterId. The schema has checked their types: what is absent or of another type is zero.
type Entry struct {
	// Registry and Scan are those of a registration, else nil.
	Registry *Registry
	Scan     *Scan
	// Target is the replication target, or nil.
	Target *Target
}

// Entries gives the registrations and replication targets of an account.
func (c *Config) Entries(account string) iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		for _, p := range c.registrations[account] {
			if !yield(Entry{Registry: p.registry, Scan: p.scan}) {
				return
			}
		}
		for _, t := range c.targets[account] {
			if !yield(Entry{Target: t}) {
				return
			}
		}
	}
}

// Name gives the name of the registry or target.
func (e Entry) Name() string {
	if e.Target != nil {
		return e.Target.Name
	}
	return e.Registry.Name
}

// URL gives the address of the registry or target.
func (e Entry) URL() URL {
	if e.Target != nil {
		return e.Target.URL
	}
	return e.Registry.URL
}

// Position is where the entry starts.
func (e Entry) Position() model.Position {
	if e.Target != nil {
		return e.Target.Position
	}
	return e.Scan.Position
}

// where gives the mapping that a path leads into, and the rest of the path.
func (e Entry) where(path string) (*Where, string) {
	if key, ok := strings.CutPrefix(path, "replicationTargets[]."); ok && e.Target != nil {
		return &e.Target.Where, key
	}
	key, ok := strings.CutPrefix(path, "registries[].")
	if !ok || e.Registry == nil {
		return &Where{}, path
	}
	if inner, ok := strings.CutPrefix(key, "scan[]."); ok {
		return &e.Scan.Where, inner
	}
	return &e.Registry.Where, key
}

func (e Entry) find(path string) (yamltree.Entry, bool) {
	w, path := e.where(path)
	key, inner, nested := strings.Cut(path, ".")
	i := w.find(key)
	if i < 0 || w.keys[i].value == nil {
		return yamltree.Entry{}, false
	}
	found := yamltree.Entry{ValueAt: w.keys[i].at, Value: w.keys[i].value}
	for nested {
		key, inner, nested = strings.Cut(inner, ".")
		next, ok := found.Value.Find(key)
		if !ok {
			return yamltree.Entry{}, false
		}
		found = next
	}
	return found, true
}

// Written reports whether the file has a key.
func (e Entry) Written(path string) bool { _, ok := e.find(path); return ok }

// At gives the place of a key's value, or of its mapping when the key was not written.
func (e Entry) At(path string) model.Position {
	w, _ := e.where(path)
	if found, ok := e.find(path); ok {
		return model.Position{File: w.Position.File, Line: int(found.ValueAt.Line), Column: int(found.ValueAt.Column)}
	}
	return w.Position
}

// Text gives text, or the variable that it comes from.
func (e Entry) Text(path string) Text {
	found, ok := e.find(path)
	if !ok {
		return Text{}
	}
	if env, ok := found.Value.Find("env"); ok {
		return Text{Ref: secret.Ref{Env: env.Value.Text}}
	}
	if !found.Value.IsText() {
		return Text{}
	}
	return Text{Literal: found.Value.Text}
}

// Number gives a whole number.
func (e Entry) Number(path string) int64 {
	found, ok := e.find(path)
	if !ok {
		return 0
	}
	n, _ := strconv.ParseInt(found.Value.Text, 10, 64)
	return n
}

// Truth gives a truth value.
func (e Entry) Truth(path string) bool {
	found, ok := e.find(path)
	return ok && strings.EqualFold(found.Value.Text, "true")
}

// Texts gives a mapping of texts; it is never nil.
func (e Entry) Texts(path string) map[string]string {
	out := map[string]string{}
	if found, ok := e.find(path); ok {
		for _, below := range found.Value.Entries() {
			out[below.Key] = below.Value.Text
		}
	}
	return out
}
