package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"regent/internal/emulator"
	"regent/internal/finding"
	"regent/internal/printable"
)

func (a *app) emulatorCommand() *cobra.Command {
	var listen, state, perSecond string
	var latency time.Duration
	switches := map[string]string{}
	cmd := &cobra.Command{
		Use:   "emulator",
		Short: "Serve the three clouds' APIs on loopback, for trying out and for tests",
		Long: "emulator serves the APIs of Security Center, HSS, SWR Enterprise and IAM from memory, as strict as the vendors\n" +
			"are. It prints the variables that point regent at it, then a line \"# ready\", and runs until interrupted." + readCodes,
		Example: "  regent emulator --state sandbox.json\n  regent emulator --listen 127.0.0.1:8080 --latency 50ms --rate 20/s",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			rate, err := parseRate(perSecond)
			if err = finding.Join(err, noStream("state", state, "the entries are kept in a file")); err != nil {
				return err
			}
			server, err := emulator.New(emulator.Options{StateFile: state, Latency: latency, Rate: rate, Switches: switches})
			if err != nil {
				return ofStateFile("--state", err)
			}
			for _, v := range server.Env("") {
				if !printable.Line(v.Value) {
					return fmt.Errorf("%s: the first access key holds text that no log may show, so that there is no %s to print", state, v.Name)
				}
			}
			base, wait, err := server.Start(cmd.Context(), listen)
			if err != nil {
				return err
			}
			for _, v := range server.Env(base) {
				fmt.Fprintf(a.out, "export %s=%s\n", v.Name, shellWord(v.Value))
			}
			fmt.Fprintln(a.out, "# ready")
			return wait()
		},
	}
	cmd.Flags().StringVar(&listen, "listen", "127.0.0.1:0", "loopback `ADDRESS` to listen on; port 0 picks a free one")
	cmd.Flags().StringVar(&state, "state", "", "load the entries from `FILE` when it exists, and keep them there")
	cmd.Flags().DurationVar(&latency, "latency", 0, "delay each answer by this `DURATION`, such as 50ms")
	cmd.Flags().StringVar(&perSecond, "rate", "", "throttle each operation above this `RATE`, such as 20/s")
	cmd.Flags().StringToStringVar(&switches, "switch", nil, "settle an undocumented point, as `NAME=VALUE` (see docs/emulator.md)")
	cmd.Flags().Lookup("switch").DefValue = "" // the library's [] says nothing
	return cmd
}

// ofStateFile names the flag that a state file was given with, if the error is about one.
func ofStateFile(flag string, err error) error {
	if file, ok := errors.AsType[*emulator.StateFileError](err); ok {
		return fmt.Errorf("%s %s: %w", flag, file.Path, file.Err)
	}
	return err
}

// shellWord gives a text as one word of a shell. A state file may name any access key, and what is printed is made to be
// executed.
func shellWord(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// parseRate reads N/s.
func parseRate(s string) (float64, error) {
	if s == "" {
		return 0, nil
	}
	number, ok := strings.CutSuffix(s, "/s")
	n, err := strconv.ParseFloat(number, 64)
	if !ok || err != nil || !(n > 0) || n > 1e9 {
		return 0, fmt.Errorf("--rate %s: write requests per second, such as 20/s", s)
	}
	return n, nil
}
