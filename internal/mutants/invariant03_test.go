package mutants

// samePlan are the guards of invariant 3: what makes the order of files, lists and maps disappear, and what the digest is
// bound to.
func samePlan() []mutant {
	const build, digest = "internal/plan/new.go", "internal/plan/digest.go"
	one := func(guard, file, from, to, test string) mutant {
		return mutant{guard: guard, edits: in(file, from, to), folder: "internal/plan", tests: []string{test}}
	}
	const sorted, keys, bound = "TestInvariant03EveryListIsSorted", "TestInvariant03KeysAreWrittenInOneOrder", "TestInvariant03DigestIsBoundToMeaning"
	return []mutant{
		{
			guard: "a plan is sorted", edits: in(build, "	p.sort()\n", ""),
			folder: "internal/plan", tests: []string{sorted, "TestInvariant03PlanDoesNotDependOnOrder"},
		},
		{
			guard: "a plan is sorted, seen by the command line", edits: in(build, "	p.sort()\n", ""),
			folder: "internal/e2e", tests: []string{"TestInvariant03SameStateInAnotherOrderGivesTheSameBytes"},
		},
		{
			guard: "the order of the file disappears (both nets: the configuration and the plan are sorted)",
			edits: []edit{
				{build, "	p.sort()\n", ""},
				{"internal/config/load.go", "	order.By(c.Targets, func(a, b **Target) int { return compareTargets(*a, *b) })\n", ""},
			},
			folder: "internal/e2e", tests: []string{"TestInvariant03OrderOfTheFileDoesNotMatter"},
		},
		one("accounts are sorted", build, "order.By(p.Accounts, func(a, b *Account) int { return cmp.Compare(a.Name, b.Name) })",
			"order.By(p.Accounts, func(a, b *Account) int { return 0 })", sorted),
		one("unmanaged entries are sorted", build, "return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID))", "return 0", sorted),
		one("changes of one name are sorted by their keys", build, "return cmp.Compare(a.Key.String(), b.Key.String())", "return 0", sorted),
		one("problems are sorted", build, "return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Message, b.Message),\n			a.Position.compare(b.Position))",
			"return 0", sorted),
		one("notes are sorted", build, "	p.sortNotes()\n", "", sorted),
		one("credentials are sorted", build, "slices.Sorted(slices.Values(b.in.Credentials))", "b.in.Credentials", sorted),
		one("secrets of a change are sorted", build, "for _, field := range slices.Sorted(maps.Keys(refs)) {", "for field := range refs {", sorted),
		one("parts of a key are sorted", build, "for _, name := range slices.Sorted(maps.Keys(k)) {", "for name := range k {", keys),
		one("IDs in a conflict are sorted", "internal/plan/match.go", "slices.Sort(ids)", "_ = slices.Max(ids)", sorted),
		one("the digest holds the place", digest, "out.Place, out.Credentials = a.Place, a.Credentials", "out.Credentials = a.Credentials", bound),
		one("the digest holds where the credentials come from", digest, "out.Place, out.Credentials = a.Place, a.Credentials", "out.Place = a.Place", bound),
		one("the digest holds the live entry's ID", digest, "Key: change.Key, ID: change.ID,", "Key: change.Key,", bound),
		one("the digest holds the secrets that are sent", digest, "Secrets: change.Secrets,", "", bound),
		one("the digest holds where values come from", digest, "f.After, f.Env, f.Blocked", `f.After, "", f.Blocked`, "TestInvariant03DigestHoldsWhereValuesComeFrom"),
		one("the digest leaves out places in the file", digest, "Name: change.Name, Key:", "Name: change.Name + change.Position.String(), Key:", bound),
		one("the digest leaves out the words of a reason", digest, "canonicalField{f.Field, f.Before, f.After, f.Env, f.Blocked != \"\"}",
			"canonicalField{f.Field + f.Blocked, f.Before, f.After, f.Env, f.Blocked != \"\"}", bound),
		{
			guard:  "the digest holds the place, seen by the command line",
			edits:  in(digest, "out.Place, out.Credentials = a.Place, a.Credentials", "out.Credentials = a.Credentials"),
			folder: "internal/e2e", tests: []string{"TestInvariant03DigestIsBoundToThePlace"},
		},
		{
			guard:  "a file that is reached twice is read once",
			edits:  in("internal/config/paths.go", "} else if !seen[id] {", "} else {"),
			folder: "internal/e2e", tests: []string{"TestInvariant03SeveralFilesAreOneConfiguration"},
		},
	}
}
