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

	"regent/internal/crash"
	"regent/internal/exitcode"
	"regent/internal/finding"
	"regent/internal/report"
	"regent/internal/secret"
	"regent/internal/version"
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
	// Log is told where messages that libraries log by themselves may go; nil when there is nobody to tell.
	Log func(io.Writer)
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
	// together says that standard output and standard error end up among the same lines, as on a terminal; said are then
	// the lines that need not be written to the one because they were to the other, and nil otherwise.
	together bool
	said     map[string]bool
	lookup   secret.Lookup
	names    func() []string
	pace     Pace
	masker   *secret.Masker
	// answered says that a JSON document was printed, writing that a write may have been sent.
	answered, writing bool
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
	if a.together = same(s.Out, s.Err); a.together {
		a.said = map[string]bool{}
	}
	masker.Also(report.Forms)
	if s.Log != nil {
		s.Log(a.err)
	}
	err := crash.Guard(func() error { return a.execute(ctx, args) })
	code = a.worst()
	_ = crash.Guard(func() error { code = a.fail(err); return nil }) // nothing is left to say it with
	if errors.Join(a.out.Flush(), a.err.Flush()) != nil && code == exitcode.OK {
		code = a.worst()
	}
	return code
}

// worst is the exit code of a run that ended badly for a reason of its own.
func (a *app) worst() int {
	if a.writing {
		return exitcode.Partial
	}
	return exitcode.Error
}

func (a *app) execute(ctx context.Context, args []string) error {
	if err := leakySwitch(a.lookup); err != nil {
		return err
	}
	root := a.root()
	root.SetArgs(append([]string{}, args...)) // nil would be those of the process
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.err)
	if cmd, _, err := root.Find(args); err == nil {
		if err := oneDash(cmd, args); err != nil {
			return err
		}
	}
	cmd, err := root.ExecuteContextC(ctx)
	if cmd == root && err != nil { // it does nothing itself: the command line names no command
		return mistaken(root, err)
	}
	return err
}

// mistaken says where to look after a mistake on the command line. The library's suggestions stand on lines of their own,
// after tabs.
func mistaken(cmd *cobra.Command, err error) error {
	what, near, found := strings.Cut(err.Error(), "\n\nDid you mean this?\n")
	if found {
		what += "; did you mean " + strings.Join(strings.Fields(near), " or ") + "?"
	} else if word, unknown := strings.CutPrefix(what, "unknown command \""); unknown {
		word, _, _ = strings.Cut(word, "\"")
		if hint := foreign[word]; hint != "" {
			what += "; " + hint
		}
	}
	return fmt.Errorf("%s (%s --help has the usage)", what, cmd.CommandPath())
}

// noArguments refuses arguments. A file without -f before it is the likely mistake.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if f := cmd.Flags().ShorthandLookup("f"); f != nil {
		return mistaken(cmd, fmt.Errorf("%s takes no arguments, such as %q; files are given with -%s", cmd.Name(), args[0], f.Shorthand))
	}
	return mistaken(cmd, fmt.Errorf("%s takes no arguments, such as %q", cmd.Name(), args[0]))
}

// leakySwitch refuses the switches of libraries that print requests with their secrets, in pieces that no mask knows. The
// libraries read them before main starts, so that they cannot be switched off here.
func leakySwitch(lookup secret.Lookup) error {
	debug, _ := lookup("DEBUG")
	words := strings.Split(debug, ",")
	for _, name := range []string{"credential", "dara", "tea", "sdk"} { // github.com/alibabacloud-go/debug
		if slices.Contains(words, name) {
			return fmt.Errorf("DEBUG=%s makes a vendor library print credentials; unset it", name)
		}
	}
	godebug, _ := lookup("GODEBUG")
	for _, name := range []string{"http2debug=1", "http2debug=2"} { // net/http
		if strings.Contains(godebug, name) {
			return fmt.Errorf("GODEBUG=%s makes the HTTP library print credentials; unset it", name)
		}
	}
	return nil
}

// fail prints an error and gives its exit code. Every finding of the configuration is a line of its own.
func (a *app) fail(err error) int {
	if err == nil {
		return exitcode.OK
	}
	code := a.worst()
	var said []error
	for _, e := range finding.Split(err) {
		if ce, ok := e.(*codeError); ok { //nolint:errorlint // what this very error is, not what it wraps
			code = ce.code
			said = append(said, finding.Split(ce.cause)...)
		} else {
			said = append(said, e)
		}
	}
	if code == exitcode.Pending && len(said) > 0 {
		code = a.worst()
	}
	for _, e := range said {
		fallen, isCrash := errors.AsType[*crash.Error](e)
		switch {
		case finding.Placed(e):
			a.say(e.Error())
		case isCrash:
			a.say("regent: " + a.masker.Withhold("the cause of an internal error", e.Error())) // its text may come from anywhere
		default:
			a.say("regent: " + e.Error())
		}
		if isCrash {
			a.say(fallen.Trace())
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
		Example: "  regent plan -f examples/registries.yaml --sandbox\n  regent validate -f registries.yaml\n" +
			"  regent apply -f registries.yaml --plan plan.json",
		Version:                    version.String(),
		SuggestionsMinimumDistance: 2,
		// No Args: cobra then refuses an unknown command, where it would print the help and call that a success.
	}
	root.SetVersionTemplate("{{.Version}}\n")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		err = unknownFlag(cmd, err)
		if cmd == root {
			return err
		}
		return mistaken(cmd, err)
	})
	root.AddCommand(a.validateCommand(), a.planCommand(), a.applyCommand(), a.emulatorCommand(), a.schemaCommand(), a.versionCommand(), a.actionCommand(), a.accountsCommand())
	return root
}

// same reports whether two streams are one: a terminal, or what 2>&1 makes.
func same(a, b io.Writer) bool {
	f, ok1 := a.(*os.File)
	g, ok2 := b.(*os.File)
	if !ok1 || !ok2 {
		return a == b
	}
	x, err1 := f.Stat()
	y, err2 := g.Stat()
	return err1 == nil && err2 == nil && os.SameFile(x, y)
}

// isTerminal reports whether a stream is a terminal.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term(f)
}
