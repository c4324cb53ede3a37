package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const deletesNothing = "regent deletes nothing: what leaves the file stays registered and is listed as unmanaged; delete it in the vendor's console"

// foreign are words of other tools for what regent does in another way, commands and flags alike. What it does under another
// name only is in the commands' SuggestFor and in flagsFor.
var foreign = map[string]string{
	"destroy": deletesNothing, "delete": deletesNothing, "remove": deletesNothing, "rm": deletesNothing, "prune": deletesNothing, "purge": deletesNothing,
	"import":  "regent needs no import: write the entry into the file, and plan compares it with the live one of the same key",
	"dump":    "plan lists what is live and not in the file, and plan --format json has all of it",
	"dry-run": "plan shows what apply would do, and cannot write",
	"refresh": "every plan reads the live state anew",
}

// flagsFor are words of other tools for flags of regent.
var flagsFor = map[string][]string{
	"account": {"target", "only", "accounts"}, "auto-approve": {"yes", "force", "approve"}, "file": {"filename", "config", "state"},
	"format": {"output", "json"}, "sandbox": {"local", "test"},
}

// unknownFlag adds to the error about a flag what was meant, if that can be told.
func unknownFlag(cmd *cobra.Command, err error) error {
	missing, ok := errors.AsType[*pflag.NotExistError](err)
	if !ok {
		return err
	}
	name := missing.GetSpecifiedName()
	if hint := foreign[name]; hint != "" {
		return fmt.Errorf("%w; %s", err, hint)
	}
	// The library knows how to suggest commands, and the distance at which to do it.
	flags := &cobra.Command{SuggestionsMinimumDistance: 2}
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		flags.AddCommand(&cobra.Command{Use: f.Name, SuggestFor: flagsFor[f.Name], Run: func(*cobra.Command, []string) {}})
	})
	if near := flags.SuggestionsFor(name); len(name) > 1 && len(near) > 0 {
		return fmt.Errorf("%w; did you mean --%s?", err, strings.Join(near, " or --"))
	}
	return err
}

// oneDash finds a flag that is written with one dash, as other tools take it. The library would read its letters as flags.
func oneDash(cmd *cobra.Command, args []string) error {
	for _, arg := range args {
		if arg == "--" {
			return nil
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(arg, "-"), "=")
		if strings.HasPrefix(arg, "-") && len(name) > 1 && name[0] != '-' && (cmd.Flags().Lookup(name) != nil || name == "help" || name == "version") {
			return mistaken(cmd, fmt.Errorf("-%s: write two dashes, --%s", name, name))
		}
	}
	return nil
}

// noStream refuses the dash that other tools take for a standard stream where regent needs a file.
func noStream(flag, path, instead string) error {
	if path == "-" {
		return fmt.Errorf("--%s -: %s; for a file of this name, write ./-", flag, instead)
	}
	return nil
}

// The exit codes, for the help of commands.
const (
	readCodes  = "\n\nExit codes: 0 done, 1 an error."
	planCodes  = "\n\nExit codes: 0 the plan is complete, 1 an error, or something could not be read or decided;\nwith --detailed-exitcode 2 when changes are pending."
	applyCodes = "\n\nExit codes: 0 everything is applied, or there was nothing to do; 1 an error before anything was written; 3 applied in\n" +
		"part, or some outcome is unknown; 4 refused: the plan is not the reviewed one, or larger than a limit allows."
)
