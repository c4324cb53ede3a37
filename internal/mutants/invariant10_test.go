package mutants

// interruptsAreHeard are the guards of invariant 10: signals that are heard, changes that do not start, writes that are
// held back while they wait, an end to waiting, and the report.
func interruptsAreHeard() []mutant {
	const (
		cloud, apply, e2e = "internal/cloud", "internal/apply", "internal/e2e"
		main              = "cmd/regent/main.go"
		run               = "internal/apply/apply.go"
		stop              = "internal/cloud/stop.go"
		signals           = "os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)"
		client            = "internal/cloud/client.go"
		held              = "TestInvariant10WritesThatNeverLeftAreToldFromFailures"
		finishes          = "TestInvariant10InterruptedApplyFinishesWhatIsUnderWayAndStartsNothing"
	)
	one := func(guard, file, from, to, folder string, tests ...string) mutant {
		return mutant{guard: guard, edits: in(file, from, to), folder: folder, tests: tests}
	}
	return []mutant{
		one("SIGINT is heard", main, signals, "syscall.SIGTERM, syscall.SIGHUP)", e2e, finishes, "TestInvariant10InterruptedReadsWriteNothing", "TestInvariant10EmulatorEndsInOrder"),
		one("SIGTERM is heard", main, signals, "os.Interrupt, syscall.SIGHUP)", e2e, finishes, "TestInvariant10InterruptedReadsWriteNothing", "TestInvariant10EmulatorEndsInOrder"),
		one("SIGHUP is heard", main, signals, "os.Interrupt, syscall.SIGTERM)", e2e, "TestInvariant10HangUpIsAnInterrupt"),
		one("a second signal ends the program", main, "time.AfterFunc(grace, stop)", "_ = stop", e2e, "TestInvariant10SecondSignalEndsAtOnce"),
		one("signals in a row are one wish to end", main, "time.AfterFunc(grace, stop)", "stop()", e2e, "TestInvariant10SignalsInARowAreOneWish"),
		one("no change starts after an interrupt", run, "	if r.stop.Err() != nil {\n", "	if r.stop.Err() != nil && false {\n", apply, "TestInvariant10InterruptedBeforeItStarts"),
		{
			guard: "no change starts after an interrupt (both nets: the apply and the requests), seen by the command line",
			edits: []edit{
				{run, "	if r.stop.Err() != nil {\n", "	if r.stop.Err() != nil && false {\n"},
				{run, "return cloud.Stop(work, ctx), func()", "_ = cloud.Stop\n	return work, func()"},
			},
			folder: e2e, tests: []string{finishes},
		},
		one("requests know of the interrupt", run, "return cloud.Stop(work, ctx), func()", "_ = cloud.Stop\n	return work, func()", apply, "TestInvariant10InterruptHoldsBackWhatWaits"),
		one("requests know of the interrupt, seen by the command line", run, "return cloud.Stop(work, ctx), func()", "_ = cloud.Stop\n	return work, func()", e2e,
			"TestInvariant10ThrottledWriteIsNotSentAgain"),
		one("a write is not sent after an interrupt", stop, "	if b.pulled() {\n		return errStopped\n	}\n	b.sending = true", "	b.sending = true", cloud,
			"TestInvariant10NoWriteStartsAfterAStop"),
		{
			guard: "a write that has its turn is held back (both nets: before the wait and after it)",
			edits: []edit{
				{stop, "	if b.pulled() {\n		return errStopped\n	}\n	b.sending = true", "	b.sending = true"},
				{stop, "	b.sending = false\n	if b.pulled() {\n		return errStopped\n	}\n	return nil", "	b.sending = false\n	return nil"},
			},
			folder: cloud, tests: []string{"TestInvariant10WriteOnItsWayToItsTurnIsKeptBack"},
		},
		one("a write that comes to its turn does not wait for it", stop, "	b.sending = false\n	if b.pulled() {\n		return errStopped\n	}\n	return nil", "	b.sending = false\n	return nil", cloud,
			"TestInvariant10NoTurnIsWaitedForAfterAStop"),
		one("a write that waits is woken", stop, "		b.cancel(errStopped)\n", "", cloud, "TestInvariant10StopEndsTheWaitForATurn"),
		one("a write that was throttled is not tried again", "internal/cloud/retry.go", "f == nil || f.on() || r.Max < 0", "f == nil || r.Max < 0", cloud,
			"TestInvariant10ThrottledWriteIsGivenUpAtOnce"),
		one("a write that never left is told from one that failed", client, "if reach == NotSent && f.held(ctx, cause) {", "if reach == NotSent && f.held(ctx, cause) && false {", cloud, held,
			"TestInvariant10StopEndsTheWaitForATurn"),
		one("a throttled write that is not tried again is told from one that failed", client, "		if f.held(ctx, nil) {\n", "		if f.held(ctx, nil) && false {\n", cloud, held,
			"TestInvariant10ThrottledWriteIsGivenUpAtOnce"),
		one("a write that never left is told from one that failed, seen by the apply", client, "		if f.held(ctx, nil) {\n", "		if f.held(ctx, nil) && false {\n", apply,
			"TestInvariant10InterruptHoldsBackWhatWaits", "TestInvariant10WhatNeverLeftWasNotAttempted"),
		one("a write that never left is told from one that failed, seen by the command line", client, "if reach == NotSent && f.held(ctx, cause) {",
			"if reach == NotSent && f.held(ctx, cause) && false {", e2e, "TestInvariant10ThrottledWriteIsNotSentAgain"),
		one("a write that failed without the stop is told from one that never left", stop, "b.on() && (cause == nil || retriable(cause))", "b.on()", cloud, held),
		one("a lost create is not sent once more", "internal/apply/write.go", "case r.stop.Err() != nil:", "case r.stop.Err() != nil && false:", apply, "TestInvariant10LostAddIsNotSentOnceMore"),
		one("the wait for writes under way has an end", run, "func() { time.AfterFunc(grace, cancel) })", "func() {})", apply, "TestInvariant10WritesUnderWayAreGivenUp"),
		one("writes under way may finish", run, "context.WithCancel(context.WithoutCancel(ctx))", "context.WithCancel(ctx)", apply, "TestInvariant10InterruptedInBetween"),
		one("writes under way may finish, seen by the command line", run, "context.WithCancel(context.WithoutCancel(ctx))", "context.WithCancel(ctx)", e2e, finishes),
		one("an interrupted run does not read back", "internal/apply/verify.go", "interrupted := r.stop.Err() != nil", "interrupted := false", apply, "TestInvariant10InterruptedInBetween"),
		one("the result says that the run was interrupted", run, "result.Interrupted = ctx.Err() != nil", "result.Interrupted = false", apply, "TestInvariant10InterruptedInBetween"),
		one("what was not attempted is reported", run, "		o.Detail = \"interrupted before it started\"\n		r.record(&o)\n", "		o.Detail = \"interrupted before it started\"\n", e2e, finishes),
		one("an interrupted run does not exit with 0", "internal/exitcode/exitcode.go", " && !r.Interrupted", "", "internal/exitcode",
			"TestInvariant10InterruptedRunsEndBadly"),
		{
			guard: "an interrupted question is no yes (both nets: the answer, and the plan that is made after it)",
			edits: []edit{
				{"internal/cli/apply.go", `return "", errInterrupted`, `return "yes", nil`},
				{"internal/cli/apply.go", "fresh := r.Plan(ctx)", "fresh := r.Plan(context.WithoutCancel(ctx))"},
			},
			folder: e2e, tests: []string{"TestInvariant10InterruptedQuestionWritesNothing"},
		},
		one("an interrupt is heard while standard input is silent", "internal/cli/apply.go", "	case <-ctx.Done():\n		var none T", "	case <-make(chan bool):\n		var none T", e2e,
			"TestInvariant10InterruptedStandardInputEndsTheRun"),
		one("an interrupted apply does not blame its accounts", "internal/cli/apply.go", "	if ctx.Err() != nil {\n		return errors.Join(r.Errors(p), errInterrupted)", "	if false {\n		return errors.Join(r.Errors(p), errInterrupted)", e2e,
			"TestInvariant10InterruptedApplyBlamesNoAccount"),
		one("an interrupted read says so", client, "	case ctx.Err() != nil:\n		e.Message = \"interrupted: \"", "	case false:\n		e.Message = \"interrupted: \"", e2e,
			"TestInvariant10InterruptedReadsWriteNothing"),
	}
}
