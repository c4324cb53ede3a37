package apply

import (
	"fmt"
	"strings"

	"golang.org/x/sync/errgroup"

	"regent/internal/cloud"
	"regent/internal/model"
	"regent/internal/plan"
	"regent/internal/provider"
)

// verify reads every written account once more and corrects the outcomes. An interrupted run reports what the
// writes answered; there is no time for more.
func (r *runner) verify(result *Result) {
	interrupted := r.stop.Err() != nil
	byAccount := map[string][]*Outcome{}
	for i := range result.Outcomes {
		o := &result.Outcomes[i]
		switch {
		case o.Status != Applied:
		case interrupted:
			r.unread(o, nil)
		default:
			byAccount[o.Change.Account] = append(byAccount[o.Change.Account], o)
		}
	}
	group := errgroup.Group{}
	group.SetLimit(max(r.opts.Parallelism, 1))
	for account, outcomes := range byAccount {
		group.Go(func() error {
			r.verifyAccount(account, outcomes)
			return nil
		})
	}
	_ = group.Wait() // the functions return no errors; outcomes hold them
}

const cleared = "fields that the change left alone were cleared by the vendor, and "

func (r *runner) verifyAccount(account string, outcomes []*Outcome) {
	lost := map[*Outcome]error{}
	defer func() {
		// What was written is still to be reported.
		if p := recover(); p != nil {
			r.allUnread(outcomes, lost, fmt.Errorf("internal error: %v", p))
		}
	}()
	incomplete := r.check(account, outcomes, nil)
	if len(incomplete) == 0 {
		return
	}
	var repaired []*Outcome
	for _, o := range incomplete {
		if r.repair(o, lost) {
			repaired = append(repaired, o)
		}
	}
	for _, o := range r.check(account, repaired, lost) {
		if err := lost[o]; err != nil {
			r.doubt(o, join(cleared+"the answer to sending the whole entry was lost; the list does not show them; plan again", err))
		} else {
			r.disprove(o, cleared+"sending the whole entry did not bring them back; plan again")
		}
	}
}

// check compares the outcomes with fresh lists and gives those whose other fields a vendor has cleared. What a list does
// not show yet is looked for again; after a repair, of which lost has the answers that were lost and is not nil, that goes for
// the fields that were cleared too.
func (r *runner) check(account string, outcomes []*Outcome, lost map[*Outcome]error) (cleared []*Outcome) {
	pending := outcomes
	for i, wait := range r.opts.LookUps {
		if len(pending) == 0 {
			break
		}
		if err := sleep(r.work, wait); err != nil {
			r.allUnread(pending, lost, err)
			return cleared
		}
		items, err := r.opts.Accounts[account].List(r.work, desiredOf(pending))
		if err != nil {
			r.allUnread(pending, lost, err)
			return cleared
		}
		index := plan.NewIndex(items)
		last := i == len(r.opts.LookUps)-1
		var again []*Outcome
		for _, o := range pending {
			switch found, missing := r.compare(o, items, index); {
			case found == settled:
			case found == fieldsCleared && (lost == nil || last):
				cleared = append(cleared, o)
			case last && lost[o] != nil:
				r.doubt(o, join("the vendor cleared fields that the change left alone; the answer to sending the whole entry was lost, and the list "+
					missing+"; plan again", lost[o]))
			case last:
				r.disprove(o, "the API accepted the change, but the list "+missing)
			default:
				again = append(again, o)
			}
		}
		pending = again
	}
	return cleared
}

// finding is what a list says about a change that was accepted.
type finding int

const (
	// settled: the change is as desired, or the outcome has been corrected.
	settled finding = iota
	// notYet: the list does not show the change, or not all of it.
	notYet
	// fieldsCleared: the change took, and fields that it left alone are empty now.
	fieldsCleared
)

// compare holds one outcome against a list. With notYet it says what the list does.
func (r *runner) compare(o *Outcome, items []model.Item, index plan.Index) (found finding, missing string) {
	live := index.WithKey(o.Change.Desired.Key)
	if len(live) > 1 {
		r.doubt(o, "the API accepted the change, and the list now has "+alike(live, o.Change.Desired.Key))
		return settled, ""
	}
	if len(live) == 0 {
		// What identifies the entry in the file may be gone, and the entry still be there.
		if gone := byID(items, o.Change.Live); gone != nil {
			return r.renamed(o, gone), ""
		}
		return notYet, "does not show the entry"
	}
	o.ID = live[0].ID
	diff := model.Differing(r.fields(o.Change), o.Change.Desired, live[0])
	if len(diff) == 0 {
		o.settled = true
		r.event(o, Verified)
		return settled, ""
	}
	if untaken := r.untaken(o.Change, live[0]); len(untaken) > 0 {
		return notYet, "shows that it did not take: " + names(untaken)
	}
	return r.onlyCleared(o, live[0], diff), ""
}

// byID finds the entry that was live when the plan was made, or gives nil; an item that is yet to be added has none. The ID
// of the plan does not do: it is masked.
func byID(items []model.Item, was *model.Item) *model.Item {
	for i := range items {
		if was != nil && was.ID != "" && items[i].ID == was.ID {
			return &items[i]
		}
	}
	return nil
}

func desiredOf(outcomes []*Outcome) []model.Item {
	var items []model.Item
	for _, o := range outcomes {
		items = append(items, *o.Change.Desired)
	}
	return items
}

// allUnread ends reading back where it has not ended yet. Lost are the answers to sending whole entries that were lost.
func (r *runner) allUnread(outcomes []*Outcome, lost map[*Outcome]error, err error) {
	for _, o := range outcomes {
		switch {
		case o.settled:
		case lost[o] != nil:
			r.doubt(o, join(cleared+"the answer to sending the whole entry was lost, and reading it back failed ("+err.Error()+"); plan again", lost[o]))
		default:
			r.unread(o, err)
		}
	}
}

// unread ends a change that could not be read back. What an interrupt kept from that ends as its write was answered.
func (r *runner) unread(o *Outcome, err error) {
	switch {
	case r.stop.Err() == nil:
		r.doubt(o, "the API accepted the change, but reading it back failed ("+err.Error()+")")
		o.Err = err
	case !o.seen:
		o.settled = true
		o.Detail = strings.TrimPrefix(o.Detail+"; the run was interrupted before the entry could be read back", "; ")
		r.record(o)
	}
}

// onlyCleared tells whether the fields were as the file says when the plan was made and are empty now: a vendor
// took a partial modify for a replacement. What has another value was changed by somebody else, and is theirs.
func (r *runner) onlyCleared(o *Outcome, live *model.Item, diff []model.Field) finding {
	for _, f := range diff {
		was, known := o.Change.Live.Values[f.Name]
		if !known || !model.Equal(o.Change.Desired.Values[f.Name], was) || !model.Empty(live.Values[f.Name]) {
			r.disprove(o, "changed by somebody else meanwhile: "+names(diff)+"; plan again")
			return settled
		}
	}
	return fieldsCleared
}

// renamed does the same for an entry whose key fields are not what they were.
func (r *runner) renamed(o *Outcome, live *model.Item) finding {
	for _, f := range r.fields(o.Change) {
		if f.Key && f.Immutable == "" && model.Empty(live.Values[f.Name]) {
			return fieldsCleared
		}
	}
	r.disprove(o, "renamed by somebody else meanwhile; plan again")
	return settled
}

func (r *runner) disprove(o *Outcome, detail string) {
	o.Status, o.Detail, o.settled = Failed, detail, true
	r.record(o)
}

// doubt is for what cannot be told from the list.
func (r *runner) doubt(o *Outcome, detail string) {
	o.Status, o.Detail, o.settled = Unknown, detail, true
	r.record(o)
}

// record writes an outcome that no write of its own reports, or a corrected one, to the audit file.
func (r *runner) record(o *Outcome) { r.event(o, string(o.Status)) }

// event tells the audit file about an outcome.
func (r *runner) event(o *Outcome, word string) {
	// The write is over: a line that cannot be written stops only the writes to come.
	_ = r.audit(Event{Change: o.Change, Outcome: word, Operation: o.Operation, RequestID: o.RequestID, ID: o.ID, Detail: o.Detail})
}

// repair sends the whole item where a vendor cleared what a partial modify left out, and tells whether the list has to
// say what came of it. The error of a write whose answer was lost goes into lost.
func (r *runner) repair(o *Outcome, lost map[*Outcome]error) bool {
	c := o.Change
	var all []string
	for _, f := range r.fields(c) {
		if _, governed := c.Desired.Values[f.Name]; governed && f.Immutable == "" && f.Observable() {
			all = append(all, f.Name)
		}
	}
	var w provider.Writer
	write, err := r.prepare(c, all)
	if err == nil {
		w, err = r.open(c.Account)
	}
	sent := false
	if err == nil {
		sent, err = r.send(o, "sending the whole entry: the vendor cleared fields that the change left alone", write, w.Modify)
	}
	if !sent {
		r.disprove(o, join("the vendor cleared fields that the change left alone, and the whole entry was not sent", err))
		return false
	}
	if err != nil && !cloud.Executed(err) {
		r.disprove(o, join("the vendor cleared fields that the change left alone, and sending the whole entry failed", err))
		return false
	}
	o.Detail = "sent whole: the vendor cleared fields that a partial change left alone"
	r.record(o)
	lost[o] = err
	return true
}
