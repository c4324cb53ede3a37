package plan

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// maxFile is the largest plan file read, in bytes.
const maxFile = 64 << 20

// JSON gives the plan's JSON form: indented, with a final newline, the same bytes for the same plan.
func (p *Plan) JSON() []byte {
	var b bytes.Buffer
	if err := p.WriteJSON(&b); err != nil {
		panic("plan: a buffer that cannot be written: " + err.Error())
	}
	return b.Bytes()
}

// Save writes the plan's JSON form to a file that only its owner can read (mode 0600), whole or not at all.
func (p *Plan) Save(path string) error { return replaceFile(path, p.WriteJSON) }

// WriteFile replaces a file atomically with mode 0600: a reader sees the old or the new content, never a part.
func WriteFile(path string, content []byte) error {
	return replaceFile(path, func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	})
}

func replaceFile(path string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// Read reads a saved plan. A plan of another format version, with unknown keys or with a digest that is not its own
// is refused: it is not what was reviewed.
func Read(path string) (*Plan, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	if len(content) > maxFile {
		return nil, fmt.Errorf("%s: larger than %d MiB; is it a plan written by regent plan --out?", path, maxFile>>20)
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
	if got := digest(&p); got != p.Digest {
		return nil, fmt.Errorf("the plan was changed after it was written: its digest is %s, its changes have %s", p.Digest, got)
	}
	return &p, nil
}
