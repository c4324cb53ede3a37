package yamltree

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// escapedSlash is how some writers of JSON put a slash in text. It is JSON and YAML 1.2, and yaml.v3 does not read it.
var escapedSlash = []byte(`\/`)

// slashColumns are where a JSON file has escaped slashes: by line, the columns that they have without the backslashes
// before them.
type slashColumns map[int][]int

// escapedSlashes finds them; in a file that is no JSON there are none.
func escapedSlashes(data []byte) slashColumns {
	if !bytes.Contains(data, escapedSlash) || !json.Valid(data) {
		return nil
	}
	out, line, column := slashColumns{}, 1, 1
	for i := 0; i < len(data); {
		switch r, size := utf8.DecodeRune(data[i:]); {
		case r == '\n':
			line, column, i = line+1, 1, i+1
		case r == '\\' && data[i+1] == '/':
			out[line] = append(out[line], column)
			column, i = column+1, i+2
		case r == '\\':
			column, i = column+2, i+2
		default:
			column, i = column+1, i+size
		}
	}
	return out
}

// plain gives the file without the backslashes.
func (s slashColumns) plain(data []byte) []byte {
	if len(s) == 0 {
		return data
	}
	var b bytes.Buffer
	for i := 0; i < len(data); i++ {
		if data[i] == '\\' {
			if i++; data[i] != '/' {
				b.WriteByte('\\')
			}
		}
		b.WriteByte(data[i])
	}
	return b.Bytes()
}

// restore gives the nodes of a file without the backslashes the columns that they have with them.
func (s slashColumns) restore(y *yaml.Node) {
	if len(s) == 0 {
		return
	}
	before := 0
	for _, column := range s[y.Line] {
		if column < y.Column {
			before++
		}
	}
	y.Column += before
	for _, c := range y.Content {
		s.restore(c)
	}
}
