package github_test

import (
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"regent/internal/github"
	"regent/internal/secret"
)

const visible = "## Plan: 2 to add\n\n| item | change |\n|---|---|\n| harbor-00000 | add |\n"

func TestSealedReviewOpens(t *testing.T) {
	t.Parallel()
	for name, key := range map[string]secret.Value{"unsigned": {}, "signed": signing} {
		for _, n := range []int{0, 1, 100, 2000} {
			want := reviewOf(planOf(hosts(n)))
			body := seal(t, want, visible, key)
			got, err := github.Open(body, key)
			if err != nil {
				t.Fatalf("%s, %d changes: %v", name, n, err)
			}
			if got.Plan != nil && got.Plan.Digest != want.Plan.Digest {
				t.Errorf("%s, %d changes: the plan's digest is %s", name, n, got.Plan.Digest)
			}
			got.Plan, want.Plan = nil, nil
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s, %d changes: %s", name, n, diff)
			}
			if err := got.Check(site(), 7); err != nil {
				t.Errorf("%s, %d changes: %v", name, n, err)
			}
		}
	}
}

func TestMarkerIsOneLineThatNothingShows(t *testing.T) {
	t.Parallel()
	body := seal(t, reviewOf(planOf(hosts(100))), visible, signing)
	line, rest, _ := strings.Cut(body, "\n")
	if rest != visible {
		t.Errorf("below the marker stands %q", rest)
	}
	if !regexp.MustCompile(`^<!-- regent:1 0123456789abcdef [A-Za-z0-9_-]+ complete:[A-Za-z0-9_-]{43} hmac-sha256:[A-Za-z0-9_-]{43} -->$`).MatchString(line) {
		t.Errorf("the marker is %q", line)
	}
	if strings.Contains(body, signing.Reveal()) {
		t.Error("the comment holds the key")
	}
}

func TestEqualReviewsHaveEqualMarkers(t *testing.T) {
	t.Parallel()
	one := seal(t, reviewOf(planOf(hosts(50))), visible, signing)
	two := seal(t, reviewOf(planOf(hosts(50))), visible, signing)
	if one != two {
		t.Error("the same review gives two comments")
	}
}

func TestIncompletePlanIsMarked(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{"whole": false, "unread": true} {
		var unread error
		if want {
			unread = errors.New("the account could not be read")
		}
		got, err := github.Open(seal(t, reviewOf(planWith(hosts(1), unread)), visible, signing), signing)
		if err != nil || got.Incomplete != want {
			t.Errorf("%s: incomplete is %v, %v", name, got.Incomplete, err)
		}
	}
}

// TestMarkerShedsByPriority asks what is left when the plan grows: first the plan goes, then the digests.
func TestMarkerShedsByPriority(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n, limit      int
		plan, changes bool
	}{
		{10, 0, true, true},
		{2000, 0, false, true},
		{2000, 40_000, false, false},
		{2300, 0, false, false},
		{10, 700, false, true},
		{10, 500, false, false},
	} {
		r := reviewOf(planOf(hosts(c.n)))
		m, err := r.Fit(c.limit)
		if err != nil {
			t.Errorf("%d changes, limit %d: %v", c.n, c.limit, err)
			continue
		}
		limit := c.limit
		if limit == 0 {
			limit = github.MarkerLimit
		}
		if c.plan {
			limit = 24_000
		}
		if m.Len() > limit {
			t.Errorf("%d changes, limit %d: the marker has %d bytes", c.n, c.limit, m.Len())
		}
		if kept := m.Review(); (kept.Plan != nil) != c.plan || (kept.Changes != nil) != c.changes {
			t.Errorf("%d changes, limit %d: plan kept %v, digests kept %v", c.n, c.limit, kept.Plan != nil, kept.Changes != nil)
		}
		body, err := m.Seal(strings.Repeat("x", github.CommentLimit-m.Len()), signing)
		if err != nil || len(body) != github.CommentLimit {
			t.Errorf("%d changes, limit %d: with all room used the comment has %d bytes, %v", c.n, c.limit, len(body), err)
		}
		got, err := github.Open(body, signing)
		if err != nil {
			t.Errorf("%d changes, limit %d: %v", c.n, c.limit, err)
		}
		if (got.Plan != nil) != c.plan || (got.Changes != nil) != c.changes {
			t.Errorf("%d changes, limit %d: opened with plan %v, digests %v", c.n, c.limit, got.Plan != nil, got.Changes != nil)
		}
		if _, err := m.Seal(strings.Repeat("x", github.CommentLimit-m.Len()+1), signing); err == nil {
			t.Errorf("%d changes, limit %d: a comment over the limit is made", c.n, c.limit)
		}
	}
	if _, err := reviewOf(planOf(nil)).Fit(100); err == nil {
		t.Error("a review fits into a marker of 100 bytes")
	}
}

func TestTwoThousandChangesLeaveRoomToRead(t *testing.T) {
	t.Parallel()
	m, err := reviewOf(planOf(hosts(2000))).Fit(0)
	if err != nil {
		t.Fatal(err)
	}
	if m.Len() > github.MarkerLimit || github.CommentLimit-m.Len() < 17_000 {
		t.Errorf("the marker of 2,000 changes has %d bytes", m.Len())
	}
}

func TestReviewThatCannotBeKeptIsRefused(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*github.Review){
		"repository":          func(r *github.Review) { r.Repository = "octo-org" },
		"repository of paths": func(r *github.Review) { r.Repository = "octo-org/../x" },
		"pull":                func(r *github.Review) { r.Pull = 0 },
		"key":                 func(r *github.Review) { r.Key = "a -->" },
		"no key":              func(r *github.Review) { r.Key = "" },
		"head":                func(r *github.Review) { r.HeadSHA = "" },
		"digest":              func(r *github.Review) { r.Digest = "none" },
		"run":                 func(r *github.Review) { r.RunID = -1 },
		"changes":             func(r *github.Review) { r.Plan, r.Changes = nil, []string{"short"} },
	} {
		r := reviewOf(planOf(hosts(1)))
		spoil(&r)
		if body, err := r.Seal(visible, signing); err == nil {
			t.Errorf("%s: sealed as %q", name, body)
		}
	}
}

func TestShortKeyIsRefusedEverywhere(t *testing.T) {
	t.Parallel()
	short := secret.New("fifteen bytes..")
	body := seal(t, reviewOf(planOf(hosts(1))), visible, signing)
	_, sealErr := reviewOf(planOf(nil)).Seal(visible, short)
	_, openErr := github.Open(body, short)
	for name, err := range map[string]error{"check": github.CheckKey(short), "seal": sealErr, "open": openErr} {
		if !errors.Is(err, github.ErrShortKey) || !strings.Contains(err.Error(), "openssl rand -hex 32") || strings.Contains(err.Error(), short.Reveal()) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, key := range []secret.Value{{}, secret.New("sixteen bytes..!")} {
		if err := github.CheckKey(key); err != nil {
			t.Error(err)
		}
	}
}

// TestWhatGitHubChangesIsNoEdit: its editor stores carriage returns, and blanks at the end come and go.
func TestWhatGitHubChangesIsNoEdit(t *testing.T) {
	t.Parallel()
	body := seal(t, reviewOf(planOf(hosts(3))), visible, signing)
	for name, stored := range map[string]string{
		"as sent":          body,
		"carriage returns": strings.ReplaceAll(body, "\n", "\r\n"),
		"trimmed":          strings.TrimSpace(body),
		"blanks at end":    body + " \r\n\t\n",
	} {
		if _, err := github.Open(stored, signing); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	invalid := seal(t, reviewOf(planOf(hosts(3))), "broken \xff\xfe text", signing)
	if _, err := github.Open(strings.ToValidUTF8(invalid, "?"), signing); err != nil {
		t.Errorf("invalid text: %v", err)
	}
}

func TestInvariant04WhatIsWrongWithAMarkerIsTold(t *testing.T) {
	t.Parallel()
	other := secret.New("another key of enough bytes")
	unsigned := seal(t, reviewOf(planOf(hosts(2))), visible, secret.Value{})
	signed := seal(t, reviewOf(planOf(hosts(2))), visible, signing)
	third := seal(t, reviewOf(planOf(hosts(3))), visible, secret.Value{})
	word := func(body string, n int) string { return strings.Split(strings.SplitN(body, "\n", 2)[0], " ")[n] }
	for _, c := range []struct {
		name, body string
		key        secret.Value
		want       error
	}{
		{"nothing", "", signing, github.ErrNoMarker},
		{"text", "LGTM", signing, github.ErrNoMarker},
		{"marker further down", "LGTM\n" + signed, signing, github.ErrNoMarker},
		{"marker after a blank line", "\n" + signed, signing, github.ErrNoMarker},
		{"marker after a blank", " " + signed, signing, github.ErrNoMarker},
		{"marker quoted", "> " + signed, signing, github.ErrNoMarker},
		{"another program's marker", "<!-- other:1 x -->\n", signing, github.ErrNoMarker},
		{"drift issue", "<!-- regent-drift:1 0123456789abcdef -->\n", signing, github.ErrNoMarker},

		{"carriage return alone, signed", strings.Replace(signed, "\n", "\n\r", 1), signing, github.ErrEdited},
		{"carriage return alone, in the marker", strings.Replace(signed, " -->\n", " -->\r\r\n", 1), signing, github.ErrEdited},
		{"carriage return before a break", strings.Replace(signed, "| add |\n", "| add |\r\r\n", 1), signing, github.ErrEdited},
		{"newer version", strings.Replace(signed, "regent:1", "regent:2", 1), signing, github.ErrVersion},
		{"newer form", "<!-- regent:12 something else -->\n" + visible, signing, github.ErrVersion},
		{"version of letters", strings.Replace(signed, "regent:1", "regent:one", 1), signing, github.ErrEdited},
		{"version zero", strings.Replace(signed, "regent:1", "regent:0", 1), signing, github.ErrEdited},

		{"visible changed", strings.Replace(unsigned, "2 to add", "1 to add", 1), secret.Value{}, github.ErrEdited},
		{"visible changed, signed", strings.Replace(signed, "2 to add", "1 to add", 1), signing, github.ErrEdited},
		{"visible gone", strings.SplitN(unsigned, "\n", 2)[0], secret.Value{}, github.ErrEdited},
		{"line added", unsigned + "\nLGTM", secret.Value{}, github.ErrEdited},
		{"blank added inside", strings.Replace(unsigned, "| add |", "| add  |", 1), secret.Value{}, github.ErrEdited},
		{"marker cut", unsigned[:200], secret.Value{}, github.ErrEdited},
		{"marker not closed", strings.Replace(unsigned, " -->", "", 1), secret.Value{}, github.ErrEdited},
		{"word too many", strings.Replace(unsigned, " -->", " x -->", 1), secret.Value{}, github.ErrEdited},
		{"two markers in a line", strings.Replace(unsigned, " -->\n", " --> "+strings.SplitN(unsigned, "\n", 2)[0]+"\n", 1), secret.Value{}, github.ErrEdited},
		{"two markers", third[:strings.Index(third, "\n")+1] + unsigned, secret.Value{}, github.ErrEdited},
		{"marker of another plan", strings.SplitN(third, "\n", 2)[0] + "\n" + visible + "x", secret.Value{}, github.ErrEdited},
		{"payload changed", strings.Replace(unsigned, word(unsigned, 3), word(third, 3), 1), secret.Value{}, github.ErrEdited},
		{"payload changed, signed", strings.Replace(signed, word(signed, 3), word(third, 3), 1), signing, github.ErrSignature},
		{"key changed", strings.Replace(unsigned, "0123456789abcdef", "0123456789abcdee", 1), secret.Value{}, github.ErrEdited},
		{"sum of no kind", strings.Replace(unsigned, " sha256:", " md5:", 1), secret.Value{}, github.ErrEdited},
		{"sum gone", strings.Replace(unsigned, " "+word(unsigned, 5), "", 1), secret.Value{}, github.ErrEdited},
		{"huge", unsigned + strings.Repeat("x", 1<<20), secret.Value{}, github.ErrEdited},

		{"other key", signed, other, github.ErrSignature},
		{"signature of nothing", strings.Replace(signed, word(signed, 5), "hmac-sha256:", 1), signing, github.ErrSignature},
		{"no key here", signed, secret.Value{}, github.ErrNoKey},
		{"not signed", unsigned, signing, github.ErrUnsigned},
		{"signature replaced", strings.Replace(signed, word(signed, 5), word(unsigned, 5), 1), signing, github.ErrUnsigned},
	} {
		r, err := github.Open(c.body, c.key)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
		if diff := cmp.Diff(github.Review{}, r); diff != "" {
			t.Errorf("%s: gives a review all the same: %s", c.name, diff)
		}
		if c.name == "huge" && !strings.Contains(err.Error(), "it has 1049") {
			t.Errorf("%s: it was read all the same: %v", c.name, err)
		}
		if err != nil && strings.Contains(err.Error(), signing.Reveal()) {
			t.Errorf("%s: the error holds the key", c.name)
		}
	}
}

// forge makes an unsigned comment around a payload, with all sums right.
func forge(key, payload string) string {
	hash := func(s string) string {
		h := sha256.Sum256([]byte(s))
		return base64.RawURLEncoding.EncodeToString(h[:])
	}
	line := "regent:1 " + key + " " + payload + " complete:" + hash("shown")
	return "<!-- " + line + " sha256:" + hash(line) + " -->\nshown"
}

func deflated(text string) string {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		panic(err)
	}
	if _, err := w.Write([]byte(text)); err != nil {
		panic(err)
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return base64.RawURLEncoding.EncodeToString(b.Bytes())
}

// respelled changes the bits of the last letter that stand for nothing.
func respelled(payload string) string {
	for _, letter := range "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_" {
		other := payload[:len(payload)-1] + string(letter)
		want, _ := base64.RawURLEncoding.DecodeString(payload)
		if got, err := base64.RawURLEncoding.DecodeString(other); err == nil && other != payload && bytes.Equal(got, want) {
			return other
		}
	}
	panic("the payload fills its last letter")
}

func TestHostilePayloadsAreErrors(t *testing.T) {
	t.Parallel()
	const key = "0123456789abcdef"
	digest := "sha256:" + strings.Repeat("0", 64)
	fields := func(more string) string {
		return fmt.Sprintf(`{"repository":"octo-org/registries","pull":7,"key":%q,"head":%q,"run":1,"planned":1767225600,"format":1,"digest":%q%s}`, key, head, digest, more)
	}
	if _, err := github.Open(forge(key, deflated(fields(""))), secret.Value{}); err != nil {
		t.Fatalf("the forgery that the others are made from does not pass: %v", err)
	}
	valid := deflated(fields(""))
	unfilled := valid
	for blanks := " "; len(unfilled)%4 == 0; blanks += " " {
		unfilled = deflated(fields("") + blanks)
	}
	with := func(old, now string) string { return deflated(strings.Replace(fields(""), old, now, 1)) }
	for name, c := range map[string]struct {
		payload string
		want    error
	}{
		"empty":                     {"", github.ErrEdited},
		"not base64":                {"!!!!", github.ErrEdited},
		"base64 in another way":     {respelled(unfilled), github.ErrEdited},
		"base64 with padding":       {valid + "==", github.ErrEdited},
		"not deflated":              {base64.RawURLEncoding.EncodeToString([]byte(fields(""))), github.ErrEdited},
		"cut":                       {valid[:len(valid)/2], github.ErrEdited},
		"something behind":          {valid + "AAAA", github.ErrEdited},
		"bomb":                      {deflated(strings.Repeat(" ", 64<<20) + fields("")), github.ErrEdited},
		"bomb inside the JSON":      {deflated(fields(`,"changes":"` + strings.Repeat("A", 22*100_000) + `"`)), github.ErrEdited},
		"deep":                      {deflated(fields(`,"plan":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000))), github.ErrEdited},
		"no JSON":                   {deflated("hello"), github.ErrEdited},
		"null":                      {deflated("null"), github.ErrVersion},
		"list":                      {deflated("[]"), github.ErrEdited},
		"two documents":             {deflated(fields("") + fields("")), github.ErrEdited},
		"unknown field":             {deflated(fields(`,"approved":true`)), github.ErrEdited},
		"text for a number":         {with(`"pull":7`, `"pull":"7"`), github.ErrEdited},
		"fraction":                  {with(`"pull":7`, `"pull":7.5`), github.ErrEdited},
		"pull request zero":         {with(`"pull":7`, `"pull":0`), github.ErrEdited},
		"huge number":               {with(`"run":1`, `"run":99999999999999999999`), github.ErrEdited},
		"plan of another form":      {with(`"format":1`, `"format":2`), github.ErrVersion},
		"another key":               {with(key, "fedcba9876543210"), github.ErrEdited},
		"HTML in the repository":    {with("octo-org", "<img src=x>"), github.ErrEdited},
		"HTML in the head":          {with(head, "<!-- x -->"), github.ErrEdited},
		"no time":                   {with(`"planned":1767225600,`, ``), github.ErrEdited},
		"time before there was any": {with(`"planned":1767225600`, `"planned":-1`), github.ErrEdited},
		"applied that is no list":   {deflated(fields(`,"applied":"zz"`)), github.ErrEdited},
		"applied without changes":   {deflated(fields(`,"applied":"80"`)), github.ErrEdited},
		"applied beyond the list":   {deflated(fields(`,"changes":"` + strings.Repeat("A", 22) + `","applied":"c0"`)), github.ErrEdited},
		"applied and used":          {deflated(fields(`,"used":true,"changes":"` + strings.Repeat("A", 22) + `","applied":"80"`)), github.ErrEdited},
		"no text in the digest":     {with(digest, "sha256:"+strings.Repeat("g", 64)), github.ErrEdited},
		"invalid UTF-8":             {with("octo-org", "octo\xff\xfeorg"), github.ErrEdited},
		"odd digests":               {deflated(fields(`,"changes":"` + strings.Repeat("A", 23) + `"`)), github.ErrEdited},
		"digests of odd letters":    {deflated(fields(`,"changes":"` + strings.Repeat("|", 22) + `"`)), github.ErrEdited},
		"plan that is none":         {deflated(fields(`,"plan":{}`)), github.ErrEdited},
		"plan of wrong types":       {deflated(fields(`,"plan":{"formatVersion":1,"changes":{"a":1}}`)), github.ErrEdited},
		"plan null":                 {deflated(fields(`,"plan":null`)), github.ErrEdited},
		"plan with another digest":  {deflated(fields(`,"plan":` + string(planOf(hosts(1)).JSON()))), github.ErrEdited},
	} {
		body := forge(key, c.payload)
		if _, err := github.Open(body, secret.Value{}); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		} else if strings.ContainsAny(err.Error(), "<>|") || !utf8.ValidString(err.Error()) {
			t.Errorf("%s: the error quotes it: %v", name, err)
		}
	}
}

func TestReviewBelongsToOnePlace(t *testing.T) {
	t.Parallel()
	r := reviewOf(planOf(nil))
	if err := r.Check(github.Site{Owner: "Octo-Org", Repo: "Registries", Key: site().Key}, 7); err != nil {
		t.Errorf("letter case: %v", err)
	}
	for name, err := range map[string]error{
		"repository": r.Check(github.Site{Owner: "octo-org", Repo: "other", Key: site().Key}, 7),
		"owner":      r.Check(github.Site{Owner: "other", Repo: "registries", Key: site().Key}, 7),
		"pull":       r.Check(site(), 8),
		"key":        r.Check(github.Site{Owner: "octo-org", Repo: "registries", Key: "other"}, 7),
	} {
		if !errors.Is(err, github.ErrOther) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzOpen: whatever stands in a comment, Open neither panics nor takes for signed what the key did not sign.
func FuzzOpen(f *testing.F) {
	for _, n := range []int{0, 2} {
		f.Add(seal(f, reviewOf(planOf(hosts(n))), visible, secret.Value{}))
		f.Add(seal(f, reviewOf(planOf(hosts(n))), visible, signing))
	}
	f.Add(forge("0123456789abcdef", deflated(`{"pull":7}`)))
	f.Add("<!-- regent:1 0123456789abcdef -->")
	f.Add("<!-- regent:2 x -->\r\n")
	f.Add("")
	genuine := map[string]bool{}
	for _, n := range []int{0, 2} {
		genuine[strings.SplitN(seal(f, reviewOf(planOf(hosts(n))), visible, signing), "\n", 2)[0]] = true
	}
	known := []error{
		github.ErrNoMarker, github.ErrVersion, github.ErrEdited, github.ErrSignature, github.ErrUnsigned, github.ErrNoKey,
	}
	f.Fuzz(func(t *testing.T, body string) {
		for _, key := range []secret.Value{{}, signing} {
			r, err := github.Open(body, key)
			if err != nil {
				if !slices.ContainsFunc(known, func(k error) bool { return errors.Is(err, k) }) {
					t.Fatalf("untyped error: %v", err)
				}
				continue
			}
			line := strings.TrimRight(strings.SplitN(body, "\n", 2)[0], " \t\r")
			if !key.Empty() && !genuine[line] {
				t.Fatalf("taken for signed: %q", line)
			}
			again, err := r.Seal("x", key)
			if err != nil {
				t.Fatalf("opened, and yet cannot be sealed: %v", err)
			}
			if _, err := github.Open(again, key); err != nil {
				t.Fatalf("sealed again, and yet does not open: %v", err)
			}
		}
	})
}

// FuzzPayload is the same for what stands inside a marker whose sums are right: without a key anybody can make one.
func FuzzPayload(f *testing.F) {
	const key = "0123456789abcdef"
	start := fmt.Sprintf(`{"repository":"octo-org/registries","pull":7,"key":%q,"head":%q,"run":1,"planned":1767225600,"format":1,"digest":`, key, head)
	p := planOf(hosts(2))
	f.Add(fmt.Sprintf(`%s"sha256:%064d","changes":"%022d"}`, start, 0, 0))
	f.Add(fmt.Sprintf(`%s%q,"plan":%s}`, start, p.Digest, p.JSON()))
	f.Add(`{"format":1}`)
	f.Fuzz(func(t *testing.T, text string) {
		r, err := github.Open(forge(key, deflated(text)), secret.Value{})
		if err != nil {
			if !errors.Is(err, github.ErrEdited) && !errors.Is(err, github.ErrVersion) {
				t.Fatalf("untyped error: %v", err)
			}
			return
		}
		r.Compare(p)
		if _, err := github.Open(seal(t, r, "x", signing), signing); err != nil {
			t.Fatalf("sealed again, and yet does not open: %v", err)
		}
	})
}
