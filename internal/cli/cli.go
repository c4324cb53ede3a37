// Package cli is regent's command line: one file for each command, flags and wiring only.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"regent/internal/exitcode"
	"regent/internal/finding"
	"regent/internal/report"
	"regent/internal/secret"
)

// Streams are where a run reads and writes, and the environment it sees.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
	Lookup   secret.Lookup
	// Names lists the variables that Lookup finds.
	Names func() []string
	// Pace replaces the waits of a run; no flag does.
	Pace Pace
}

// app is one run of the command line.
type app struct {
	in       io.Reader
	out, err *secret.Writer
	// plain is standard output without the mask; only JSON documents, masked string by string, go there.
	plain  io.Writer
	outTTY bool
	errTTY bool
	inTTY  bool
	lookup secret.Lookup
	names  func() []string
	pace   Pace
	masker *secret.Masker
}

// codeError ends a run with an exit code. A nil cause says that everything has been said.
type codeError struct {
	code  int
	cause error
}

func (e *codeError) Error() string {
	if e.cause == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.cause.Error()
}
func (e *codeError) Unwrap() error { return e.cause }

// Run runs the command line and gives the exit code. Everything it prints is masked.
func Run(ctx context.Context, args []string, s Streams) (code int) {
	masker := &secret.Masker{}
	a := &app{
		in: s.In, out: masker.Writer(s.Out), err: masker.Writer(s.Err), plain: s.Out, lookup: s.Lookup, names: s.Names, pace: s.Pace, masker: masker,
		outTTY: isTerminal(s.Out), errTTY: isTerminal(s.Err), inTTY: isTerminal(s.In),
	}
	defer func() {
		if p := recover(); p != nil {
			fmt.Fprintf(a.err, "regent: internal error: %v\n", p)
			code = max(code, exitcode.Partial) // a panic may have come after a write
		}
		if err := errors.Join(a.out.Flush(), a.err.Flush()); err != nil && code == exitcode.OK {
			code = exitcode.Error
		}
	}()
	if err := leakyDebug(s.Lookup); err != nil {
		return a.fail(err)
	}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(s.In)
	root.SetOut(a.out)
	root.SetErr(a.err)
	return a.fail(root.ExecuteContext(ctx))
}

// leakyDebug refuses a debug switch of the vendor's credentials library that prints requests with their secrets to
// standard output. The library reads it before main starts, so it cannot be switched off here.
func leakyDebug(lookup secret.Lookup) error {
	if v, _ := lookup("DEBUG"); v != "" {
		words := strings.Split(v, ",")
		for _, name := range []string{"credential", "dara", "tea", "sdk"} {
			if slices.Contains(words, name) {
				return fmt.Errorf("DEBUG=%s makes a vendor library print credentials; unset it", v)
			}
		}
	}
	return nil
}

// fail prints an error and gives its exit code. Every finding of the configuration is a line of its own.
func (a *app) fail(err error) int {
	if err == nil {
		return exitcode.OK
	}
	code := exitcode.Error
	if ce, ok := errors.AsType[*codeError](err); ok {
		code = ce.code
		if err = ce.cause; err == nil {
			return code
		}
	}
	for _, e := range finding.Split(err) {
		if finding.Placed(e) {
			a.say(e.Error())
		} else {
			a.say("regent: " + e.Error())
		}
	}
	return code
}

// say prints a message on standard error. Its parts may come from a server, or be the name of a hostile file.
func (a *app) say(message string) {
	for line := range strings.Lines(message) {
		fmt.Fprintln(a.err, report.Clean(strings.TrimSuffix(line, "\n")))
	}
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "regent",
		Short: "Keep the image registries that cloud scanners and replicators know in step with a file",
		Long: "regent compares one YAML file with what Alibaba Cloud Security Center, Huawei Cloud HSS and Huawei Cloud SWR\n" +
			"Enterprise have registered, shows the difference as a plan, and applies it. It never deletes.",
		SilenceUsage:  true,
		SilenceErrors: true,
		// No Args: cobra then refuses an unknown command, where it would print the help and call that a success.
	}
	root.AddCommand(a.validateCommand(), a.planCommand(), a.applyCommand(), a.emulatorCommand(), a.schemaCommand(), a.versionCommand(), a.actionCommand(), a.accountsCommand())
	return root
}

// isTerminal reports whether a stream is a terminal.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term(f)
}
