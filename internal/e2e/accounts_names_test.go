package e2e

import (
	"strings"
	"testing"

	"regent/internal/emulator"
)

// TestAccountNamesBetweenCommas: what regent accounts prints of a shard is what --account takes.
func TestAccountNamesBetweenCommas(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{})
	yaml := together(1, dialects()...)
	file := w.file("r.yaml", yaml)
	const two = "host-security, swr-primary"
	for _, named := range [][]string{{"--account", two}, {"--account", "swr-primary", "--account", "host-security"}, {"--account", "swr-primary,host-security"}} {
		p := w.planned(file, named...)
		if got := strings.Join(p.pending(), " "); got != "add host-security/hss-1 add swr-primary/swr-1" {
			t.Errorf("%v plans %s", named, got)
		}
	}
	r := w.run("accounts", "-f", file, "--account", two).exits(t, 0).shows(t, "host-security", "swr-primary")
	if strings.Contains(r.out, "security-center") {
		t.Errorf("another account is listed\n%s", r)
	}
	w.plan(file, "--account", "swr-primary,nobody").exits(t, 1).says(t, "--account nobody: the configuration has no such account; it has ")
	// A name may hold a comma, and is then taken whole.
	odd := w.file("odd.yaml", "names: any\n"+strings.ReplaceAll(strings.ReplaceAll(yaml, "swr-primary", `"swr,host-security"`), `""`, `"`))
	if got := w.planned(odd, "--account", "swr,host-security").pending(); len(got) != 1 || got[0] != "add swr,host-security/swr-1" {
		t.Errorf("the account with a comma plans %v", got)
	}
}

// TestHelpShowsNoEmptyDefault: the library shows [] for a flag that nobody has given.
func TestHelpShowsNoEmptyDefault(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{})
	if r := w.run("emulator", "--help").exits(t, 0).shows(t, "--switch NAME=VALUE"); strings.Contains(r.out, "[]") {
		t.Errorf("%s", r)
	}
}
