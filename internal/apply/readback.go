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
			r.markUnread(o, nil)
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

func (r *runner) verifyAccount(account string, outcomes []*Outcome) {
	defer func() {
		// What was written is still to be reported.
		if p := recover(); p != nil {
			r.markAllUnread(outcomes, fmt.Errorf("internal error: %v", p))
		}
	}()
	var repaired []*Outcome
	for _, o := range r.readBack(account, outcomes, false) {
		if r.repair(o) {
			repaired = append(repaired, o)
		}
	}
	for _, o := range r.readBack(account, repaired, true) {
		if o.lost != nil {
			r.mark(o, Unknown, join(cleared+repairLost+"; the list does not show them; plan again", o.lost))
		} else {
			r.mark(o, Failed, cleared+"sending the whole entry did not bring them back; plan again")
		}
	}
}

// The beginnings of what is said about fields that a vendor cleared.
const (
	cleared    = "fields that the change left alone were cleared by the vendor, and "
	repairLost = "the answer to sending the whole entry was lost"
)

// readBack compares the outcomes with fresh lists and gives those whose other fields a vendor has cleared. What a list does
// not show yet is waited for; after a repair, that goes for the fields that were cleared too.
func (r *runner) readBack(account string, pending []*Outcome, repaired bool) (incomplete []*Outcome) {
	for i, wait := range r.opts.LookUps {
		if len(pending) == 0 {
			break
		}
		var items []model.Item
		err := sleep(r.work, wait)
		if err == nil {
			items, err = r.opts.Accounts[account].List(r.work, itemsOf(pending))
		}
		if err != nil {
			r.markAllUnread(pending, err)
			return incomplete
		}
		index, last := plan.NewIndex(items), i == len(r.opts.LookUps)-1
		var again []*Outcome
		for _, o := range pending {
			switch state, missing := r.compare(o, items, index); {
			case state == settled:
			case state == fieldsCleared && (!repaired || last):
				incomplete = append(incomplete, o)
			case last && o.lost != nil:
				r.mark(o, Unknown, join("the vendor cleared fields that the change left alone; "+repairLost+", and the list "+missing+"; plan again", o.lost))
			case last:
				r.mark(o, Failed, "the API accepted the change, but the list "+missing)
			default:
				again = append(again, o)
			}
		}
		pending = again
	}
	return incomplete
}

// state is what a list says about a change that was accepted.
type state int

const (
	// settled: the change is as desired, or the outcome has been corrected.
	settled state = iota
	// notYet: the list does not show the change, or not all of it.
	notYet
	// fieldsCleared: the change took, and fields that it left alone are empty now.
	fieldsCleared
)

// compare holds one outcome against a list. With notYet it says what the list does.
func (r *runner) compare(o *Outcome, items []model.Item, index plan.Index) (s state, missing string) {
	c, key := o.Change, o.Change.Item().Key
	live, same := index.WithKey(key), byID(items, o.Change.Live)
	switch {
	case c.Desired == nil && (len(live) > 0 || same != nil):
		return notYet, "still shows the entry"
	case c.Desired == nil:
		return r.verified(o)
	case len(live) > 1:
		return r.mark(o, Unknown, "the API accepted the change, and the list now has "+alike(live, key)), ""
	case len(live) == 0 && same != nil: // what identifies the entry in the file may be gone, and the entry still be there
		return r.renamed(o, same), ""
	case len(live) == 0:
		return notYet, "does not show the entry"
	}
	o.ID = live[0].ID
	diff := model.Differing(r.fields(c), c.Desired, live[0])
	if len(diff) == 0 {
		return r.verified(o)
	}
	if untaken := r.untaken(c, live[0]); len(untaken) > 0 {
		return notYet, "shows that it did not take: " + names(untaken)
	}
	return r.onlyCleared(o, live[0], diff), ""
}

func (r *runner) verified(o *Outcome) (state, string) {
	o.settled = true
	r.event(o, Verified)
	return settled, ""
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

func itemsOf(outcomes []*Outcome) []model.Item {
	var items []model.Item
	for _, o := range outcomes {
		items = append(items, *o.Change.Item())
	}
	return items
}

// markUnread ends a change that could not be read back. What an interrupt kept from that ends as its write was answered,
// unless a whole entry was sent and its answer lost.
func (r *runner) markUnread(o *Outcome, err error) {
	switch {
	case o.settled:
	case o.lost != nil:
		r.mark(o, Unknown, join(cleared+repairLost+", and reading it back failed ("+err.Error()+"); plan again", o.lost))
	case r.stop.Err() == nil:
		r.mark(o, Unknown, "the API accepted the change, but reading it back failed ("+err.Error()+")")
		o.Err = err
	case !o.seen:
		o.settled = true
		o.Detail = strings.TrimPrefix(o.Detail+"; the run was interrupted before the entry could be read back", "; ")
		r.record(o)
	}
}

func (r *runner) markAllUnread(outcomes []*Outcome, err error) {
	for _, o := range outcomes {
		r.markUnread(o, err)
	}
}

// onlyCleared tells whether the fields were as the file says when the plan was made and are empty now: a vendor
// took a partial modify for a replacement. What has another value was changed by somebody else, and is theirs.
func (r *runner) onlyCleared(o *Outcome, live *model.Item, diff []model.Field) state {
	for _, f := range diff {
		was, known := o.Change.Live.Values[f.Name]
		if !known || !model.Equal(o.Change.Desired.Values[f.Name], was) || !model.Empty(live.Values[f.Name]) {
			return r.mark(o, Failed, "changed by somebody else meanwhile: "+names(diff)+"; plan again")
		}
	}
	return fieldsCleared
}

// renamed does the same for an entry whose key fields are not what they were.
func (r *runner) renamed(o *Outcome, live *model.Item) state {
	for _, f := range r.fields(o.Change) {
		if f.Key && f.Immutable == "" && model.Empty(live.Values[f.Name]) {
			return fieldsCleared
		}
	}
	return r.mark(o, Failed, "renamed by somebody else meanwhile; plan again")
}

// mark corrects an outcome.
func (r *runner) mark(o *Outcome, s Status, detail string) state {
	o.Status, o.Detail, o.settled = s, detail, true
	r.record(o)
	return settled
}

// record writes an outcome that no write of its own reports, or a corrected one, to the audit file.
func (r *runner) record(o *Outcome) { r.event(o, string(o.Status)) }

// event writes an outcome to the audit file.
func (r *runner) event(o *Outcome, word string) {
	// The write is over: a line that cannot be written stops only the writes to come.
	_ = r.audit(Event{Change: o.Change, Outcome: word, Operation: o.Operation, RequestID: o.RequestID, ID: o.ID, Detail: o.Detail})
}

// repair sends the whole item where a vendor cleared what a partial modify left out, and tells whether the list has to
// say what came of it.
func (r *runner) repair(o *Outcome) bool {
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
		sent, err = r.send(o, "sending the whole entry: the vendor cleared fields that the change left alone", write, w, provider.Writer.Modify)
	}
	what := "sending the whole entry failed"
	if !sent {
		what = "the whole entry was not sent"
	}
	if !sent || err != nil && !cloud.Executed(err) {
		r.mark(o, Failed, join("the vendor cleared fields that the change left alone, and "+what, err))
		return false
	}
	o.Detail, o.lost = "sent whole: the vendor cleared fields that a partial change left alone", err
	r.record(o)
	return true
}
