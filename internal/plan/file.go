package plan

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"regent/internal/wholefile"
)

// maxFile is the largest plan file read, in bytes.
const maxFile = 64 << 20

// JSON gives the plan's JSON form: indented, with a final newline, the same bytes for the same plan.
func (p *Plan) JSON() []byte {
	var b bytes.Buffer
	if err := p.WriteJSON(&b); err != nil {
		panic("plan: " + err.Error()) // a buffer can be written
	}
	return b.Bytes()
}

// Save writes the plan's JSON form to a file, whole or not at all; see [wholefile.Replace].
func (p *Plan) Save(path string) error { return wholefile.Replace(path, p.WriteJSON) }

// Read reads a saved plan. A plan of another format version, with unknown keys or actions, or with a digest that is not its
// own is refused: it is not what was reviewed.
func Read(path string) (*Plan, error) {
	content, err := wholefile.Read(path, maxFile)
	if err != nil {
		return nil, fmt.Errorf("%s: %w; is it a plan written by regent plan --out?", path, err)
	}
	if content, err = wholefile.Text(content); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	p, err := Parse(content)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return p, nil
}

// Parse reads the JSON form of a plan; see [Read].
func Parse(content []byte) (*Plan, error) {
	var head struct {
		FormatVersion int `json:"formatVersion"`
	}
	if err := json.Unmarshal(content, &head); err != nil {
		return nil, fmt.Errorf("not a plan written by regent plan --out: %w", err)
	}
	if head.FormatVersion != FormatVersion {
		return nil, fmt.Errorf("the plan has format version %d, this regent reads version %d; plan again with this version",
			head.FormatVersion, FormatVersion)
	}
	dec := json.NewDecoder(bytes.NewReader(content))
	dec.DisallowUnknownFields()
	dec.UseNumber()
	var p Plan
	if err := dec.Decode(&p); err != nil {
		return nil, fmt.Errorf("not a plan written by regent plan --out: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the plan's JSON document")
	}
	if err := p.known(); err != nil {
		return nil, err
	}
	if got := digest(&p); got != p.Digest {
		return nil, fmt.Errorf("the plan was changed after it was written: its digest is %s, its changes have %s", p.Digest, got)
	}
	return &p, nil
}
