package report

import (
	"slices"
	"strings"
)

// document is Markdown in parts, the least important of which are left out where the whole would be larger than a
// limit. A part is shown whole or not at all, so that nothing is cut inside a row, a code span or a fold.
//
// Parts are taken in the order of their ranks, and within a rank in the order of the document, as long as they fit. The
// room for saying what is missing is set aside first. All of it takes time linear in the size of the document.
type document struct {
	root  block
	parts []*part
	// cuts words what is missing in the whole document: the same at length and in short.
	cuts func(missing string) []string
	// cutAs is which of them is used; negative for none.
	cutAs int
}

// rank says how early a part gets its room, lowest first. The kinds of document have their own from details on.
type rank int

const (
	// essential parts are the document; where nothing else fits, they stand alone.
	essential rank = iota
	// framing is what the document is about, and where it comes from.
	framing
	// details are all others.
	details
)

// item is something in a block: a block, a part, a gap or the cut.
type item interface {
	// size is the number of bytes when everything is shown.
	size() int
	write(b *strings.Builder)
}

// block holds items between an opening and a closing text, which are there when something within is shown.
type block struct {
	opening, closing string
	items            []item
	parent           *block
	// reserved is the room that the gaps within may need, in bytes.
	reserved int
	began    bool
}

// part is a piece of text.
type part struct {
	rank rank
	text string
	// fuller, if not empty, is said instead of text where there is room for it at fullerRank, which is a later one.
	fuller     string
	fullerRank rank
	kind       kind
	// reviewed parts are those that an approval is of; clipped says that a text within was cut.
	reviewed, clipped bool
	in                *block
	shown             bool
	full              bool
}

// kind says what a part counts as when it is left out. The zero kind does not count.
type kind struct{ one, many string }

// gap tells at its place what is missing of some parts.
type gap struct {
	parts []*part
	// before stands before the words: what makes them a paragraph or an entry of a list.
	before string
}

// cut tells what is missing of all parts.
type cut struct{ *document }

// block adds a block to another one.
func (d *document) block(in *block, opening, closing string) *block {
	b := &block{opening: opening, closing: closing, parent: in}
	in.items = append(in.items, b)
	return b
}

// add adds parts to a block.
func (d *document) add(in *block, parts ...*part) {
	for _, p := range parts {
		p.in = in
		d.parts = append(d.parts, p)
		in.items = append(in.items, p)
	}
}

// text adds text to the document that does not count when it is left out.
func (d *document) text(r rank, text string) { d.add(&d.root, &part{rank: r, text: text}) }

// gap adds a place to a block that tells what is missing of some parts.
func (d *document) gap(in *block, before string, parts []*part) {
	g := gap{parts, before}
	in.items = append(in.items, g)
	in.reserved += len(g.words(true))
}

// cut adds the place that tells what is missing of the whole.
func (d *document) cut() { d.root.items = append(d.root.items, cut{d}) }

// render gives the document within a limit in bytes; 0 is none. Where there is no room to say what is missing, only
// essential parts are shown, and none where none fits.
func (d *document) render(limit int) string {
	if limit == 0 || d.root.size() <= limit {
		for _, p := range d.parts {
			p.show()
			p.full = true
		}
	} else {
		d.fit(limit)
	}
	var b strings.Builder
	d.root.write(&b)
	return b.String()
}

// whole reports whether all that an approval is of was shown, and nothing within was cut.
func (d *document) whole() bool {
	return !slices.ContainsFunc(d.parts, func(p *part) bool { return p.reviewed && (!p.shown || p.clipped) })
}

// giant is the share of a limit beyond which a part that does not fit does not end its rank: behind one that is too
// large for anything there may be many that are not.
const giant = 8

// fit chooses the parts that are shown.
func (d *document) fit(limit int) {
	left := limit
	for r, wishes := range d.wishes() {
		for _, w := range wishes {
			cost := w.cost()
			if cost <= left {
				left -= cost
				w.grant()
			} else if cost <= limit/giant {
				break
			}
		}
		if rank(r) != essential {
			continue
		}
		cuts := d.cuts(missing(d.parts, true))
		d.cutAs = slices.IndexFunc(cuts, func(s string) bool { return len(s) <= left })
		if !d.root.began || d.cutAs < 0 {
			return // what is shown in part has to say so
		}
		left -= len(cuts[d.cutAs])
	}
}

// wish is a part that asks for room, or for more of it.
type wish struct {
	*part
	more bool
}

// wishes gives what asks for room, by rank.
func (d *document) wishes() [][]wish {
	var out [][]wish
	ask := func(r rank, w wish) {
		for len(out) <= int(r) {
			out = append(out, nil)
		}
		out[r] = append(out[r], w)
	}
	for _, p := range d.parts {
		ask(p.rank, wish{part: p})
		if p.fuller != "" {
			ask(p.fullerRank, wish{p, true})
		}
	}
	return out
}

// cost is the room that a wish takes, with that of the blocks it opens. A part that is not shown has no more to show.
func (w wish) cost() int {
	if w.more {
		if !w.shown {
			return 0
		}
		return len(w.fuller) - len(w.text)
	}
	n := len(w.text)
	for b := w.in; b != nil && !b.began; b = b.parent {
		n += len(b.opening) + len(b.closing) + b.reserved
	}
	return n
}

func (w wish) grant() {
	if w.more {
		w.full = w.shown
		return
	}
	w.show()
}

func (p *part) show() {
	p.shown = true
	for b := p.in; b != nil && !b.began; b = b.parent {
		b.began = true
	}
}

func (p *part) size() int { return max(len(p.text), len(p.fuller)) }

func (p *part) write(b *strings.Builder) {
	switch {
	case !p.shown:
	case p.full && p.fuller != "":
		b.WriteString(p.fuller)
	default:
		b.WriteString(p.text)
	}
}

func (k *block) size() int {
	n := len(k.opening) + len(k.closing)
	for _, i := range k.items {
		n += i.size()
	}
	return n
}

func (k *block) write(b *strings.Builder) {
	if !k.began {
		return
	}
	b.WriteString(k.opening)
	for _, i := range k.items {
		i.write(b)
	}
	b.WriteString(k.closing)
}

func (gap) size() int { return 0 }

func (g gap) write(b *strings.Builder) { b.WriteString(g.words(false)) }

// words tells what is missing, or what would be if nothing were shown.
func (g gap) words(all bool) string {
	if missing := missing(g.parts, all); missing != "" {
		return g.before + "Not shown here: **" + missing + "**.\n"
	}
	return ""
}

func (cut) size() int { return 0 }

func (c cut) write(b *strings.Builder) {
	if missing := missing(c.parts, false); missing != "" && c.cutAs >= 0 {
		b.WriteString(c.cuts(missing)[c.cutAs])
	}
}

// missing counts the parts that are not shown, or all of them, by kind in the order of the document: "7 changes and 1
// note".
func missing(parts []*part, all bool) string {
	var kinds []kind
	counts := map[kind]int{}
	for _, p := range parts {
		if p.shown && !all || p.kind == (kind{}) {
			continue
		}
		if counts[p.kind]++; counts[p.kind] == 1 {
			kinds = append(kinds, p.kind)
		}
	}
	var b strings.Builder
	for i, k := range kinds {
		switch {
		case i == 0:
		case i == len(kinds)-1:
			b.WriteString(" and ")
		default:
			b.WriteString(", ")
		}
		b.WriteString(Count(counts[k], k.one, k.many))
	}
	return b.String()
}
