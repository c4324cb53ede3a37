package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"regent/internal/config"
)

// formats completes a flag by its words.
func formats(cmd *cobra.Command, words ...string) {
	register(cmd, "format", cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
}

// accountNamesOf completes --account by the names in the configuration that -f gives, also after a comma.
func accountNamesOf(cmd *cobra.Command, files *[]string) {
	register(cmd, "account", func(_ *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
		var names []string
		if slices.Contains(*files, "-") { // nobody sends it while a line is typed
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		before := begun[:strings.LastIndexByte(begun, ',')+1]
		if c, err := config.Load(*files); err == nil {
			for _, a := range c.Accounts {
				if strings.HasPrefix(before+a.Name, begun) {
					names = append(names, before+a.Name)
				}
			}
		}
		return names, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
	})
}

// register panics for a flag that is not there, which every run of the program would show.
func register(cmd *cobra.Command, flag string, complete cobra.CompletionFunc) {
	if err := cmd.RegisterFlagCompletionFunc(flag, complete); err != nil {
		panic("cli: " + err.Error())
	}
}
