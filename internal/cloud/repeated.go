package cloud

import (
	"encoding/json"
	"strings"
)

// repeated gives the first key of a JSON document that an object has twice, in whatever letter case, or "". Of two such
// keys encoding/json takes the last, also where they differ in case: an answer could so give the ID of one entry and the
// name of another. The document has to be valid.
func repeated(doc []byte) string {
	type place struct{ depth, name int }
	names := map[string]int{} // numbers of the keys so far, folded
	last := map[place]int{}   // the last object that had a key at a depth
	depth, object := 0, 0
	within := []int{0} // the objects around
	for i := 0; i < len(doc); i++ {
		switch doc[i] {
		case '{', '[':
			depth++
			object++
			within = append(within, object)
		case '}', ']':
			depth--
			within = within[:len(within)-1]
		case '"':
			n := quoted(doc[i+1:])
			text := doc[i : i+1+n]
			i += n
			if !before(doc[i+1:], ':') {
				continue
			}
			name, known := names[string(text)]
			if !known {
				name = number(names, text)
			}
			at := place{depth, name}
			if last[at] == within[len(within)-1] {
				var key string
				_ = json.Unmarshal(text, &key) // it is valid
				return key
			}
			last[at] = within[len(within)-1]
		}
	}
	return ""
}

// number gives the number of a key that was not met in this spelling before.
func number(names map[string]int, quoted []byte) int {
	var key string
	_ = json.Unmarshal(quoted, &key) // it is valid
	folded := "folded " + strings.ToLower(strings.ToUpper(key))
	n, known := names[folded]
	if !known {
		n = len(names) + 1
		names[folded] = n
	}
	names[string(quoted)] = n
	return n
}

// before reports whether the next sign of a document is c.
func before(doc []byte, c byte) bool {
	for _, b := range doc {
		if b != ' ' && b != '\t' && b != '\r' && b != '\n' {
			return b == c
		}
	}
	return false
}
