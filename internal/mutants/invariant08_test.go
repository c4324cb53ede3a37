package mutants

// everyChangeHasAnEnd are the guards of invariant 8: failures and panics stay with their change, the audit file is written
// before and after each write, and the exit code follows from the outcomes.
func everyChangeHasAnEnd() []mutant {
	const (
		apply, e2e = "internal/apply", "internal/e2e"
		run        = "internal/apply/apply.go"
		audit      = "internal/cli/audit.go"
		code       = "internal/exitcode/exitcode.go"
		others     = "TestInvariant08OneFailureDoesNotStopTheOthers"
	)
	one := func(guard, file, from, to, folder string, tests ...string) mutant {
		return mutant{guard: guard, edits: in(file, from, to), folder: folder, tests: tests}
	}
	return []mutant{
		{
			guard: "the error of a change stays with it",
			edits: []edit{
				{
					run, "			group := errgroup.Group{}\n			group.SetLimit(max(r.opts.Parallelism, 1))\n			for _, i := range share {",
					"			group, stop := errgroup.WithContext(r.stop)\n			r.stop = stop\n			group.SetLimit(max(r.opts.Parallelism, 1))\n			for _, i := range share {",
				},
				{run, "					r.finished(total, *o)\n					return nil\n", "					r.finished(total, *o)\n					return o.Err\n"},
			},
			folder: e2e, tests: []string{others},
		},
		one("a panic of a writer is the end of its change alone", run, `o.Status, o.Detail = Unknown, fmt.Sprintf("internal error: %v", p)`, "panic(p)", apply, "TestInvariant08PanicOfAWriterIsUnknown"),
		one("a panic of the reading back loses no outcome", "internal/apply/verify.go", `r.allUnread(outcomes, lost, fmt.Errorf("internal error: %v", p))`, `_ = fmt.Errorf("%v", p)`, apply,
			"TestInvariant08PanicOfTheReadingBackIsUnknown"),
		one("a panic of a provider is the end of its account alone", "internal/reconcile/reconcile.go", "in.Err = crash.Guard(func() error { return r.list(ctx, a, &in) })",
			"in.Err = r.list(ctx, a, &in)", "internal/reconcile", "TestInvariant08PanicOfAProviderFailsItsAccountOnly"),
		one("nothing is written that the audit file does not announce", "internal/apply/write.go", "if err := r.audit(Event{Change: o.Change, Outcome: Started, ID: o.ID, Detail: why}); err != nil {", "if err := error(nil); err != nil {", apply,
			"TestInvariant08BrokenAuditFileStopsWrites"),
		one("the audit file announces every write", "internal/apply/write.go", "if err := r.audit(Event{Change: o.Change, Outcome: Started, ID: o.ID, Detail: why}); err != nil {", "if err := error(nil); err != nil {", e2e, others),
		one("the audit file holds the end of every write", run, "		r.event(&o, string(o.Status))\n", "", e2e, others),
		one("the audit file holds what was not attempted", run, "			r.record(&result.Outcomes[i])\n", "", e2e, others),
		one("the audit file holds places and digest", audit, "		Position: c.Position, Digest: a.digest,\n", "", e2e, others),
		one("the audit file is appended to", audit, "os.O_CREATE|os.O_APPEND|os.O_WRONLY", "os.O_CREATE|os.O_WRONLY", e2e, "TestInvariant08AuditFileGrowsFromRunToRun"),
		one("a cut line of the audit file gets its end", audit, "	if a.cut {\n", "	if a.cut && false {\n", e2e, "TestInvariant08CutAuditLineStaysAlone"),
		one("a line that does not fit is taken back", audit, "return a.file.Truncate(end - n)", "return nil", e2e, "TestInvariant08FullDiskTearsNoAuditLine"),
		one("the audit file's lines reach a disk", audit, "if !info.Mode().IsRegular() {", "if !info.Mode().IsRegular() && false {", e2e, "TestInvariant08UnwritableAuditFileStopsBeforeTheFirstWrite"),
		one("the audit file is its owner's alone", audit, "0o600", "0o644", e2e, "TestInvariant08AuditFileGrowsFromRunToRun"),
		one("an audit file that cannot be opened stops the run before its first write", audit,
			`return nil, fmt.Errorf("nothing was written: the audit file cannot be opened: %w", err)`, "return &audit{}, nil", e2e, "TestInvariant08UnwritableAuditFileStopsBeforeTheFirstWrite"),
		one("an account that cannot be read stops the run before its first write", "internal/cli/apply.go", "	if p.Unread() {\n", "	if p.Unread() && false {\n", e2e,
			"TestInvariant08UnreadableAccountIsNamedAndNothingIsWritten"),
		one("an incomplete plan is not saved", "internal/cli/plan.go", "	if p.Failed() {\n", "	if p.Failed() && false {\n", e2e, "TestInvariant08UnreadableAccountIsNamedAndNothingIsWritten"),
		one("an exit code of 0 says that everything was applied", code, "r.Count(apply.Applied) == len(r.Outcomes)", "r.Count(apply.Applied) <= len(r.Outcomes)", "internal/exitcode",
			"TestInvariant08ExitCodeTellsWhatWasDone"),
		one("an exit code of 0 says that there were no problems", code, " && len(p.Problems) == 0", "", "internal/exitcode", "TestInvariant08ExitCodeTellsWhatWasDone"),
		one("an exit code of 1 says that nothing was written", code, "		return Partial\n", "		return Error\n", e2e, "TestInvariant08ExitCodes"),
		one("what is unknown may have been written", run, "o.Written || o.Status == Applied || o.Status == Unknown", "o.Written || o.Status == Applied", "internal/exitcode",
			"TestInvariant08ExitCodeTellsWhatWasDone"),
		one("what the API accepted was written", run, "o.Written || o.Status == Applied || o.Status == Unknown", "o.Status == Applied || o.Status == Unknown", "internal/exitcode",
			"TestInvariant08ExitCodeTellsWhatWasDone"),
		one("a lost report does not make an exit code of 1", "internal/cli/apply.go", "			code = exitcode.Partial // the report", "			code = exitcode.Error // the report", e2e,
			"TestInvariant08LostReportIsNoLostWrite"),
		one("a reader that goes away does not end the run", "cmd/regent/main.go", "	signal.Ignore(syscall.SIGPIPE)\n", "", e2e, "TestInvariant08ReaderThatGoesAwayStopsNothing"),
	}
}
