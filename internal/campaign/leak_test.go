package campaign

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// traces are the forms in which the marker, and so a secret, can be read from a text. Its characters stay as they are
// in JSON, URLs, HTML and quotes; in base64 there is one form for each of the three places within a group.
var traces = func() []string {
	out := []string{marker, hex.EncodeToString([]byte(marker)), strings.ToUpper(hex.EncodeToString([]byte(marker)))}
	for offset := range 3 {
		whole := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("\x00", offset) + marker))
		out = append(out, whole[(offset*8+5)/6:(offset+len(marker))*8/6])
	}
	return out
}()

// noSecret insists that a text shows none.
func (r *run) noSecret(name, text string) {
	for _, trace := range traces {
		if i := strings.Index(text, trace); i >= 0 {
			r.wrong("%s shows a secret: %q", name, text[max(0, i-80):min(len(text), i+80)])
			return
		}
	}
}
