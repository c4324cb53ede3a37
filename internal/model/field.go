package model

// Type is the type of a field's value.
type Type string

// The types a field's value can have, with the Go type of its [Value].
const (
	String    Type = "string"  // string
	Integer   Type = "integer" // int64
	Boolean   Type = "boolean" // bool
	StringMap Type = "map"     // map[string]string
)

// Field describes one attribute of an item. A provider declares each of its fields once, in a table; the diff,
// the immutability rules, the capability table of the documentation and the schema test all follow from it.
type Field struct {
	// Name is what plans and messages call the field: the key of the YAML file, with a part after a dot where one
	// key holds several fields (url.scheme).
	Name string
	// YAML is the path of the key that sets the field in the file, for example registries[].scan[].hostIp.
	YAML string
	// Wire is the API's own name.
	Wire string
	// Type is the type of the value.
	Type Type
	// Key marks a field that decides which live item a desired one is matched with. It never differs; one that is
	// not immutable is sent again when a vendor cleared it.
	Key bool
	// Immutable says why no call can change the field and what the user can do; empty for a mutable field.
	Immutable string
	// Unobservable says why the field cannot be read back; empty for an observable field.
	Unobservable string
	// Destination marks a field that decides where the item's login and secret are used: by which address, over what
	// transport, through which network.
	Destination bool
	// Secret marks a value that comes from an environment variable only. Every write of an entry sends its login and its
	// secrets, but for those that no modify can send.
	Secret bool
	// Default is what the file's silence means, as shown in the documentation; empty when the field is then left
	// to the vendor or is required.
	Default string
	// Source names the vendor's page or the observation the row rests on.
	Source string
}

// Observable reports whether the field can be compared with live state.
func (f Field) Observable() bool { return f.Unobservable == "" }
