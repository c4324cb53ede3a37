package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"regent/internal/version"
	"regent/schema"
)

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Long:    "version prints the version, the platform and the compiler, as --version does." + readCodes,
		Example: "  regent version",
		Args:    noArguments,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(a.out, version.String())
			return err
		},
	}
}

func (a *app) schemaCommand() *cobra.Command {
	var ofPlan bool
	cmd := &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of the configuration file",
		Long: "schema prints the JSON Schema that editors use for completion and checks. What a schema cannot say, validate checks." +
			readCodes,
		Example: "  regent schema > regent.schema.json\n  regent schema --plan",
		Args:    noArguments,
		RunE: func(*cobra.Command, []string) error {
			text := schema.Config()
			if ofPlan {
				text = schema.Plan()
			}
			_, err := fmt.Fprint(a.out, text)
			return err
		},
	}
	cmd.Flags().BoolVar(&ofPlan, "plan", false, "print the schema of the plan file instead")
	return cmd
}
