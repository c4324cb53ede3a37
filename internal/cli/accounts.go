package cli

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"regent/internal/report"
	"regent/internal/shard"
)

func (a *app) accountsCommand() *cobra.Command {
	var files, names []string
	var format string
	var most int
	cmd := &cobra.Command{
		Use:   "accounts -f FILE|DIR|GLOB ...",
		Short: "List the accounts, as shares for the jobs of a matrix",
		Long: "accounts lists the accounts of a configuration with what they hold. With --format json it prints what\n" +
			"strategy.matrix of a GitHub workflow takes: one entry for each job, of which \"accounts\" is for --account or for\n" +
			"the Action's input of that name. It reads files only." + readCodes,
		Example: "  regent accounts -f registries.yaml\n  regent accounts -f registries.yaml --format json --max-shards 8",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if format != "text" && format != "json" {
				return fmt.Errorf("--format %s: write text or json", format)
			}
			if most < 1 || most > shard.Most {
				return fmt.Errorf("--max-shards %d: write a number from 1 to %d", most, shard.Most)
			}
			if err := a.checkEnvironment(); err != nil { // for the jobs that come after
				return err
			}
			c, err := a.load(cmd.Context(), files)
			if err != nil {
				return err
			}
			accounts, err := shard.Accounts(c, accountNames(c, names))
			if err != nil {
				return err
			}
			return a.printShards(shard.Divide(accounts, most), format)
		},
	}
	addFiles(cmd, &files)
	cmd.Flags().StringArrayVar(&names, "account", nil, "only this account `NAME`, or several with commas between them; may be given more than once")
	cmd.Flags().StringVar(&format, "format", "text", "`FORMAT` of the list: text, or json for strategy.matrix")
	cmd.Flags().IntVar(&most, "max-shards", shard.Most, "group the accounts by weight when there are more than `N`, which is at most 256")
	formats(cmd, "text", "json")
	accountNamesOf(cmd, &files)
	return cmd
}

func (a *app) printShards(shards []shard.Shard, format string) error {
	if format == "json" {
		return a.printJSON(func(w io.Writer) error { return json.NewEncoder(w).Encode(shard.Matrix(shards)) })
	}
	for _, s := range shards {
		for _, one := range s.Accounts {
			fmt.Fprintf(a.out, "%s  %s, %s, %s", report.Clean(one.Name), one.Provider, report.Clean(one.Region), report.Count(one.Items, "item", "items"))
			if len(s.Accounts) > 1 || s.Name != one.Name {
				fmt.Fprintf(a.out, "  (%s)", s.Name)
			}
			fmt.Fprintln(a.out)
		}
	}
	return nil
}
