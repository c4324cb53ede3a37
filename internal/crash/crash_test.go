package crash_test

import (
	"errors"
	"strings"
	"testing"

	"regent/internal/crash"
)

var errCause = errors.New("cause")

func fall(text string, value any) error {
	if len(text) > 0 {
		panic(value)
	}
	return errCause
}

func TestPanicsBecomeErrors(t *testing.T) {
	t.Parallel()
	err := crash.Guard(func() error { return fall("hunter2", "broken") })
	e, ok := errors.AsType[*crash.Error](err)
	if !ok || err.Error() != "internal error: broken" || errors.Unwrap(e) != nil {
		t.Fatalf("%T %v", err, err)
	}
	if err := crash.Guard(func() error { return fall("x", errCause) }); !errors.Is(err, errCause) {
		t.Error(err)
	}
	var none []int
	if err := crash.Guard(func() error { return fall("x", none[len(none):1][0]) }); err == nil || !strings.Contains(err.Error(), "out of range") {
		t.Error(err)
	}
}

func TestOtherErrorsAreLeftAlone(t *testing.T) {
	t.Parallel()
	if err := crash.Guard(func() error { return fall("", nil) }); err != errCause {
		t.Error(err)
	}
	if err := crash.Guard(func() error { return nil }); err != nil {
		t.Error(err)
	}
}

// TestTracesNameFunctionsAndNoArguments: an argument is an address, or the length of a secret.
func TestTracesNameFunctionsAndNoArguments(t *testing.T) {
	t.Parallel()
	e, _ := errors.AsType[*crash.Error](crash.Guard(func() error { return fall("hunter2", "broken") }))
	trace := e.Trace()
	if !strings.Contains(trace, "crash_test.fall(...)\n") || !strings.Contains(trace, "crash_test.go:") {
		t.Error(trace)
	}
	for line := range strings.Lines(trace) {
		if strings.Contains(line, "(0x") || strings.Contains(line, "{0x") || strings.Contains(line, "goroutine 1 [") {
			t.Errorf("shows arguments: %s", line)
		}
	}
}
