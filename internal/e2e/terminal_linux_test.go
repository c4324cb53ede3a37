package e2e

import (
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"regent/internal/cli"
	"regent/internal/emulator"
)

// terminal opens a pseudo-terminal: what is written to one end is read, by a program that believes in a person, at the
// other.
func terminal(t *testing.T) (person, program *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = person.Close() })
	control := func(request uintptr, value *uint32) {
		t.Helper()
		if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, person.Fd(), request, uintptr(unsafe.Pointer(value))); errno != 0 {
			t.Fatal(errno)
		}
	}
	var unlock, number uint32
	control(syscall.TIOCSPTLCK, &unlock)
	control(syscall.TIOCGPTN, &number)
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = program.Close() })
	return person, program
}

func TestInvariant10InterruptedQuestionWritesNothing(t *testing.T) {
	t.Parallel()
	for name, signal := range signals {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, file := pendingWorld(t)
			_, stdin := terminal(t)
			p := w.start(stdin, "apply", "-f", file)
			p.says("Only yes is accepted")
			p.signal(signal)
			p.ends(1).says(t, "nothing was written: interrupted")
			w.wrote()
		})
	}
}

// shown runs the command line with all three streams on a terminal, and gives what a person sees. Answer is what the
// person types once a question is asked.
func (w *world) shown(answer string, args ...string) (code int, text string) {
	w.t.Helper()
	person, program := terminal(w.t)
	seen := &screen{}
	over := make(chan struct{})
	go func() {
		defer close(over)
		_, _ = io.Copy(seen, person) // ends with an error when the other end closes: that is the end of the text
	}()
	done := make(chan int, 1)
	go func() {
		done <- cli.Run(w.t.Context(), args, cli.Streams{In: program, Out: program, Err: program, Lookup: w.lookup})
	}()
	if answer != "" {
		w.await("the question", func() bool { return strings.Contains(seen.String(), "Only yes is accepted") })
		if _, err := io.WriteString(person, answer); err != nil {
			w.t.Fatal(err)
		}
	}
	code = <-done
	if err := program.Close(); err != nil {
		w.t.Fatal(err)
	}
	<-over
	return code, seen.String()
}

func TestTerminalConfirmation(t *testing.T) {
	t.Parallel()
	for answer, applies := range map[string]bool{
		"yes\n": true, "  yes  \n": true, "y\n": false, "no\n": false, "\n": false, "YES\n": false, "yes please\n": false, "\x04": false,
	} {
		t.Run(strings.TrimSpace(answer), func(t *testing.T) {
			t.Parallel()
			w, file := pendingWorld(t)
			code, text := w.shown(answer, "apply", "-f", file)
			if writes := len(w.writes()); applies != (writes == 6) || !applies && writes != 0 {
				t.Errorf("%d writes after the answer %q\n%s", writes, answer, text)
			}
			// Blocked changes are left either way.
			if want := map[bool]int{true: 3, false: 1}[applies]; code != want {
				t.Errorf("exit code %d, want %d\n%s", code, want, text)
			}
			if !applies && !strings.Contains(text, "nothing was written") {
				t.Errorf("it does not say that nothing was written:\n%s", text)
			}
		})
	}
}

func TestTerminalColoursOnlyWhereTheyAreWelcome(t *testing.T) {
	t.Parallel()
	w, file := pendingWorld(t)
	const green, red = "\x1b[32m", "\x1b[31m"
	if code, text := w.shown("", "plan", "-f", file); code != 0 || !strings.Contains(text, green) || !strings.Contains(text, red) {
		t.Errorf("exit code %d, or no colours on a terminal:\n%q", code, text)
	}
	if _, text := w.shown("", "plan", "-f", file, "--format", "json"); strings.Contains(text, "\x1b") {
		t.Errorf("colours in JSON:\n%q", text)
	}
	for _, c := range []struct {
		name, value string
		colours     bool
	}{{"NO_COLOR", "1", false}, {"NO_COLOR", "", true}, {"TERM", "dumb", false}, {"TERM", "xterm", true}} {
		w.env[c.name] = c.value
		if _, text := w.shown("", "plan", "-f", file); strings.Contains(text, "\x1b[") != c.colours {
			t.Errorf("%s=%s: colours %v, want %v:\n%q", c.name, c.value, !c.colours, c.colours, text)
		}
		delete(w.env, c.name)
	}
	for _, format := range []string{"text", "markdown", "json"} { // no terminal
		for _, r := range []result{w.plan(file, "--format", format), w.apply(file, "--format", format)} {
			if strings.Contains(r.out+r.err, "\x1b") || strings.Contains(r.out+r.err, "\r") {
				t.Errorf("colours or a counter without a terminal\n%s", r)
			}
		}
	}
}

func TestTerminalCountsLive(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{})
	code, text := w.shown("", "apply", "-f", w.file("r.yaml", together(2, dialects()...)), "--auto-approve", "--parallelism", "1")
	if code != 0 {
		t.Fatalf("exit code %d\n%s", code, text)
	}
	for _, counter := range []string{"1/6", "5/6"} {
		if !strings.Contains(text, counter) {
			t.Errorf("no counter %s:\n%q", counter, text)
		}
	}
	if n := strings.Count(text, "applied"); n < 6 {
		t.Errorf("%d lines of finished changes, want 6:\n%q", n, text)
	}
}
