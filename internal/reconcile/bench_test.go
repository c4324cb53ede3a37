package reconcile_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"regent/internal/emulator"
)

// thousandTargets gives the configuration and the state of a thousand targets that are as they should be.
func thousandTargets() (yaml string, state *emulator.State) {
	var b strings.Builder
	b.WriteString(accounts + "replicationTargets:\n")
	state = &emulator.State{Version: 1}
	for i := range 1000 {
		name := fmt.Sprintf("harbor-%d", i)
		fmt.Fprintf(&b, "  - {name: %s, account: swr, type: swr-pro, url: 'https://%s.example.com', accessKey: admin, accessSecret: {env: SECRET}, "+
			"hosts: {%s.example.com: 192.0.2.1}}\n", name, name, name)
		state.SWR.Registries = append(state.SWR.Registries, emulator.SWREntry{
			ProjectID: emulator.DefaultProjectID, InstanceID: instance, Registry: emulator.SWRRegistry{
				ID: int32(i + 1), Name: name, Type: "swr-pro", URL: "https://" + name + ".example.com",
				Credential: emulator.SWRCredential{Type: "basic", AccessKey: "admin", AccessSecret: "s"},
				DNSConf:    &emulator.SWRDNSConf{Hosts: map[string]string{name + ".example.com": "192.0.2.1"}},
				CreatedAt:  time.Date(2026, 1, 1, 0, 0, i, 0, time.UTC),
			},
		})
	}
	return b.String(), state
}

// BenchmarkPlan1000SWRTargetsAt50ms plans a thousand targets when every answer takes 50 ms: once when each has to be
// read by itself, since the list leaves out its host table, and once when the list tells everything.
func BenchmarkPlan1000SWRTargetsAt50ms(b *testing.B) {
	yaml, state := thousandTargets()
	for _, c := range []struct{ name, list string }{{"ReadOneByOne", "absent"}, {"ListTellsAll", "present"}} {
		b.Run(c.name, func(b *testing.B) {
			w := start(b, emulator.Options{State: state, Latency: 50 * time.Millisecond, Switches: map[string]string{"swr-list-dns-conf": c.list}})
			for b.Loop() {
				// Connections and credentials are found anew, as in every run of the program.
				p := w.reconciler(b, yaml, "swr").Plan(b.Context())
				if p.Failed() || p.Summary.Unchanged != 1000 {
					b.Fatalf("%+v", p.Summary)
				}
			}
		})
	}
}
