package secret_test

import (
	"encoding/base64"
	"encoding/hex"
	"io"
	"strings"
	"testing"
	"unicode/utf8"
)

// awkwardSecrets break encodings.
var awkwardSecrets = []string{
	"secret", `p@ss"w\rd'x"\`, `100%+a/b=c&d#e?f`, "first line\nsecond line\n", "🔑key🔒end", "<b>&amp;</b>", "U2VjcmV0VmFsdWU9PQ==", "pass\xff\xfeword",
	"`|*_$(id)`", "aaaaaaaaa", "\r\n\r\n\r\n", "--\n--\n--\n", "\u202esecret\x1b[2J", strings.Repeat("long ", 40),
}

// aligned is the part of a text's base64 that stands for nothing but the secret in it.
func aligned(enc *base64.Encoding, before, secret, after string) string {
	from, to := (len(before)*8+5)/6, (len(before)+len(secret))*8/6
	if from >= to {
		return "" // too short to have a character of its own
	}
	return enc.EncodeToString([]byte(before + secret + after))[from:to]
}

// FuzzWriter writes a text that holds a secret in some form, in pieces of any size. However it is cut, what comes out is
// the same, and it does not hold the secret in that form.
func FuzzWriter(f *testing.F) {
	for i, s := range awkwardSecrets {
		for n := range 4 {
			f.Add(s, "other"+s, "before\n", " after", byte(i*4+n), []byte{byte(n), 3, 0, 40})
			f.Add(s, "other"+s, strings.Repeat("before\n", i+n), strings.Repeat(" after", i), byte(128+i*8+n), []byte{byte(n), 3, 0, 40})
		}
	}
	f.Fuzz(func(t *testing.T, s, other, before, after string, form byte, cuts []byte) {
		masker := maskerOf(s, other)
		name := plainEscapers[int(form)%len(plainEscapers)]
		sought := escapers[name](s)
		whole := before + sought + after
		if form >= 128 {
			sought, whole = aligned(base64.StdEncoding, before, s, after), base64.StdEncoding.EncodeToString([]byte(before+s+after))
		}
		var out strings.Builder
		w := masker.Writer(&out)
		for rest, i := whole, 0; rest != ""; i++ {
			n := len(rest)
			if len(cuts) > 0 {
				n = min(n, 1+int(cuts[i%len(cuts)]))
			}
			if written, err := io.WriteString(w, rest[:n]); written != n || err != nil {
				t.Fatalf("Write gives %d, %v", written, err)
			}
			rest = rest[n:]
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		if want := masker.Mask(whole); out.String() != want {
			t.Fatalf("the writer gives %q, Mask %q", out.String(), want)
		}
		// Shorter secrets are left to Withhold. A form with an asterisk could arise from what stands in a secret's place, and
		// encoders do not agree on text that is none.
		if len(s) < 6 || len(sought) < 6 || strings.Contains(sought, "*") || form < 128 && !utf8.ValidString(s) && name != "raw" {
			return
		}
		if strings.Contains(out.String(), sought) {
			t.Fatalf("%s of %q is left in %q", name, s, out.String())
		}
	})
}

// FuzzWithhold has a server repeat a secret in some encoding, in lines of any width: the text is not shown.
func FuzzWithhold(f *testing.F) {
	names, folds := keys(escapers), keys(folders)
	for i, s := range awkwardSecrets {
		for n := range 6 {
			f.Add(s, "before\n", " after", byte(i*6+n), byte(i+n))
			f.Add(s, strings.Repeat("be", i), strings.Repeat(" after", n), byte(85+i*6+n), byte(3*i+n))
		}
	}
	f.Fuzz(func(t *testing.T, s, before, after string, form, fold byte) {
		if len(s) < 4 || !utf8.ValidString(s) || !utf8.ValidString(before) || !utf8.ValidString(after) {
			return // encoders do not agree on text that is none
		}
		name := names[int(form)%len(names)]
		text := before + escapers[name](s) + after
		switch form / 85 {
		case 1:
			text = folders[folds[int(fold)%len(folds)]](base64.StdEncoding.EncodeToString([]byte(text)))
		case 2:
			text = lines(hex.EncodeToString([]byte(text)), 1+int(fold), "\n")
		}
		if got := withhold(maskerOf(s), text); got != withheld {
			t.Fatalf("%s of %q is shown in %q", name, s, got)
		}
	})
}
