package provider

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"regent/internal/cloud"
	"regent/internal/config"
	"regent/internal/model"
	"regent/internal/secret"
)

// Row is a field with how its value is read and sent. By default that follows from the field: the value stands at the path of
// the key in the file, and under the wire name in an entry and in a request. A row says only what differs from that.
type Row struct {
	model.Field
	// Words are the API's words for those of the file, where they differ.
	Words map[string]string
	// Always marks what every write sends, changed or not. Secrets always are.
	Always bool
	// File gives the desired value; nil leaves the field to the vendor.
	File func(config.Entry) model.Value
	// Live gives the value of an entry, canonical; nil when the API did not return it.
	Live func(Wire) (model.Value, error)
}

// Rows are the field table of a provider, in the order of reports.
type Rows []Row

// Fields gives the fields alone.
func (rows Rows) Fields() []model.Field {
	fields := make([]model.Field, len(rows))
	for i := range rows {
		fields[i] = rows[i].Field
	}
	return fields
}

// Only gives the rows of some fields.
func (rows Rows) Only(names ...string) Rows {
	return slices.DeleteFunc(slices.Clone(rows), func(r Row) bool { return !slices.Contains(names, r.Name) })
}

// Desired gives the item that an entry of the file wants: values, secrets and places.
func (rows Rows) Desired(e config.Entry, kind model.Kind, lookup secret.Lookup) model.Item {
	it := model.Item{
		Kind: kind, Name: e.Name(), Registry: e.URL().String(), Position: e.Position(), Values: make(map[string]model.Value, len(rows)),
		Secrets: map[string]secret.Ref{}, At: make(map[string]model.Position, len(rows)),
	}
	for i := range rows {
		r := &rows[i]
		it.At[r.Name] = e.At(r.YAML)
		if r.Secret {
			if ref := e.Text(r.YAML).Ref; !ref.IsZero() {
				it.Secrets[r.Name] = ref
			}
		} else if v := r.desired(e, lookup); v != nil {
			it.Values[r.Name] = v
		}
	}
	return it
}

func (r *Row) desired(e config.Entry, lookup secret.Lookup) model.Value {
	if r.File != nil {
		return r.File(e)
	}
	if !e.Written(r.YAML) {
		return nil
	}
	switch r.Type {
	case model.Integer:
		return e.Number(r.YAML)
	case model.Boolean:
		return e.Truth(r.YAML)
	case model.StringMap:
		return e.Texts(r.YAML)
	default:
		return Text(e.Text(r.YAML), lookup)
	}
}

// Live makes an entry of the API comparable. What it has of another type than the field is an error.
func (rows Rows) Live(w Wire, kind model.Kind) (model.Item, error) {
	it := model.Item{Kind: kind, Values: make(map[string]model.Value, len(rows))}
	return it, rows.Read(w, it.Values)
}

// Read adds the values that an entry has to those known already.
func (rows Rows) Read(w Wire, values map[string]model.Value) error {
	for i := range rows {
		r := &rows[i]
		if !r.Observable() {
			continue
		}
		v, err := r.live(w)
		if err != nil {
			return err
		}
		if v != nil {
			values[r.Name] = v
		}
	}
	return nil
}

func (r *Row) live(w Wire) (model.Value, error) {
	if r.Live != nil {
		return r.Live(w)
	}
	switch r.Type {
	case model.Integer:
		return Get[int64](w, r.Wire)
	case model.Boolean:
		return Get[bool](w, r.Wire)
	case model.StringMap:
		return Get[map[string]string](w, r.Wire)
	}
	v, err := Get[string](w, r.Wire)
	if word, ok := v.(string); ok {
		v = r.word(word)
	}
	return v, err
}

// word gives the file's word for one of the API, in whatever case that is written.
func (r *Row) word(api string) string {
	for file, word := range r.Words {
		if strings.EqualFold(word, api) {
			return file
		}
	}
	return api
}

// Body is what a request says, by wire name.
type Body map[string]any

// Body makes a request of a change: everything in an add, the login, the secrets and what differs in a modify.
func (rows Rows) Body(w Write) Body {
	return rows.body(w, func(r *Row) (model.Value, bool) {
		v, ok := w.Desired.Values[r.Name]
		return v, ok && (w.Live == nil || r.Always || slices.Contains(w.Changed, r.Name))
	})
}

// Whole makes a request that replaces an entry: what the file leaves to the vendor keeps its live value.
func (rows Rows) Whole(w Write) Body {
	return rows.body(w, func(r *Row) (model.Value, bool) {
		v, ok := w.Desired.Values[r.Name]
		if !ok && w.Live != nil {
			v, ok = w.Live.Values[r.Name]
		}
		return v, ok
	})
}

func (rows Rows) body(w Write, value func(*Row) (model.Value, bool)) Body {
	b := Body{}
	for i := range rows {
		r := &rows[i]
		if s, ok := w.Secrets[r.Name]; ok && r.Secret {
			b.Put(r.Wire, s.Reveal())
		} else if v, ok := value(r); ok {
			b.Put(r.Wire, r.sent(v))
		}
	}
	return b
}

// sent gives a value in the API's words.
func (r *Row) sent(v model.Value) any {
	switch v := v.(type) {
	case model.FromEnv:
		return v.Value.Reveal()
	case string:
		if word, ok := r.Words[v]; ok {
			return word
		}
	}
	return v
}

// Put sets a name, or one inside of others: credential.access_key.
func (b Body) Put(name string, v any) {
	outer, inner, nested := strings.Cut(name, ".")
	if !nested {
		b[name] = v
		return
	}
	below, ok := b[outer].(Body)
	if !ok {
		below = Body{}
		b[outer] = below
	}
	below.Put(inner, v)
}

// Wire is an entry as an API gave it. What no row asks for is never decoded.
type Wire map[string]json.RawMessage

// Get gives what an entry has under a name, or under one inside of others; nil when that is absent or null.
func Get[T any](w Wire, name string) (model.Value, error) {
	outer, inner, nested := strings.Cut(name, ".")
	raw, told := w[outer]
	if !told || string(raw) == "null" {
		return nil, nil
	}
	if nested {
		var below Wire
		if err := decode(raw, &below, outer); err != nil {
			return nil, err
		}
		return Get[T](below, inner)
	}
	var v T
	if err := decode(raw, &v, name); err != nil {
		return nil, err
	}
	return v, nil
}

// Or is a [Row.Live] for what an entry has under a name, where its absence means a value.
func Or[T any](name string, absent T) func(Wire) (model.Value, error) {
	return func(w Wire) (model.Value, error) { return GetOr(w, name, absent) }
}

// GetOr gives what an entry has under a name, and a value for its absence.
func GetOr[T any](w Wire, name string, absent T) (T, error) {
	v, err := Get[T](w, name)
	if told, ok := v.(T); ok {
		return told, err
	}
	return absent, err
}

func decode(raw json.RawMessage, out any, name string) error {
	err := json.Unmarshal(raw, out)
	if typeErr, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return cloud.WrongType(typeErr, name)
	}
	return err
}
