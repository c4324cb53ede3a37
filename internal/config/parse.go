package config

import (
	"bytes"
	"errors"
	"io"

	"gopkg.in/yaml.v3"
)

// parser reads the documents of one file.
type parser struct {
	file  string
	found *findings
	// repeated counts what aliases repeat, in all files.
	repeated *int
}

// documents gives the documents of a file that could be read; ok is false when some could not.
func (p *parser) documents(data []byte) (docs []*document, ok bool) {
	data, ok = p.text(data)
	if !ok {
		return nil, false
	}
	if offset := directive(data); offset >= 0 {
		p.found.add(p.place(data, offset), "YAML tags are not read; delete this %TAG line")
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
		case !built && *p.repeated > maxRepeated:
			return docs, false
		case !built:
			ok = false
		case !doc.root.value.isNull():
			docs = append(docs, doc)
		}
	}
	if ok && len(docs) == 0 {
		p.found.add(top(p.file), "the file is empty; a configuration starts with version: 1")
		return nil, false
	}
	return docs, ok
}

// document builds one document; ok is false when it passed a limit and was reported.
func (p *parser) document(y *yaml.Node, number int) (doc *document, ok bool) {
	doc = &document{file: p.file, number: number}
	b := &builder{
		file:     p.file,
		report:   func(at mark, message string) { p.found.add(doc.position(at), message) },
		repeated: p.repeated,
		done:     map[*yaml.Node]*node{},
		names:    map[string]string{},
	}
	root := y.Content[0]
	doc.root = item{at: markOf(root), value: b.build(root, 1)}
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
