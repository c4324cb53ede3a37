package e2e

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// program is the real binary, built once for all tests that need a process of its own.
var program struct {
	once   sync.Once
	folder string
	err    error
}

// built gives the path of the binary.
func built(t testing.TB) string {
	t.Helper()
	program.once.Do(func() {
		if program.folder, program.err = os.MkdirTemp("", "regent-e2e-*"); program.err != nil {
			return
		}
		build := exec.Command("go", "build", "-o", program.folder+"/regent", "../../cmd/regent")
		if out, err := build.CombinedOutput(); err != nil {
			program.err = err
			_, _ = os.Stderr.Write(out) // the test fails either way
		}
	})
	if program.err != nil {
		t.Fatal(program.err)
	}
	return filepath.Join(program.folder, "regent")
}

func removeProgram() {
	if program.folder != "" {
		_ = os.RemoveAll(program.folder) // what is left over lies in the folder for temporary files
	}
}

// screen collects what a process prints, and can be read meanwhile.
type screen struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// process is a run of the binary.
type process struct {
	w        *world
	cmd      *exec.Cmd
	out, err screen
}

// start runs the binary in the world's environment. It ends with the test at the latest.
func (w *world) start(in io.Reader, args ...string) *process {
	w.t.Helper()
	p := &process{w: w, cmd: exec.CommandContext(w.t.Context(), built(w.t), args...)}
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = in, &p.out, &p.err
	p.cmd.Env = []string{"HOME=" + w.dir, "PATH=" + os.Getenv("PATH")}
	for name, value := range w.env {
		p.cmd.Env = append(p.cmd.Env, name+"="+value)
	}
	if err := p.cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	return p
}

// signal sends a signal.
func (p *process) signal(s syscall.Signal) {
	p.w.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.w.t.Fatal(err)
	}
}

// says blocks until standard error holds a text.
func (p *process) says(text string) {
	p.w.t.Helper()
	p.w.await("stderr to say "+text, func() bool { return strings.Contains(p.err.String(), text) })
}

// ends waits for the end and insists on the exit code; -1 stands for a process that a signal ended. What hangs is killed.
func (p *process) ends(code int) result {
	p.w.t.Helper()
	hangs := time.AfterFunc(time.Minute, func() { _ = p.cmd.Process.Kill() })
	_ = p.cmd.Wait() // the exit code says it all
	if !hangs.Stop() {
		p.w.t.Error("the program did not end by itself")
	}
	r := result{args: p.cmd.Args[1:], code: p.cmd.ProcessState.ExitCode(), out: p.out.String(), err: p.err.String()}
	return r.exits(p.w.t, code)
}
