package cli

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"regent/internal/exitcode"
	"regent/internal/secret"
)

// TestFailSaysWhatIsJoinedToAnExitCode: the sandbox, say, could not be ended after a plan.
func TestFailSaysWhatIsJoinedToAnExitCode(t *testing.T) {
	t.Parallel()
	beside := errors.New("the state file was not written")
	for _, c := range []struct {
		err     error
		writing bool
		code    int
		said    string
	}{
		{nil, false, exitcode.OK, ""},
		{&codeError{code: exitcode.Pending}, false, exitcode.Pending, ""},
		{errors.Join(&codeError{code: exitcode.Pending}, beside), false, exitcode.Error, "regent: the state file was not written\n"},
		{errors.Join(&codeError{exitcode.Refused, errors.New("refused")}, beside), false, exitcode.Refused, "regent: refused\nregent: the state file was not written\n"},
		{errors.Join(&codeError{code: exitcode.Partial}, beside), true, exitcode.Partial, "regent: the state file was not written\n"},
		{errors.Join(errors.New("one"), beside), true, exitcode.Partial, "regent: one\nregent: the state file was not written\n"},
	} {
		var said bytes.Buffer
		masker := &secret.Masker{}
		a := &app{masker: masker, err: masker.Writer(&said), writing: c.writing}
		code := a.fail(c.err)
		if err := a.err.Flush(); err != nil || code != c.code || said.String() != c.said {
			t.Errorf("%v gives exit code %d and %q, %v", c.err, code, said.String(), err)
		}
	}
}

// TestEnvironmentIsCheckedByWhatSends, and by what makes the shares for it; the sandbox and what only reads files do without.
func TestEnvironmentIsCheckedByWhatSends(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "r.yaml")
	if err := os.WriteFile(file, []byte("version: 1\naccounts:\n  sas: {provider: alibaba-sas, region: cn-hangzhou}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"HTTPS_PROXY": "http://robot:hunter2%zz@proxy.example.com", "REGENT_ENDPOINT_ALIBABA_SSA": "http://127.0.0.1:1"}
	for command, refused := range map[string]bool{
		"plan": true, "apply": true, "accounts": true, "validate": false, "plan --sandbox": false, "schema": false, "version": false,
	} {
		args := strings.Fields(command)
		if command != "schema" && command != "version" {
			args = append(args, "-f", file)
		}
		var said bytes.Buffer
		code := Run(t.Context(), args, Streams{
			In: strings.NewReader(""), Out: io.Discard, Err: &said,
			Lookup: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
			Names:  func() []string { return slices.Collect(maps.Keys(env)) },
		})
		both := strings.Contains(said.String(), "HTTPS_PROXY: not the address") && strings.Contains(said.String(), "did you mean REGENT_ENDPOINT_ALIBABA_SAS?")
		if (code != exitcode.OK) != refused || both != refused || strings.Contains(said.String(), "hunter2") {
			t.Errorf("%s: exit code %d: %s", command, code, said.String())
		}
	}
}
