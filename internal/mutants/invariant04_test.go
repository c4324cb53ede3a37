package mutants

// planAndNothingElse are the guards of invariant 4: what binds an apply to a reviewed plan, at a desk and in the Action,
// and what binds the writes to the plan.
func planAndNothingElse() []mutant {
	const (
		e2e, planFolder = "internal/e2e", "internal/plan"
		compare         = "internal/plan/reviewed.go"
		file            = "internal/plan/file.go"
		catalog         = "internal/provider/catalog"
		action          = "TestInvariant04ActionRefusesWhatWasNotReviewed"
	)
	one := func(guard, file, from, to, folder string, tests ...string) mutant {
		return mutant{guard: guard, edits: in(file, from, to), folder: folder, tests: tests}
	}
	return []mutant{
		one("apply --plan compares the fresh plan with the saved one", "internal/cli/apply.go", "if diff := plan.Compare(reviewed, p); len(diff) > 0 {",
			"if diff := plan.Compare(reviewed, p); len(diff) > 0 && false {", e2e, "TestInvariant04AnotherPlanIsRefused", "TestInvariant04PlanOfAllAccountsServesForOne"),
		one("a change that was not reviewed is a difference", compare, "			out = append(out, NotReviewed(c))\n", "", planFolder,
			"TestInvariant04Compare", "TestInvariant04NothingReviewedAllowsNothing"),
		one("a reviewed item that would be changed otherwise is a difference", compare, "if c = unmasked(c, old); !bytes.Equal(form, now.form(c)) {", "if c = unmasked(c, old); false {", planFolder, "TestInvariant04Compare"),
		one("what is equal only behind the mask is a difference", compare, "bytes.Equal(encode(live), encode(reviewed.Fields[j].Before))", "true", planFolder,
			"TestInvariant04CompareSeesThroughTheMask"),
		one("items are told apart by their place", "internal/plan/digest.go", `return string(c.encode(&a.Place)) + change.Account + "\x00" + change.Key.String()`,
			"return change.Name", planFolder, "TestInvariant04Compare"),
		one("a saved plan that was changed is refused", file, "if got := digest(&p); got != p.Digest {", "if got := digest(&p); got != p.Digest && false {",
			planFolder, "TestInvariant04ReadRefusesWhatWasNotWrittenByPlan"),
		one("a saved plan that was changed is refused, seen by the command line", file, "if got := digest(&p); got != p.Digest {", "if got := digest(&p); got != p.Digest && false {",
			e2e, "TestInvariant04UnusablePlanFileIsAnError"),
		one("a saved plan with keys of its own is refused", file, "	dec.DisallowUnknownFields()\n", "", planFolder, "TestInvariant04ReadRefusesWhatWasNotWrittenByPlan"),
		one("a saved plan of another format is refused", file, "if head.FormatVersion != FormatVersion {", "if head.FormatVersion != FormatVersion && false {",
			planFolder, "TestInvariant04ReadRefusesWhatWasNotWrittenByPlan"),
		one("what follows a saved plan is refused (the first net: the library reads one document)", file, "if err := json.Unmarshal(content, &head); err != nil {",
			"if err := json.NewDecoder(bytes.NewReader(content)).Decode(&head); err != nil {", planFolder, "TestInvariant04ReadRefusesWhatWasNotWrittenByPlan"),
		one("the plan holds everything that a replacing modify sends", "internal/plan/new.go", "		c.Fields = b.alsoSent(d, live, c.Fields)\n", "", e2e,
			"TestInvariant04HoldsWhatTheListDoesNotTell"),
		one("what has changed since the question was asked is refused", "internal/cli/apply.go", "if diff := plan.Compare(p, fresh); len(diff) > 0 {",
			"if diff := plan.Compare(p, fresh); len(diff) > 0 && false {", e2e, "TestInvariant04AgreesToWhatWasShown"),
		one("blocked changes are not carried out", "internal/apply/apply.go", "if c := &p.Changes[i]; c.Action != plan.Blocked {",
			"if c := &p.Changes[i]; c.Action != plan.Blocked || true {", "internal/apply", "TestInvariant04BlockedChangesAreNotWritten"),
		one("a modify of HSS sends the changed fields alone", "internal/provider/huaweihss/writer.go", "return slices.Contains(change.Changed, field) })",
			"return slices.Contains(change.Changed, field) || true })", catalog, "TestInvariant04ModifiesOnTheWire"),
		one("a modify of SAS refuses fields that no call changes", "internal/provider/alibabasas/writer.go",
			`			return receipt, fmt.Errorf("%s of %s cannot be modified", field, change.Desired.Name)`+"\n", "			_ = fmt.Errorf\n", catalog, "TestInvariant04WritesThatAreNotSent"),
		one("a modify of SWR keeps what the file leaves alone", "internal/provider/huaweiswr/writer.go", "			return w.Live.Values[field]\n", "			return nil\n",
			catalog, "TestInvariant04ModifiesOnTheWire"),
		one("the Action judges a plan by the review", "internal/action/apply.go", "if refused := seen.judge(p); refused != nil {", "if refused := seen.judge(p); refused != nil && false {", e2e, action),
		one("the Action believes the review of the merged commit alone", "internal/action/reviewed.go", "case review.HeadSHA != pull.HeadSHA:", "case false:", e2e, action),
		one("the Action believes the expected author alone", "internal/action/reviewed.go", "	if found.Own == nil {\n		if len(found.Others) > 0 {",
			"	if found.Own == nil {\n		if len(found.Others) > 0 && false {", e2e, action),
		one("the Action believes a complete plan alone", "internal/action/reviewed.go", "case review.Incomplete:", "case false:", e2e, action),
		one("a marker's sum is checked", "internal/github/marker.go", "	if err := m.authentic(key); err != nil {\n", "	if err := m.authentic(key); err != nil && false {\n",
			"internal/github", "TestInvariant04WhatIsWrongWithAMarkerIsTold"),
		one("a marker belongs to what is shown", "internal/github/marker.go", "if subtle.ConstantTimeCompare([]byte(m.shown), []byte(shown(visible))) != 1 {",
			"if subtle.ConstantTimeCompare([]byte(m.shown), []byte(shown(visible))) != 1 && false {", "internal/github", "TestInvariant04WhatIsWrongWithAMarkerIsTold"),
		one("a marker without a signature is refused where a key is given", "internal/github/marker.go", "case !signed && !key.Empty():", "case false:",
			"internal/github", "TestInvariant04WhatIsWrongWithAMarkerIsTold"),
		one("only a comment's first line can be a marker", "internal/github/marker.go", "	if !strings.HasPrefix(body, markerOpen+markerName) {\n",
			"	if i := strings.Index(body, markerOpen+markerName); i >= 0 {\n		body = body[i:]\n	} else {\n", "internal/github", "TestInvariant04WhatIsWrongWithAMarkerIsTold"),
	}
}
