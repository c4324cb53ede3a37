// Package yamltree reads YAML files into trees of values in which aliases and merge keys are resolved, and every value
// knows its line and column. It keeps a hostile file within bounds, and says in plain words where a broken one breaks.
package yamltree

import (
	"bytes"
	"errors"
	"io"

	"gopkg.in/yaml.v3"

	"regent/internal/model"
)

// Reader reads files into trees. It counts what their aliases repeat, all files together.
type Reader struct {
	// Found takes each thing that is wrong with a file.
	Found func(at model.Position, message string)
	// MayRepeat reports whether a message may repeat a key that is written twice; it may be a secret in a wrong place.
	MayRepeat func(key string, value *Node) bool

	repeated int
}

// reading is one file being read.
type reading struct {
	*Reader
	file string
}

// Read gives the documents of a file that could be read; ok is false when some could not, which was then reported.
func (r *Reader) Read(file string, data []byte) (docs []*Document, ok bool) {
	p := &reading{r, file}
	data, ok = p.text(data)
	if !ok {
		return nil, false
	}
	if offset := directive(data); offset >= 0 {
		p.Found(p.place(data, offset), "YAML tags are not read; delete this %TAG line")
		return nil, false
	}
	slashes := escapedSlashes(data)
	dec := yaml.NewDecoder(bytes.NewReader(slashes.plain(data)))
	for number := 1; ; number++ {
		y, err := decodeNext(dec)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			p.syntax(data, err)
			return docs, false
		}
		slashes.restore(y)
		doc, built := p.document(y, number)
		switch {
		case !built && p.repeated > maxRepeated:
			return docs, false
		case !built:
			ok = false
		case !doc.Root.Value.IsNull():
			docs = append(docs, doc)
		}
	}
	if ok && len(docs) == 0 {
		p.Found(top(p.file), "the file is empty; a configuration starts with version: 1")
		return nil, false
	}
	return docs, ok
}

// document builds one document; ok is false when it passed a limit and was reported.
func (p *reading) document(y *yaml.Node, number int) (doc *Document, ok bool) {
	doc = &Document{File: p.file, Number: number}
	b := &builder{reading: p, done: map[*yaml.Node]*Node{}, names: map[string]string{}}
	root := y.Content[0]
	doc.Root = Item{At: markOf(root), Value: b.build(root, 1)}
	return doc, !b.failed
}

// directive finds a %TAG line. Tags are not read anyway, and the YAML parser takes quadratic time over many of them.
func directive(data []byte) int {
	mark := []byte("%TAG")
	if bytes.HasPrefix(data, mark) {
		return 0
	}
	for _, end := range []string{"\n", "\r"} {
		if i := bytes.Index(data, append([]byte(end), mark...)); i >= 0 {
			return i + 1
		}
	}
	return -1
}

// errParserPanic stands for a panic of the YAML parser, whose text is not trusted to hold no secret.
var errParserPanic = errors.New("the YAML parser cannot read this file")

// decodeNext reads the next document and turns a panic of the parser into an error.
func decodeNext(dec *yaml.Decoder) (y *yaml.Node, err error) {
	defer func() {
		if recover() != nil {
			y, err = nil, errParserPanic
		}
	}()
	y = &yaml.Node{}
	if err := dec.Decode(y); err != nil {
		return nil, err
	}
	if y.Kind != yaml.DocumentNode || len(y.Content) != 1 {
		return nil, errParserPanic
	}
	return y, nil
}

// top is the position of a finding about the content of a whole file: its first character, so that it has a line.
func top(file string) model.Position {
	if file == "" {
		return model.Position{}
	}
	return model.Position{File: file, Line: 1, Column: 1}
}
