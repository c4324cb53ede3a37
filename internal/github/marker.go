package github

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"regent/internal/secret"
)

// The form of a comment of regent's: its first line is the marker, all else is for people.
//
//	<!-- regent:1 KEY PAYLOAD SHOWN SUM -->
//
// KEY is the review's, in clear, so that the comment is found again even when the rest of the line was damaged. PAYLOAD
// is the review: JSON, deflated, base64url. SHOWN is "complete:" or, when the plan did not fit, "cut:" and the SHA-256 of the
// visible part, with line ends of one kind and without blanks at its end, which GitHub itself changes. SUM is "hmac-sha256:" or, without a key, "sha256:" and the sum of
// the line up to it. It is checked before anything is unpacked.
//
// Nothing but the first line is ever looked at: what stands further down may come from a configuration or a cloud.
const (
	markerName    = "regent:"
	markerVersion = "1"
	markerOpen    = "<!-- "
	markerClose   = " -->"
	signedSum     = "hmac-sha256:"
	plainSum      = "sha256:"
	complete      = "complete:"
	cut           = "cut:"
)

const (
	// CommentLimit is the most that a comment takes, in bytes. GitHub's limit is 65,536 characters.
	CommentLimit = 65_000
	// MarkerLimit is the most that its marker takes, in bytes: the digests of 2,000 changes fit.
	MarkerLimit = 48_000
	// planLimit is the most that a marker with the reviewed plan takes, in bytes: more would leave too little to read.
	planLimit = 24_000
	// maxBody is the largest body that [Open] looks at, in bytes. GitHub keeps four bytes for each character.
	maxBody = 4 * 65_536
	// minKey is the shortest key for signing, in bytes.
	minKey = 16
)

// What is wrong with a marker. Errors of [Open] and [Review.Check] wrap one of these.
var (
	// ErrNoMarker: the comment's first line is not a marker.
	ErrNoMarker = errors.New("the comment holds no reviewed plan")
	// ErrVersion: another version of regent wrote it.
	ErrVersion = errors.New("the comment was written by another version of regent; plan again with this one")
	// ErrEdited: the marker or what is shown is not what was written.
	ErrEdited = errors.New("the comment was edited after regent wrote it")
	// ErrSignature: it was signed with another key, or the marker was changed.
	ErrSignature = errors.New("the comment's signature is not of this plan-signing-key: another key signed it, or it was edited")
	// ErrUnsigned: a key is given, and the marker has no signature.
	ErrUnsigned = errors.New("the comment is not signed, although plan-signing-key is set; plan again with the key")
	// ErrNoKey: the marker is signed, and no key is given.
	ErrNoKey = errors.New("the comment is signed, and plan-signing-key is not set here")
	// ErrOther: the review is of another repository, pull request or configuration.
	ErrOther = errors.New("the reviewed plan belongs elsewhere")
	// ErrShortKey: the key could be guessed.
	ErrShortKey = fmt.Errorf("plan-signing-key is shorter than %d bytes; make one with: openssl rand -hex 32", minKey)
)

// CheckKey reports with [ErrShortKey] a key that is too short to sign with. No key is fine.
func CheckKey(key secret.Value) error {
	if n := len(key.Reveal()); n > 0 && n < minKey {
		return ErrShortKey
	}
	return nil
}

// Marker is a review that was fitted into a comment: how long its line is no longer depends on what is shown below it.
type Marker struct {
	review Review
	// start is the line up to the payload's end.
	start string
}

// Fit decides how much of a review goes into a marker of at most limit bytes; 0 means [MarkerLimit], which is also the
// most. The plan is left out first, then the digests of the changes, never the rest. A review that [Open] would not
// accept is an error.
func (r Review) Fit(limit int) (*Marker, error) {
	if limit <= 0 {
		limit = MarkerLimit
	}
	limit = min(limit, MarkerLimit)
	tries := []struct {
		review Review
		limit  int
	}{{r, min(limit, planLimit)}, {r.without(true, false), limit}, {r.without(true, true), limit}}
	if r.Plan == nil {
		tries = tries[1:]
	}
	for _, t := range tries {
		payload, err := pack(t.review)
		if err != nil {
			return nil, err
		}
		m := &Marker{t.review, markerName + markerVersion + " " + r.Key + " " + payload}
		if payload != "" && m.Len() <= t.limit {
			return m, nil
		}
	}
	return nil, fmt.Errorf("not even the digest of a plan fits into a marker of %d bytes", limit)
}

// without gives the review without its large parts.
func (r Review) without(plan, changes bool) Review {
	if plan {
		r.Plan = nil
	}
	if changes {
		r.Changes = nil
	}
	return r
}

// Len is the length of the marker in a comment, in bytes, with the line break after it. What is shown may take
// [CommentLimit] less this.
func (m *Marker) Len() int {
	return len(markerOpen) + len(m.start) + len(" ") + len(complete) + hashText + len(" ") + len(signedSum) + hashText + len(markerClose) + len("\n")
}

// Review is the review as it was fitted.
func (m *Marker) Review() Review { return m.review }

// hashText is the length of a SHA-256 in base64url.
const hashText = (sha256.Size*8 + 5) / 6

// Cut notes that a plan was shown in part. Of a review that was read before it says so too.
func (m *Marker) Cut() { m.review.Cut = true }

// Seal gives the comment: the marker, signed unless the key is empty, and below it what is shown. The shown part has to
// be final, secrets removed. An error for a key that is too short, and for a comment that is too long for GitHub.
func (m *Marker) Seal(visible string, key secret.Value) (string, error) {
	if err := CheckKey(key); err != nil {
		return "", err
	}
	visible = strings.ToValidUTF8(visible, "\uFFFD") // as JSON will have it
	if n := m.Len() + len(visible); n > CommentLimit {
		return "", fmt.Errorf("a comment of %d bytes is over the limit of %d", n, CommentLimit)
	}
	line := m.start + " " + shown(visible, m.review.Cut)
	return markerOpen + line + " " + sum(line, key) + markerClose + "\n" + visible, nil
}

// Seal fits the review into [MarkerLimit] and gives the comment; see [Marker.Seal].
func (r Review) Seal(visible string, key secret.Value) (string, error) {
	m, err := r.Fit(0)
	if err != nil {
		return "", err
	}
	return m.Seal(visible, key)
}

// shown hashes the visible part. GitHub's editor stores line ends of its own, and blanks at the end come and go.
func shown(visible string, partly bool) string {
	h := sha256.Sum256([]byte(settle(visible)))
	word := complete
	if partly {
		word = cut
	}
	return word + base64.RawURLEncoding.EncodeToString(h[:])
}

// settle removes from a body what GitHub may change without anybody editing it: the kind of line ends, and blanks at the
// end. A carriage return alone stays. It ends a line where the comment is rendered, and so is text like any other.
func settle(body string) string {
	return strings.TrimRight(strings.ReplaceAll(body, "\r\n", "\n"), " \t\n")
}

// sum authenticates a line of the marker.
func sum(line string, key secret.Value) string {
	if key.Empty() {
		h := sha256.Sum256([]byte(line))
		return plainSum + base64.RawURLEncoding.EncodeToString(h[:])
	}
	mac := hmac.New(sha256.New, []byte(key.Reveal()))
	mac.Write([]byte(line))
	return signedSum + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// Open reads the review that a comment carries and checks that nobody edited the comment. Whose comment it is and
// whether it belongs here is for the caller to ask: see [Client.Comments] and [Review.Check]. Errors wrap [ErrNoMarker],
// [ErrVersion], [ErrEdited], [ErrSignature], [ErrUnsigned], [ErrNoKey] or [ErrShortKey].
func Open(body string, key secret.Value) (Review, error) {
	if err := CheckKey(key); err != nil {
		return Review{}, err
	}
	if !strings.HasPrefix(body, markerOpen+markerName) {
		return Review{}, ErrNoMarker
	}
	if len(body) > maxBody {
		return Review{}, fmt.Errorf("%w: it has %d bytes", ErrEdited, len(body))
	}
	first, visible, _ := strings.Cut(body, "\n")
	m, err := parseMarker(strings.TrimSuffix(first, "\r"))
	if err != nil {
		return Review{}, err
	}
	if err := m.authentic(key); err != nil {
		return Review{}, err
	}
	partly := strings.HasPrefix(m.shown, cut)
	if subtle.ConstantTimeCompare([]byte(m.shown), []byte(shown(visible, partly))) != 1 {
		return Review{}, fmt.Errorf("%w: what it shows is not what regent wrote", ErrEdited)
	}
	r, err := unpack(m.payload)
	if err != nil {
		return Review{}, err
	}
	if r.Key != m.key {
		return Review{}, fmt.Errorf("%w: its marker contradicts itself", ErrEdited)
	}
	r.Cut = partly
	return r, nil
}

// parts are the words of a marker; line is what sum authenticates.
type parts struct{ key, payload, shown, sum, line string }

func parseMarker(first string) (parts, error) {
	inner, whole := strings.CutSuffix(strings.TrimRight(first, " \t"), markerClose)
	inner, open := strings.CutPrefix(inner, markerOpen+markerName)
	words := strings.Split(inner, " ")
	if !whole || !open || !version.MatchString(words[0]) {
		return parts{}, errDamaged
	}
	if words[0] != markerVersion {
		return parts{}, ErrVersion
	}
	if len(words) != 5 {
		return parts{}, errDamaged
	}
	return parts{
		key: words[1], payload: words[2], shown: words[3], sum: words[4],
		line: markerName + strings.Join(words[:4], " "),
	}, nil
}

var errDamaged = fmt.Errorf("%w: its marker is damaged", ErrEdited)

var version = regexp.MustCompile(`^[1-9][0-9]{0,8}$`)

// authentic checks the sum. A comment that is not signed where a key is given is refused like one with a bad signature:
// anybody can make its sum.
func (m parts) authentic(key secret.Value) error {
	signed := strings.HasPrefix(m.sum, signedSum)
	switch {
	case !signed && !strings.HasPrefix(m.sum, plainSum):
		return errDamaged
	case signed && key.Empty():
		return ErrNoKey
	case !signed && !key.Empty():
		return ErrUnsigned
	case subtle.ConstantTimeCompare([]byte(m.sum), []byte(sum(m.line, key))) == 1:
		return nil
	case signed:
		return ErrSignature
	}
	return errDamaged
}

// keyOf gives the key in the first line of a body whose marker has a name, of whatever version and state.
func keyOf(body, name string) (string, bool) {
	rest, ok := strings.CutPrefix(body, markerOpen+name)
	if !ok {
		return "", false
	}
	rest, _, _ = strings.Cut(rest, "\n")
	words := strings.SplitN(strings.TrimRight(rest, " \t\r"), " ", 3)
	if len(words) < 3 || !version.MatchString(words[0]) || !keyForm.MatchString(words[1]) {
		return "", false
	}
	return words[1], true
}
