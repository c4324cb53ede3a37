package config

import (
	"regexp"
	"strconv"
	"strings"

	"regent/internal/model"
)

// start is the first place of the file.
func (p *parser) start() model.Position { return model.Position{File: p.file, Line: 1, Column: 1} }

// syntaxLine reads the line out of a yaml.v3 syntax error.
var syntaxLine = regexp.MustCompile(`^yaml: line (\d+): `)

// syntax reports a syntax error of the YAML parser.
func (p *parser) syntax(data []byte, err error) {
	at := p.start()
	text := err.Error()
	if m := syntaxLine.FindStringSubmatch(text); m != nil {
		at.Line, _ = strconv.Atoi(m[1])
		text = strings.TrimPrefix(text, m[0])
	}
	p.found.add(at, "not valid YAML: "+strings.TrimPrefix(text, "yaml: "))
	_ = data
}
