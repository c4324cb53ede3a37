package plan

import (
	"fmt"
	"slices"
	"strings"

	"regent/internal/model"
)

// pair is a desired item with the live items of its key, or a live item alone.
type pair struct {
	desired *model.Item
	live    []*model.Item
	// conflict says why the pair cannot be decided.
	conflict string
}

// match pairs by key. Ports take part only where both sides know them: a live item with the same port is the one;
// else a live item of unknown port may be. More than one candidate, or one candidate for two desired items, is a
// conflict, never a guess.
func match(desired, live []model.Item) []pair {
	index := NewIndex(live)
	pairs := make([]pair, len(desired))
	claims := make(map[*model.Item]int, len(live)) // how many desired items each may be
	for i := range desired {
		d := &desired[i]
		pairs[i] = pair{desired: d, live: index.WithKey(d.Key)}
		for _, l := range pairs[i].live {
			claims[l]++
		}
	}
	for i := range pairs {
		pairs[i].conflict = conflict(i, pairs, claims)
	}
	for i := range live {
		if claims[&live[i]] == 0 {
			pairs = append(pairs, pair{live: []*model.Item{&live[i]}})
		}
	}
	return pairs
}

// Index finds live items by key.
type Index map[string][]*model.Item

// NewIndex indexes live items; it keeps pointers into the slice.
func NewIndex(live []model.Item) Index {
	index := make(Index, len(live))
	for i := range live {
		b := live[i].Key.Bucket()
		index[b] = append(index[b], &live[i])
	}
	return index
}

// WithKey gives the live items that a desired key means: those with its port, else those whose port is not known.
func (x Index) WithKey(key model.Key) []*model.Item {
	candidates := x[key.Bucket()]
	if len(candidates) == 1 && candidates[0].Key.Port == key.Port {
		return candidates
	}
	var exact, unknown []*model.Item
	for _, l := range candidates {
		switch {
		case l.Key.Port == key.Port:
			exact = append(exact, l)
		case l.Key.Port == 0 || key.Port == 0:
			unknown = append(unknown, l)
		}
	}
	if len(exact) > 0 {
		return exact
	}
	return unknown
}

func conflict(i int, pairs []pair, claims map[*model.Item]int) string {
	p := pairs[i]
	if len(p.live) > 1 {
		var ids []string
		for _, l := range p.live {
			ids = append(ids, l.ID)
		}
		slices.Sort(ids)
		advice := "delete all but one in the vendor's console, then plan again"
		if p.desired.Key.Port != 0 && p.live[0].Key.Port == 0 {
			advice += "; if they differ in the port, which the API does not tell, regent cannot tell them apart: take them out of the file"
		}
		return fmt.Sprintf("%d live entries have its key (%s): IDs %s; %s", len(ids), p.desired.Key, strings.Join(ids, " and "), advice)
	}
	if len(p.live) == 1 && claims[p.live[0]] > 1 {
		return fmt.Sprintf("the live entry with ID %s matches several entries of the file, because the API does not tell its port; "+
			"keep one of them, or delete the live entry", p.live[0].ID)
	}
	return ""
}
