package apply

import (
	"fmt"
	"maps"
	"slices"

	"golang.org/x/sync/errgroup"

	"regent/internal/model"
	"regent/internal/plan"
)

// verify reads every written account once more and corrects the outcomes. An interrupted run reports what the
// writes answered; there is no time for more.
func (r *runner) verify(result *Result) {
	if r.stop.Err() != nil {
		return
	}
	byAccount := map[string][]*Outcome{}
	for i := range result.Outcomes {
		if o := &result.Outcomes[i]; o.Status == Applied {
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
			r.unread(outcomes, fmt.Errorf("internal error: %v", p))
		}
	}()
	lost := r.check(account, outcomes)
	if len(lost) == 0 {
		return
	}
	var repaired []*Outcome
	for _, o := range lost {
		if r.repair(o) {
			repaired = append(repaired, o)
		}
	}
	for _, o := range r.check(account, repaired) {
		r.disprove(o, "fields that the change left alone were cleared by the vendor, and sending the whole entry did not bring them back; plan again")
	}
}

// check compares the outcomes with one fresh list and gives those whose other fields were lost. An entry that the
// list does not show yet is looked for again.
func (r *runner) check(account string, outcomes []*Outcome) []*Outcome {
	var lost []*Outcome
	pending := outcomes
	for i, wait := range r.opts.LookUps {
		if len(pending) == 0 {
			break
		}
		if err := sleep(r.work, wait); err != nil {
			r.unread(pending, err)
			return lost
		}
		items, err := r.opts.Accounts[account].List(r.work, desiredOf(pending))
		if err != nil {
			r.unread(pending, err)
			return lost
		}
		index := plan.NewIndex(items)
		var absent []*Outcome
		for _, o := range pending {
			live := index.WithKey(o.Change.Desired.Key)
			var gone *model.Item // the entry, found by its ID alone
			if len(live) == 0 && o.Change.Action == plan.Modify {
				gone = byID(items, o.ID)
			}
			switch {
			case gone != nil:
				if r.cleared(o, gone) {
					lost = append(lost, o) // the entry is there, what identifies it in the file is not
				}
			case len(live) == 0:
				absent = append(absent, o)
			case len(live) > 1:
				r.disprove(o, "the list now has "+alike(live, o.Change.Desired.Key))
			case r.compare(o, live[0]):
				lost = append(lost, o)
			}
		}
		if pending = absent; i == len(r.opts.LookUps)-1 {
			for _, o := range absent {
				r.disprove(o, "the API accepted the change, but the list does not show the entry")
			}
		}
	}
	return lost
}

// byID finds a live item, or gives nil.
func byID(items []model.Item, id string) *model.Item {
	for i := range items {
		if items[i].ID == id {
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

func (r *runner) unread(outcomes []*Outcome, err error) {
	for _, o := range outcomes {
		o.Status, o.Err = Unknown, err
		o.Detail = "the API accepted the change, but reading it back failed (" + err.Error() + ")"
		r.record(o)
	}
}

// compare checks one outcome and reports whether only fields outside the change differ.
func (r *runner) compare(o *Outcome, live *model.Item) (lost bool) {
	o.ID = live.ID
	diff := plan.Differing(r.fields(o.Change), o.Change.Desired, live)
	if len(diff) == 0 {
		r.event(o, Verified)
		return false
	}
	changed := o.Change.Changed()
	var untaken []model.Field
	for _, f := range diff {
		if o.Change.Action == plan.Add || slices.Contains(changed, f.Name) {
			untaken = append(untaken, f)
		}
	}
	if len(untaken) == 0 {
		return r.onlyCleared(o, live, diff)
	}
	r.disprove(o, "the API accepted the change, but the list shows that it did not take: "+names(untaken))
	return false
}

// onlyCleared reports whether the fields were as the file says when the plan was made and are empty now: a vendor
// took a partial modify for a replacement. What has another value was changed by somebody else, and is theirs.
func (r *runner) onlyCleared(o *Outcome, live *model.Item, diff []model.Field) bool {
	for _, f := range diff {
		was, known := o.Change.Live.Values[f.Name]
		if !known || !plan.Equal(o.Change.Desired.Values[f.Name], was) || !empty(live.Values[f.Name]) {
			r.disprove(o, "changed by somebody else meanwhile: "+names(diff)+"; plan again")
			return false
		}
	}
	return true
}

// cleared does the same for an entry whose key fields are gone.
func (r *runner) cleared(o *Outcome, live *model.Item) bool {
	for _, f := range r.fields(o.Change) {
		if f.Key && f.Immutable == "" && empty(live.Values[f.Name]) {
			return true
		}
	}
	r.disprove(o, "renamed by somebody else meanwhile; plan again")
	return false
}

func empty(v model.Value) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case int64:
		return v == 0
	case map[string]string:
		return len(v) == 0
	}
	return false
}

func (r *runner) disprove(o *Outcome, detail string) {
	o.Status, o.Detail = Failed, detail
	r.record(o)
}

// record writes an outcome that no write of its own reports, or a corrected one, to the audit file.
func (r *runner) record(o *Outcome) { r.event(o, string(o.Status)) }

// event tells the audit file about an outcome.
func (r *runner) event(o *Outcome, word string) {
	// The write is over: a line that cannot be written stops only the writes to come.
	_ = r.audit(Event{Change: o.Change, Outcome: word, Operation: o.Operation, RequestID: o.RequestID, ID: o.ID, Detail: o.Detail})
}

// repair sends the whole item where a vendor cleared what a partial modify left out.
func (r *runner) repair(o *Outcome) bool {
	c := o.Change
	var all []string
	for _, f := range r.fields(c) {
		if _, governed := c.Desired.Values[f.Name]; governed && f.Immutable == "" && f.Observable() {
			all = append(all, f.Name)
		}
	}
	var uses []plan.SecretUse
	for _, field := range slices.Sorted(maps.Keys(c.Desired.Secrets)) {
		if f, ok := r.field(c, field); ok && f.Immutable == "" {
			uses = append(uses, plan.SecretUse{Field: field, Env: c.Desired.Secrets[field].Env})
		}
	}
	write, err := r.prepare(c, all, uses)
	if err != nil {
		r.disprove(o, "the vendor cleared fields that the change left alone; sending the whole entry needs a secret: "+err.Error())
		return false
	}
	w, err := r.open(c.Account)
	if err == nil {
		err = r.audit(Event{Change: c, Outcome: Started, ID: o.ID, Detail: "sending the whole entry: the vendor cleared fields that the change left alone"})
	}
	if err != nil {
		r.disprove(o, err.Error())
		return false
	}
	receipt, err := w.Modify(r.work, write)
	o.receive(receipt, err)
	if err != nil {
		r.disprove(o, join("the vendor cleared fields that the change left alone, and sending the whole entry failed", err))
		return false
	}
	o.Detail = "sent whole: the vendor cleared fields that a partial change left alone"
	r.record(o)
	return true
}

func (r *runner) field(c *plan.Change, name string) (model.Field, bool) {
	for _, f := range r.fields(c) {
		if f.Name == name {
			return f, true
		}
	}
	return model.Field{}, false
}
