package githubtest

import (
	"strings"
	"unicode"
)

// Command is a workflow command that the runner takes from a log.
type Command struct {
	// Name is the name in lower case.
	Name string
	// Properties are file, line, title and so on, unescaped. Letter case does not tell them apart; the first spelling
	// stays.
	Properties map[string]string
	// Message is what follows the name, unescaped.
	Message string
	// Line is the whole line as it stood in the log.
	Line string
}

// registered are the commands that the runner knows (ActionCommandManager and the extensions registered with it). What
// has another name is plain log. Some of them are switched off and fail the step, which makes them no less commands.
var registered = []string{
	"set-env", "set-output", "save-state", "add-mask", "add-path", "add-matcher", "remove-matcher", "debug", "warning", "error",
	"notice", "group", "endgroup", "echo", "stop-commands",
}

// WorkflowCommands reads a log (standard output or standard error, one at a time) as the runner does. It gives the
// commands the runner takes, those that stop and resume commands among them, and the lines that are left as plain log.
//
// A line ends with LF, CR or CR LF. A command of the form ::name key=value,...::message begins a line, blanks before it
// do not count; one of the form ##[name key=value;...]message may stand anywhere in a line, which makes the second form
// the one that text from elsewhere starts more easily. See [text] for characters that the runner does not see.
func WorkflowCommands(log string) ([]Command, string) {
	var commands []Command
	var plain strings.Builder
	known := map[string]bool{}
	for _, name := range registered {
		known[name] = true
	}
	stopped := ""
	for _, line := range logLines(log) {
		command, ok := parseCommand(line, known)
		switch {
		case ok && stopped != "" && command.Name == stopped:
			delete(known, stopped)
			stopped = ""
		case ok && stopped != "":
			ok = false
		case ok && command.Name == "stop-commands":
			if token := strings.ToLower(command.Message); token != "" && token != "pause-logging" && !known[token] {
				stopped = token
				known[token] = true
			}
		}
		if ok {
			commands = append(commands, command)
			continue
		}
		plain.WriteString(line + "\n")
	}
	return commands, plain.String()
}

// logLines splits a log where the runner's reader does.
func logLines(log string) []string {
	log = strings.ReplaceAll(strings.ReplaceAll(log, "\r\n", "\n"), "\r", "\n")
	if log = strings.TrimSuffix(log, "\n"); log == "" {
		return nil
	}
	return strings.Split(log, "\n")
}

// Escapes, in the order in which the runner undoes them.
var (
	inMessage  = [][2]string{{"%0D", "\r"}, {"%0A", "\n"}, {"%25", "%"}}
	inProperty = [][2]string{{"%0D", "\r"}, {"%0A", "\n"}, {"%3A", ":"}, {"%2C", ","}, {"%25", "%"}}
	inOldForm  = [][2]string{{"%3B", ";"}, {"%0D", "\r"}, {"%0A", "\n"}, {"%5D", "]"}, {"%25", "%"}}
)

func unescape(text string, escapes [][2]string) string {
	for _, e := range escapes {
		text = strings.ReplaceAll(text, e[0], e[1])
	}
	return text
}

// parseCommand reads a line as a command, in the new form first.
func parseCommand(line string, known map[string]bool) (Command, bool) {
	trimmed := newText(strings.TrimLeftFunc(line, unicode.IsSpace))
	if trimmed.begins(0, "::") {
		for _, end := range trimmed.find(2, "::") {
			name, properties, spaced := strings.Cut(trimmed.cut(2, end), " ")
			if known[strings.ToLower(name)] {
				command := Command{Name: strings.ToLower(name), Message: unescape(trimmed.cut(end+2, len(trimmed)), inMessage), Line: line}
				if spaced {
					command.Properties = parseProperties(strings.TrimSpace(properties), ",", inProperty)
				}
				return command, true
			}
		}
	}
	whole := newText(line)
	for _, start := range whole.find(0, "##[") {
		info, message, closed := strings.Cut(whole.cut(start+3, len(whole)), "]")
		name, properties, spaced := strings.Cut(info, " ")
		if closed && known[strings.ToLower(name)] {
			command := Command{Name: strings.ToLower(name), Message: unescape(message, inOldForm), Line: line}
			if spaced {
				command.Properties = parseProperties(properties, ";", inOldForm)
			}
			return command, true
		}
	}
	return Command{}, false
}

// parseProperties reads key=value pairs. A pair without a value is dropped.
func parseProperties(text, divider string, escapes [][2]string) map[string]string {
	out := map[string]string{}
	for _, pair := range strings.Split(text, divider) {
		key, value, _ := strings.Cut(strings.TrimLeft(pair, "="), "=")
		value = strings.TrimLeft(value, "=")
		if key == "" || value == "" {
			continue
		}
		for spelled := range out {
			if strings.EqualFold(spelled, key) {
				key = spelled
			}
		}
		out[key] = unescape(value, escapes)
	}
	return out
}
