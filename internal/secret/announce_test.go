package secret_test

import (
	"encoding/base64"
	"slices"
	"testing"

	"regent/internal/secret"
)

// TestAnnounceTellsEverySecretOnce with its lines and encoded forms, the secret itself first.
func TestAnnounceTellsEverySecretOnce(t *testing.T) {
	t.Parallel()
	m := maskerOf("known before")
	var told [][]string
	m.Announce(func(forms []string) { told = append(told, forms) })
	key := "-----BEGIN-----\nfirst line=\n}\n-----END-----"
	m.Add(secret.New("known before"))
	m.Add(secret.New(key))
	m.Add(secret.New(key))
	m.Add(secret.New(""))
	m.Add(secret.New("ab"))
	m.AddLogin(secret.New("robot"))
	if len(told) != 2 {
		t.Fatalf("told %d times: %q", len(told), told)
	}
	if told[0][0] != key || !slices.Equal(told[1], []string{"ab"}) {
		t.Errorf("not the secret first: %q, %q", told[0][0], told[1])
	}
	for _, want := range []string{"first line=", "-----BEGIN-----", `-----BEGIN-----\nfirst line=\n}\n-----END-----`, "first+line%3D",
		base64.RawStdEncoding.EncodeToString([]byte(key))} {
		if !slices.Contains(told[0], want) {
			t.Errorf("%q was not told", want)
		}
	}
	for i, f := range told[0] {
		if len(f) < 4 || slices.Index(told[0], f) != i {
			t.Errorf("%q is short or told twice", f)
		}
	}
}
