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
func (r *runner) send(o *Outcome, why string, write provider.Write, w provider.Writer,
	call func(provider.Writer, context.Context, provider.Write) (provider.Receipt, error),
) (sent bool, err error) {
	if err := r.audit(Event{Change: o.Change, Outcome: Started, ID: o.ID, Detail: why}); err != nil {
		return false, err
	}
	receipt, err := call(w, r.work, write)
	o.receive(receipt, err)
	return true, err
}

// calls are the methods of a writer by the name of the call.
var calls = map[plan.Call]func(provider.Writer, context.Context, provider.Write) (provider.Receipt, error){
	plan.CallAdd: provider.Writer.Add, plan.CallModify: provider.Writer.Modify,
}

// finding is what a list says about a change: how it ended, or no status while that is open, and why.
type finding struct {
	status Status
	detail string
}

// condition is a postcondition as it is looked for after the answer to a write was lost.
type condition struct {
	// find judges the live items that may be the change's.
	find func(r *runner, c *plan.Change, live []*model.Item) finding
	// again says that a write that left no trace is sent once more.
	again bool
	// whole says that what was found leaves nothing to be read back.
	whole bool
}

// conditions are the rows of the table in the package comment.
var conditions = map[plan.Postcondition]condition{
	plan.FoundAndEqual: {find: (*runner).foundAndEqual, again: true, whole: true},
	plan.Took:          {find: (*runner).took},
	plan.Gone:          {find: (*runner).gone, whole: true},
	plan.Accepted:      {find: (*runner).accepted},
}

func (r *runner) foundAndEqual(c *plan.Change, live []*model.Item) finding {
	switch len(live) {
	case 0:
		return finding{detail: "and the list does not show it"}
	case 1:
		diff := model.Differing(r.fields(c), c.Desired, live[0])
		if len(diff) == 0 {
			return finding{Applied, "adopted: the answer was lost, the list shows the entry as desired"}
		}
		return finding{Failed, fmt.Sprintf("the answer was lost, and the list has an entry with its key (ID %s) that differs in %s; plan again",
			live[0].ID, names(diff))}
	default:
		return finding{Unknown, "and the list now has " + alike(live, c.Desired.Key)}
	}
}

func (r *runner) took(c *plan.Change, live []*model.Item) finding {
	switch {
	case len(live) == 0: // what became of the write went with it
		return finding{detail: "and the list no longer has the entry; plan again"}
	case len(live) > 1 || len(r.untaken(c, live[0])) > 0: // it may lag behind for longer than it is looked at
		return finding{detail: "and the list does not show the change; plan again"}
	}
	return finding{Applied, "the answer was lost; the list shows the change"}
}

func (r *runner) gone(_ *plan.Change, live []*model.Item) finding {
	if len(live) > 0 {
		return finding{detail: "and the list still has the entry; plan again"}
	}
	return finding{Applied, "the answer was lost; the list no longer has the entry"}
}

func (r *runner) accepted(*plan.Change, []*model.Item) finding {
	return finding{Unknown, "and no list shows whether it was carried out"}
}

// carry sends a change's write and finds out how it ended; see the table in the package comment. It is sent twice at most.
func (r *runner) carry(o *Outcome, k plan.Kind, w provider.Writer, write provider.Write) {
	why, then := "", conditions[k.Then]
	for {
		first := o.Err // of a first sending whose answer was lost
		sent, err := r.send(o, why, write, w, calls[k.Call])
		refused := sent && !cloud.Executed(err)
		switch {
		case !sent && first == nil:
			o.Err, o.Detail = err, err.Error()
			return
		case !sent:
			o.markLost(first, "the list does not show it, and it was not sent once more: "+err.Error())
			return
		case refused && (err == nil || first == nil):
			o.conclude(err, write.Desired.Position)
			return
		}
		o.Err = err
		found, live, listErr := r.lookUp(o.Change, then)
		switch {
		case listErr != nil && refused: // the first sending may have made the entry in the meantime
			o.markLost(first, "it was then refused ("+err.Error()+"), and looking it up failed: "+listErr.Error())
		case listErr != nil:
			o.markLost(err, "and looking it up failed: "+listErr.Error())
		case found.status != "":
			o.found(found, then, live, err)
		case refused:
			o.markLost(first, "sending it once more was refused ("+err.Error()+"), "+found.detail)
		case !then.again:
			o.markLost(err, found.detail)
		case first != nil:
			o.markLost(err, "it was sent twice, got no usable answer twice, "+found.detail)
		case r.stop.Err() != nil:
			o.markLost(err, "the run was interrupted before it could be sent once more")
		default:
			why = "sent once more: the answer was lost, " + found.detail
			continue
		}
		return
	}
}

// found ends a change whose answer was lost as the list shows it.
func (o *Outcome) found(f finding, then condition, live []*model.Item, lost error) {
	switch f.status {
	case Applied:
		o.Status, o.Err, o.Written, o.Detail, o.seen = Applied, nil, true, f.detail, then.whole
		if len(live) == 1 {
			o.ID = live[0].ID
		}
	case Failed:
		o.Written = true // it may be this run's own
		o.fail(lost, f.detail)
	default:
		o.Written = o.Written || len(live) > 0
		o.markLost(lost, f.detail)
	}
}

// untaken gives the fields of the change that a live item does not have as they should be. Whether the others are still
// as they were is a question for the reading back.
func (r *runner) untaken(c *plan.Change, live *model.Item) []model.Field {
	changed := c.Changed()
	return slices.DeleteFunc(model.Differing(r.fields(c), c.Desired, live), func(f model.Field) bool {
		return c.Live != nil && !slices.Contains(changed, f.Name)
	})
}

// lookUp lists the account until the change has ended or the waits are used up. It looks at the items with the change's key,
// or at the item with its ID where a vendor has cleared the key.
func (r *runner) lookUp(c *plan.Change, then condition) (f finding, live []*model.Item, err error) {
	key := c.Item().Key
	for _, wait := range r.opts.LookUps {
		if err := sleep(r.work, wait); err != nil {
			return f, nil, err
		}
		items, index, err := r.lists.after(r.work, c.Account, r.opts.Accounts[c.Account], *c.Item())
		if err != nil {
			return f, nil, err
		}
		live = index.WithKey(key)
		if same := byID(items, c.Live); len(live) == 0 && same != nil {
			live = append(live, same)
		}
		if f = then.find(r, c, live); f.status != "" {
			break
		}
	}
	return f, live, nil
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

func (o *Outcome) markLost(err error, detail string) {
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
