package mutants

// noBlindCreate are the guards of invariant 5. Repeats can come from the HTTP library, from the retries and from the apply;
// what an apply knows before it repeats comes from the lists.
func noBlindCreate() []mutant {
	var out []mutant
	for _, some := range [][]mutant{lostAnswers(), retries(), lists()} {
		out = append(out, some...)
	}
	return out
}

func lostAnswers() []mutant {
	const write, look, verify = "internal/apply/write.go", "internal/apply/look.go", "internal/apply/verify.go"
	one := func(guard, file, from, to string, tests ...string) mutant {
		return mutant{guard: guard, edits: in(file, from, to), folder: "internal/apply", tests: tests}
	}
	const lost = "TestInvariant05LostAnswers"
	return []mutant{
		one("a lost create that is found is not sent again", write, "case len(live) > 0:\n			r.adopt(live, err, o)", "case len(live) > 0 && false:\n			r.adopt(live, err, o)", lost),
		{
			guard:  "a lost create that is found is not sent again, seen by the command line",
			edits:  in(write, "case len(live) > 0:\n			r.adopt(live, err, o)", "case len(live) > 0 && false:\n			r.adopt(live, err, o)"),
			folder: "internal/e2e", tests: []string{"TestInvariant05LostCreateIsNeverRepeatedBlindly"},
		},
		one("a lost create that cannot be looked up is not sent again", write, "case lookErr != nil:\n			o.lost(err, \"and looking it up failed: \"+lookErr.Error())",
			"case lookErr != nil && false:\n			o.lost(err, \"and looking it up failed: \"+lookErr.Error())", lost),
		one("a create is sent twice at most", write, "const attempts = 2", "const attempts = 3", lost),
		one("a list that lags is waited for before a create is repeated", write, "for _, wait := range r.opts.LookUps {", "for _, wait := range r.opts.LookUps[:1] {",
			"TestInvariant05LostAddWaitsOutAStaleList"),
		one("a list counts that began after the loss alone", look, "		a.next, a.running = nil, now != nil\n		l.mu.Unlock()\n		if now == nil {\n			return\n		}\n",
			"		a.running = now != nil\n		l.mu.Unlock()\n		if now == nil {\n			return\n		}\n		defer func() { a.next = nil }()\n", "TestInvariant05LookBeginsAfterTheLoss"),
		one("two candidates for a lost create are not decided between", write, "if len(live) > 1 {", "if len(live) > 1 && false {", "TestInvariant05TwoCandidatesAreUnknown"),
		one("two entries after a create that was accepted are no success", verify, "if len(live) > 1 {", "if len(live) > 1 && false {",
			"TestInvariant05DuplicateIsNotTakenForSuccess", "TestInvariant05TwoCandidatesAreUnknown"),
		{
			guard:  "two entries after a create that was accepted are no success, seen by the command line",
			edits:  in(verify, "if len(live) > 1 {", "if len(live) > 1 && false {"),
			folder: "internal/e2e", tests: []string{"TestInvariant05DuplicateMadeMeanwhileIsReported"},
		},
		one("what is found is adopted only when it is equal", write, "o.Change.Desired, live[0]); len(diff) > 0 {\n		o.fail(", "o.Change.Desired, live[0]); len(diff) > 0 && false {\n		o.fail(",
			"TestInvariant05AdoptionComparesWhatTheListShows"),
		{
			guard:  "what is found is adopted only when it is equal, seen by the command line",
			edits:  in(write, "o.Change.Desired, live[0]); len(diff) > 0 {\n		o.fail(", "o.Change.Desired, live[0]); len(diff) > 0 && false {\n		o.fail("),
			folder: "internal/e2e", tests: []string{"TestInvariant05SomebodyElsesEntryIsNotAdopted"},
		},
		one("a repeated create that is refused leaves open what became of the first", write, "r.refusedAgain(lost, err, o)", "_, _ = lost, r.refusedAgain\n			o.conclude(err, write.Desired.Position)",
			"TestInvariant05LostAddInAListThatNeverShowsIt"),
		one("a lost modify is looked at", write, "case took(live):", "case took(live) || true:", lost),
		{
			guard:  "a lost modify is looked at, seen by the command line",
			edits:  in(write, "case took(live):", "case took(live) || true:"),
			folder: "internal/e2e", tests: []string{"TestInvariant05LostModifyIsLookedAt"},
		},
	}
}

func retries() []mutant {
	const client, retry, alibaba = "internal/cloud/client.go", "internal/cloud/retry.go", "internal/cloud/alibaba/dialect.go"
	one := func(guard, file, from, to, folder string, tests ...string) mutant {
		return mutant{guard: guard, edits: in(file, from, to), folder: folder, tests: tests}
	}
	const table = "TestInvariant05Retries"
	return []mutant{
		one("a write that got a connection is not retried", retry, "return retriable(err) && (f.read || !f.left.Load()) && f.another(r.Max)", "return retriable(err) && f.another(r.Max)",
			"internal/cloud", table),
		one("a write that a server failed at is not retried", retry, "return f.read && (resp.StatusCode >= 500 || fault.Open) && f.another(r.Max)",
			"return (resp.StatusCode >= 500 || fault.Open) && f.another(r.Max)", "internal/cloud", table),
		one("a write without an answer may have been carried out", client, "if f.left.Load() && !errors.Is(cause, ErrCredentials) {", "if f.left.Load() && !errors.Is(cause, ErrCredentials) && false {",
			"internal/cloud", table),
		one("a write that a server failed at may have been carried out", client, "fault.Open || resp.StatusCode >= 500 || resp.StatusCode == http.StatusRequestTimeout {",
			"fault.Open {", "internal/cloud", table),
		one("a write that a server failed at under another status may have been carried out", client, "} else if fault.Open || resp.StatusCode >= 500", "} else if resp.StatusCode >= 500",
			"internal/cloud", table),
		one("Alibaba: the code of a failure counts under every status", alibaba, "f.Open = !f.Throttled && (arrivedBefore(f.Code) || serverFailed(f.Code) ||", "f.Open = !f.Throttled && (arrivedBefore(f.Code) ||",
			"internal/cloud", table),
		one("Huawei: the code of a failure counts under every status", "internal/cloud/huawei/dialect.go", "f.Open = !f.Throttled && serverFailed(f.Code, status)", "f.Open = false",
			"internal/cloud", table),
		one("a write that came twice may have been carried out", alibaba, "(arrivedBefore(f.Code) || serverFailed(f.Code) ||", "(serverFailed(f.Code) ||", "internal/cloud", table),
		one("a write that came twice is looked up", alibaba, "(arrivedBefore(f.Code) || serverFailed(f.Code) ||", "(serverFailed(f.Code) ||", "internal/apply",
			"TestInvariant05RequestsThatComeTwice"),
		one("an apply asks whether a write may have been carried out", "internal/cloud/error.go", "return ok && e.Reach == Unknown", "return ok && e.Reach == Unknown && false",
			"internal/cloud", "TestInvariant05Executed"),
		one("an answer to a write that cannot be read leaves open what became of it", client, "e := c.fail(call, Unknown, nil)", "e := c.fail(call, Refused, nil)",
			"internal/provider/catalog", "TestInvariant05OddAnswersToWrites"),
		one("an odd answer to a write leaves open what became of it", client, "e := c.fail(call, Unknown, cause)", "e := c.fail(call, Refused, cause)",
			"internal/provider/catalog", "TestInvariant05OddAnswersToWrites"),
		one("a modify of SAS succeeded only when the answer says so", "internal/provider/alibabasas/writer.go", "if body.Success == nil || !*body.Success {",
			"if (body.Success == nil || !*body.Success) && false {", "internal/provider/catalog", "TestInvariant05OddAnswersToWrites"),
		one("Alibaba: the HTTP library cannot repeat a request", "internal/cloud/alibaba/sign.go", "out.GetBody = nil", "_ = out.GetBody", "internal/cloud/alibaba",
			"TestInvariant05NothingBelowCanSendAgain"),
		one("Huawei: the HTTP library cannot repeat a request", "internal/cloud/huawei/sign.go", "out.GetBody = nil", "_ = out.GetBody", "internal/cloud/huawei",
			"TestInvariant05NothingBelowCanSendAgain"),
	}
}

// lists are the guards against lists that hide what is there: it would be made once more.
func lists() []mutant {
	const pages = "internal/provider/pages.go"
	one := func(guard, from, to string, tests ...string) mutant {
		return mutant{guard: guard, edits: in(pages, from, to), folder: "internal/provider/catalog", tests: tests}
	}
	const moving = "TestInvariant05ListsThatMoveAreReadAgain"
	return []mutant{
		one("a list whose length changes while it is read is read again", "if page.Total != w.total {", "if page.Total != w.total && false {", "TestInvariant05TotalsThatChangeAreReadAgain"),
		one("a list that has an entry twice is read again", "		if w.seen[id] {\n", "		if w.seen[id] && false {\n", moving),
		one("a list that is not as long as it says is read again", "if n > w.total || ended && n < w.total {", "if ended {\n\t\treturn true, nil\n\t}\n\tif n > w.total {", moving),
		{
			guard:  "a list that is not as long as it says stops the run, seen by the command line",
			edits:  in(pages, "if n > w.total || ended && n < w.total {", "if ended {\n\t\treturn true, nil\n\t}\n\tif n > w.total {"),
			folder: "internal/e2e", tests: []string{"TestInvariant05ListsThatComeBackEmpty"},
		},
	}
}
