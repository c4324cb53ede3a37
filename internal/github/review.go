package github

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"regent/internal/plan"
)

// Review is what a comment says about the plan that was reviewed. It travels in the comment's first line; see [Marker].
type Review struct {
	// Repository is OWNER/NAME, Pull the number of the pull request, Key that of the configuration and accounts: together
	// they say what the review is of.
	Repository string
	Pull       int
	Key        string
	// HeadSHA is the commit that was planned, RunID the workflow run that did it.
	HeadSHA string
	RunID   int64
	// PlannedAt is when, by GitHub's clock, in whole seconds.
	PlannedAt time.Time
	// Used says that the review was applied: nothing more may be applied by it. Applied are the digests of the changes that
	// were carried out by an apply that did not end well: the others may still be.
	Used    bool
	Applied []string
	// Digest is the plan's.
	Digest string
	// Changes are the digests of the changes in the plan's order: SHA-256 cut to 128 bits, base64url. Nil when they were
	// left out for their size; then only an equal plan is the reviewed one.
	Changes []string
	// Plan is the reviewed plan, without what only informs. Nil when it was left out for its size; differences are then
	// told without the reviewed values.
	Plan *plan.Plan
	// Incomplete says that the plan had problems or accounts that could not be read: nothing can be approved by it.
	Incomplete bool
	// Cut says that the comment did not show all of the plan.
	Cut bool
}

// digestBytes is how much of a change's digest is kept, in bytes. Nobody gains from two changes with one digest that
// were not made for each other, and making a second change for a given digest takes 2^128 attempts.
const digestBytes = 16

// digestText is the length of a kept digest in base64url.
const digestText = (digestBytes*8 + 5) / 6

// NewReview gives the review of a plan that was made for a commit of a pull request by a workflow run, at a time by
// GitHub's clock.
func NewReview(p *plan.Plan, s Site, pull int, headSHA string, runID int64, at time.Time) Review {
	r := Review{
		Repository: s.Repository(), Pull: pull, Key: s.Key, HeadSHA: headSHA, RunID: runID, PlannedAt: at.UTC().Truncate(time.Second),
		Digest: p.Digest, Plan: p.Reviewable(), Incomplete: p.Failed(),
	}
	r.Changes = changeDigests(r.Plan)
	return r
}

func changeDigests(p *plan.Plan) []string {
	out := make([]string, len(p.Changes))
	for i := range p.Changes {
		out[i] = changeDigest(p, &p.Changes[i])
	}
	return out
}

func changeDigest(p *plan.Plan, c *plan.Change) string {
	sum, err := hex.DecodeString(p.ChangeDigest(c))
	if err != nil || len(sum) < digestBytes {
		panic("github: the digest of a change is not a hexadecimal SHA-256")
	}
	return base64.RawURLEncoding.EncodeToString(sum[:digestBytes])
}

// Check reports with [ErrOther] that the review is of another repository, pull request or configuration: a marker that
// is genuine where it was written says nothing elsewhere.
func (r Review) Check(s Site, pull int) error {
	switch {
	case !strings.EqualFold(r.Repository, s.Repository()):
		return fmt.Errorf("%w: it is of repository %s", ErrOther, r.Repository)
	case r.Pull != pull:
		return fmt.Errorf("%w: it is of pull request #%d", ErrOther, r.Pull)
	case r.Key != s.Key:
		return fmt.Errorf("%w: it is of another configuration or other accounts", ErrOther)
	}
	return nil
}

// Compare checks a fresh plan against the reviewed one; empty when it is equal or a subset, see [plan.Compare]. Without
// the reviewed values it tells which changes are not the reviewed ones, without the digests of the changes only that
// the plan is another. Whether the review was of a complete plan is not looked at: see Incomplete.
func (r Review) Compare(fresh *plan.Plan) []plan.Difference {
	switch {
	case fresh.Digest == r.Digest || len(fresh.Changes) == 0:
		return nil
	case r.Plan != nil:
		return plan.Compare(r.Plan, fresh)
	case r.Changes != nil:
		return r.compareDigests(fresh)
	}
	return []plan.Difference{{
		Position: fresh.Changes[0].Position, Account: fresh.Changes[0].Account, Name: "the plan", Field: "digest",
		Reviewed: r.Digest, Now: fresh.Digest,
		Message: "it is not the reviewed plan; that was too large for its comment to tell more than its digest, so that only " +
			"an equal plan passes",
	}}
}

func (r Review) compareDigests(fresh *plan.Plan) []plan.Difference {
	reviewed := make(map[string]bool, len(r.Changes))
	for _, d := range r.Changes {
		reviewed[d] = true
	}
	var out []plan.Difference
	for i := range fresh.Changes {
		c := &fresh.Changes[i]
		if reviewed[changeDigest(fresh, c)] {
			continue
		}
		d := plan.NotReviewed(c)
		d.Message = fmt.Sprintf("this %s is not among the reviewed changes; the reviewed values are not kept, the plan was too "+
			"large for its comment", c.Action)
		out = append(out, d)
	}
	return out
}

// After gives the review as an apply leaves it: used up when the apply ended well, else without the changes of the plan
// that were carried out. Where the digests of the changes were left out it cannot be told which those are, and then any
// that was carried out uses the review up.
func (r Review) After(p *plan.Plan, done []*plan.Change, well bool) Review {
	r.Used = r.Used || well || len(done) > 0 && r.Changes == nil
	if r.Used {
		r.Applied = nil
		return r
	}
	r.Applied = slices.Clone(r.Applied)
	for _, c := range done {
		if d := changeDigest(p, c); !slices.Contains(r.Applied, d) {
			r.Applied = append(r.Applied, d)
		}
	}
	slices.Sort(r.Applied)
	return r
}

// Again gives those of a plan's writes that the review was used for before.
func (r Review) Again(p *plan.Plan) []*plan.Change {
	return slices.DeleteFunc(p.Writes(), func(c *plan.Change) bool {
		return !r.Used && !slices.Contains(r.Applied, changeDigest(p, c))
	})
}
