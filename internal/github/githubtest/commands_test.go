package githubtest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// told writes commands on one line each, for comparisons.
func told(commands []Command) string {
	var out []string
	for _, c := range commands {
		keys := make([]string, 0, len(c.Properties))
		for key, value := range c.Properties {
			keys = append(keys, fmt.Sprintf("%s=%q", key, value))
		}
		slices.Sort(keys)
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %q %s", c.Name, c.Message, strings.Join(keys, " "))))
	}
	return strings.Join(out, "\n")
}

func TestWorkflowCommandsAreTakenAsTheRunnerTakesThem(t *testing.T) {
	t.Parallel()
	for log, want := range map[string]struct{ commands, plain string }{
		"":                       {"", ""},
		"plain\n":                {"", "plain\n"},
		"plain":                  {"", "plain\n"},
		"::error::boom":          {`error "boom"`, ""},
		"::ERROR::boom":          {`error "boom"`, ""},
		" \t\u00a0::error::boom": {`error "boom"`, ""},
		"x ::error::boom":        {"", "x ::error::boom\n"},
		"::error boom":           {"", "::error boom\n"},
		"::failure::boom":        {"", "::failure::boom\n"},
		": :error::boom":         {"", ": :error::boom\n"},
		"::::boom":               {"", "::::boom\n"},
		"::error::":              {`error ""`, ""},
		"::error file=a.yaml,line=3,col=7,title=Two%2C and %253A%3A::first%0Asecond%25": {
			`error "first\nsecond%" col="7" file="a.yaml" line="3" title="Two, and %3A:"`, "",
		},
		"::error file=a.yaml,,line=,=x,==y=z=::m": {`error "m" file="a.yaml" y="z="`, ""},
		"::warning  file = a ,File=b::m":          {`warning "m" File="b" file =" a "`, ""},
		"::warning file=a,FILE=b::m":              {`warning "m" file="b"`, ""},
		"::error::a::b":                           {`error "a::b"`, ""},
		"::add-mask::s3cr%0at%0D":                 {`add-mask "s3cr%0at\r"`, ""},
		"::group::Plan\nrow\n::endgroup::\n":      {"group \"Plan\"\nendgroup \"\"", "row\n"},
		"a\r::error::boom\r\nb":                   {`error "boom"`, "a\nb\n"},
		"\n\n":                                    {"", "\n\n"},
		"##[error]boom":                           {`error "boom"`, ""},
		"name ##[error]boom":                      {`error "boom"`, ""},
		"##[error file=a;line=3]x%5D%3By":         {`error "x];y" file="a" line="3"`, ""},
		"##[error boom":                           {"", "##[error boom\n"},
		"##[none] ##[error]boom":                  {"", "##[none] ##[error]boom\n"},
		"#[error]boom":                            {"", "#[error]boom\n"},
		"::none::##[warning]x":                    {`warning "x"`, ""},
		"::set-output name=a::1":                  {`set-output "1" name="a"`, ""},
		"::set-env name=PATH::x":                  {`set-env "x" name="PATH"`, ""},
		"::internal-set-repo-path::x":             {"", "::internal-set-repo-path::x\n"},
		"::debug::a\n::notice::b\n::warning::c":   {"debug \"a\"\nnotice \"b\"\nwarning \"c\"", ""},
	} {
		commands, plain := WorkflowCommands(log)
		if got := told(commands); got != want.commands || plain != want.plain {
			t.Errorf("%q gives\n%s\nand %q; want\n%s\nand %q", log, got, plain, want.commands, want.plain)
		}
	}
}

// TestUnseenCharactersBreakACommandOnlyWhereTheyTakeAPlace is about what the runner's comparison skips and its cutting
// does not.
func TestUnseenCharactersBreakACommandOnlyWhereTheyTakeAPlace(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"\u200b::error::x":            "",
		":\u200b:error::x":            "",
		"::\u200berror::x":            "",
		"::err\u200bor::x":            "",
		"\x00::error::x":              "",
		"\U000e0001::error::x":        "",
		"::error\u200b::x":            `error ":x"`,
		"::error:\u200b:x":            `error ":x"`,
		"::error\ufe0f title=a::x":    "",
		"::error title=a\u00ad::x":    "error \":x\" title=\"a\"",
		"#\u200b#[error]x":            "",
		"##\u200b[error]x":            "",
		"##[\u200berror]x":            "",
		"\u200b##[error]x":            `error "x"`,
		"a\u200b\u200b##[error]x":     `error "x"`,
		"::\u0301error::x":            "",
		"::error::\u200b":             "error \"\u200b\"",
		"\U0001f308 ##[error]x":       `error "x"`,
		"\u200b\u200b\u200b::::error": "",
	} {
		commands, plain := WorkflowCommands(line)
		want = strings.ReplaceAll(want, "\u200b", `\u200b`)
		if got := told(commands); got != want || (plain == "") != (want != "") {
			t.Errorf("%+q gives %s and %+q, want %s", line, got, plain, want)
		}
	}
}

func TestCommandsAreStoppedAndResumed(t *testing.T) {
	t.Parallel()
	log := "::stop-commands::Token-1\n::error::inside\n##[error]inside\n::stop-commands::other\n::other::\n ::token-1::\n::error::outside\n::token-1::\n"
	commands, plain := WorkflowCommands(log)
	if got, want := told(commands), "stop-commands \"Token-1\"\ntoken-1 \"\"\nerror \"outside\""; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if want := "::error::inside\n##[error]inside\n::stop-commands::other\n::other::\n::token-1::\n"; plain != want {
		t.Errorf("left %q", plain)
	}
	// Tokens that the runner refuses stop nothing.
	for _, token := range []string{"", "pause-logging", "warning"} {
		commands, _ := WorkflowCommands("::stop-commands::" + token + "\n::error::boom\n")
		if len(commands) != 2 || commands[1].Name != "error" {
			t.Errorf("%q stopped the commands: %v", token, commands)
		}
	}
	// A message that is resumed in the old form.
	commands, _ = WorkflowCommands("::stop-commands::x\n##[x]\n::error::boom\n")
	if len(commands) != 3 || commands[1].Line != "##[x]" {
		t.Errorf("got %v", commands)
	}
}
