package cli

import (
	"github.com/spf13/cobra"

	"regent/internal/action"
	"regent/internal/exitcode"
)

func (a *app) actionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "action",
		Short: "Run as a step of a GitHub workflow; this is what the Action's container does",
		Long: "action takes its inputs from the variables that GitHub's runner sets, and says the outcome in a comment on the\n" +
			"pull request, in annotations, in the job's summary and in outputs. See docs/github-action.md.\n\n" +
			"Exit codes: those of the command that runs; the output reason tells why.",
		Example: "  - uses: OWNER/regent@COMMIT\n    with: {command: plan}",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			code := action.Run(cmd.Context(), action.Streams{Out: a.plain, Masker: a.masker, Lookup: a.lookup, Names: a.names})
			if code == exitcode.OK {
				return nil
			}
			return &codeError{code: code}
		},
	}
}
