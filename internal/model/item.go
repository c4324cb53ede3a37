package model

import (
	"slices"
	"strconv"
	"strings"

	"regent/internal/secret"
)

// Kind is what an item is.
type Kind string

// The kinds of items.
const (
	// Registration is a registry made known to a scanner account.
	Registration Kind = "registration"
	// ReplicationTarget is a registry made known to an SWR Enterprise instance.
	ReplicationTarget Kind = "replicationTarget"
)

// Value is a field's value: string, int64, bool or map[string]string as the field's [Type] says, or [FromEnv] on
// the desired side.
type Value any

// FromEnv is a desired value that comes from an environment variable, such as a user name kept out of the file. It
// is compared with live state when the variable is set, and never shown.
type FromEnv struct {
	Ref secret.Ref
	// Value is meaningful when Set is true.
	Value secret.Value
	Set   bool
}

// Key decides which live item a desired one is matched with. Parts are always compared. Port takes part only when
// both sides know it: older answers of Alibaba's list leave it out.
type Key struct {
	Parts []KeyPart
	// Port is 0 when the API did not tell.
	Port int64
}

// KeyPart is one named part of a key.
type KeyPart struct{ Name, Value string }

// Bucket identifies all items that could match, as a map key.
func (k Key) Bucket() string {
	var b strings.Builder
	for _, p := range k.Parts {
		b.WriteString(p.Value)
		b.WriteByte(0)
	}
	return b.String()
}

// String gives the key for messages: type=harbor host=harbor.example.com.
func (k Key) String() string {
	var b strings.Builder
	for i, p := range k.Parts {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(p.Name + "=" + p.Value)
	}
	if k.Port != 0 {
		b.WriteString(" port=" + strconv.FormatInt(k.Port, 10))
	}
	return b.String()
}

// Item is one registration or replication target, desired or live.
type Item struct {
	Kind Kind
	// Name is the name in the file, or the best name the API gives.
	Name string
	Key  Key
	// Address is where the registry is, canonical, for finding entries that know one registry under two keys; empty when the
	// API did not tell all of it, or when several entries with one address are usual.
	Address string
	// Registry is the address in the file, to which login and secrets go; desired side only.
	Registry string
	// ID is the server's identity; empty on the desired side.
	ID string
	// Values holds the field values by field name. An absent desired value is left to the vendor; an absent live
	// value was not returned.
	Values map[string]Value
	// Secrets holds the references of the unobservable secret fields by field name, desired side only.
	Secrets map[string]secret.Ref
	// Position is the item's place in the file, desired side only.
	Position Position
	// At gives the place of each field's value, by field name.
	At map[string]Position
	// Summary describes a live item that is not in the file, in one line.
	Summary string
}

// FieldPosition gives the place of a field's value, or of the item.
func (i Item) FieldPosition(field string) Position {
	if p, ok := i.At[field]; ok && !p.IsZero() {
		return p
	}
	return i.Position
}

// Environment gives the names of the variables that the item's values come from, sorted. Secrets are not among
// them.
func (i Item) Environment() []string {
	names := []string{}
	for _, v := range i.Values {
		if env, ok := v.(FromEnv); ok {
			names = append(names, env.Ref.Env)
		}
	}
	slices.Sort(names)
	return names
}
