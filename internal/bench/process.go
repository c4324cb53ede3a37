package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// processes measures the program as a whole.
type processes struct {
	program, folder string
	count           int
}

// usage is what a process took.
type usage struct {
	wall, cpu time.Duration
	// peak is the largest resident memory in bytes; 0 where the system does not tell.
	peak int64
}

// run runs the program several times, with an environment of its own, and gives the least time and the most memory.
func (p *processes) run(ctx context.Context, times int, env []string, args ...string) (best usage, err error) {
	for i := range times {
		cmd := exec.CommandContext(ctx, p.program, args...) //nolint:gosec // the program was built here
		var complaints bytes.Buffer
		cmd.Env, cmd.Stderr = env, &complaints
		from := time.Now()
		if err := cmd.Run(); err != nil {
			return best, fmt.Errorf("regent %s: %w: %s", strings.Join(args, " "), err, complaints.String())
		}
		u := usage{wall: time.Since(from), cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), peak: peak(cmd.ProcessState)}
		if i == 0 {
			best = u
			continue
		}
		best = usage{min(best.wall, u.wall), min(best.cpu, u.cpu), max(best.peak, u.peak)}
	}
	return best, nil
}

// table measures start, validate and plan.
func (p *processes) table(ctx context.Context, out io.Writer) error {
	if _, err := fmt.Fprintf(out, "| Command | Items | Wall time | Processor time | Peak memory |\n|---|---|---|---|---|\n"); err != nil {
		return err
	}
	row := func(command string, items int, u usage) error {
		_, err := fmt.Fprintf(out, "| %s | %d | %d ms | %d ms | %d MiB |\n", command, items, u.wall.Milliseconds(), u.cpu.Milliseconds(), u.peak>>20)
		return err
	}
	u, err := p.run(ctx, 20*p.count, nil, "version")
	if err == nil {
		err = row("`version`", 0, u)
	}
	for _, s := range []scene{{account: sas, text: "robot$scanner"}, {account: hss, text: "robot$scanner"}, {account: swr, text: "text", hosts: true}} {
		for _, s.items = range []int{1000, 10_000} {
			file := filepath.Join(p.folder, "registries.yaml")
			if err == nil {
				err = os.WriteFile(file, s.yaml(), 0o600)
			}
			if err == nil {
				u, err = p.run(ctx, p.count, nil, "validate", "-f", file)
			}
			if err == nil {
				err = row("`validate`, "+s.account, s.items, u)
			}
		}
	}
	if err == nil {
		err = p.plans(ctx, row)
	}
	_, endErr := fmt.Fprintln(out)
	return firstOf(err, endErr)
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// plans measures plans of nothing to do, and of adds alone, which are the longest.
func (p *processes) plans(ctx context.Context, row func(string, int, usage) error) error {
	for _, c := range []struct {
		scene  scene
		live   bool
		format string
	}{
		{scene{account: swr, items: 1000, text: "text"}, true, "text"},
		{scene{account: swr, items: 10_000, text: "text"}, true, "text"},
		{scene{account: sas, items: 10_000, text: "robot"}, true, "text"},
		{scene{account: sas, items: 10_000, text: "robot"}, false, "text"},
		{scene{account: sas, items: 10_000, text: "robot"}, false, "markdown"},
		{scene{account: sas, items: 10_000, text: "robot"}, false, "json"},
	} {
		u, err := p.plan(ctx, c.scene, c.live, c.format)
		if err != nil {
			return err
		}
		what := "nothing to do"
		if !c.live {
			what = "adds"
		}
		if err := row(fmt.Sprintf("`plan --format %s`, %s, %s", c.format, c.scene.account, what), c.scene.items, u); err != nil {
			return err
		}
	}
	return nil
}

func (p *processes) plan(ctx context.Context, s scene, live bool, format string) (u usage, err error) {
	ctx, cancel := context.WithCancel(ctx)
	env, wait, err := p.emulator(ctx)
	defer func() { cancel(); wait() }()
	if err != nil {
		return u, err
	}
	if live {
		if err := put(ctx, address(env)+"/_emulator/state", s.state()); err != nil {
			return u, err
		}
	}
	for name, value := range s.secrets() {
		env = append(env, name+"="+value)
	}
	file := filepath.Join(p.folder, "registries.yaml")
	if err := os.WriteFile(file, s.yaml(), 0o600); err != nil {
		return u, err
	}
	return p.run(ctx, p.count, env, "plan", "-f", file, "--account", s.account, "--format", format)
}

// emulator starts the program as an emulator, and gives the environment that leads to it. It ends with ctx; wait comes
// after that.
func (p *processes) emulator(ctx context.Context) (env []string, wait func(), err error) {
	cmd := exec.CommandContext(ctx, p.program, "emulator", "--latency", "50ms") //nolint:gosec // the program was built here
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return nil, func() {}, err
	}
	wait = func() { _ = cmd.Wait() } // it was interrupted
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if lines.Text() == "# ready" {
			return env, wait, nil
		}
		if setting, ok := strings.CutPrefix(lines.Text(), "export "); ok {
			env = append(env, strings.ReplaceAll(setting, "'", ""))
		}
	}
	return nil, wait, fmt.Errorf("the emulator did not get ready")
}

// address gives the emulator's own.
func address(env []string) string {
	for _, setting := range env {
		if value, ok := strings.CutPrefix(setting, "REGENT_ENDPOINT_HUAWEI_SWR="); ok {
			return value
		}
	}
	return ""
}

// put replaces the emulator's state.
func put(ctx context.Context, url string, content []byte) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPut, url, bytes.NewReader(content))
	if err != nil {
		return err
	}
	resp, err := (&http.Client{}).Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		return fmt.Errorf("the emulator answers %s", resp.Status)
	}
	return nil
}
