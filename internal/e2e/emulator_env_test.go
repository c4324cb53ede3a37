package e2e

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"unicode"

	"regent/internal/emulator"
)

// TestEmulatorPrintsNoCommandsOfItsState: what it prints is made for a shell to execute, and a state file, which may come
// with a pull request, names the keys in it.
func TestEmulatorPrintsNoCommandsOfItsState(t *testing.T) {
	t.Parallel()
	state := func(ak, sk string) string {
		return `{"version":1,"credentials":{"alibaba":[{"ak":` + quoted(t, ak) + `,"sk":` + quoted(t, sk) + `}]}}`
	}
	w := newWorld(t, emulator.Options{})
	victim := w.path("victim")
	for _, key := range []string{"x'; touch " + victim + "; echo '", "`touch " + victim + "`", "$(touch " + victim + ")", `\'; touch ` + victim + ` #`, "a b", `"`} {
		p := w.start(nil, "emulator", "--state", w.file("state.json", state(key, "a secret")))
		w.await("the emulator", func() bool { return strings.HasSuffix(p.out.String(), "# ready\n") })
		p.signal(syscall.SIGINT)
		r := p.ends(0)
		shell := exec.Command("sh", "-c", r.out+`printf '%s|%s' "$ALIBABA_CLOUD_ACCESS_KEY_ID" "$ALIBABA_CLOUD_ACCESS_KEY_SECRET"`)
		shell.Env = []string{"PATH=" + os.Getenv("PATH")}
		out, err := shell.CombinedOutput()
		if err != nil || string(out) != key+"|a secret" || exists(victim) {
			t.Fatalf("the shell has %q for the key %q (%v), and executed something: %v\n%s", out, key, err, exists(victim), r.out)
		}
	}
	for name, text := range hostileTexts() {
		if !strings.Contains(text, "##[") && !strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
			continue
		}
		r := w.start(nil, "emulator", "--state", w.file("state.json", state("LTAI", text))).ends(1).says(t, "no log may show", "ALIBABA_CLOUD_ACCESS_KEY_SECRET")
		if r.out != "" {
			t.Errorf("%s: it prints %q", name, r.out)
		}
		inert(t, map[string]string{"stderr": r.err})
	}
}
