package e2e

import (
	"fmt"
	"os"
	"syscall"
	"testing"
	"unsafe"
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
