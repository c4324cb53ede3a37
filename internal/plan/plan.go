// Package plan compares desired with live state. It is pure: no I/O, no clock, no context; the same input gives the
// same plan, byte for byte, whatever the order of either side.
//
// How a desired item (D) and the live items with its key (L) decide:
//
//	D    L         differences               result
//	yes  none      -                         add
//	yes  one       none                      unchanged
//	yes  one       mutable only              modify
//	yes  one       any immutable             blocked, nothing is written for the item
//	yes  two       -                         problem naming both IDs, nothing is written for the item
//	no   any       -                         unmanaged: shown, never touched
//
// An item with an immutable difference is blocked as a whole: writing its other fields would make a registration that
// is neither the old nor the new one.
package plan

import (
	"cmp"

	"regent/internal/model"
)

// FormatVersion is the version of the plan's JSON form. It grows with every change that an old reader would
// misunderstand.
const FormatVersion = 1

// Plan is the difference between a configuration and the live state, as data. Its JSON form is documented in
// schema/plan.schema.json.
type Plan struct {
	FormatVersion int `json:"formatVersion"`
	// Digest is "sha256:" and the hexadecimal SHA-256 of the changes' canonical form.
	Digest  string  `json:"digest"`
	Summary Summary `json:"summary"`
	// Accounts are sorted by name.
	Accounts []Account `json:"accounts"`
	// Changes are sorted by account, name and key.
	Changes []Change `json:"changes"`
	// Problems are items for which nothing can be decided.
	Problems []Problem `json:"problems"`
	// Notes are remarks that change nothing.
	Notes []Note `json:"notes"`

	// Origins are what came from elsewhere in the file that reviewers compare with; empty where that is not known. The next
	// write of the entry sends it, so that a review has to show it.
	Origins []Origin `json:"-"`
}

// Origin is a login, a secret or the credentials of an account that now come from elsewhere.
type Origin struct {
	Account string
	// Name is the entry's; empty for the account itself.
	Name  string
	Field string
	// Before and After say where from: a variable, or the text of the file.
	Before, After string
	Position      Position
}

// Account is an account of the plan.
type Account struct {
	Name string `json:"name"`
	model.Place
	// Credentials names the environment variables of the account's own credentials: those of access key, secret key and, if
	// there is one, security token, or that of a token alone. Empty for the standard chain.
	Credentials []string `json:"credentials,omitempty"`
	// SecretsInQuery says that writes send secrets in their address.
	SecretsInQuery bool `json:"secretsInQuery,omitempty"`
	Unchanged      int  `json:"unchanged"`
	// Unmanaged are live items that the file does not mention, sorted by name and ID.
	Unmanaged []Unmanaged `json:"unmanaged"`
	// BuiltIn is nil when the vendor's own entries could not be counted.
	BuiltIn *int `json:"builtIn,omitempty"`
	// Error says why the account could not be read; empty when it could.
	Error string `json:"error,omitempty"`
	// Position is the account's place in the file.
	Position Position `json:"position"`
}

// Unmanaged is a live item that is not in the file.
type Unmanaged struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Summary string `json:"summary"`
}

// Position is a place in a file, for people and annotations. It is not part of the digest.
type Position struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

func position(p model.Position) Position { return Position{p.File, p.Line, p.Column} }

// String gives FILE:LINE:COL.
func (p Position) String() string { return model.Position(p).String() }

// compare orders positions by file, line and column.
func (p Position) compare(q Position) int {
	return cmp.Or(cmp.Compare(p.File, q.File), cmp.Compare(p.Line, q.Line), cmp.Compare(p.Column, q.Column))
}

// Change is what has to happen to one item.
type Change struct {
	Action  Action     `json:"action"`
	Account string     `json:"account"`
	Kind    model.Kind `json:"kind"`
	Name    string     `json:"name"`
	Key     Key        `json:"key"`
	// ID is the server's identity of the live item; empty for an add.
	ID string `json:"id,omitempty"`
	// Fields are the values of an add and the differences of a modify, in the order of the provider's table.
	Fields []FieldChange `json:"fields"`
	// Secrets are the secrets that the write sends, by reference.
	Secrets []SecretUse `json:"secrets"`
	// Registry is the address that the write has login and secrets sent to. Variables are those that they come from, sorted.
	Registry  string   `json:"registry"`
	Variables []string `json:"variables"`
	Position  Position `json:"position"`

	// Desired and Live are the items behind the change; nil in a plan that was read from a file.
	Desired *model.Item `json:"-"`
	Live    *model.Item `json:"-"`
}

// Key identifies an item within its account: the parts by name.
type Key map[string]string

// FieldChange is one field of a change.
type FieldChange struct {
	Field string `json:"field"`
	// Before is the live value, After the desired one: text, number, boolean or a map of texts. Before is null in
	// an add.
	Before any `json:"before"`
	After  any `json:"after"`
	// Env names the variable that the value comes from; Before and After are then null and never shown.
	Env string `json:"env,omitempty"`
	// Blocked says why no call can make the change; empty when one can.
	Blocked string `json:"blocked,omitempty"`
	// Destination says that the field decides where the item's login and secret are used.
	Destination bool `json:"destination,omitempty"`
	// Kept marks a live value that the file is silent about and that a modify, which replaces the whole entry, sends back
	// as it is. Before and After are then the same.
	Kept     bool     `json:"kept,omitempty"`
	Position Position `json:"position"`
}

// SecretUse is a secret that a write sends.
type SecretUse struct {
	Field string `json:"field"`
	Env   string `json:"env"`
}

// Problem is an item for which nothing can be decided.
type Problem struct {
	Account  string   `json:"account"`
	Name     string   `json:"name"`
	Message  string   `json:"message"`
	Position Position `json:"position"`
}

// Note is a remark.
type Note struct {
	Account  string   `json:"account,omitempty"`
	Message  string   `json:"message"`
	Position Position `json:"position"`
	// Several is how people are told notes of this kind as one. JSON has each note.
	Several model.Several `json:"-"`
}

// Item is the item behind the change: as desired, or as it was when nothing is desired of it.
func (c *Change) Item() *model.Item {
	if c.Desired != nil {
		return c.Desired
	}
	return c.Live
}

// Changed are the names of the fields that differ.
func (c *Change) Changed() []string {
	var names []string
	for _, f := range c.Fields {
		if !f.Kept {
			names = append(names, f.Field)
		}
	}
	return names
}

// Pending reports whether the live state differs from the file.
func (p *Plan) Pending() bool { return len(p.Changes) > 0 }

// Writes are the changes that an apply makes.
func (p *Plan) Writes() []*Change {
	var out []*Change
	for i := range p.Changes {
		if k, ok := Lookup(p.Changes[i].Action); ok && k.Writes() {
			out = append(out, &p.Changes[i])
		}
	}
	return out
}

// Failed reports whether some account or item could not be planned.
func (p *Plan) Failed() bool { return len(p.Problems) > 0 || p.Unread() }

// Unread reports whether some account could not be read.
func (p *Plan) Unread() bool {
	for _, a := range p.Accounts {
		if a.Error != "" {
			return true
		}
	}
	return false
}

// Account finds an account by name.
func (p *Plan) Account(name string) *Account {
	for i := range p.Accounts {
		if p.Accounts[i].Name == name {
			return &p.Accounts[i]
		}
	}
	return nil
}
