package plan

import (
	"fmt"
	"strconv"
	"strings"
)

// Limit is a whole number that may be missing; the zero Limit is none.
type Limit struct {
	set   bool
	value int
}

// LimitOf gives a limit.
func LimitOf(n int) Limit { return Limit{true, n} }

// ParseLimit reads a whole number from 0 up to most; a negative most is no bound. An empty text is no limit.
func ParseLimit(text string, most int) (Limit, error) {
	if text = strings.TrimSpace(text); text == "" {
		return Limit{}, nil
	}
	n, err := strconv.Atoi(text)
	switch {
	case (err != nil || n < 0 || n > most) && most >= 0:
		return Limit{}, fmt.Errorf("write a whole number from 0 to %d", most)
	case err != nil || n < 0:
		return Limit{}, fmt.Errorf("write a whole number from 0")
	}
	return LimitOf(n), nil
}

// String gives the number, or nothing where there is no limit.
func (l Limit) String() string {
	if !l.set {
		return ""
	}
	return strconv.Itoa(l.value)
}

// Guard bounds what one apply may write. It stops mistakes that a review overlooks: a file that was emptied by accident,
// a list of another account.
type Guard struct {
	// Changes is the most changes that may be made.
	Changes Limit
	// Percent is the largest part of the file's items, 0 to 100, that may change.
	Percent Limit
}

// The names of a guard's limits, as the command line and the Action have them.
const (
	MaxChanges       = "max-changes"
	MaxChangePercent = "max-change-percent"
)

// Excess is a limit that a plan does not keep.
type Excess struct {
	// Limit is the limit's name.
	Limit string
	// What is the size of the plan, Allowed that of the limit.
	What, Allowed string
}

// Sentence words the excess; prefix stands before the limit's name.
func (e Excess) Sentence(prefix string) string {
	return fmt.Sprintf("the plan makes %s, and %s%s allows %s", e.What, prefix, e.Limit, e.Allowed)
}

// Over tells which limits of a guard the plan's writes exceed. The percentage is of the items that the file has in the
// plan's accounts and about which something could be decided; blocked ones are among them, although nothing is written for
// them. A plan without writes keeps every limit.
func (p *Plan) Over(g Guard) []Excess {
	s := p.Summary
	writes, items := s.Writes(), s.Unchanged+s.count(func(Kind) bool { return true })
	changes := strconv.Itoa(writes) + " changes"
	if writes == 1 {
		changes = "1 change"
	}
	var out []Excess
	if l := g.Changes; l.set && writes > l.value {
		out = append(out, Excess{MaxChanges, fmt.Sprintf("%s (%s)", changes, s.Words(Kind.Writes)), l.String()})
	}
	if l := g.Percent; l.set && writes*100 > l.value*items {
		tenths := (writes*1000 + items - 1) / items // rounded up: what is over the limit must not look like the limit
		share := strings.TrimSuffix(fmt.Sprintf("%d.%d", tenths/10, tenths%10), ".0")
		out = append(out, Excess{MaxChangePercent, fmt.Sprintf("%s to the file's %d items, which are %s%% of them", changes, items, share), l.String() + "%"})
	}
	return out
}
