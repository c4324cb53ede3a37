package action

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/sethvargo/go-githubactions"

	"regent/internal/plan"
	"regent/internal/report"
	"regent/internal/secret"
)

// level is how grave an annotation is.
type level string

const (
	levelError   level = "error"
	levelWarning level = "warning"
	levelNotice  level = "notice"
)

// mostAnnotations is how many annotations of a level GitHub keeps of one step; the rest it drops without a word.
const mostAnnotations = 10

// workflow speaks to the runner: log, masks, annotations, outputs and the job summary. It is safe for concurrent use.
type workflow struct {
	gh     *githubactions.Action
	masker *secret.Masker
	// log is the step's log for people. It is masked, and no line of it is taken for a command.
	log    *secret.Writer
	out    *lockedWriter
	getenv func(string) string

	mu      sync.Mutex
	counts  map[level]int
	outputs map[string]string
	// held are annotations that wait until the runner knows all secrets.
	held []func()
}

func newWorkflow(out io.Writer, lookup secret.Lookup, masker *secret.Masker) *workflow {
	getenv := func(name string) string { v, _ := lookup(name); return v }
	whole := &lockedWriter{out: out}
	w := &workflow{
		gh:     githubactions.New(githubactions.WithWriter(whole), githubactions.WithGetenv(getenv)),
		masker: masker, log: masker.Writer(&inertWriter{out: whole}), out: whole, getenv: getenv,
		counts: map[level]int{}, outputs: map[string]string{},
	}
	masker.Announce(w.mask)
	return w
}

// lockedWriter keeps commands and lines apart that come at the same time. It takes everything: the library for commands
// panics when they cannot be written, and a log that is gone must not end a run in the middle of its writes.
type lockedWriter struct {
	mu  sync.Mutex
	out io.Writer
	// err is why the first text was not written; no other text follows it.
	err error
}

func (l *lockedWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err == nil {
		_, l.err = l.out.Write(p)
	}
	return len(p), nil
}

// lost gives why the log is not whole.
func (l *lockedWriter) lost() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

// inertWriter takes the meaning from lines that the runner would take for commands: text in the log may come from a
// file or a server.
type inertWriter struct{ out io.Writer }

func (w *inertWriter) Write(p []byte) (int, error) {
	var b bytes.Buffer
	for line := range bytes.Lines(p) {
		b.WriteString(inert(string(line)))
	}
	if _, err := w.out.Write(b.Bytes()); err != nil {
		return 0, err
	}
	return len(p), nil
}

// inert breaks the two forms of a command: "::name::" at the start of a line and "##[name]" anywhere.
func inert(line string) string {
	if strings.HasPrefix(strings.TrimSpace(line), "::") {
		line = strings.Replace(line, "::", ": :", 1)
	}
	return strings.ReplaceAll(line, "##[", "## [")
}

// mask has the runner mask a secret in everything the job logs.
func (w *workflow) mask(forms []string) {
	for _, f := range forms {
		w.gh.AddMask(f)
	}
}

// say prints lines to the log.
func (w *workflow) say(text string) {
	for line := range strings.Lines(text) {
		fmt.Fprintln(w.log, report.Clean(strings.TrimSuffix(line, "\n")))
	}
}

// annotate puts a message on a line of a file, as long as GitHub keeps it; the log has it in any case.
func (w *workflow) annotate(l level, at plan.Position, title, message string) {
	message = w.masker.Mask(clean(message))
	fields := map[string]string{"title": "regent: " + title}
	where := ""
	if at.File != "" {
		fields["file"] = at.File
		where = at.String() + ": "
	}
	if at.Line > 0 {
		fields["line"] = strconv.Itoa(at.Line)
	}
	if at.Column > 0 {
		fields["col"] = strconv.Itoa(at.Column)
	}
	for name, value := range fields {
		fields[name] = w.masker.Mask(report.Clean(value))
	}
	w.mu.Lock()
	w.counts[l]++
	n := w.counts[l]
	w.mu.Unlock()
	if n > mostAnnotations {
		w.say(fmt.Sprintf("%s: %s%s", l, where, message))
		return
	}
	if where != "" {
		w.say(fmt.Sprintf("%s%s", where, message)) // the log shows an annotation without its place
	}
	gh := w.gh.WithFieldsMap(fields)
	switch l {
	case levelError:
		gh.Errorf("%s", message)
	case levelWarning:
		gh.Warningf("%s", message)
	default:
		gh.Noticef("%s", message)
	}
}

// hold keeps an annotation back until [workflow.release]: nothing is said before the runner knows what to mask.
func (w *workflow) hold(l level, at plan.Position, title, message string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.held = append(w.held, func() { w.annotate(l, at, title, message) })
}

// release says what was held back.
func (w *workflow) release() {
	w.mu.Lock()
	held := w.held
	w.held = nil
	w.mu.Unlock()
	for _, say := range held {
		say()
	}
}

// clean keeps the line breaks of a message.
func clean(message string) string {
	lines := strings.Split(message, "\n")
	for i, l := range lines {
		lines[i] = report.Clean(l)
	}
	return strings.Join(lines, "\n")
}

// overflow tells how many annotations GitHub does not show.
func (w *workflow) overflow() {
	w.mu.Lock()
	counts := maps.Clone(w.counts)
	w.mu.Unlock()
	for _, l := range []level{levelError, levelWarning, levelNotice} {
		if more := counts[l] - mostAnnotations; more > 0 {
			w.say(fmt.Sprintf("%d more of level %s are not annotations, since GitHub keeps %d for each step; they stand above and in the summary.", more, l, mostAnnotations))
		}
	}
}

// set remembers an output.
func (w *workflow) set(name, value string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.outputs[name] = value
}

func (w *workflow) setCount(name string, n int) { w.set(name, strconv.Itoa(n)) }

// finish writes all outputs, also those that nothing was said about, so that a later step can rely on them. When they
// cannot be written it says so.
func (w *workflow) finish() error {
	w.release()
	err := written(func() {
		for _, name := range Outputs() {
			if w.getenv("GITHUB_OUTPUT") != "" {
				w.gh.SetOutput(name, w.masker.Mask(report.Clean(w.outputs[name])))
			}
		}
	})
	if err != nil {
		w.annotate(levelError, plan.Position{}, "outputs", err.Error())
	}
	w.overflow()
	return errors.Join(err, w.log.Flush(), w.out.lost())
}

// written turns the panic of a file that cannot be written, which is how the library reports it, into an error.
func written(write func()) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("a file of the runner cannot be written: %v", p)
		}
	}()
	write()
	return nil
}

// maxSummary is the size of a job summary, in bytes. GitHub takes 1 MiB from each step and drops a larger one whole.
const maxSummary = 1_000_000

// summarize adds Markdown to the job's summary.
func (w *workflow) summarize(markdown string) {
	if w.getenv("GITHUB_STEP_SUMMARY") == "" {
		return
	}
	if err := written(func() { w.gh.AddStepSummary(w.masker.Mask(markdown)) }); err != nil {
		w.annotate(levelWarning, plan.Position{}, "summary", err.Error())
	}
}

// Outputs are the outputs of the Action, as action.yml declares them.
func Outputs() []string {
	return slices.Concat([]string{"has-changes"}, counts(), []string{"digest", "plan-path", "reason", "comment-url"})
}

// counts are the outputs that are numbers: each action, and what else is counted.
func counts() []string {
	var names []string
	for _, k := range plan.Kinds() {
		names = append(names, string(k.Action))
	}
	return append(names, "unmanaged", "failed", "unknown")
}
