package secret_test

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"regent/internal/secret"
)

const text = "hunter2-p@ss w\"rd"

// hidden has the value where methods are out of reach of printers.
type hidden struct{ value secret.Value }

// shapes are the ways a value may lie in what is printed.
func shapes() map[string]any {
	v := secret.New(text)
	return map[string]any{
		"value":              v,
		"pointer":            &v,
		"unexported field":   hidden{v},
		"pointer to struct":  &hidden{v},
		"slice":              []secret.Value{v},
		"slice of hidden":    []hidden{{v}},
		"map":                map[string]secret.Value{"password": v},
		"map of hidden":      map[string]hidden{"password": {v}},
		"interface":          any(v),
		"slice of interface": []any{v, &v, hidden{v}},
		"error":              fmt.Errorf("login: %v", v),
		"wrapped error":      fmt.Errorf("login: %w", errors.New(v.String())),
		"closure field":      struct{ Value secret.Value }{v},
	}
}

func refuseText(t *testing.T, how, output string) {
	t.Helper()
	for _, part := range []string{text, "hunter2", "68756e74657232", "68 75 6e 74", "aHVudGVy", "104 117 110"} {
		if strings.Contains(strings.ToLower(output), strings.ToLower(part)) {
			t.Errorf("%s shows the secret: %s", how, output)
		}
	}
}

func TestInvariant02NoVerbPrintsAValue(t *testing.T) {
	t.Parallel()
	verbs := []string{"%v", "%+v", "%#v", "%s", "%q", "%+q", "%#q", "%x", "%X", "% x", "%d", "%t", "%c", "%U", "%e", "%b", "%o", "%p", "%T", "%z", "%10s", "%.3s"}
	for shape, v := range shapes() {
		for _, verb := range verbs {
			refuseText(t, shape+" with "+verb, fmt.Sprintf(verb, v))
		}
		refuseText(t, shape+" with Println", fmt.Sprintln(v))
	}
}

func TestInvariant02NoEncoderWritesAValue(t *testing.T) {
	t.Parallel()
	encoders := map[string]func(any) ([]byte, error){
		"json": json.Marshal,
		"yaml": yaml.Marshal,
		"xml":  func(v any) ([]byte, error) { return xml.Marshal(v) },
		"gob": func(v any) ([]byte, error) {
			var b bytes.Buffer
			err := gob.NewEncoder(&b).Encode(v)
			return b.Bytes(), err
		},
	}
	for name, encode := range encoders {
		for shape, v := range shapes() {
			out, err := encode(v)
			refuseText(t, name+" of "+shape, string(out))
			if err != nil { // an encoder may refuse, and its refusal is printed
				refuseText(t, name+"'s error for "+shape, err.Error())
			}
		}
	}
	v := secret.New(text)
	keyed, err := json.Marshal(map[textKey]int{{&v}: 1})
	if err != nil {
		t.Fatal(err)
	}
	refuseText(t, "json map key", string(keyed))
}

// textKey makes a value the key of a map; the key of a JSON object is its text form.
type textKey struct {
	inner interface{ MarshalText() ([]byte, error) }
}

func (k textKey) MarshalText() ([]byte, error) { return k.inner.MarshalText() }

func TestInvariant02NoLoggerWritesAValue(t *testing.T) {
	t.Parallel()
	for shape, v := range shapes() {
		var b bytes.Buffer
		for _, h := range []slog.Handler{slog.NewTextHandler(&b, nil), slog.NewJSONHandler(&b, nil)} {
			slog.New(h).Info("login", "value", v, slog.Group("account", slog.Any("value", v)))
		}
		refuseText(t, "slog of "+shape, b.String())
		if !strings.Contains(b.String(), "login") {
			t.Errorf("slog of %s wrote nothing", shape)
		}
	}
}

func TestDiffsDoNotShowAValue(t *testing.T) {
	t.Parallel()
	unexported := cmp.AllowUnexported(hidden{}, secret.Value{})
	for shape, v := range shapes() {
		refuseText(t, "cmp of "+shape, cmp.Diff(v, secret.New("other"), unexported))
		refuseText(t, "cmp of "+shape+" with nil", cmp.Diff(nil, v, unexported))
	}
	defer func() { refuseText(t, "cmp's panic", fmt.Sprint(recover())) }()
	_ = cmp.Diff(secret.New(text), secret.New(text+"x"))
}

// TestPanicDoesNotShowAValue runs itself in another process, for what the runtime prints at the end of one.
func TestPanicDoesNotShowAValue(t *testing.T) {
	t.Parallel()
	const variable = "SECRET_TEST_PANIC"
	if os.Getenv(variable) != "" {
		switch os.Getenv(variable) {
		case "value":
			panic(secret.New(text))
		case "hidden":
			panic(hidden{secret.New(text)})
		default:
			panic(fmt.Errorf("login: %v", secret.New(text)))
		}
	}
	for _, kind := range []string{"value", "hidden", "error"} {
		cmd := exec.Command(os.Args[0], "-test.run=^TestPanicDoesNotShowAValue$")
		cmd.Env = append(os.Environ(), variable+"="+kind)
		out, err := cmd.CombinedOutput()
		if err == nil || !strings.Contains(string(out), "panic") {
			t.Fatalf("%s: the process did not panic: %s", kind, out)
		}
		refuseText(t, "panic with "+kind, string(out))
	}
}

func TestValueKeepsItsText(t *testing.T) {
	t.Parallel()
	v := secret.New(text)
	switch {
	case v.Reveal() != text, !v.Equal(text), v.Equal("other"), v.Empty():
		t.Error("the value is not its text")
	case !(secret.Value{}).Empty(), (secret.Value{}).Reveal() != "", !secret.New("").Empty():
		t.Error("the zero value is not empty")
	}
}

func TestRefResolves(t *testing.T) {
	t.Parallel()
	environment := map[string]string{"SET": text, "DIGITS": "007", "EMPTY": ""}
	lookup := func(name string) (string, bool) { v, ok := environment[name]; return v, ok }
	for _, c := range []struct {
		env, want string
		ok        bool
	}{
		{"SET", text, true},
		{"DIGITS", "007", true},
		{"EMPTY", "", false}, // what an unset secret becomes in a workflow file
		{"UNSET", "", false},
	} {
		v, ok := secret.Ref{Env: c.env}.Resolve(lookup)
		if ok != c.ok || v.Reveal() != c.want {
			t.Errorf("%s resolves to %q, %v", c.env, v.Reveal(), ok)
		}
	}
	if !(secret.Ref{}).IsZero() || (secret.Ref{Env: "A"}).IsZero() || (secret.Ref{Env: "A"}).String() != "(from env A)" {
		t.Error("a reference does not say what it is")
	}
}

// TestUnfitSecretsAreNamedAndNotShown: what is told of one helps nobody to guess it.
func TestUnfitSecretsAreNamedAndNotShown(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "fewer than 4 characters", "a": "fewer than 4", "abc": "fewer than 4", "\u79d8\u5bc6\u94a5": "fewer than 4", "\xff\xfe": "not UTF-8",
		"right-one\n": "ends in a line break; store it without", "right-one\r\n": "ends in a line break", "right-one\r": "ends in a line break",
		"\ufeffright-one": "begins with a byte-order mark (U+FEFF)", "    ": "nothing but blanks", "\n\n\n\n": "nothing but blanks",
		"\u00a0\u3000\u200b\u200b": "nothing but blanks", " right one ": "", "right\none": "", "right-one\u200b": "",
		"abcd": "", "\u79d8\u5bc6\u94a5\u5319": "", "pass\xffword": "not UTF-8", strings.Repeat("x", 10_000): "",
	} {
		got := secret.New(text).Unfit()
		if (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%q: %q", text, got)
		}
		if text != "" && text != "a" && strings.Contains(got, text) {
			t.Errorf("%q is shown: %q", text, got)
		}
	}
	if got := secret.New("abc").Unfit(); got != secret.New("z").Unfit() {
		t.Errorf("tells lengths apart: %q", got)
	}
}

// TestDoubtfulSecretsAreToldOf: blanks at an end and line breaks inside may belong to a secret.
func TestDoubtfulSecretsAreToldOf(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "", "right one": "", "right-one ": "blanks at an end", "\tright-one": "blanks at an end", "right-one\u200b": "blanks at an end",
		"right\none": "a line break", "right\r\none": "a line break",
	} {
		got := secret.New(text).Doubtful()
		if (got == "") != (want == "") || !strings.Contains(got, want) || text != "" && strings.Contains(got, text) {
			t.Errorf("%q: %q", text, got)
		}
	}
}

// TestUnfitLoginsAreNamed: the file and the environment obey the same rules.
func TestUnfitLoginsAreNamed(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"admin": "", "robot$scanner": "", "a b": "", "\u540d\u5b57": "", strings.Repeat("\u540d", 128): "",
		"admin\n": "ends in a line break; store it without", "admin\r\n": "ends in a line break", "ad\nmin": "holds a line break",
		"   ": "holds nothing but blanks", "\u200b": "holds nothing but blanks", "ad\u0007min": "U+0007", "admin\u200b": "U+200B (zero-width space)",
		"admin\u00a0x": "U+00A0 (no-break space)", "robot\uff04x": "U+FF04 (full-width $)", "a\uff1ab": "U+FF1A (full-width :)", "pass\xff": "not UTF-8",
		strings.Repeat("x", 129): "has 129 characters; at most 128",
	} {
		if got := secret.UnfitLogin(text, 128); (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%q: %q", text, got)
		}
		if secret.New(text).UnfitLogin(128) != secret.UnfitLogin(text, 128) {
			t.Errorf("%q: a variable has other rules", text)
		}
	}
}
