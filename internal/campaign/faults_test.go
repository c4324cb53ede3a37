package campaign

import (
	"fmt"
	"slices"
	"time"

	"regent/internal/cli"
	"regent/internal/cloud"
	"regent/internal/emulator"
)

// The waits of a run, in milliseconds. An entry that a list shows within the bound has to be waited for.
const (
	firstLook, secondLook = 15, 30
	lookBound             = firstLook + secondLook
)

// pace is that of the command line in a run: nothing waits for seconds. Only where a server hangs a client gives up
// early; elsewhere it would do so because the machine is slow.
func (m *material) pace() cli.Pace {
	answer := 30 * time.Second
	for _, s := range m.steps {
		if slices.ContainsFunc(s.faults, func(f emulator.Fault) bool { return f.Kind == emulator.FaultHang }) {
			answer = 3 * time.Second
		}
	}
	return cli.Pace{
		Retries: cloud.Retries{Base: time.Millisecond, Cap: 4 * time.Millisecond, Patience: 60 * time.Millisecond},
		LookUps: []time.Duration{0, firstLook * time.Millisecond, secondLook * time.Millisecond},
		Grace:   400 * time.Millisecond, Answer: answer,
	}
}

// words are the operations of a provider.
var words = map[string]struct{ add, modify, list, show string }{
	sas: {"AddPrivateRegistry", "ModifyImageRegistry", "ListPrivateRegistryList", "ListImageRegistryRegion"},
	hss: {"AddRegistry", "UpdateRegistry", "ListRegistry", "ListRegistry"},
	swr: {"CreateInstanceRegistry", "UpdateInstanceRegistry", "ListInstanceRegistries", "ShowInstanceRegistry"},
}

// onIAM spoils the request for a token.
func (g *generator) onIAM() emulator.Fault {
	f := emulator.Fault{Provider: "huawei-iam", Kind: pick(g, emulator.FaultStatus, emulator.FaultDropBefore, emulator.FaultDropAfter, emulator.FaultThrottle, emulator.FaultGarbage)}
	g.status(&f, 500, 503)
	f.Times = pick(g, 1, 1, 2, -1)
	return f
}

// makeStep makes the nth apply with its faults.
func (g *generator) makeStep(n int) step {
	s := step{parallelism: pick(g, 1, 1, 2, 4, 10, 16), planned: g.chance(0.3), again: g.chance(0.5)}
	if g.chance(0.2) {
		s.shown = pick(g, "text", "markdown", "json")
	}
	items := g.m.items(&g.m.file)
	// What an earlier apply has made has identifiers that nobody knows yet: faults of single items come first.
	onItems := []int{70, 30}[min(n, 1)]
	for range g.weighted(8, 20, 25, 22, 15, 10) {
		switch g.weighted(onItems, 85-onItems, 15) {
		case 0:
			s.faults = append(s.faults, g.onItem(pick(g, items...)))
		case 1:
			s.faults = append(s.faults, g.onWrites(pick(g, g.m.accounts...).provider))
		case 2:
			s.faults = append(s.faults, g.onReads(pick(g, g.m.accounts...).provider))
		}
	}
	if g.m.tokens && g.chance(0.2) {
		s.faults = append(s.faults, g.onIAM())
	}
	if g.m.tokens && g.chance(0.2) {
		s.faults = append(s.faults, emulator.Fault{Provider: pick(g, hss, swr), Kind: emulator.FaultExpiredToken, Nth: g.between(1, 10)})
	}
	if g.chance(0.15) {
		s.kill = &kill{nth: g.between(1, 2*len(items)+8), write: g.chance(0.6), after: g.chance(0.5)}
		if s.kill.write {
			s.kill.nth = g.between(1, len(items)+1)
		}
	}
	return s
}

// onItem spoils the writes of one item.
func (g *generator) onItem(it *item) emulator.Fault {
	f := g.writeFault(it.provider)
	f.Operation, f.Match = words[it.provider].add, it.mark
	// HSS answers nothing to an add that went well: what is empty, or JSON of any shape, is no lost answer of its.
	answered := f.Kind == emulator.FaultStale || f.Kind == emulator.FaultDelay || it.provider == hss &&
		(f.Kind == emulator.FaultEmpty || f.Kind == emulator.FaultWrongTypes || f.Kind == emulator.FaultCut && g.m.switches["hss-add-status"] == "204")
	if f.StaleMillis > 0 && !answered && !g.acceptsTwo(it.provider) && g.chance(0.15) {
		f.StaleMillis = 6 * lookBound // a lost create that no look finds: the second one is refused; a lost modify that none shows
	}
	for _, e := range g.m.live {
		if e.inSight(it.account) && g.mayBe(it, e) {
			// Of a modify some vendors answer nothing; these are lost for all of them.
			if f.Kind != emulator.FaultDropAfter && f.Kind != emulator.FaultResetAfter {
				f.StaleMillis = min(f.StaleMillis, lookBound-10)
			}
			f = g.onModify(f, it.provider, e)
			break
		}
	}
	f.Times = pick(g, 1, 1, 1, 2, 2, 3, 6, -1)
	if slow(f) {
		f.Times = 1
	}
	if g.chance(0.2) {
		f.Skip = 1
	}
	return f
}

// mayBe reports whether an entry is the item's, but for spelling.
func (g *generator) mayBe(it *item, e entry) bool {
	for _, field := range keyFields[it.provider] {
		if !e.has(it, field) {
			return false
		}
	}
	return true
}

func (g *generator) onModify(f emulator.Fault, provider string, e entry) emulator.Fault {
	id := fmt.Sprint(e.fields[map[string]string{sas: "Id", hss: "id", swr: "id"}[provider]])
	f.Operation, f.Match = words[provider].modify, map[string]string{sas: "Id=", hss: "/", swr: "/"}[provider]+id
	if g.chance(0.15) {
		f = emulator.Fault{Operation: f.Operation, Match: f.Match, Kind: emulator.FaultIgnoreField, Field: pick(g, map[string][]string{
			sas: {"UserName", "RegistryHostIp", "TransPerHour"}, hss: {"registry_username", "registry_addr", "connect_cluster_id", "get_scan_image_channel"},
			swr: {"url", "description", "credential.access_key", "dns_conf"},
		}[provider]...)}
	}
	return f
}

// onWrites spoils writes of a provider, whatever they are about.
func (g *generator) onWrites(provider string) emulator.Fault {
	f := g.writeFault(provider)
	f.Operation = pick(g, words[provider].add, words[provider].modify)
	if f.Kind == emulator.FaultSuccessFalse {
		f.Operation = words[provider].modify
	}
	g.sometimes(&f)
	return f
}

// slow reports whether a fault takes so long that one of them is enough.
func slow(f emulator.Fault) bool { return f.Kind == emulator.FaultHuge || f.Kind == emulator.FaultHang }

// sometimes chooses which of the fitting requests are spoilt.
func (g *generator) sometimes(f *emulator.Fault) {
	if slow(*f) {
		f.Nth = g.between(1, 4)
		return
	}
	switch g.weighted(40, 40, 20) {
	case 0:
		f.Nth, f.Times = g.between(1, 8), pick(g, 1, 1, 2, 6)
	case 1:
		f.Probability, f.Seed = pick(g, 0.1, 0.3, 0.7), int64(g.between(1, 1000))
	case 2:
		f.Skip, f.Times = g.between(0, 3), pick(g, 1, 3, -1)
	}
}

// writeFault is what can go wrong with a write.
func (g *generator) writeFault(provider string) emulator.Fault {
	f := emulator.Fault{}
	switch g.weighted(28, 16, 10, 8, 8, 6, 14, 3, 6, 1) {
	case 0: // carried out, and the answer lost
		f.Kind = pick(g, emulator.FaultDropAfter, emulator.FaultResetAfter, emulator.FaultCut, emulator.FaultEmpty, emulator.FaultGarbage,
			emulator.FaultWrongTypes, emulator.FaultHTML, emulator.FaultStatus)
		f.After = f.Kind == emulator.FaultHTML || f.Kind == emulator.FaultStatus
		g.status(&f, 500, 502, 503, 504)
		g.stale(&f)
	case 1: // lost on the way
		f.Kind = pick(g, emulator.FaultDropBefore, emulator.FaultResetBefore, emulator.FaultHTML, emulator.FaultStatus)
		g.status(&f, 500, 502, 503, 504)
	case 2: // refused
		f.Kind = pick(g, emulator.FaultStatus, emulator.FaultStatus, emulator.FaultDenied, emulator.FaultRedirect)
		f.Location = map[string]string{emulator.FaultRedirect: "http://127.0.0.1:1/elsewhere"}[f.Kind]
		g.status(&f, 400, 403, 404, 409, 422)
		if provider == sas && g.chance(0.3) {
			f = emulator.Fault{Kind: emulator.FaultSuccessFalse}
		}
	case 3:
		f.Kind, f.TimeLeft = emulator.FaultThrottle, g.between(1, 5)
		if g.chance(0.02) {
			f.RetryAfter = 1
		}
	case 4: // accepted, and not done
		f.Kind = emulator.FaultIgnore
	case 5: // carried out twice
		f.Kind = pick(g, emulator.FaultConcurrent, emulator.FaultTwice)
	case 6:
		f.Kind = emulator.FaultStale
		f.StaleMillis = g.between(1, lookBound-10)
	case 7:
		f.Kind = emulator.FaultEcho
		g.status(&f, 400, 500, 502)
	case 8:
		f.Kind, f.Millis = emulator.FaultDelay, g.between(1, 20)
		g.stale(&f)
	case 9:
		f.Kind = emulator.FaultHuge
		f.Bytes = 40 << 20
		if provider != sas && g.chance(0.5) {
			f = emulator.Fault{Kind: emulator.FaultExpiredToken}
		}
	}
	if f.Kind == emulator.FaultHuge && g.chance(0.3) {
		f = emulator.Fault{Kind: emulator.FaultHang, After: g.chance(0.5)}
	}
	return f
}

func (g *generator) status(f *emulator.Fault, from ...int) {
	if f.Kind == emulator.FaultStatus || f.Kind == emulator.FaultEcho {
		f.Status = pick(g, from...)
	}
}

// stale lets lists lag, within the bound of the look-ups.
func (g *generator) stale(f *emulator.Fault) {
	if g.chance(0.4) {
		f.StaleMillis = g.between(1, lookBound-10)
	}
}

// acceptsTwo reports whether a vendor makes a second entry of one key.
func (g *generator) acceptsTwo(provider string) bool {
	return g.m.switches[map[string]string{sas: "sas-duplicate", hss: "hss-duplicate-name", swr: "swr-duplicate-name"}[provider]] == "accept"
}

// onReads spoils lists and what else is read.
func (g *generator) onReads(provider string) emulator.Fault {
	f := emulator.Fault{Operation: pick(g, words[provider].list, words[provider].list, words[provider].show)}
	f.Kind = pick(g, emulator.FaultThrottle, emulator.FaultStatus, emulator.FaultDropBefore, emulator.FaultResetBefore, emulator.FaultCut,
		emulator.FaultGarbage, emulator.FaultEmpty, emulator.FaultHTML, emulator.FaultWrongTypes, emulator.FaultDenied, emulator.FaultDelay,
		emulator.FaultEcho, emulator.FaultListGrows, emulator.FaultListShrinks, emulator.FaultListRepeats)
	g.status(&f, 400, 403, 404, 500, 502, 503)
	switch f.Kind {
	case emulator.FaultThrottle:
		f.TimeLeft = g.between(1, 5)
	case emulator.FaultDelay:
		f.Millis = g.between(1, 20)
	case emulator.FaultListGrows, emulator.FaultListShrinks, emulator.FaultListRepeats:
		f.Operation = words[provider].list
	}
	if f.Kind == emulator.FaultListShrinks {
		f.Entry = g.victim(provider)
	}
	g.sometimes(&f)
	if g.chance(0.7) { // behind those of the plan
		f.Nth, f.Skip, f.Probability = max(f.Nth, 1)+g.planReads(f.Operation), 0, 0
	}
	return f
}

// planReads is how often a plan without faults asks for something at most, when there are few entries.
func (g *generator) planReads(operation string) int {
	n := 0
	for _, a := range g.m.accounts {
		switch {
		case operation == words[hss].list && a.provider == hss:
			n += 2
		case operation == words[swr].show && a.provider == swr:
			n += len(g.m.targets)
		case operation == words[a.provider].list, operation == words[a.provider].show:
			n++
		}
	}
	return n
}

// victim names an entry that somebody else may delete.
func (g *generator) victim(provider string) string {
	i := slices.IndexFunc(g.m.live, func(e entry) bool { return e.provider == provider && e.expendable() })
	if mine := slices.IndexFunc(g.m.live, func(e entry) bool { return e.provider == provider && !e.builtIn() }); i < 0 || mine >= 0 && g.chance(0.3) {
		i = mine // perhaps an entry of the file
	}
	if i < 0 {
		return "nobody"
	}
	return fmt.Sprint(g.m.live[i].fields[map[string]string{sas: "DomainName", hss: "registry_name", swr: "name"}[provider]])
}
