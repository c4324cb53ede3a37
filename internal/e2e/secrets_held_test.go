package e2e

import (
	"bytes"
	"context"
	"encoding/hex"
	"strings"
	"testing"

	"regent/internal/cli"
)

// TestPlanIsPrintedBeforeItsNotes although its last line, a digest, ends as lines do that hold a piece of a secret in
// hexadecimal digits, and is kept until the next line. The notes go to the other stream.
func TestPlanIsPrintedBeforeItsNotes(t *testing.T) {
	t.Parallel()
	plan := func(password string) string {
		var screen bytes.Buffer
		code := cli.Run(context.Background(), []string{"plan", "-f", "../../examples/registries.yaml", "--sandbox"}, cli.Streams{
			In: strings.NewReader(""), Out: &screen, Err: &screen,
			Lookup: func(name string) (string, bool) { return password, name == "HARBOR_PROD_PASSWORD" && password != "" },
		})
		if code != 0 {
			t.Errorf("exit code %d", code)
		}
		return screen.String()
	}
	_, digest, _ := strings.Cut(plan(""), "Digest: sha256:")
	end, err := hex.DecodeString(strings.TrimSpace(digest[:64])[60:])
	if err != nil {
		t.Fatal(err)
	}
	got := plan(string(end) + " and what no line has")
	before, after, found := strings.Cut(got, "Digest: sha256:")
	if !found || strings.Contains(before, "note: ") || !strings.Contains(after, "note: ") {
		t.Errorf("printed:\n%s", got)
	}
}
