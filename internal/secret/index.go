package secret

import "slices"

// index finds texts in a text that is read once, whatever their number: at each place the next four bytes tell which
// lengths of texts may start there. [strings.Replacer] would not do: after the first text it goes on behind it, so that of
// a longer one that starts inside it the rest is not found.
type index struct {
	// forms are the texts, of at least four bytes, with the length in bytes of the longest secret that each stands for.
	forms map[string]int
	// lengths gives the lengths of the texts that start with the same four bytes, longest first.
	lengths map[uint32][]int
	// starts are these four bytes.
	starts sieve
}

// sieve tells most numbers apart from those that were put into it, in less time than a map.
type sieve [1 << 10]uint64

func (f *sieve) put(n uint32) {
	at := n * 0x9E3779B1 >> 16
	f[at>>6] |= 1 << (at & 63)
}

func (f *sieve) has(n uint32) bool {
	at := n * 0x9E3779B1 >> 16
	return f[at>>6]&(1<<(at&63)) != 0
}

// add learns a text that stands for a secret of so many bytes.
func (x *index) add(form string, secret int) {
	if x.forms == nil {
		x.forms, x.lengths = map[string]int{}, map[uint32][]int{}
	}
	before, known := x.forms[form]
	x.forms[form] = max(before, secret)
	if known {
		return
	}
	key := start(form)
	x.starts.put(key)
	at, there := slices.BinarySearchFunc(x.lengths[key], len(form), func(a, b int) int { return b - a })
	if !there {
		x.lengths[key] = slices.Insert(x.lengths[key], at, len(form))
	}
}

// start gives the first four bytes as a number.
func start(s string) uint32 {
	_ = s[minPartLength-1]
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

// span is a part of a text, from its first byte to behind its last.
type span struct{ start, end int }

// spans finds the parts of s that stand for secrets of at least so many bytes. Parts that overlap are one.
func (x *index) spans(s string, least int) []span {
	var out []span
	x.each(s, least, func(p span) bool {
		if last := len(out) - 1; last >= 0 && p.start < out[last].end {
			out[last].end = max(out[last].end, p.end)
		} else {
			out = append(out, p)
		}
		return true
	})
	return out
}

// in reports whether s holds one of the texts.
func (x *index) in(s string) bool {
	found := false
	x.each(s, 0, func(span) bool { found = true; return false })
	return found
}

// each calls do for each place at which a text starts, with the longest, until it says no.
func (x *index) each(s string, least int, do func(span) bool) {
	if len(x.forms) == 0 {
		return
	}
	for i := 0; i+minPartLength <= len(s); i++ {
		key := start(s[i:])
		if !x.starts.has(key) {
			continue
		}
		for _, n := range x.lengths[key] {
			if i+n > len(s) || x.forms[s[i:i+n]] < max(least, 1) {
				continue
			}
			if !do(span{i, i + n}) {
				return
			}
			break
		}
	}
}
