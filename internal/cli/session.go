package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"regent/examples"
	"regent/internal/allow"
	"regent/internal/cloud"
	"regent/internal/emulator"
	"regent/internal/finding"
	"regent/internal/provider"
	"regent/internal/provider/catalog"
	"regent/internal/reconcile"
	"regent/internal/secret"
	"regent/internal/version"
)

// readParallel bounds the accounts read at once, and the single entries read at once within one account.
const readParallel = 16

// selection are the flags that plan and apply share.
type selection struct {
	files        []string
	accounts     []string
	sandbox      bool
	sandboxState string
	format       string
	// hosts and variables are the lists of what is allowed; timeout bounds the reading.
	hosts, variables []string
	timeout          time.Duration
}

func (s *selection) add(cmd *cobra.Command) {
	addFiles(cmd, &s.files)
	cmd.Flags().StringArrayVar(&s.accounts, "account", nil, "only this account `NAME`, or several with commas between them; may be given more than once")
	cmd.Flags().BoolVar(&s.sandbox, "sandbox", false, "run against a built-in emulator with sample entries; real credentials are ignored")
	cmd.Flags().StringVar(&s.sandboxState, "sandbox-state", "", "keep the sandbox's entries in this `FILE` from run to run")
	cmd.Flags().StringArrayVar(&s.hosts, allow.Hosts, nil, "logins may go to no other hosts and addresses than those in `LIST`, such as *.example.com,192.0.2.0/24")
	cmd.Flags().StringArrayVar(&s.variables, allow.Variables, nil, "logins and their secrets may come from no other variables than those in `LIST`, such as HARBOR_*,DR_SECRET=dr.example.com")
	cmd.Flags().DurationVar(&s.timeout, "timeout", reconcile.ReadTime, "give up reading the live state after this `DURATION`")
	cmd.Flags().StringVar(&s.format, "format", "text", "`FORMAT` of the result: text, markdown or json")
	formats(cmd, "text", "markdown", "json")
	accountNamesOf(cmd, &s.files)
}

func (s *selection) check() error {
	switch s.format {
	case "text", "markdown", "json":
	default:
		return fmt.Errorf("--format %s: write text, markdown or json", s.format)
	}
	if s.timeout <= 0 {
		return fmt.Errorf("--timeout %s: write a time above 0, such as 15m", s.timeout)
	}
	if s.sandboxState != "" && !s.sandbox {
		return errors.New("--sandbox-state needs --sandbox")
	}
	return noStream("sandbox-state", s.sandboxState, "the sandbox's entries are kept in a file")
}

// open loads the configuration and prepares its accounts. The returned function ends the sandbox.
func (a *app) open(ctx context.Context, s *selection, parallel int) (*reconcile.Reconciler, func() error, error) {
	if err := s.check(); err != nil {
		return nil, nil, err
	}
	allowed, err := allow.Parse(strings.Join(s.hosts, ","), strings.Join(s.variables, ","))
	if err != nil {
		return nil, nil, flags(err)
	}
	c, err := a.load(ctx, s.files)
	if err != nil {
		return nil, nil, err
	}
	if err := allowed.Check(c); err != nil {
		return nil, nil, err
	}
	lookup, end := a.lookup, func() error { return nil }
	if s.sandbox {
		lookup, end, err = a.startSandbox(ctx, s.sandboxState)
	} else {
		err = a.checkEnvironment()
	}
	if err != nil {
		return nil, nil, err
	}
	r, err := reconcile.New(c, catalog.Providers(), a.session(lookup, s.sandbox, parallel), accountNames(c, s.accounts), readParallel)
	if err != nil {
		return nil, nil, errors.Join(err, end())
	}
	r.ReadTime = s.timeout
	return r, end, nil
}

// flags says of errors that name a flag that it is one.
func flags(err error) error {
	var out []error
	for _, e := range finding.Split(err) {
		out = append(out, fmt.Errorf("--%w", e))
	}
	return finding.Join(out...)
}

// checkEnvironment refuses variables that would lead requests astray.
func (a *app) checkEnvironment() error {
	var names []string
	if a.names != nil {
		names = a.names()
	}
	return provider.CheckEnvironment(a.lookup, names)
}

func (a *app) session(lookup secret.Lookup, sandbox bool, parallel int) *provider.Session {
	cloud.LearnProxies(a.lookup, a.masker)
	return &provider.Session{
		Lookup: lookup, Names: a.names, Masker: a.masker, Network: a.pace.network(max(parallel, readParallel)), UserAgent: version.UserAgent(),
		Parallel: readParallel, Retries: a.pace.Retries, IgnoreFileCredentials: sandbox,
		Tell: a.tell,
	}
}

// tell says at once what a run waits for.
func (a *app) tell(message string) {
	if a.errTTY {
		fmt.Fprint(a.err, clearLine)
	}
	a.say(message)
	_ = a.err.Flush() // what cannot be shown is no reason to stop
}

// startSandbox starts the emulator in this process. The environment it gives hides every real credential.
func (a *app) startSandbox(ctx context.Context, stateFile string) (secret.Lookup, func() error, error) {
	state, err := emulator.ReadState(bytes.NewReader(examples.Sandbox()))
	if err != nil {
		return nil, nil, err
	}
	server, err := emulator.New(emulator.Options{State: &state, StateFile: stateFile})
	if err != nil {
		return nil, nil, ofStateFile("--sandbox-state", err)
	}
	// The emulator outlives an interrupt, so that writes under way get their answers.
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	base, wait, err := server.Start(ctx, "127.0.0.1:0")
	if err != nil {
		cancel()
		return nil, nil, err
	}
	env := map[string]string{}
	for _, v := range server.Env(base) {
		env[v.Name] = v.Value
	}
	fmt.Fprintln(a.err, "Sandbox: a built-in emulator stands in for the clouds; nothing real is read or written.")
	return sandboxLookup(env, a.lookup), func() error { cancel(); return wait() }, nil
}

// sandboxLookup gives the emulator's variables, and of the rest only what is no cloud credential or endpoint.
func sandboxLookup(env map[string]string, real secret.Lookup) secret.Lookup {
	return func(name string) (string, bool) {
		if v, ok := env[name]; ok {
			return v, true
		}
		for _, prefix := range []string{"ALIBABA_CLOUD_", "HUAWEICLOUD_", "HW_", "OS_", "HC_CONTAINER_", "REGENT_ENDPOINT_"} {
			if strings.HasPrefix(strings.ToUpper(name), prefix) {
				return "", false
			}
		}
		return real(name)
	}
}
