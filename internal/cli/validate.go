package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"regent/internal/config"
	"regent/internal/crash"
	"regent/internal/finding"
	"regent/internal/plan"
	"regent/internal/report"
)

func (a *app) validateCommand() *cobra.Command {
	var files []string
	var format string
	cmd := &cobra.Command{
		Use:   "validate -f FILE|DIR|GLOB ...",
		Short: "Check configuration files without any network access",
		Long: "validate checks the files as plan and apply do before they ask a cloud. Every finding is a line FILE:LINE:COL: message on\n" +
			"standard error; with --format json all of them are one document on standard output as well." + readCodes,
		Example:    "  regent validate -f registries.yaml\n  regent validate -f teams/ -f 'shared/*.yaml' --format json",
		SuggestFor: []string{"check", "lint", "test", "verify"},
		Args:       noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if format != "text" && format != "json" {
				return fmt.Errorf("--format %s: write text or json", format)
			}
			var c *config.Config
			err := crash.Guard(func() (err error) { c, err = a.load(cmd.Context(), files); return err })
			if err == nil && c.NoAccounts() != nil {
				c.Warnings = append(c.Warnings, c.NoAccounts())
				a.say(fmt.Sprintf("%s: warning: %s", c.NoAccounts().Position, c.NoAccounts().Message))
			}
			if format == "json" {
				return errors.Join(err, a.printJSON(func(w io.Writer) error { return report.JSONFindings(w, c, findings(c, err)) }))
			}
			if err == nil {
				fmt.Fprintln(a.out, report.Valid(c))
			}
			return err
		},
	}
	addFiles(cmd, &files)
	cmd.Flags().StringVar(&format, "format", "text", "`FORMAT` of the result: text or json")
	formats(cmd, "text", "json")
	return cmd
}

// findings are the errors of a configuration, or its warnings, one by one.
func findings(c *config.Config, err error) []report.Finding {
	var out []report.Finding
	for _, f := range finding.Of(err) {
		out = append(out, report.Finding{Position: f.Position, Level: "error", Message: f.Message})
	}
	if c != nil {
		for _, w := range c.Warnings {
			out = append(out, report.Finding{Position: plan.Position(w.Position), Level: "warning", Message: w.Message})
		}
	}
	return out
}

func addFiles(cmd *cobra.Command, files *[]string) {
	cmd.Flags().StringArrayVarP(files, "file", "f", nil, "configuration `FILE, DIR or GLOB`; may be given more than once")
	if err := cmd.MarkFlagFilename("file", "yaml", "yml", "YAML", "YML", "json"); err != nil {
		panic("cli: " + err.Error())
	}
	cmd.PreRunE = func(cmd *cobra.Command, _ []string) error {
		if len(*files) == 0 {
			return mistaken(cmd, errors.New("give the configuration with -f FILE"))
		}
		return nil
	}
}

// load reads the configuration and prints its warnings. Standard input may be silent for ever.
func (a *app) load(ctx context.Context, files []string) (*config.Config, error) {
	c, err := beside(ctx, func() (*config.Config, error) { return config.Load(files) })
	if err != nil {
		return nil, err
	}
	for _, w := range report.Warnings(c) {
		a.say(fmt.Sprintf("%s: warning: %s", w.Position, w.Message))
	}
	return c, nil
}

// accountNames takes apart what --account names: one account, or several between commas as regent accounts lists those of a
// shard. A name that has a comma itself is taken whole, and an empty one stands for none, as in the Action's input.
func accountNames(c *config.Config, given []string) []string {
	var names []string
	for _, g := range given {
		if slices.ContainsFunc(c.Accounts, func(a *config.Account) bool { return a.Name == g }) {
			names = append(names, g)
			continue
		}
		for one := range strings.SplitSeq(g, ",") {
			if one = strings.TrimSpace(one); one != "" {
				names = append(names, one)
			}
		}
	}
	return names
}
