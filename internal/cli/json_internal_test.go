package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"regent/internal/secret"
)

// maskedBy prints a document with some secrets, in pieces of a size.
func maskedBy(t *testing.T, doc string, piece int, secrets ...string) string {
	t.Helper()
	var out bytes.Buffer
	a := &app{plain: &out, masker: &secret.Masker{}}
	for _, s := range secrets {
		a.masker.Add(secret.New(s))
	}
	err := a.printJSON(func(w io.Writer) error {
		for rest := doc; rest != ""; rest = rest[min(piece, len(rest)):] {
			if _, err := io.WriteString(w, rest[:min(piece, len(rest))]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestJSONIsMaskedStringByString whatever the pieces it is written in. Keys and numbers stay.
func TestJSONIsMaskedStringByString(t *testing.T) {
	t.Parallel()
	const doc = `{
  "hunter2": "say hunter2",
  "port" : 1234567, "1234567": "1234567", "a\"b": "quo\"te", "escaped": "\u0068unter2 \\", "empty": "",
  "list": ["hunter2", "x\\", "hunter2:", "line\nbreak hunter2", "##[x", "` + "\u202e" + `"]
}
`
	const want = `{
  "hunter2": "say ***",
  "port" : 1234567, "1234567": "***", "a\"b": "***", "escaped": "*** \\", "empty": "",
  "list": ["***", "x\\", "***:", "line\nbreak ***", "##\u005bx", "\u202e"]
}
`
	for _, piece := range []int{1, 2, 7, 64, len(doc)} {
		if got := maskedBy(t, doc, piece, "hunter2", "1234567", `quo"te`); got != want {
			t.Errorf("in pieces of %d bytes:\n%s", piece, got)
		}
	}
	for _, broken := range []string{``, `"`, `"a`, `"\`, `{"a":`, `"a" `, "\n\n", `"hunter2`} {
		if got := maskedBy(t, broken, 1, "hunter2"); strings.Contains(got, "hunter2") && broken != `"hunter2` {
			t.Errorf("%q becomes %q", broken, got)
		}
	}
}

// TestLargeJSONIsWhole and masked everywhere.
func TestLargeJSONIsWhole(t *testing.T) {
	t.Parallel()
	var entries []map[string]string
	for i := range 5000 {
		entries = append(entries, map[string]string{"name": fmt.Sprintf("harbor-%d", i), "summary": "robot$hunter2 " + strings.Repeat("x", i%97)})
	}
	doc, err := json.MarshalIndent(entries, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	var got []map[string]string
	if err := json.Unmarshal([]byte(maskedBy(t, string(doc), 4096, "hunter2")), &got); err != nil {
		t.Fatal(err)
	}
	for i, e := range got {
		if e["name"] != entries[i]["name"] || e["summary"] != strings.Replace(entries[i]["summary"], "hunter2", "***", 1) {
			t.Fatalf("entry %d is %v", i, e)
		}
	}
	if len(got) != len(entries) {
		t.Errorf("%d entries", len(got))
	}
}

// TestJSONThatCannotBeWritten is an error, be it of the document or of the stream.
func TestJSONThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	full := errors.New("no space left")
	a := &app{plain: broken{full}, masker: &secret.Masker{}}
	if err := a.printJSON(func(w io.Writer) error { _, err := io.WriteString(w, "{}\n"); return err }); !errors.Is(err, full) {
		t.Errorf("%v", err)
	}
	a.plain = io.Discard
	if err := a.printJSON(func(io.Writer) error { return full }); !errors.Is(err, full) {
		t.Errorf("%v", err)
	}
}

type broken struct{ err error }

func (b broken) Write([]byte) (int, error) { return 0, b.err }
