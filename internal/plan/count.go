package plan

import (
	"fmt"
	"slices"
)

// CountOnly takes the unmanaged entries of accounts out of the list, and says in a note how many there are and why they
// are not told. The summary counts them as before.
func (p *Plan) CountOnly(hidden func(Account) bool, why string) {
	for i := range p.Accounts {
		a := &p.Accounts[i]
		if len(a.Unmanaged) == 0 || !hidden(*a) {
			continue
		}
		p.Notes = append(p.Notes, Note{
			Account: a.Name, Position: a.Position,
			Message: fmt.Sprintf("%d unmanaged entries are counted and not listed: %s", len(a.Unmanaged), why),
		})
		a.Unmanaged = []Unmanaged{}
	}
	p.sortNotes()
}

// Lists reports whether a plan lists an unmanaged entry.
func (p *Plan) Lists() bool {
	return slices.ContainsFunc(p.Accounts, func(a Account) bool { return len(a.Unmanaged) > 0 })
}
