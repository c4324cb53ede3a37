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
	nodes *int
}

// documents gives the documents of a file that could be read; ok is false when some could not.
func (p *parser) documents(data []byte) (docs []*document, ok bool) {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	ok = true
	for {
		y, err := decodeNext(dec)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			p.syntax(data, err)
			return docs, false
		}
		doc, built := p.document(y)
		if !built {
			ok = false
		} else if !doc.root.value.isNull() {
			docs = append(docs, doc)
		}
	}
	if ok && len(docs) == 0 {
		p.found.add(p.start(), "the file is empty; a configuration starts with version: 1")
		return nil, false
	}
	return docs, ok
}

// document builds one document.
func (p *parser) document(y *yaml.Node) (*document, bool) {
	doc := &document{file: p.file}
	b := &builder{
		file:   p.file,
		report: func(at mark, message string) { p.found.add(doc.position(at), message) },
		nodes:  p.nodes,
		done:   map[*yaml.Node]*node{},
	}
	if len(y.Content) != 1 {
		return doc, false
	}
	root := y.Content[0]
	doc.root = item{at: mark{root.Line, root.Column}, value: b.build(root, 1)}
	return doc, !b.failed
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
	return y, nil
}
