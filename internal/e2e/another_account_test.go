package e2e

import (
	"strings"
	"testing"

	"regent/internal/emulator"
)

const (
	ourAccount     = "1000000000000001"
	anotherAccount = "2000000000000002"
)

// twoAccountsWorld is a world with keys of two accounts of Alibaba Cloud; the environment has the first one's.
func twoAccountsWorld(t *testing.T) *world {
	t.Helper()
	state := emulator.State{Version: 1, Credentials: &emulator.Credentials{Alibaba: []emulator.AccessKey{
		{ID: "LTAIours", Secret: "our-own-key", AccountID: ourAccount}, {ID: "LTAIother", Secret: "another-key", AccountID: anotherAccount},
	}}}
	return newWorld(t, emulator.Options{State: &state})
}

// TestAnotherCloudAccountThanTheReviewedOneIsRefused: the place of a reviewed plan is of one account of Alibaba Cloud. With
// keys of another, or where only one of both plans knows the number, nothing is written, and the difference is named.
func TestAnotherCloudAccountThanTheReviewedOneIsRefused(t *testing.T) {
	t.Parallel()
	another := map[string]string{"ALIBABA_CLOUD_ACCESS_KEY_ID": "LTAIother", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "another-key"}
	refusing := emulator.Fault{Operation: "GetCallerIdentity", Kind: emulator.FaultDenied, Times: -1}
	d := sasHarbor()
	for name, c := range map[string]struct {
		reviewed, now []emulator.Fault
		env           map[string]string
		says          string
	}{
		"keys of another": {nil, nil, another, "reviewed for the cloud account " + ourAccount + ", now it is " + anotherAccount},
		"not known now":   {nil, []emulator.Fault{refusing}, nil, "reviewed for the cloud account " + ourAccount + ", now it is (not known)"},
		"not known then":  {[]emulator.Fault{refusing}, nil, nil, "reviewed for the cloud account (not known), now it is " + ourAccount},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := twoAccountsWorld(t)
			file, saved := w.file("r.yaml", d.file(1)), w.path("plan.json")
			w.faults(c.reviewed...)
			w.plan(file, "--out", saved).exits(t, 0)
			w.faults(c.now...)
			keys := map[string]string{"ALIBABA_CLOUD_ACCESS_KEY_ID": w.env["ALIBABA_CLOUD_ACCESS_KEY_ID"], "ALIBABA_CLOUD_ACCESS_KEY_SECRET": w.env["ALIBABA_CLOUD_ACCESS_KEY_SECRET"]}
			w.set(c.env)
			w.apply(file, "--plan", saved).exits(t, 4).says(t, "sas-1 in account security-center: "+c.says)
			w.wrote()
			w.set(keys)
			w.faults(c.reviewed...)
			w.apply(file, "--plan", saved).exits(t, 0)
		})
	}
}

// TestTheCloudAccountIsShownAndAskedForOnce: two accounts of the file share their credentials. Where STS tells nothing, the plan
// goes on with a note, and nothing that another run would word differently is in it.
func TestTheCloudAccountIsShownAndAskedForOnce(t *testing.T) {
	t.Parallel()
	d := sasHarbor()
	text := strings.Replace(d.file(1), "accounts:\n", "accounts:\n  second:\n    provider: alibaba-sas\n    region: ap-southeast-1\n", 1)
	w := twoAccountsWorld(t)
	file := w.file("r.yaml", text)
	for _, format := range []string{"text", "markdown"} {
		w.ClearRequests()
		w.plan(file, "--format", format).exits(t, 0).shows(t, ourAccount)
		if n := w.count("GetCallerIdentity"); n != 1 {
			t.Errorf("asked %d times", n)
		}
	}
	w.plan(file, "--format", "json").exits(t, 0).shows(t, `"accountId": "`+ourAccount+`"`)
	for name, fault := range map[string]emulator.Fault{
		"refused":     {Kind: emulator.FaultDenied},
		"unreachable": {Kind: emulator.FaultDropBefore},
		"a web page":  {Kind: emulator.FaultHTML},
	} {
		fault.Operation, fault.Times = "GetCallerIdentity", -1
		w.faults(fault)
		r := w.plan(file, "--format", "json").exits(t, 0).shows(t, "the number of the cloud account is not known, so that the plan is not bound to it: GetCallerIdentity: ")
		if strings.Contains(r.out, "accountId") || w.plan(file, "--format", "json").out != r.out {
			t.Errorf("%s: %s", name, r.out)
		}
	}
	w.faults()
	w.unset("REGENT_ENDPOINT_ALIBABA_STS")
	w.plan(file, "--format", "json").exits(t, 0).shows(t, "REGENT_ENDPOINT_ALIBABA_SAS is set and REGENT_ENDPOINT_ALIBABA_STS is not")
}
