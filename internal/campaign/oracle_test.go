package campaign

import (
	"fmt"
	"net"
	"slices"
	"strings"

	"regent/internal/emulator"
)

// lostKinds are the faults after which a client cannot know what became of its request.
var lostKinds = []string{
	emulator.FaultDropBefore, emulator.FaultDropAfter, emulator.FaultResetBefore, emulator.FaultResetAfter, emulator.FaultHang, emulator.FaultCut,
	emulator.FaultEmpty, emulator.FaultGarbage, emulator.FaultHTML, emulator.FaultWrongTypes, emulator.FaultHuge,
	emulator.FaultSuccessFalse, // its code is that of a failure of the server
}

// lost reports whether the answer to a request says nothing that can be relied on.
func lost(q emulator.Request) bool {
	return q.Status == 0 || q.Status >= 500 || slices.Contains(lostKinds, q.Fault)
}

// lies reports whether the server said something else than it did.
func lies(q emulator.Request) bool {
	return q.Fault == emulator.FaultIgnore || q.Fault == emulator.FaultIgnoreField
}

func isAdd(operation string) bool {
	return operation == words[sas].add || operation == words[hss].add || operation == words[swr].add
}

func isModify(operation string) bool {
	return operation == words[sas].modify || operation == words[hss].modify || operation == words[swr].modify
}

// providerOf gives the provider of an operation.
func providerOf(operation string) string {
	for provider, w := range words {
		if operation == w.add || operation == w.modify || operation == w.list || operation == w.show {
			return provider
		}
	}
	return ""
}

// createName is how the request log names an item's create.
func (it *item) createName() string {
	if it.provider != sas {
		return it.name
	}
	return fmt.Sprintf("%v/%v/%s", it.want["RegistryType"], it.want["RegionId"], net.JoinHostPort(fmt.Sprint(it.want["DomainName"]), fmt.Sprint(it.want["Port"])))
}

// about reports whether a write is of an item: its create, or a modify of the entry it had.
func (it *item) about(q emulator.Request, had *entry) bool {
	if providerOf(q.Operation) != it.provider || it.provider != sas && !strings.Contains(q.Path, "/"+it.account.project+"/") ||
		it.provider == swr && !strings.Contains(q.Path, "/"+it.account.instance+"/") {
		return false
	}
	switch {
	case isAdd(q.Operation):
		return q.Name == it.createName()
	case isModify(q.Operation):
		return had != nil && q.ID == had.id
	}
	return false
}

// check holds an apply against the state that it leaves.
func (r *run) check(a *applied) {
	shrunk := slices.ContainsFunc(a.log, func(q emulator.Request) bool { return q.Fault == emulator.FaultListShrinks })
	if a.code == 4 && r.saved != nil && (shrunk || !r.covers(a.before)) {
		r.checkRefused(a)
		return
	}
	if r.saved != nil && !shrunk && !r.covers(a.before) && slices.ContainsFunc(a.log, func(q emulator.Request) bool { return isAdd(q.Operation) || isModify(q.Operation) }) {
		r.wrong("the saved plan does not have what was written")
	}
	decided := map[string]decision{}
	claimed := map[int]*item{}
	for _, it := range r.wanted {
		d := r.decideAsSeen(a, it)
		decided[it.String()] = d
		for i, q := range a.log {
			if d.action != "" && it.about(q, d.entry) {
				claimed[i] = it
			}
		}
	}
	r.checkWrites(a, claimed, decided)
	r.checkOthers(a, decided)
	r.checkAccounted(a, decided)
	for _, it := range r.wanted {
		var writes []emulator.Request
		for i, q := range a.log {
			if claimed[i] == it {
				writes = append(writes, q)
			}
		}
		r.checkItem(a, it, decided[it.String()], writes)
	}
	r.checkExit(a)
	r.checkAudit(a, claimed)
}

// decideAsSeen says what had to be done about an item when the plan was made: entries may have been deleted before it had
// read them.
func (r *run) decideAsSeen(a *applied, it *item) decision {
	said := ""
	if o := a.outcomeOf(it); o != nil {
		said = o.Action
	}
	first := r.decide(it, a.before)
	left := slices.Clone(a.before)
	for d := first; ; d = r.decide(it, left) {
		if d.action == said || d.action == "problem" && said == "" {
			return d
		}
		i := slices.IndexFunc(left, func(e entry) bool { return r.mayGo(e) && len(r.matches(it, []entry{e})) == 1 })
		if i < 0 {
			return first
		}
		left = slices.Delete(left, i, i+1)
	}
}

// checkRefused insists that nothing happened after the live state had moved away from the saved plan.
func (r *run) checkRefused(a *applied) {
	r.checkOthers(a, map[string]decision{})
	for _, o := range a.Outcomes {
		if o.Status != "not attempted" {
			r.wrong("refused, and %s/%s is reported as %s", o.Account, o.Name, o.Status)
		}
	}
	for _, q := range a.log {
		if isAdd(q.Operation) || isModify(q.Operation) {
			r.wrong("refused, and %s was sent", q.Operation)
		}
	}
}

// checkWrites insists that every write is one that the plan has.
func (r *run) checkWrites(a *applied, claimed map[int]*item, decided map[string]decision) {
	for i, q := range a.log {
		if !isAdd(q.Operation) && !isModify(q.Operation) {
			if q.Executed > 0 || strings.HasPrefix(q.Operation, "Delete") {
				r.wrong("%s was sent", q.Operation)
			}
			continue
		}
		it := claimed[i]
		if it == nil {
			r.wrong("%s of %s%s belongs to no change", q.Operation, q.Name, q.ID)
			continue
		}
		switch d := decided[it.String()]; {
		case d.action == "add" && isAdd(q.Operation), d.action == "modify" && isModify(q.Operation):
		default:
			r.wrong("%s was sent for %s, which is to be: %q", q.Operation, it, d.action)
		}
	}
}

// checkOthers insists that every entry but those to be modified is as it was, and that nothing came but what was to be
// added.
func (r *run) checkOthers(a *applied, decided map[string]decision) {
	changing := map[string]bool{}
	for _, d := range decided {
		if d.action == "modify" {
			changing[d.entry.identity()] = true
		}
	}
	after := map[string]entry{}
	for _, e := range a.after {
		after[e.identity()] = e
	}
	for _, e := range a.before {
		now, there := after[e.identity()]
		delete(after, e.identity())
		switch {
		case !there && !r.mayGo(e):
			r.wrong("the entry %s is gone", e.content())
		case there && !changing[e.identity()] && now.content() != e.content():
			r.wrong("an entry that is not to be changed was\n  %s\nand is\n  %s", e.content(), now.content())
		}
	}
	for _, e := range after {
		ours := slices.ContainsFunc(r.wanted, func(it *item) bool {
			return decided[it.String()].action == "add" && len(r.matches(it, []entry{e})) == 1
		})
		if !ours && !e.grown() {
			r.wrong("an entry has come that no change adds: %s", e.content())
		}
	}
}

// mayGo reports whether somebody else may have deleted an entry.
func (r *run) mayGo(e entry) bool {
	for _, field := range []string{"DomainName", "registry_name", "name"} {
		if s, ok := e.fields[field].(string); ok && r.deleted[strings.ToLower(s)] {
			return true
		}
	}
	return false
}

// readFailed reports whether some read of a provider did not go well after its first write, or at all.
func (a *applied) readFailed(provider string) bool {
	for _, q := range a.log {
		reads := !isAdd(q.Operation) && !isModify(q.Operation) &&
			(providerOf(q.Operation) == provider || providerOf(q.Operation) == "" && provider != sas) // no provider: IAM
		if reads && (q.Fault != "" || q.Status != 200 && q.Status != 201) {
			return true
		}
	}
	return false
}

// refusedKeys reports whether the credentials of a provider were refused; nothing is sent then.
func (a *applied) refusedKeys(provider string) bool {
	for _, q := range a.log {
		if q.Status == 401 && (providerOf(q.Operation) == sas) == (provider == sas) {
			return true
		}
	}
	return false
}

// checkAccounted insists on one outcome for each change, and no others.
func (r *run) checkAccounted(a *applied, decided map[string]decision) {
	got := map[string]string{}
	for _, o := range a.Outcomes {
		if got[o.Account+"/"+o.Name] != "" {
			r.wrong("%s/%s has two outcomes", o.Account, o.Name)
		}
		got[o.Account+"/"+o.Name] = o.Action
	}
	readable := true
	for _, acc := range r.accounts {
		readable = readable && !a.readFailed(acc.provider) && !a.refusedKeys(acc.provider)
	}
	wrote := slices.ContainsFunc(a.log, func(q emulator.Request) bool { return isAdd(q.Operation) || isModify(q.Operation) })
	if !wrote && (!readable || a.killed) {
		return // there may have been no plan
	}
	for _, it := range r.wanted {
		want := decided[it.String()].action
		if want == "problem" {
			want = ""
		}
		if got[it.String()] != want {
			r.wrong("the outcome of %s is of a %q, want %q", it, got[it.String()], want)
		}
	}
}

// outcomeOf finds the outcome of an item, or gives nil.
func (a *applied) outcomeOf(it *item) *outcome {
	for i, o := range a.Outcomes {
		if o.Account+"/"+o.Name == it.String() {
			return &a.Outcomes[i]
		}
	}
	return nil
}

// checkItem holds the outcome of an item against the state and the requests.
func (r *run) checkItem(a *applied, it *item, d decision, writes []emulator.Request) {
	r.checkCreates(a, it, writes)
	o := a.outcomeOf(it)
	if o == nil {
		if len(writes) > 0 {
			r.wrong("%s was written and has no outcome", it)
		}
		return
	}
	executed, answerLost, lied, refused := 0, false, false, false
	for _, q := range writes {
		executed += q.Executed
		answerLost = answerLost || lost(q)
		lied = lied || lies(q) || q.Executed > 1 || r.clears(it.provider)
		// Somebody else was first with the same: what is there is theirs, and this run's own was refused.
		refused = refused || q.Fault == emulator.FaultConcurrent && q.Status >= 400 && q.Status < 500
	}
	// What was not read back is told as the server told it.
	unread := a.killed && strings.Contains(o.Detail, "before the entry could be read back")
	now := r.matches(it, a.after)
	// What is gone now may have been there when it was read back.
	gone := len(now) == 0 && r.mayGo(entry{fields: it.want})
	asWanted := len(now) == 1 && len(r.differing(it, now[0])) == 0
	say := func(format string, args ...any) {
		r.wrong("%s is reported as %s (%s), but %s", it, o.Status, o.Detail, fmt.Sprintf(format, args...))
	}
	switch o.Status {
	case "applied":
		switch {
		case unread && lied, gone:
		case len(now) != 1:
			say("there are %d entries with its key", len(now))
		case !asWanted:
			say("%v are not as wanted: %s", r.differing(it, now[0]), now[0].content())
		case o.ID != now[0].id && !(unread && o.ID == ""):
			say("its ID is %s, not %s", now[0].id, o.ID)
		default:
			r.checkWrittenSecret(it, d, now[0], say)
		}
	case "failed":
		if asWanted && !refused {
			say("it is there as wanted: %s", now[0].content())
		}
		if len(now) > 1 {
			say("there are %d entries with its key", len(now))
		}
	case "unknown":
		if !answerLost && !a.readFailed(it.provider) && !a.refusedKeys(it.provider) && !a.killed && len(now) < 2 {
			say("no answer was lost, no read failed, and there are no two of it")
		}
		if len(now) > 1 {
			for _, e := range now {
				if !strings.Contains(o.Detail, e.id) && !a.killed && !a.readFailed(it.provider) && !a.refusedKeys(it.provider) {
					say("the entry with ID %s is not named", e.id)
				}
			}
		}
	case "not attempted":
		if executed > 0 {
			say("it was carried out %d times", executed)
		}
		if d.action != "blocked" && !a.killed && !a.refusedKeys(it.provider) && a.code != 1 {
			say("nothing kept it from being attempted")
		}
	default:
		r.wrong("%s has the outcome %q", it, o.Status)
	}
	// What nothing stands in the way of is done.
	if d.action != "blocked" && o.Status != "applied" && !a.killed && !a.readFailed(it.provider) && !a.refusedKeys(it.provider) && a.code != 1 &&
		!slices.ContainsFunc(writes, func(q emulator.Request) bool { return q.Fault != "" || q.Status >= 400 }) {
		say("nothing went wrong with it")
	}
}

// checkCreates insists that no item is created twice, and that none is created again before a look at the list.
func (r *run) checkCreates(a *applied, it *item, writes []emulator.Request) {
	sent, done := 0, 0
	for _, q := range writes {
		if !isAdd(q.Operation) {
			continue
		}
		if q.Fault != emulator.FaultThrottle && q.Status != 401 {
			sent++
		}
		if q.Executed > 0 {
			done++
		}
		if q.Executed > 1 {
			r.doubled[it.String()] = true
		}
	}
	key := it.account.name + "/" + it.createName()
	r.creates[key] += done
	if sent > 2 {
		r.wrong("the create of %s was sent %d times", it, sent)
	}
	if r.creates[key] > 1 && !r.mayGo(entry{fields: it.want}) && !r.clears(it.provider) {
		r.wrong("%s was created %d times", it, r.creates[key])
	}
	if sent > 1 {
		r.checkLooked(a, it)
	}
}

// checkLooked insists on a good look at the list between two creates of an item.
func (r *run) checkLooked(a *applied, it *item) {
	looked := true
	for _, q := range a.log {
		switch {
		case isAdd(q.Operation) && it.about(q, nil):
			if !looked {
				r.wrong("%s was created again without a look at the list", it)
			}
			looked = (q.Fault == emulator.FaultThrottle || q.Status == 401) && looked // which say themselves that nothing was done
		case q.Operation == words[it.provider].list && q.Status == 200:
			looked = true
		}
	}
}

// checkWrittenSecret insists on the secret of an entry that was added or changed: every write sends it.
func (r *run) checkWrittenSecret(it *item, d decision, now entry, say func(string, ...any)) {
	for _, field := range hiddenFields[it.provider] {
		if _, governed := it.want[field]; governed && !now.has(it, field) && (d.action == "add" || field != "ExtraParam") {
			say("%s is not the one of the file", field)
		}
	}
}

// checkSecret insists on the secrets of an entry that this run has added.
func (r *run) checkSecret(it *item, now entry) {
	if r.creates[it.account.name+"/"+it.createName()] == 0 {
		return
	}
	for _, field := range hiddenFields[it.provider] {
		if _, governed := it.want[field]; governed && !now.has(it, field) {
			r.wrong("%s was added, and in the end its %s is not the one of the file", it, field)
		}
	}
}

// checkExit holds the exit code against what was done.
func (r *run) checkExit(a *applied) {
	statuses, executed := map[string]int{}, 0
	for _, o := range a.Outcomes {
		statuses[o.Status]++
	}
	for _, q := range a.log {
		if !(q.Fault == emulator.FaultConcurrent && q.Status >= 400) { // which somebody else did
			executed += q.Executed
		}
	}
	complete := statuses["applied"] == len(a.Outcomes) && len(a.Problems) == 0 && !a.Interrupted
	switch {
	case a.code == 0 && !complete:
		r.wrong("exit code 0, but the outcomes are %v, %d problems, interrupted: %v", statuses, len(a.Problems), a.Interrupted)
	case a.code == 1 && executed > 0:
		r.wrong("exit code 1 says that nothing was written, but %d writes were carried out", executed)
	case a.code == 3 && complete:
		r.wrong("exit code 3, but everything is done")
	case a.code == 3 && executed == 0 && statuses["applied"]+statuses["unknown"] == 0 && !slices.ContainsFunc(a.log, lies):
		r.wrong("exit code 3, but nothing was written")
	case a.code != 0 && a.code != 1 && a.code != 3:
		r.wrong("exit code %d", a.code)
	}
	if a.Interrupted && !a.killed {
		r.wrong("reported as interrupted, and was not")
	}
}
