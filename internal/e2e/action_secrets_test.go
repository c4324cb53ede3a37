package e2e

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"regent/internal/emulator"
	"regent/internal/github/githubtest"
)

// unusualInALog are secrets that mean something to GitHub's runner, or are a lot for it.
func unusualInALog() map[string]string {
	out := unusual()
	maps.Copy(out, map[string]string{
		"a command":              "::set-output name=x::y",
		"an old command":         "##[set-env name=PATH]evil",
		"stops commands":         "first line\n::stop-commands::pause\nlast line",
		"escapes of commands":    "a%0Ab%25c%3Ad%2Ce",
		"line ends of Windows":   "first-part-of-it\r\nsecond-part-of-it\r\n",
		"a key":                  "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQ\nEFAASCBKcwggSjAgEAAoIBAQ\n=\n-----END KEY-----\n",
		"ten kilobytes":          strings.Repeat("0123456789abcdef-very-long ", 400),
		"our own mask":           "***masked***",
		"a delimiter":            "_GitHubActionsFileCommandDelimeter_",
		"a marker":               "<!-- regent:1 x -->",
		"a word of every run":    "regent plan",
		"JSON":                   `{"accessKey":"value","secretKey":"another \"value\""}`,
		"not UTF-8":              "caf\xe9-\xff\xfe-secret",
		"control characters":     "a\x1b[31mred\x1b[0m\tb\x07",
		"characters of no width": "zero\u200bwidth\u200djoin\ufeffed",
	})
	return out
}

// secretStage sets a scene in which every secret has one value.
func secretStage(t *testing.T, value string) *stage {
	t.Helper()
	w, config := secretsWorld(t, value)
	s := &stage{world: w, hub: githubtest.New(t, githubtest.Options{}), config: config}
	s.token = s.hub.Token(bot, map[string]string{"contents": "read", "pull-requests": "write", "issues": "write"})
	s.hub.AddPull(githubtest.Pull{Number: 7, HeadSHA: head(1), HeadRef: "registries"})
	if s.secrets = []string{s.token}; len(value) > 3 { // a shorter one stands in random text by chance
		s.secrets = append(s.secrets, value)
	}
	return s
}

// TestInvariant02ActionShowsNoSecret whatever it looks like and wherever servers repeat it, and tells the runner of it first.
func TestInvariant02ActionShowsNoSecret(t *testing.T) {
	t.Parallel()
	for name, value := range unusualInALog() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := secretStage(t, value)
			s.masked(s.start("pull_request", opened(), map[string]string{"allow-secrets-in-plan": "true"}).exits(0, ""), value)
			push := s.merge()
			if unfit(value) {
				s.masked(s.start("push", push, nil).exits(1, "secrets-missing"), value)
				return
			}

			// Every write is refused, and the refusal repeats what was sent.
			s.faults(on(emulator.Fault{Kind: emulator.FaultEcho, Status: 400, Times: -1}, func(d dialect) string { return d.create })...)
			got := s.start("push", push, nil).exits(1, "failed").gives("failed", "7")
			s.masked(got, value)
			s.faults(on(emulator.Fault{Kind: emulator.FaultEcho, Status: 400, Times: -1}, func(d dialect) string { return d.list })...)
			s.masked(s.start("schedule", githubtest.Event("schedule"), nil).exits(1, "unreadable"), value)
			s.masked(s.start("push", push, nil).exits(1, "unreadable"), value)
			s.faults()

			if len(value) > 4096 {
				return // no cloud takes that
			}
			s.masked(s.start("push", push, nil).exits(0, "").gives("add", "7"), value)
			if live := s.State().SWR.Registries[0].Registry.Credential.AccessSecret; live != value {
				t.Errorf("%q has arrived", live)
			}
			s.start("schedule", githubtest.Event("schedule"), nil).exits(0, "")
		})
	}
}

// masked insists that the runner was told of a secret and of its lines.
func (s *stage) masked(got *step, value string) {
	s.t.Helper()
	var masks []string
	for _, c := range got.commands {
		if c.Name == "add-mask" {
			masks = append(masks, c.Message)
		}
	}
	parts := []string{s.token, value}
	for line := range strings.Lines(value) {
		if line = strings.TrimSpace(line); len(line) >= 6 {
			parts = append(parts, line)
		}
	}
	for _, part := range parts {
		if !slices.Contains(masks, part) && !slices.Contains(masks, strings.ToValidUTF8(part, "\uFFFD")) {
			s.t.Errorf("the runner was not told of %q", part)
		}
	}
	if len(value) <= 3 && strings.Contains(got.log+got.summary+got.errors(), value) {
		s.t.Errorf("%q is shown\n%s", value, got)
	}
}

// TestInvariant02ActionTextEqualToASecret: what stands in the file in clear is an error where the secret is known, which an apply
// finds at the latest. From then on it is not shown.
func TestInvariant02ActionTextEqualToASecret(t *testing.T) {
	t.Parallel()
	for _, known := range []bool{true, false} {
		s := newStage(t, edit(t, dialects()[2].file(1), "description: disaster recovery", "description: same-as-the-secret"))
		const value = "same-as-the-secret"
		plan := s.prepare("pull_request", opened(), map[string]string{"allow-secrets-in-plan": "true"})
		if plan.Env["SWR_SECRET"] = value; !known {
			delete(plan.Env, "SWR_SECRET") // a plan needs none
		}
		code, reason := 0, ""
		if known {
			code, reason = 1, "config-invalid"
		}
		got := s.finish(plan).exits(code, reason)
		c := s.comment()
		if text := got.log + got.summary + c.Body + unpacked(c.Body); strings.Contains(text, value) == known {
			t.Errorf("known: %v\n%s", known, text)
		}
		s.env["SWR_SECRET"] = value
		got = s.start("push", s.merge(), nil).exits(1, "config-invalid")
		if strings.Contains(got.log+got.summary, value) {
			t.Errorf("%s", got)
		}
		s.wrote()
	}
}

// TestActionSecretKeptByACloud in a field that everybody sees is shown by no run that knows it.
func TestActionSecretKeptByACloud(t *testing.T) {
	t.Parallel()
	s := newStage(t, dialects()[2].file(1))
	s.applied(0, s.world.file("r.yaml", s.config))
	s.change(func(state *emulator.State) {
		state.SWR.Registries[0].Registry.Description = "the password is " + s.env["SWR_SECRET"]
		other := state.SWR.Registries[0]
		other.Registry.ID, other.Registry.Name = 99, "named "+s.env["SWR_SECRET"]
		state.SWR.Registries = append(state.SWR.Registries, other)
	})
	s.ClearRequests()
	s.start("pull_request", opened(), map[string]string{"allow-secrets-in-plan": "true"}).exits(0, "").gives("modify", "1", "unmanaged", "1").summarizes("the password is ***")
	s.start("schedule", githubtest.Event("schedule"), nil).exits(0, "drift")
	for _, i := range s.hub.Issues() {
		leakFree(t, s.secrets, map[string]string{"the issue": i.Title + i.Body})
	}
	s.start("push", s.merge(), nil).exits(0, "").gives("modify", "1")
	s.wrote("UpdateInstanceRegistry")
}

// TestActionMasksBeforeWarnings of inputs and of the file.
func TestActionMasksBeforeWarnings(t *testing.T) {
	t.Parallel()
	s := newStage(t, dialects()[2].file(1))
	s.config = edit(t, s.config, "    hosts: {dr1.example.com: 192.0.2.20}\n", "")
	s.start("pull_request", opened(), map[string]string{"zone": "x"}).exits(0, "").tells("warning", "input zone", "hosts is missing")
}
