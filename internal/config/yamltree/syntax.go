package yamltree

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"regent/internal/model"
)

// place gives the position of a byte.
func (p *reading) place(data []byte, offset int) model.Position {
	before := data[:offset]
	start := bytes.LastIndexAny(before, "\n\r") + 1
	return model.Position{
		File:   p.file,
		Line:   1 + breaks(before),
		Column: 1 + utf8.RuneCount(data[start:offset]),
	}
}

// breaks counts line breaks: \n, \r and \r\n.
func breaks(data []byte) int {
	return bytes.Count(data, []byte("\n")) + bytes.Count(data, []byte("\r")) - bytes.Count(data, []byte("\r\n"))
}

// syntax reports a syntax error of the YAML parser in plain words. Its own are not passed on: they quote the file at times.
func (p *reading) syntax(data []byte, err error) {
	lines := SplitLines(data)
	n := brokenLine(lines, err)
	line := lines[n]
	if i := conflict(lines); i >= 0 {
		p.Found(model.Position{File: p.file, Line: i + 1, Column: 1},
			"not valid YAML: this is a conflict marker of git; keep one of the two sides, and delete the markers")
		return
	}
	if i, column, name := unseenNear(lines, n); name != "" {
		p.Found(model.Position{File: p.file, Line: i + 1, Column: column},
			fmt.Sprintf("not valid YAML: %s stands here, which YAML takes for text; %s", name, Retype))
		return
	}
	at := model.Position{File: p.file, Line: n + 1, Column: 1 + indent(line)}
	why := plainSyntax(err.Error(), line)
	if why == colonInPlain && n > 0 && tooTight.Match(lines[n-1]) {
		why += "; or a space is missing after the colon or dash in the line above"
	}
	if why == noValue && len(bytes.TrimSpace(bytes.Join(lines[n+1:], nil))) == 0 {
		why += "; or a brace or bracket is not closed"
	}
	p.Found(at, "not valid YAML: "+why)
}

// conflict finds the first marker that an unfinished merge of git left in a file that is no YAML, or gives -1.
func conflict(lines [][]byte) int {
	return slices.IndexFunc(lines, func(line []byte) bool {
		return bytes.HasPrefix(line, []byte("<<<<<<< ")) || bytes.HasPrefix(line, []byte(">>>>>>> "))
	})
}

// colonInPlain is what is said of a key that cannot be one. The line above may be the reason: without a space it is plain
// text (version:1, -name: x), which goes on in the next line.
const colonInPlain = "a colon and a space stand where no key can be; check the indentation, or put the text in quotes"

// noValue is what is said where a value should stand, also at the end of a file in which a bracket is not closed.
const noValue = "a value is missing, or a comma or bracket is out of place"

// tooTight is a line with a colon or a dash that no space follows.
var tooTight = regexp.MustCompile(`^\s*(- +)*([A-Za-z][\w-]*:\S|-[A-Za-z])`)

// indent counts the blanks a line starts with.
func indent(line []byte) int { return len(line) - len(bytes.TrimLeft(line, " \t")) }

// SplitLines splits at \n, keeping it, so that lines put together again are the file. Files with bare \r are one
// line, as few as they are.
func SplitLines(data []byte) [][]byte { return bytes.SplitAfter(data, []byte("\n")) }

// syntaxLine reads the line out of a yaml.v3 error.
var syntaxLine = regexp.MustCompile(`^yaml: line (\d+): `)

// fromParser are parts of the messages of yaml.v3's parser, which counts lines from 0; its scanner counts from 1.
var fromParser = []string{"expected key", "indicator", "or ']'", "or '}'", "node content", "document start"}

// unknownAlias reads the name out of the one error of yaml.v3 that a file of many lines has without a line.
var unknownAlias = regexp.MustCompile(`unknown anchor '(.*)' referenced`)

// brokenLine gives the index of the line that breaks the file, as yaml.v3 knows it: of a bracket that is not closed it
// is at times the last line. Without a line in its error, it means the first.
func brokenLine(lines [][]byte, err error) int {
	message, n := err.Error(), 0
	if m := syntaxLine.FindStringSubmatch(message); m != nil {
		n, _ = strconv.Atoi(m[1])
		if !slices.ContainsFunc(fromParser, func(part string) bool { return strings.Contains(message, part) }) {
			n--
		}
	} else if m := unknownAlias.FindStringSubmatch(message); m != nil {
		n = slices.IndexFunc(lines, func(line []byte) bool { return bytes.Contains(line, []byte("*"+m[1])) })
	}
	n = max(0, min(n, len(lines)-1))
	for n > 0 && len(bytes.TrimSpace(lines[n])) == 0 {
		n--
	}
	return n
}

// syntaxTexts are yaml.v3's messages, by a part of them, in plain words. The first that fits is taken.
var syntaxTexts = []struct{ part, plain string }{
	{"exceeded max depth", "nested too deep"},
	{"unknown anchor", "an alias (*name) has no anchor (&name) before it; put text that starts with * in quotes"},
	{"mapping values are not allowed", colonInPlain},
	{"could not find expected ':'", "a key has no colon after it, or text goes on where a key should start"},
	{"did not find expected key", "the indentation does not fit the lines above, or a quote or bracket is not closed"},
	{"did not find expected '-' indicator", "the indentation does not fit the list above"},
	{"did not find expected ',' or '}'", "a brace { is not closed, or a comma is missing"},
	{"did not find expected ',' or ']'", "a bracket [ is not closed, or a comma is missing"},
	{"unexpected end of stream", "a quote is not closed"},
	{"unexpected document indicator", "a quote is not closed before the end of the document"},
	{"did not find expected node content", noValue},
	{"did not find expected alphabetic or numeric", "& and * mark anchors and aliases; put text that starts with them in quotes"},
	{"unknown escape", `a backslash in double quotes starts an escape that does not exist; use single quotes, or write \\`},
	{"did not find expected hexdecimal number", `a backslash in double quotes starts an escape that is cut short; use single quotes, or write \\`},
	{"did not find expected <document start>", "this line does not belong to what stands above; check its indentation"},
	{"block sequence entries are not allowed", "a list entry (- ) cannot stand here; start it on a line of its own"},
	{"mapping keys are not allowed", "a key cannot stand here; start it on a line of its own"},
	{"incompatible YAML document", "this %YAML line cannot be read; delete it"},
	{"duplicate %YAML", "a second %YAML line; delete it"},
	{"undefined tag handle", "YAML tags (words that start with !) are not read; put text that starts with ! in quotes"},
	{"tag", "YAML tags (words that start with !) are not read; put text that starts with ! in quotes"},
	{"tab", "a tab cannot indent YAML; use spaces"},
}

// plainSyntax says in plain words why a line breaks the file. No text of the file is repeated.
func plainSyntax(message string, line []byte) string {
	lead := line[:indent(line)]
	if bytes.ContainsRune(lead, '\t') {
		return "a tab cannot indent YAML; use spaces"
	}
	if strings.Contains(message, "cannot start any token") {
		if bytes.ContainsRune(line, '\t') {
			return "a tab stands where YAML wants a space, or text starts with @, ` or %; put such text in quotes"
		}
		return "text cannot start with @, ` or %; put it in quotes"
	}
	for _, t := range syntaxTexts {
		if strings.Contains(message, t.part) {
			return t.plain
		}
	}
	return "check the indentation, quotes and brackets of this line"
}
