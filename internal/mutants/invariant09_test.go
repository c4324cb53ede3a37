package mutants

// messagesAreNamed are the guards of invariant 9: each part of a message, and each place where an error is given its own.
func messagesAreNamed() []mutant {
	const (
		cloud, e2e, apply = "internal/cloud", "internal/e2e", "internal/apply"
		text              = "internal/cloud/error.go"
		reconcile         = "internal/reconcile/reconcile.go"
		tells             = "TestInvariant09ErrorTellsWhatFailed"
		ofThePlan         = "TestInvariant09MessagesOfThePlanArePlaced"
		outcomes          = "TestInvariant09OutcomesNameOperationAndRequest"
	)
	one := func(guard, file, from, to, folder string, tests ...string) mutant {
		return mutant{guard: guard, edits: in(file, from, to), folder: folder, tests: tests}
	}
	return []mutant{
		one("an error names its operation", text, `fmt.Fprintf(&b, "%s %s", e.Provider, e.Operation)`, `fmt.Fprintf(&b, "%s", e.Provider)`, cloud, tells),
		one("an error names its account", text, `fmt.Fprintf(&b, " (account %s)", e.Account)`, "", cloud, tells),
		one("an error names its status", text, `facts = append(facts, strings.TrimSpace(fmt.Sprintf("HTTP %d %s", e.Status, http.StatusText(e.Status))))`, "_ = http.StatusText", cloud, tells),
		one("an error names the vendor's code", text, `facts = append(facts, "code "+e.Code)`, "", cloud, tells),
		one("an error names the request ID", text, `facts = append(facts, "request ID "+e.RequestID)`, "", cloud, tells),
		one("an error names its place", text, `return e.Position.String() + ": " + b.String()`, "return b.String()", cloud, tells),
		one("an error is given the place of what it was for", text, "	located.Position = p\n", "", cloud, "TestInvariant09AtNamesThePlaceOnce"),
		one("a refused write is given its place", "internal/apply/write.go", `o.fail(cloud.At(err, at), "")`, `o.fail(err, "")`, apply, "TestInvariant09RefusedWriteNamesItsPlace"),
		one("an outcome names the operation", "internal/apply/write.go", "	o.Operation = receipt.Operation\n", "", apply, outcomes),
		one("an outcome names the request of a success", "internal/apply/write.go", "	o.RequestID = receipt.RequestID\n", "", apply, outcomes),
		one("an outcome names the request of a refusal", "internal/apply/write.go", "		o.RequestID = ce.RequestID\n", "		_ = ce\n", apply, outcomes),
		one("an event names operation and request", "internal/apply/verify.go", "Operation: o.Operation, RequestID: o.RequestID, ID: o.ID,", "ID: o.ID,", apply, outcomes),
		one("an outcome names operation and request, seen by the command line", "internal/apply/write.go", "		o.RequestID = ce.RequestID\n", "		_ = ce\n", e2e,
			"TestInvariant09RefusedWriteIsPlacedAndNamed"),
		one("an account that cannot be read is given its place", reconcile, "return cloud.At(err, a.Position)", "return err", e2e,
			"TestInvariant09UnreadableAccountIsPlacedAndNamed", "TestInvariant09RefusedCredentialsAreNamed"),
		one("a failed reading back says why", "internal/apply/verify.go", `"the API accepted the change, but reading it back failed ("+err.Error()+")"`,
			`"the API accepted the change, but reading it back failed"`, e2e, "TestInvariant09FailedReadBackIsPlacedAndNamed"),
		one("an account that cannot be opened is given its place", "internal/provider/session.go", "return &config.Error{Position: account.Position, Message:", "return &config.Error{Message:",
			"internal/provider", "TestInvariant09OpeningFailsWithAPlace"),
		one("a problem of the plan is given its place", "internal/plan/new.go", "Message: message, Position: position(at)})\n}\n\nfunc (b *builder) unmanaged",
			"Message: message})\n}\n\nfunc (b *builder) unmanaged", e2e, ofThePlan),
		one("a missing variable is given its place", reconcile, "return &config.Error{Position: c.Desired.FieldPosition(field), Message: fmt.Sprintf(\n		\"%s in account %s: the environment variable %s is not set",
			"return &config.Error{Message: fmt.Sprintf(\n		\"%s in account %s: the environment variable %s is not set", e2e, ofThePlan),
		one("a note is given its place", "internal/cli/plan.go", `a.say(fmt.Sprintf("note: %s: account %s: %s", n.Position, n.Account, n.Message))`,
			`a.say(fmt.Sprintf("note: account %s: %s", n.Account, n.Message))`, e2e, ofThePlan),
		one("the request ID of a refusal is read", "internal/cloud/huawei/dialect.go", `f := &cloud.Fault{RequestID: header.Get("X-Request-Id")}`, "f := &cloud.Fault{}", e2e,
			"TestInvariant09RefusedWriteIsPlacedAndNamed"),
	}
}
