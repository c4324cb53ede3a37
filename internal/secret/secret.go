// Package secret keeps secret values away from everything that prints.
//
// A configuration holds only a [Ref], the name of an environment variable. Resolving it gives a [Value], which
// every formatter, encoder and logger renders as a placeholder; the one way to the text is [Value.Reveal], called
// where a request body or a signature is made. A [Masker] is the second net: it knows the resolved values and
// removes them, in the usual encodings, from text that comes from elsewhere.
package secret

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
)

// placeholder is what any printed Value looks like.
const placeholder = "(secret)"

// Value is a secret in memory. The zero Value is empty. It cannot be printed, encoded or logged: every such
// attempt yields a placeholder. It is not comparable on purpose; use [Value.Equal].
type Value struct {
	// reveal is a closure, so that even reflection-based printers that skip methods (fmt on an unexported
	// field, a debugger's dump) find a function address and not the text.
	reveal func() string
}

// New makes a Value from its text.
func New(text string) Value { return Value{reveal: func() string { return text }} }

// Reveal gives the text. Call it only where the request that needs it is built.
func (v Value) Reveal() string {
	if v.reveal == nil {
		return ""
	}
	return v.reveal()
}

// Empty reports whether the secret has no text.
func (v Value) Empty() bool { return v.Reveal() == "" }

// Equal reports whether the text equals s.
func (v Value) Equal(s string) bool { return v.Reveal() == s }

// Same reports whether two secrets have one text.
func (v Value) Same(other Value) bool { return v.Equal(other.Reveal()) }

// String implements [fmt.Stringer] with a placeholder.
func (v Value) String() string { return placeholder }

// GoString implements [fmt.GoStringer] with a placeholder.
func (v Value) GoString() string { return placeholder }

// Format implements [fmt.Formatter], so that no verb reaches the text.
func (v Value) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, placeholder) }

// MarshalJSON implements [json.Marshaler] with a placeholder.
func (v Value) MarshalJSON() ([]byte, error) { return json.Marshal(placeholder) }

// MarshalText implements [encoding.TextMarshaler] with a placeholder.
func (v Value) MarshalText() ([]byte, error) { return []byte(placeholder), nil }

// MarshalYAML implements the yaml.v3 marshaler with a placeholder.
func (v Value) MarshalYAML() (any, error) { return placeholder, nil }

// LogValue implements [slog.LogValuer] with a placeholder.
func (v Value) LogValue() slog.Value { return slog.StringValue(placeholder) }

// Ref names the environment variable that holds a secret: {env: NAME} in the file. The zero Ref refers to nothing.
type Ref struct {
	// Env is the variable's name.
	Env string
}

// IsZero reports whether the reference names nothing.
func (r Ref) IsZero() bool { return r.Env == "" }

// String gives what plans and reports show in place of a value.
func (r Ref) String() string { return "(from env " + r.Env + ")" }

// Lookup finds the value of an environment variable; [os.LookupEnv] has this type.
type Lookup func(name string) (string, bool)

// Resolve reads the variable. An unset variable and an empty one both answer ok=false: no vendor accepts an empty
// password, and an empty string is what an unset secret becomes in a workflow file.
func (r Ref) Resolve(lookup Lookup) (Value, bool) {
	text, ok := lookup(r.Env)
	if !ok || text == "" {
		return Value{}, false
	}
	return New(text), true
}
