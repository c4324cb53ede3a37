// Package provider says what a provider is: a table of fields, a mapping from the file, a [Lister] and a [Writer].
// The planner only ever holds a Lister.
package provider

import (
	"context"

	"regent/internal/config"
	"regent/internal/model"
	"regent/internal/secret"
)

// Definition is one provider. Everything the rest of regent knows of a vendor is here.
type Definition struct {
	// Name is the provider's name in the file.
	Name string
	// Title names the vendor's product for people.
	Title string
	// Items is what the provider's accounts hold.
	Items model.Kind
	// Fields is the provider's field table, in the order of reports.
	Fields []model.Field
	// Replaces says that a modify replaces the whole entry: what the file is silent about is sent back as it is.
	Replaces bool
	// Place identifies where the account's items live.
	Place func(*config.Account) model.Place
	// Owner asks for the number of the cloud account that the credentials are of; nil where the place is of one account
	// anyway, as a project of Huawei Cloud is.
	Owner func(context.Context, *Session, *config.Account) (string, error)
	// Desired gives the account's items as the file wants them, canonical, in the order of the file.
	Desired func(*config.Config, *config.Account, secret.Lookup) []model.Item
	// Lister opens the account for reading. Its transport refuses every operation that is not a read.
	Lister func(context.Context, *Session, *config.Account) (Lister, error)
	// Writer opens the account for writing.
	Writer func(context.Context, *Session, *config.Account) (Writer, error)
}

// Field finds a field by its name.
func (d *Definition) Field(name string) (model.Field, bool) {
	for _, f := range d.Fields {
		if f.Name == name {
			return f, true
		}
	}
	return model.Field{}, false
}

// Lister reads an account. It has no method that writes.
type Lister interface {
	// List reads all items of the account. desired tells which of them will be compared, so that a field that the
	// list leaves out is read one by one only where it matters.
	List(ctx context.Context, desired []model.Item) (Listing, error)
}

// Listing is the live state of one account.
type Listing struct {
	// Items are the entries that could be managed, without the built-in ones.
	Items []model.Item
	// BuiltIn counts the vendor's own entries, which are never touched.
	BuiltIn int
	// NotCounted says that the vendor's own entries could not be counted; BuiltIn is then meaningless.
	NotCounted bool
	// Notes are remarks for the reader of the plan.
	Notes []Note
	// Problems are desired items that the vendor is known to refuse.
	Problems []Problem
}

// Note is a remark about an item or an account.
type Note struct {
	Position model.Position
	Text     string
	// Several is how notes of this kind are said as one.
	Several model.Several
}

// Problem says why a desired item cannot be planned.
type Problem struct {
	// Key is the desired item's key.
	Key      model.Key
	Position model.Position
	Text     string
}

// Writer changes an account.
type Writer interface {
	// Add creates the item.
	Add(ctx context.Context, w Write) (Receipt, error)
	// Modify changes the live item.
	Modify(ctx context.Context, w Write) (Receipt, error)
}

// Write is one change with everything its request needs.
type Write struct {
	// Desired is the item as it should be.
	Desired model.Item
	// Live is the item as it was read; nil for an add.
	Live *model.Item
	// Changed are the names of the fields that differ; empty for an add.
	Changed []string
	// Secrets are the values of the secrets to send, by field name.
	Secrets map[string]secret.Value
}

// Text gives the desired text of a field that may come from the environment.
func (w Write) Text(field string) string {
	switch v := w.Desired.Values[field].(type) {
	case string:
		return v
	case model.FromEnv:
		return v.Value.Reveal()
	}
	return ""
}

// Receipt is what a successful write answered.
type Receipt struct {
	// ID is the server's identity of the item; empty when the API does not tell.
	ID string
	// Operation is the API's word for the call, RequestID the server's name for it.
	Operation, RequestID string
}

// Text gives the desired value of a text that may refer to the environment.
func Text(t config.Text, lookup secret.Lookup) model.Value {
	if t.Ref.IsZero() {
		return t.Literal
	}
	v, ok := t.Ref.Resolve(lookup)
	return model.FromEnv{Ref: t.Ref, Value: v, Set: ok}
}
