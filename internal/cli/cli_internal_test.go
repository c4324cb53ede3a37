package cli

import (
	"bytes"
	"errors"
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
