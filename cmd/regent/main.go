// Command regent keeps the image registries that cloud scanners and replicators know in step with one reviewed file.
package main

import (
	"context"
	"log"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"regent/internal/cli"
)

// grace is how long further signals are passed over after the first. One wish to end often comes as several: timeout(1)
// signals its child and then the group of processes, and a wrapper forwards the Ctrl-C that the terminal sent to both.
const grace = time.Second

func main() { os.Exit(run()) }

func run() int {
	// A reader that goes away (regent apply | head) must not end a run in the middle of its writes.
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	// The first signal asks for an orderly end; after a while a second one ends the program at once.
	context.AfterFunc(ctx, func() { time.AfterFunc(grace, stop) })
	return cli.Run(ctx, os.Args[1:], cli.Streams{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Lookup: os.LookupEnv, Names: names, Log: log.SetOutput,
	})
}

// names lists the environment's variables.
func names() []string {
	var out []string
	for _, v := range os.Environ() {
		name, _, _ := strings.Cut(v, "=")
		out = append(out, name)
	}
	return out
}
