package report

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// drawn makes a document of blocks, parts and gaps at random.
func drawn(rt *rapid.T) *document {
	d := &document{cuts: func(missing string) []string { return []string{"cut: " + missing + ", at length", "cut: " + missing} }}
	d.text(essential, "title")
	d.cut()
	blocks := []*block{&d.root}
	for i := range rapid.IntRange(1, 12).Draw(rt, "blocks") {
		in := blocks[rapid.IntRange(0, len(blocks)-1).Draw(rt, "parent")]
		b := d.block(in, strings.Repeat("(", rapid.IntRange(0, 30).Draw(rt, "opening")), strings.Repeat(")", rapid.IntRange(0, 30).Draw(rt, "closing")))
		var parts []*part
		for range rapid.IntRange(1, 6).Draw(rt, "parts") {
			p := &part{rank: rank(rapid.IntRange(1, 5).Draw(rt, "rank")), text: strings.Repeat("t", rapid.IntRange(0, 40).Draw(rt, "size")), kind: kind{fmt.Sprint("k", i), fmt.Sprint("k", i)}}
			if rapid.Bool().Draw(rt, "has more") {
				p.fuller, p.fullerRank = p.text+strings.Repeat("f", rapid.IntRange(1, 40).Draw(rt, "more")), p.rank+1
			}
			parts = append(parts, p)
		}
		d.add(b, parts...)
		if rapid.Bool().Draw(rt, "gap") {
			d.gap(b, "- ", parts)
		}
		blocks = append(blocks, b)
	}
	return d
}

// TestDocumentsStayWithinTheirLimit renders documents of every shape within every limit up to their size.
func TestDocumentsStayWithinTheirLimit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		d := drawn(rt)
		whole := d.root.size()
		for limit := -1; limit <= whole; limit++ {
			for _, p := range d.parts {
				p.shown, p.full = false, false
				for b := p.in; b != nil; b = b.parent {
					b.began = false
				}
			}
			switch got := d.render(limit); {
			case limit == 0 || limit == whole:
				if strings.Contains(got, "cut: ") || len(got) > whole {
					rt.Fatalf("%d bytes without a limit: %s", len(got), got)
				}
			case len(got) > max(limit, 0):
				rt.Fatalf("%d bytes within %d: %s", len(got), limit, got)
			}
		}
	})
}

// TestHiddenPartsTakeNoRoom: the longer form of a part that is not shown takes nothing from the next.
func TestHiddenPartsTakeNoRoom(t *testing.T) {
	t.Parallel()
	d := &document{cuts: func(string) []string { return []string{""} }}
	d.text(essential, "title ")
	d.add(&d.root,
		&part{rank: details, text: strings.Repeat("t", 100), fuller: strings.Repeat("f", 150), fullerRank: details + 1},
		&part{rank: details + 2, text: "and the next"},
	)
	if got := d.render(60); got != "title and the next" {
		t.Errorf("%q", got)
	}
}
