package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"regent/internal/config"
	"regent/internal/report"
)

func (a *app) validateCommand() *cobra.Command {
	var files []string
	cmd := &cobra.Command{
		Use:   "validate -f FILE|DIR|GLOB ...",
		Short: "Check configuration files without any network access",
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.load(cmd.Context(), files)
			if err != nil {
				return err
			}
			fmt.Fprintln(a.out, report.Valid(c))
			return nil
		},
	}
	addFiles(cmd, &files)
	return cmd
}

func addFiles(cmd *cobra.Command, files *[]string) {
	cmd.Flags().StringArrayVarP(files, "file", "f", nil, "configuration `FILE, DIR or GLOB`; may be given more than once")
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
// shard. A name that has a comma itself is taken whole.
func accountNames(c *config.Config, given []string) []string {
	var names []string
	for _, g := range given {
		if slices.ContainsFunc(c.Accounts, func(a *config.Account) bool { return a.Name == g }) {
			names = append(names, g)
			continue
		}
		for one := range strings.SplitSeq(g, ",") {
			names = append(names, strings.TrimSpace(one))
		}
	}
	return names
}
