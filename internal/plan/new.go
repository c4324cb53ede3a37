package plan

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"regent/internal/model"
	"regent/internal/order"
	"regent/internal/secret"
)

// Input is one account's two sides.
type Input struct {
	Name     string
	Place    model.Place
	Position model.Position
	// Credentials are the names of the account's own credential variables, in the order of their roles.
	Credentials []string
	// SecretsInQuery says that secrets travel in addresses.
	SecretsInQuery bool
	// Fields is the provider's field table.
	Fields []model.Field
	// Replaces says that a modify replaces the whole entry.
	Replaces bool
	Desired  []model.Item
	Live     []model.Item
	BuiltIn  int
	// NotCounted says that the built-in entries could not be counted.
	NotCounted bool
	// Refused are problems the provider found, by the desired item's key.
	Refused []Refusal
	Notes   []Note
	// Err says that the account could not be read; nothing is planned for it.
	Err error
}

// Refusal says why a desired item cannot be planned.
type Refusal struct {
	Key     model.Key
	At      model.Position
	Message string
}

// New compares every account. Unset names the environment variables that have no value here; they are noted where
// a change would need them.
func New(inputs []Input, unset func(env string) bool) *Plan {
	p := blank()
	for _, in := range inputs {
		b := builder{plan: p, in: in, table: map[string]model.Field{}}
		for _, f := range in.Fields {
			b.table[f.Name] = f
		}
		b.build()
	}
	p.sort()
	p.noteUnset(unset)
	p.sortNotes()
	p.count()
	p.Digest = digest(p)
	return p
}

func blank() *Plan {
	return &Plan{FormatVersion: FormatVersion, Changes: []Change{}, Problems: []Problem{}, Notes: []Note{}, Accounts: []Account{}}
}

// Failure gives the plan of a run that ended before it could compare anything: no changes, and the reasons as problems.
func Failure(reasons []Problem) *Plan {
	p := blank()
	p.Problems = append(p.Problems, reasons...)
	p.count()
	p.Digest = digest(p)
	return p
}

type builder struct {
	plan  *Plan
	in    Input
	table map[string]model.Field
	out   Account
}

func (b *builder) build() {
	b.out = Account{
		Name: b.in.Name, Place: b.in.Place, Position: position(b.in.Position),
		Credentials: append([]string(nil), b.in.Credentials...), SecretsInQuery: b.in.SecretsInQuery, Unmanaged: []Unmanaged{},
	}
	if b.in.Err != nil {
		b.out.Error = cmp.Or(strings.ReplaceAll(b.in.Err.Error(), "\n", "; "), "no reason was given") // empty means that it was read
		b.plan.Accounts = append(b.plan.Accounts, b.out)
		return
	}
	if !b.in.NotCounted {
		b.out.BuiltIn = new(b.in.BuiltIn)
	}
	refused := b.refuse()
	pairs := match(b.in.Desired, b.in.Live)
	unmanaged := map[string]*model.Item{} // by address
	for _, m := range pairs {
		if m.desired != nil || m.live[0].Address == "" {
			continue
		}
		if l, have := m.live[0], unmanaged[m.live[0].Address]; have == nil || l.ID < have.ID {
			unmanaged[l.Address] = l
		}
	}
	for _, m := range pairs {
		switch {
		case m.desired == nil:
			b.unmanaged(m.live[0])
		case refused != nil && refused[m.desired.Key.String()]:
		case m.conflict != "":
			b.problem(m.desired.Position, m.desired.Name, m.conflict)
		case len(m.live) == 0:
			b.add(m.desired)
			if twin := unmanaged[m.desired.Address]; twin != nil {
				b.noteTwin(m.desired, twin)
			}
		default:
			b.compare(m.desired, m.live[0])
		}
	}
	for _, n := range b.in.Notes {
		n.Account = b.in.Name
		b.plan.Notes = append(b.plan.Notes, n)
	}
	b.plan.Accounts = append(b.plan.Accounts, b.out)
}

// refuse makes problems of what the provider refused, and gives the keys.
func (b *builder) refuse() map[string]bool {
	if len(b.in.Refused) == 0 {
		return nil
	}
	names := map[string]string{}
	for i := range b.in.Desired {
		names[b.in.Desired[i].Key.String()] = b.in.Desired[i].Name
	}
	refused := map[string]bool{}
	for _, r := range b.in.Refused {
		key := r.Key.String()
		refused[key] = true
		b.problem(r.At, cmp.Or(names[key], key), r.Message)
	}
	return refused
}

func (b *builder) problem(at model.Position, name, message string) {
	b.plan.Problems = append(b.plan.Problems, Problem{Account: b.in.Name, Name: name, Message: message, Position: position(at)})
}

func (b *builder) unmanaged(live *model.Item) {
	b.out.Unmanaged = append(b.out.Unmanaged, Unmanaged{ID: live.ID, Name: live.Name, Summary: live.Summary})
}

func (b *builder) change(action Action, d *model.Item, live *model.Item) Change {
	c := Change{
		Action: action, Account: b.in.Name, Kind: d.Kind, Name: d.Name, Key: Key{}, Position: position(d.Position),
		Fields: []FieldChange{}, Secrets: []SecretUse{}, Registry: d.Registry, Variables: []string{}, Desired: d, Live: live,
	}
	for _, part := range d.Key.Parts {
		c.Key[part.Name] = part.Value
	}
	if d.Key.Port != 0 {
		c.Key["port"] = strconv.FormatInt(d.Key.Port, 10)
	}
	if live != nil {
		c.ID = live.ID
	}
	return c
}

func (b *builder) add(d *model.Item) {
	c := b.change(Add, d, nil)
	c.Fields = make([]FieldChange, 0, len(d.Values))
	for _, f := range b.in.Fields {
		if v, ok := d.Values[f.Name]; ok {
			c.Fields = append(c.Fields, fieldChange(f, d, nil, v))
		}
	}
	c.send(d, func(string) bool { return true })
	b.plan.Changes = append(b.plan.Changes, c)
}

// noteTwin notes that the address of an add is live under another key: the add would make a second entry of one registry.
func (b *builder) noteTwin(d, live *model.Item) {
	var under, words []string
	for i, part := range d.Key.Parts {
		if i < len(live.Key.Parts) && live.Key.Parts[i].Value != part.Value {
			under, words = append(under, part.Name+" "+live.Key.Parts[i].Value), append(words, part.Name)
		}
	}
	what := fmt.Sprintf("its address %s is live as %s (ID %s)", d.Address, strings.Join(under, " and "), live.ID)
	b.plan.Notes = append(b.plan.Notes, Note{
		Account: b.in.Name, Position: position(d.Position),
		Message: fmt.Sprintf("%s: %s; use that %s to adopt it", d.Name, what, strings.Join(words, " and ")),
		Several: model.Several{Many: "%d adds have the address of an entry that is live under another key", Name: d.Name + " (" + what + ")"},
	})
}

// compare plans what makes live equal to desired.
func (b *builder) compare(d, live *model.Item) {
	for _, f := range b.in.Fields {
		if env, ok := d.Values[f.Name].(model.FromEnv); ok && !env.Set {
			b.plan.Notes = append(b.plan.Notes, Note{Account: b.in.Name, Position: position(d.FieldPosition(f.Name)),
				Message: fmt.Sprintf("%s: %s comes from env %s, which is not set here; it is not compared", d.Name, f.Name, env.Ref.Env),
				Several: model.Several{Many: "%d " + f.Name + "s come from variables that are not set here, and are not compared", Name: env.Ref.Env}})
		}
	}
	differing := model.Differing(b.in.Fields, d, live)
	if len(differing) == 0 {
		b.out.Unchanged++
		return
	}
	c := b.change(Modify, d, live)
	for _, f := range differing {
		change := fieldChange(f, d, live.Values[f.Name], d.Values[f.Name])
		if f.Immutable != "" {
			change.Blocked = f.Immutable
			c.Action = Blocked
		}
		c.Fields = append(c.Fields, change)
	}
	if c.Action == Modify {
		c.Fields = b.alsoSent(d, live, c.Fields)
		c.send(d, func(field string) bool { return b.table[baseName(field)].Immutable == "" })
	}
	b.plan.Changes = append(b.plan.Changes, c)
}

// alsoSent adds what a modify sends besides the differences, so that the plan and its digest hold everything that would be
// written: the fields that the live side did not tell, and, where a modify replaces the whole entry, the live values that
// the file is silent about.
func (b *builder) alsoSent(d, live *model.Item, changes []FieldChange) []FieldChange {
	byField := map[string]FieldChange{}
	for _, c := range changes {
		byField[c.Field] = c
	}
	var out []FieldChange
	for _, f := range b.in.Fields {
		want, governed := d.Values[f.Name]
		have, returned := live.Values[f.Name]
		switch c, differs := byField[f.Name]; {
		case differs:
			out = append(out, c)
		case f.Key || !f.Observable() || f.Immutable != "":
		case governed && !returned:
			out = append(out, fieldChange(f, d, nil, want))
		case !governed && b.in.Replaces && !model.Empty(have):
			kept := fieldChange(f, d, have, have)
			kept.Kept = true
			out = append(out, kept)
		}
	}
	return out
}

// baseName gives the field of a secret that is one of several: namespaces[team] belongs to namespaces.
func baseName(field string) string {
	name, _, _ := strings.Cut(field, "[")
	return name
}

// send notes what a write sends besides the values of the file: secrets, and all variables that something comes from.
func (c *Change) send(d *model.Item, sent func(field string) bool) {
	c.Secrets = uses(d.Secrets, sent)
	c.Variables = d.Environment()
	for _, s := range c.Secrets {
		c.Variables = append(c.Variables, s.Env)
	}
	slices.Sort(c.Variables)
	c.Variables = slices.Compact(c.Variables)
}

func uses(refs map[string]secret.Ref, sent func(field string) bool) []SecretUse {
	out := make([]SecretUse, 0, len(refs))
	for _, field := range slices.Sorted(maps.Keys(refs)) {
		if sent(field) {
			out = append(out, SecretUse{Field: field, Env: refs[field].Env})
		}
	}
	return out
}

func fieldChange(f model.Field, d *model.Item, before, after model.Value) FieldChange {
	c := FieldChange{Field: f.Name, Before: before, After: after, Destination: f.Destination, Position: position(d.FieldPosition(f.Name))}
	if env, ok := after.(model.FromEnv); ok {
		c.Before, c.After, c.Env = nil, nil, env.Ref.Env
	}
	return c
}

// noteUnset notes every variable that a change needs and that has no value here, once.
func (p *Plan) noteUnset(unset func(env string) bool) {
	seen := map[string]bool{}
	for _, c := range p.Changes {
		var names []string
		for _, s := range c.Secrets {
			names = append(names, s.Env)
		}
		if k, ok := Lookup(c.Action); ok && k.Writes() {
			names = append(names, c.Desired.Environment()...)
		}
		for _, env := range names {
			if seen[env] || !unset(env) {
				continue
			}
			seen[env] = true
			p.Notes = append(p.Notes, Note{Account: c.Account, Position: c.Position,
				Message: fmt.Sprintf("%s: env %s is not set here; apply will need it", c.Name, env),
				Several: model.Several{Many: "%d variables that an apply needs are not set here", Name: env}})
		}
	}
}

// sort makes the order independent of files and lists.
func (p *Plan) sort() {
	order.By(p.Accounts, func(a, b *Account) int { return order.Natural(a.Name, b.Name) })
	for i := range p.Accounts {
		order.By(p.Accounts[i].Unmanaged, func(a, b *Unmanaged) int {
			return cmp.Or(order.Natural(a.Name, b.Name), cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID))
		})
	}
	order.By(p.Changes, func(a, b *Change) int {
		if c := cmp.Or(order.Natural(a.Account, b.Account), order.Natural(a.Name, b.Name)); c != 0 {
			return c // without writing out the keys
		}
		return cmp.Compare(a.Key.String(), b.Key.String())
	})
	order.By(p.Problems, func(a, b *Problem) int {
		return cmp.Or(order.Natural(a.Account, b.Account), order.Natural(a.Name, b.Name), order.Natural(a.Message, b.Message),
			a.Position.compare(b.Position))
	})
}

func (p *Plan) sortNotes() {
	order.By(p.Notes, func(a, b *Note) int {
		return cmp.Or(order.Natural(a.Account, b.Account), order.Natural(a.Message, b.Message), a.Position.compare(b.Position))
	})
}

func (p *Plan) count() {
	s := &p.Summary
	s.Changes = map[Action]int{}
	for i := range p.Changes {
		s.Changes[p.Changes[i].Action]++
	}
	builtIn, counted := 0, true
	for i := range p.Accounts {
		a := &p.Accounts[i]
		s.Unchanged += a.Unchanged
		s.Unmanaged += len(a.Unmanaged)
		if a.BuiltIn != nil {
			builtIn += *a.BuiltIn
		} else if a.Error == "" {
			counted = false
		}
	}
	if counted {
		s.BuiltIn = new(builtIn)
	}
	s.Problems = len(p.Problems)
}

// String gives the key in a fixed order.
func (k Key) String() string {
	var s string
	for _, name := range slices.Sorted(maps.Keys(k)) {
		if s != "" {
			s += " "
		}
		s += name + "=" + k[name]
	}
	return s
}
