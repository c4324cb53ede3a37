package cli

import (
	"fmt"

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
		RunE: func(*cobra.Command, []string) error {
			c, err := a.load(files)
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
	if err := cmd.MarkFlagRequired("file"); err != nil {
		panic(err) // the flag was defined on the line above
	}
}

// load reads the configuration and prints its warnings.
func (a *app) load(files []string) (*config.Config, error) {
	c, err := config.Load(files)
	if err != nil {
		return nil, err
	}
	for _, w := range c.Warnings {
		a.say(fmt.Sprintf("%s: warning: %s", w.Position, w.Message))
	}
	return c, nil
}
