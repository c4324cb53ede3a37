package apply

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"regent/internal/cloud"
	"regent/internal/model"
	"regent/internal/plan"
	"regent/internal/provider"
)

// send makes one write. Every write passes here, also one that is sent again: the audit file has it before it leaves, and it
// does not leave when that file cannot be written. Why is empty for the first write of a change.
func (r *runner) send(o *Outcome, why string, write provider.Write, call func(context.Context, provider.Write) (provider.Receipt, error)) (sent bool, err error) {
	if err := r.audit(Event{Change: o.Change, Outcome: Started, ID: o.ID, Detail: why}); err != nil {
		return false, err
	}
	receipt, err := call(r.work, write)
	o.receive(receipt, err)
	return true, err
}

// add creates an item; see the table in the package comment.
func (r *runner) add(w provider.Writer, write provider.Write, o *Outcome) {
	const attempts = 2
	why := ""
	for attempt := 1; ; attempt++ {
		lost := o.Err
		sent, err := r.send(o, why, write, w.Add)
		switch {
		case !sent && lost == nil:
			o.Err, o.Detail = err, err.Error()
			return
		case !sent:
			o.lost(lost, "the list does not show it, and it was not sent once more: "+err.Error())
			return
		}
		if !cloud.Executed(err) && (err == nil || attempt == 1) {
			o.conclude(err, write.Desired.Position)
			return
		}
		if o.Err = err; !cloud.Executed(err) {
			r.refusedAgain(lost, err, o)
			return
		}
		live, lookErr := r.lookUp(o.Change, found)
		switch {
		case lookErr != nil:
			o.lost(err, "and looking it up failed: "+lookErr.Error())
			return
		case len(live) > 0:
			r.adopt(live, err, o)
			return
		case attempt == attempts:
			o.lost(err, "it was sent twice, got no usable answer twice, and the list does not show it")
			return
		case r.stop.Err() != nil:
			o.lost(err, "the run was interrupted before it could be sent once more")
			return
		}
		why = "sent once more: the answer was lost, and the list does not show it"
	}
}

// refusedAgain ends an add whose first answer was lost and whose second was a refusal: the first may have made the
// entry in the meantime.
func (r *runner) refusedAgain(lost, err error, o *Outcome) {
	live, lookErr := r.lookUp(o.Change, found)
	switch {
	case lookErr != nil:
		o.lost(lost, "it was then refused ("+err.Error()+"), and looking it up failed: "+lookErr.Error())
	case len(live) > 0:
		r.adopt(live, err, o)
	default:
		o.lost(lost, "sending it once more was refused ("+err.Error()+"), and the list does not show it")
	}
}

// adopt takes over what a lost add left behind.
func (r *runner) adopt(live []*model.Item, cause error, o *Outcome) {
	o.Written = true // also where it differs: it may be this run's own
	if len(live) > 1 {
		o.lost(cause, "and the list now has "+alike(live, o.Change.Desired.Key))
		return
	}
	if diff := model.Differing(r.fields(o.Change), o.Change.Desired, live[0]); len(diff) > 0 {
		o.fail(cause, fmt.Sprintf("the answer was lost, and the list has an entry with its key (ID %s) that differs in %s; plan again",
			live[0].ID, names(diff)))
		return
	}
	o.Status, o.Err, o.ID, o.seen = Applied, nil, live[0].ID, true
	o.Detail = "adopted: the answer was lost, the list shows the entry as desired"
}

// modify changes an item; see the table in the package comment.
func (r *runner) modify(w provider.Writer, write provider.Write, o *Outcome) {
	sent, err := r.send(o, "", write, w.Modify)
	if !sent {
		o.Err, o.Detail = err, err.Error()
		return
	}
	if !cloud.Executed(err) {
		o.conclude(err, write.Desired.Position)
		return
	}
	took := func(live []*model.Item) bool { return len(live) == 1 && len(r.untaken(o.Change, live[0])) == 0 }
	live, lookErr := r.lookUp(o.Change, took)
	switch {
	case lookErr != nil:
		o.lost(err, "and looking it up failed: "+lookErr.Error())
	case took(live):
		o.Status, o.Err, o.Written, o.Detail = Applied, nil, true, "the answer was lost; the list shows the change"
	case len(live) == 0: // what became of the write went with it
		o.lost(err, "and the list no longer has the entry; plan again")
	default: // it may lag behind for longer than it is looked at
		o.lost(err, "and the list does not show the change; plan again")
	}
}

func found(live []*model.Item) bool { return len(live) > 0 }

// untaken gives the fields of the change that a live item does not have as they should be. Whether the others are still
// as they were is a question for the reading back.
func (r *runner) untaken(c *plan.Change, live *model.Item) []model.Field {
	changed := c.Changed()
	return slices.DeleteFunc(model.Differing(r.fields(c), c.Desired, live), func(f model.Field) bool {
		return c.Action != plan.Add && !slices.Contains(changed, f.Name)
	})
}

// lookUp lists the account until enough is seen, or the waits are used up, and gives the items with the change's
// key; the item with its ID where a vendor has cleared the key.
func (r *runner) lookUp(c *plan.Change, enough func([]*model.Item) bool) ([]*model.Item, error) {
	var matches []*model.Item
	for _, wait := range r.opts.LookUps {
		if err := sleep(r.work, wait); err != nil {
			return nil, err
		}
		items, index, err := r.looks.at(r.work, c.Account, r.opts.Accounts[c.Account], *c.Desired)
		if err != nil {
			return nil, err
		}
		matches = index.WithKey(c.Desired.Key)
		if gone := byID(items, c.Live); len(matches) == 0 && gone != nil {
			matches = append(matches, gone)
		}
		if enough(matches) {
			break
		}
	}
	return matches, nil
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

func (r *runner) fields(c *plan.Change) []model.Field { return r.opts.Accounts[c.Account].Fields }

// receive notes what a write answered.
func (o *Outcome) receive(receipt provider.Receipt, err error) {
	o.Operation = receipt.Operation
	if receipt.ID != "" {
		o.ID = receipt.ID
	}
	o.RequestID = receipt.RequestID
	if ce, ok := errors.AsType[*cloud.Error](err); ok {
		o.RequestID = ce.RequestID
	}
	o.Written = o.Written || err == nil
}

// conclude ends a change with an answer that leaves nothing open.
func (o *Outcome) conclude(err error, at model.Position) {
	if cloud.Stopped(err) {
		o.Status, o.Err, o.Detail = NotAttempted, err, "interrupted before it was sent"
		if e, ok := errors.AsType[*cloud.Error](err); ok && e.Throttled {
			o.Detail = err.Error()
		}
		return
	}
	if err != nil {
		o.fail(cloud.At(err, at), "")
		return
	}
	o.Status, o.Err, o.Detail = Applied, nil, ""
}

func (o *Outcome) fail(err error, detail string) {
	o.Status, o.Err, o.Detail = Failed, err, join(detail, err)
}

func (o *Outcome) lost(err error, detail string) {
	o.Status, o.Err, o.Detail = Unknown, err, join("the answer was lost, "+detail, err)
}

func join(detail string, err error) string {
	switch {
	case err == nil:
		return detail
	case detail == "":
		return err.Error()
	}
	return detail + " (" + err.Error() + ")"
}

// alike words that several live items have one key. Where the API does not tell ports, they may still be different
// registries.
func alike(live []*model.Item, key model.Key) string {
	text := fmt.Sprintf("%d entries with its key (IDs %s); delete all but one", len(live), ids(live))
	if key.Port != 0 && live[0].Key.Port == 0 {
		text += ", unless they differ in the port, which the API does not tell: regent cannot tell those apart"
	}
	return text
}

func ids(items []*model.Item) string {
	var out []string
	for _, it := range items {
		out = append(out, it.ID)
	}
	slices.Sort(out)
	return strings.Join(out, " and ")
}

func names(fields []model.Field) string {
	var out []string
	for _, f := range fields {
		out = append(out, f.Name)
	}
	return strings.Join(out, ", ")
}
