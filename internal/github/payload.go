package github

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"

	"regent/internal/plan"
)

// maxUnpacked is the most that a payload may unpack to, in bytes: deflated data can be a thousand times larger.
const maxUnpacked = 1 << 20

// payload is the JSON form of a review in a marker.
type payload struct {
	Repository string `json:"repository"`
	Pull       int    `json:"pull"`
	Key        string `json:"key"`
	HeadSHA    string `json:"head"`
	RunID      int64  `json:"run"`
	// PlannedAt is in seconds since 1970.
	PlannedAt int64 `json:"planned"`
	Used      bool  `json:"used,omitempty"`
	// Applied has a bit for each of the changes, the first one highest, as hexadecimal digits.
	Applied string `json:"applied,omitempty"`
	// Format is the version of the plan's form: digests of different forms cannot be compared.
	Format     int    `json:"format"`
	Digest     string `json:"digest"`
	Incomplete bool   `json:"incomplete,omitempty"`
	// Changes are the digests one after the other. They are left out when the plan is there: they follow from it.
	Changes *string         `json:"changes,omitempty"`
	Plan    json.RawMessage `json:"plan,omitempty"`
}

// The forms of what a marker says. Whatever passes can be shown without escapes.
var (
	repositoryForm = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}$`)
	keyForm        = regexp.MustCompile(`^[A-Za-z0-9_]{1,64}$`)
	shaForm        = regexp.MustCompile(`^[A-Za-z0-9]{1,64}$`)
	appliedForm    = regexp.MustCompile(`^([0-9a-f][0-9a-f])*$`)
	digestForm     = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)
	changesForm    = regexp.MustCompile(`^[A-Za-z0-9_-]*$`)
)

func (p *payload) check() error {
	switch {
	case !repositoryForm.MatchString(p.Repository):
		return errors.New("the repository is not OWNER/NAME")
	case p.Pull <= 0:
		return errors.New("the pull request has no number")
	case !keyForm.MatchString(p.Key):
		return errors.New("the key is not of letters and digits")
	case !shaForm.MatchString(p.HeadSHA):
		return errors.New("the head is not a commit")
	case p.RunID < 0:
		return errors.New("the run is negative")
	case p.PlannedAt <= 0 || p.PlannedAt > math.MaxUint32:
		return errors.New("the time is none")
	case !appliedForm.MatchString(p.Applied) || p.Used && p.Applied != "":
		return errors.New("what was applied cannot be told")
	case !digestForm.MatchString(p.Digest):
		return errors.New("the digest is not a SHA-256")
	case p.Changes != nil && (len(*p.Changes)%digestText != 0 || !changesForm.MatchString(*p.Changes)):
		return errors.New("the digests of the changes are none")
	case p.Changes != nil && p.Plan != nil:
		return errors.New("it holds both plan and digests")
	}
	return nil
}

// pack gives the payload of a marker; empty when it is too large to be unpacked again.
func pack(r Review) (string, error) {
	p := payload{
		Repository: r.Repository, Pull: r.Pull, Key: r.Key, HeadSHA: r.HeadSHA, RunID: r.RunID,
		Format: plan.FormatVersion, Digest: r.Digest, Incomplete: r.Incomplete, PlannedAt: r.PlannedAt.Unix(),
		Used: r.Used || len(r.Applied) > 0 && r.Changes == nil,
	}
	if !p.Used {
		p.Applied = bits(r.Changes, r.Applied)
	}
	if r.Plan != nil {
		p.Plan = r.Plan.JSON()
	} else if r.Changes != nil {
		all := strings.Join(r.Changes, "")
		p.Changes = &all
	}
	if err := p.check(); err != nil {
		return "", fmt.Errorf("a review that cannot be kept: %w", err)
	}
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(p); err != nil {
		return "", err
	}
	if text.Len() > maxUnpacked {
		return "", nil
	}
	packed, err := deflate(text.Bytes())
	return base64.RawURLEncoding.EncodeToString(packed), err
}

func deflate(text []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err != nil {
		return nil, err
	}
	_, err = w.Write(text)
	err = errors.Join(err, w.Close())
	return out.Bytes(), err
}

// unpack reads a payload. All that it finds wrong is an edit, but for another version's form of the plan.
func unpack(encoded string) (Review, error) {
	text, err := inflate(encoded)
	if err != nil {
		return Review{}, fmt.Errorf("%w: its marker is damaged: %w", ErrEdited, err)
	}
	var p payload
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&p); err != nil {
		return Review{}, fmt.Errorf("%w: its marker is not what regent writes", ErrEdited) // the error may quote it
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return Review{}, fmt.Errorf("%w: something follows in its marker", ErrEdited)
	}
	if p.Format != plan.FormatVersion {
		return Review{}, fmt.Errorf("%w: its plan has format version %d, this regent's have %d", ErrVersion, p.Format, plan.FormatVersion)
	}
	if err := p.check(); err != nil {
		return Review{}, fmt.Errorf("%w: its marker is not what regent writes: %w", ErrEdited, err)
	}
	return p.review()
}

func (p *payload) review() (Review, error) {
	r := Review{
		Repository: p.Repository, Pull: p.Pull, Key: p.Key, HeadSHA: p.HeadSHA, RunID: p.RunID,
		Digest: p.Digest, Incomplete: p.Incomplete, PlannedAt: time.Unix(p.PlannedAt, 0).UTC(), Used: p.Used,
	}
	if p.Changes != nil {
		r.Changes = split(*p.Changes)
	}
	if p.Plan == nil {
		err := p.applied(&r)
		return r, err
	}
	reviewed, err := plan.Parse(p.Plan)
	if err != nil || reviewed.Digest != p.Digest {
		return Review{}, fmt.Errorf("%w: the plan in its marker is not the reviewed one", ErrEdited)
	}
	r.Plan, r.Changes = reviewed, changeDigests(reviewed)
	err = p.applied(&r)
	return r, err
}

// applied takes over which changes were carried out.
func (p *payload) applied(r *Review) error {
	for i, d := range r.Changes {
		if bit(p.Applied, i) {
			r.Applied = append(r.Applied, d)
		}
	}
	slices.Sort(r.Applied)
	if bits(r.Changes, r.Applied) != p.Applied {
		return fmt.Errorf("%w: its marker names changes that it has not", ErrEdited)
	}
	return nil
}

// bits writes down which of all are chosen, a bit for each; empty when none is.
func bits(all, chosen []string) string {
	if len(chosen) == 0 {
		return ""
	}
	out := make([]byte, (len(all)+7)/8)
	for i, d := range all {
		if slices.Contains(chosen, d) {
			out[i/8] |= 0x80 >> (i % 8)
		}
	}
	return hex.EncodeToString(out)
}

func bit(text string, i int) bool {
	raw, err := hex.DecodeString(text)
	return err == nil && i/8 < len(raw) && raw[i/8]&(0x80>>(i%8)) != 0
}

func split(digests string) []string {
	out := make([]string, 0, len(digests)/digestText)
	for ; digests != ""; digests = digests[digestText:] {
		out = append(out, digests[:digestText])
	}
	return out
}

// inflate undoes what pack does, and nothing that only looks like it: one text has one encoding.
func inflate(encoded string) ([]byte, error) {
	packed, err := base64.RawURLEncoding.Strict().DecodeString(encoded)
	if err != nil {
		return nil, errors.New("it is not base64")
	}
	rest := bytes.NewReader(packed)
	text, err := io.ReadAll(io.LimitReader(flate.NewReader(rest), maxUnpacked+1))
	switch {
	case err != nil:
		return nil, errors.New("it does not unpack")
	case len(text) > maxUnpacked:
		return nil, fmt.Errorf("it unpacks to more than %d KiB", maxUnpacked>>10)
	case rest.Len() > 0:
		return nil, errors.New("something follows in it")
	}
	return text, nil
}
