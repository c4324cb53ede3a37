package e2e

import (
	"strings"
	"sync/atomic"
	"testing"
	"unicode"

	"regent/internal/emulator"
)

// inert insists on texts that steer no terminal and start no command of a workflow's runner: what does not print is
// escaped or replaced, in every format and file.
func inert(t *testing.T, texts map[string]string) {
	t.Helper()
	for name, text := range texts {
		for line := range strings.Lines(text) {
			if i := strings.IndexFunc(line, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }); i >= 0 {
				t.Errorf("%s holds %q: %q", name, line[i:min(len(line), i+8)], line)
				break
			}
			if strings.HasPrefix(strings.TrimSpace(line), "::") || strings.Contains(line, "##[") {
				t.Errorf("%s has a line that is a command: %q", name, line)
				break
			}
		}
	}
}

// TestPullRequestWithHostileNames: what a file may hold as a name is refused or shown without effect, wherever a run shows
// it, up to the audit file.
func TestPullRequestWithHostileNames(t *testing.T) {
	t.Parallel()
	good := "names: any\n" + together(1, dialects()...)
	var shown atomic.Int64
	t.Cleanup(func() {
		if shown.Load() < 50 {
			t.Errorf("only %d files were accepted, so that little was shown", shown.Load())
		}
	})
	for name, text := range hostileTexts() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := quoted(t, text)
			for place, config := range map[string]string{
				"description": edit(t, good, "description: disaster recovery", "description: "+in),
				"registry":    edit(t, good, "name: hss-1", "name: "+in),
				"target":      edit(t, good, "name: swr-1", "name: "+in),
				"account":     strings.ReplaceAll(good, "security-center", in),
				"login":       edit(t, good, "username: robot$scanner", "username: "+in),
				"access key":  edit(t, good, "accessKey: robot$swr", "accessKey: "+in),
				"instance":    edit(t, good, "instanceId: "+instance, "instanceId: "+in),
				"project":     strings.Replace(good, "projectId: "+project, "projectId: "+in, 1),
				"cluster":     edit(t, good, "clusterId: 6d0c9d1e-0000-4000-8000-000000000002", "clusterId: "+in),
				"namespace":   edit(t, good, "scanComponent: swr", "scanComponent: {namespace: "+in+"}"),
				"network":     edit(t, good, "network: internet", "network: {vpc: "+in+"}"),
				"address":     edit(t, good, "hostIp: 192.0.2.1", "hostIp: "+in),
				"url":         edit(t, good, "url: https://h1.example.com:8443", "url: "+in),
				"host":        edit(t, good, "hosts: {dr1.example.com:", "hosts: {"+in+":"),
				"variable":    edit(t, good, "SAS_PASSWORD", in),
				"secret":      edit(t, good, "{env: SAS_PASSWORD}", in),
				"key":         good + in + ": 1\n",
				"region":      strings.Replace(good, "region: cn-hangzhou", "region: "+in, 1),
			} {
				w := newWorld(t, emulator.Options{})
				file, audit, saved := w.file("r.yaml", config), w.path("audit.jsonl"), w.path("plan.json")
				texts := map[string]string{}
				note := func(what string, r result) result {
					texts[place+": stdout of "+what], texts[place+": stderr of "+what] = r.out, r.err
					return r
				}
				if note("validate", w.run("validate", "-f", file)).code != 0 {
					inert(t, texts)
					continue
				}
				shown.Add(1)
				note("accounts", w.run("accounts", "-f", file))
				note("accounts for a matrix", w.run("accounts", "-f", file, "--format", "json"))
				for _, format := range []string{"text", "markdown", "json"} {
					note(format+" plan", w.plan(file, "--format", format, "--out", saved))
				}
				w.faults(emulator.Fault{Operation: "AddPrivateRegistry", Kind: emulator.FaultStatus, Status: 400, Message: text, Code: text})
				note("apply", w.apply(file, "--audit", audit))
				note("second apply", w.apply(file, "--audit", audit, "--format", "json"))
				texts[place+": the audit file"], texts[place+": the plan file"] = w.read(audit), w.read(saved)
				inert(t, texts)
			}
		})
	}
}
