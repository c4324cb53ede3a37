package report

import (
	"fmt"
	"strings"

	"regent/internal/config"
	"regent/internal/model"
	"regent/internal/plan"
)

// Remark is a warning or a note for people.
type Remark struct {
	// Position is its place, or the first of several; zero where there is none.
	Position plan.Position
	Message  string
}

// String gives FILE:LINE:COL: message.
func (r Remark) String() string {
	if at := r.Position.String(); at != "" {
		return at + ": " + r.Message
	}
	return r.Message
}

// Warnings are those of a configuration, several of one kind as one.
func Warnings(c *config.Config) []Remark {
	var g gathered
	for _, w := range c.Warnings {
		g.add(w.Several, Remark{plan.Position(w.Position), w.Message})
	}
	return g.remarks()
}

// Notes are those of a plan, several of one kind as one.
func Notes(p *plan.Plan) []Remark {
	var g gathered
	for _, n := range p.Notes {
		message := n.Message
		if n.Account != "" {
			message = "account " + n.Account + ": " + message
		}
		g.add(n.Several, Remark{n.Position, message})
	}
	return g.remarks()
}

// Blocked are the reasons why changes are blocked, each with its field said once.
func Blocked(p *plan.Plan) []Remark {
	var g gathered
	for i := range p.Changes {
		c := &p.Changes[i]
		for _, f := range c.Fields {
			if !isBlocked(c) || f.Blocked == "" {
				continue
			}
			g.add(model.Several{Many: "%d entries: " + strings.ReplaceAll(why(f), "%", "%%")},
				Remark{f.Position, fmt.Sprintf("%s in account %s: %s", c.Name, c.Account, why(f))})
		}
	}
	return g.remarks()
}

func why(f plan.FieldChange) string { return f.Field + " cannot be changed: " + f.Blocked }

// Of what is said as one, so many names and so many places are told.
const (
	mostNames  = 20
	mostPlaces = 3
)

// gathered are remarks by their kind, in the order of the first of each.
type gathered struct {
	kinds []*remarks
	known map[string]*remarks
}

// remarks are those of one kind.
type remarks struct {
	first  Remark
	many   string
	count  int
	names  []string // each once
	named  map[string]bool
	places []string
}

func (g *gathered) add(s model.Several, r Remark) {
	k := g.known[s.Many]
	if k == nil {
		k = &remarks{first: r, many: s.Many, named: map[string]bool{}}
		g.kinds = append(g.kinds, k)
	}
	if s.Many != "" {
		if g.known == nil {
			g.known = map[string]*remarks{}
		}
		g.known[s.Many] = k
	}
	k.count++
	if s.Name != "" && !k.named[s.Name] {
		k.named[s.Name] = true
		k.names = append(k.names, s.Name)
	}
	if at := r.Position.String(); at != "" && at != r.Position.File {
		k.places = append(k.places, at)
	}
}

func (g *gathered) remarks() []Remark {
	var out []Remark
	for _, k := range g.kinds {
		out = append(out, k.remark())
	}
	return out
}

func (k *remarks) remark() Remark {
	if k.count == 1 {
		return k.first
	}
	message := fmt.Sprintf(k.many, k.count)
	switch {
	case len(k.names) > 0:
		return Remark{Message: message + ": " + some(k.names, mostNames)}
	case len(k.places) > 1:
		message += " (also " + some(k.places[1:], mostPlaces-1) + ")"
	}
	return Remark{k.first.Position, message}
}

// some lists the first of several words.
func some(words []string, most int) string {
	if len(words) <= most {
		return strings.Join(words, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(words[:most], ", "), len(words)-most)
}
