package mutants

// guards are those without which an invariant of docs/architecture.md is certainly broken.
var guards = []guard{
	{1, "the transport of reads refuses what its list does not have", "internal/cloud", "ReadOnly", skips("allow"),
		"internal/cloud", "TestInvariant01ReadOnlySendsNothingElse"},
	{1, "an account that is opened for reading has that transport", "internal/provider", "Session.chain", skips("AllowWrites"),
		"internal/provider", "TestInvariant01ReadersCannotWrite"},

	{2, "no verb formats a secret", "internal/secret", "Value.Format", begins("_, _ = io.WriteString(f, v.Reveal()); return"),
		"internal/secret", "TestInvariant02NoVerbPrintsAValue"},
	{2, "a secret that is read is registered with the masker", "internal/provider", "Session.Resolve", skips("Masker.Add"),
		"internal/provider", "TestInvariant02SecretsAreRegistered"},
	{2, "regent's own output is masked", "internal/secret", "Masker.Mask", begins("return s"),
		"internal/secret", "TestInvariant02Mask"},
	{2, "a server's text that holds a secret is not shown", "internal/secret", "Masker.holds", begins("return false"),
		"internal/cloud", "TestInvariant02MessagesThatHoldASecretAreNotShown"},
	{2, "errors leave out the URL", "internal/cloud", "withoutURL", begins("return err"),
		"internal/cloud", "TestInvariant02ErrorsShowNoURL"},

	{3, "a plan is sorted", "internal/plan", "Plan.sort", begins("return"),
		"internal/plan", "TestInvariant03EveryListIsSorted"},
	{3, "the digest holds the place", "internal/plan", "canon.form", skips("accounts"),
		"internal/plan", "TestInvariant03DigestIsBoundToMeaning"},

	{4, "the fresh plan is compared with the reviewed one", "internal/plan", "Compare", begins("return nil"),
		"internal/plan", "TestInvariant04Compare"},
	{4, "a comment that was not written by an earlier run is not believed", "internal/github", "parts.authentic", begins("return nil"),
		"internal/github", "TestInvariant04WhatIsWrongWithAMarkerIsTold"},

	{5, "a write without an answer may have been carried out", "internal/cloud", "Executed", begins("return false"),
		"internal/cloud", "TestInvariant05Executed"},
	{5, "a lost create is looked up before it is sent again", "internal/apply", "runner.lookUp", begins("return finding{}, nil, nil"),
		"internal/apply", "TestInvariant05LostAnswers"},

	{6, "spellings of a host are no difference", "internal/provider", "Host", begins("return s"),
		"internal/provider/catalog", "TestInvariant06SpellingsDoNotDiffer"},
	{6, "what was written is read back", "internal/apply", "runner.verify", begins("return"),
		"internal/apply", "TestInvariant06ReadingBack"},

	{7, "two live entries of one key are a conflict", "internal/plan", "conflict", begins(`return ""`),
		"internal/plan", "TestInvariant07MatchingByPort"},

	{8, "an exit code of 0 says that everything was applied", "internal/exitcode", "Of", begins("return OK"),
		"internal/exitcode", "TestInvariant08ExitCodeTellsWhatWasDone"},
	{8, "nothing is written that the audit file does not announce", "internal/apply", "runner.audit", begins("return nil"),
		"internal/apply", "TestInvariant08BrokenAuditFileStopsWrites"},

	{9, "an error is given the place of what it was for", "internal/cloud", "At", begins("return err"),
		"internal/cloud", "TestInvariant09AtNamesThePlaceOnce"},

	{10, "no change starts after an interrupt", "internal/apply", "runner.change", skips("stop.Err"),
		"internal/apply", "TestInvariant10InterruptedBeforeItStarts"},

	{11, "an apply never goes back", "internal/action", "evidence.present", begins("return nil"),
		"internal/action", "TestInvariant11EvidenceThatIsNotEnough"},

	{12, "an action that is in no table is not known", "internal/plan", "Lookup", begins("return kinds[1], true"),
		"internal/plan", "TestInvariant12PlanRefusesUnknownActions"},
	{12, "an action whose call is not known is not sent", "internal/apply", "runner.kind", begins("return plan.Kind{Call: plan.CallModify, Then: plan.Took}, nil"),
		"internal/apply", "TestInvariant12ApplySendsNoUnknownAction"},
}
