package githubtest

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// maxSummary is the size in bytes beyond which the runner throws a summary away.
const maxSummary = 1 << 20

// Outputs reads what the step wrote to GITHUB_OUTPUT, as strictly as the runner does; what it would refuse fails the
// test. Of a name written twice the last value counts.
func (r *Run) Outputs(t testing.TB) map[string]string {
	t.Helper()
	raw, err := os.ReadFile(r.OutputFile)
	if err != nil {
		t.Fatal(err)
	}
	out, err := parseOutputs(string(raw))
	if err != nil {
		t.Fatalf("the runner would refuse the outputs: %v", err)
	}
	return out
}

// Summary reads the step summary. A summary that the runner would throw away for its size fails the test.
func (r *Run) Summary(t testing.TB) string {
	t.Helper()
	raw, err := os.ReadFile(r.SummaryFile)
	if err != nil {
		t.Fatal(err)
	}
	if len(raw) > maxSummary {
		t.Fatalf("the runner would not upload a summary of %d KiB; it takes %d", len(raw)/1024, maxSummary/1024)
	}
	return string(raw)
}

// parseOutputs reads the format of the runner's file commands: NAME=VALUE, or NAME<<DELIMITER, lines of the value, and
// the delimiter alone on a line. A line ends with LF; a CR before it is part of what was written.
func parseOutputs(text string) (map[string]string, error) {
	text = strings.TrimPrefix(text, "\ufeff")
	out := map[string]string{}
	for text != "" {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		if line == "" {
			continue
		}
		equals, heredoc := strings.Index(line, "="), strings.Index(line, "<<")
		var name, value string
		switch {
		case equals >= 0 && (heredoc < 0 || equals < heredoc):
			name, value = line[:equals], line[equals+1:]
		case heredoc >= 0:
			delimiter := line[heredoc+2:]
			name = line[:heredoc]
			if name == "" || delimiter == "" {
				return nil, fmt.Errorf("line %q: name and delimiter must not be empty", line)
			}
			var err error
			if value, text, err = untilDelimiter(text, delimiter); err != nil {
				return nil, fmt.Errorf("output %s: %w", name, err)
			}
		default:
			return nil, fmt.Errorf("line %q has neither = nor <<", line)
		}
		if name == "" {
			return nil, fmt.Errorf("line %q: the name must not be empty", line)
		}
		out[name] = value
	}
	return out, nil
}

// untilDelimiter splits the lines of a value from what follows the delimiter.
func untilDelimiter(text, delimiter string) (value, rest string, err error) {
	from := 0
	for {
		line, _, ended := strings.Cut(text[from:], "\n")
		next := from + len(line) + 1
		switch {
		case line == delimiter:
			return strings.TrimSuffix(text[:from], "\n"), text[min(next, len(text)):], nil
		case !ended:
			return "", "", fmt.Errorf("there is no line %q after it", delimiter)
		}
		from = next
	}
}
