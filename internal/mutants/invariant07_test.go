package mutants

// unmanagedIsLeftAlone are the guards of invariant 7: built-in entries are no items, a live entry belongs to an item of the
// file only when its whole key says so, and an ID leads to the entry that it names.
func unmanagedIsLeftAlone() []mutant {
	const (
		sas   = "internal/provider/alibabasas/reader.go"
		hss   = "internal/provider/huaweihss"
		match = "internal/plan/match.go"
		e2e   = "internal/e2e"
		whole = "TestInvariant07UnmanagedAndBuiltInEntriesAreNeverWritten"
		ports = "TestInvariant07MatchingByPort"
	)
	one := func(guard, file, from, to, folder string, tests ...string) mutant {
		return mutant{guard: guard, edits: in(file, from, to), folder: folder, tests: tests}
	}
	return []mutant{
		{
			guard: "SAS: the vendor's own entries are no items",
			edits: []edit{
				{sas, `case "harbor", "quay":`, `case "harbor", "quay", "acr":`},
				{sas, `case "acr", "CI/CD":`, `case "CI/CD":`},
			},
			folder: e2e, tests: []string{whole},
		},
		one("SAS: entries of types that nobody knows are no items", sas, "			out.BuiltIn++\n			unknown[r.Type]++\n", "			unknown[r.Type]++\n			out.Items = append(out.Items, live(r))\n", e2e, whole),
		one("HSS: the vendor's own entries are no items, also when a server ignores the filter", hss+"/reader.go", "if _, ok := typeFromAPI(r.Type); !ok {",
			"if _, ok := typeFromAPI(r.Type); !ok && false {", "internal/provider/catalog", "TestInvariant07BuiltInEntriesAreNoItems"),
		{
			guard: "HSS: the vendor's own entries are no items (both nets: the filter of the request and that of the answer)",
			edits: []edit{
				{hss + "/reader.go", "if _, ok := typeFromAPI(r.Type); !ok {", "if _, ok := typeFromAPI(r.Type); !ok && false {"},
				{hss + "/reader.go", `managedTypes = "Harbor,Jfrog"`, `managedTypes = "Harbor,Jfrog," + builtInTypes`},
			},
			folder: e2e, tests: []string{whole},
		},
		one("every part of a key counts", "internal/model/item.go", "	for _, p := range k.Parts {\n		b.WriteString(p.Value)", "	for _, p := range k.Parts[:1] {\n		b.WriteString(p.Value)", e2e, whole),
		one("letter case of a name counts", hss+"/reader.go", "Key:    key(r.Name),", "Key:    key(strings.ToLower(r.Name)),", e2e, whole),
		one("blanks of a name count", hss+"/reader.go", "Key:    key(r.Name),", "Key:    key(strings.TrimSpace(r.Name)),", e2e, whole),
		one("ports that are told count", match, "case l.Key.Port == key.Port:", "case l.Key.Port == key.Port || true:", "internal/plan", ports),
		one("ports that are told count, seen by the command line", match, "case l.Key.Port == key.Port:", "case l.Key.Port == key.Port || true:", e2e, whole),
		one("two live entries of one key are a conflict", match, "	if len(p.live) > 1 {\n", "	if len(p.live) > 1 && false {\n", "internal/plan", ports),
		one("one live entry that two items could mean is a conflict", match, "claims[p.live[0]] > 1 {", "claims[p.live[0]] > 1 && false {", "internal/plan", ports),
		one("an ID that leads elsewhere is not used", hss+"/writer.go", "if !usable(change.Live.ID) {", "if !usable(change.Live.ID) && false {", "internal/provider/catalog",
			"TestInvariant07IDsThatLeadElsewhereAreNotUsed"),
		{
			guard: "an ID stays one part of a path (both nets: such an ID is not used, and it is escaped)",
			edits: []edit{
				{hss + "/writer.go", "if !usable(change.Live.ID) {", "if !usable(change.Live.ID) && false {"},
				{hss + "/writer.go", `"/" + url.PathEscape(change.Live.ID) +`, `"/" + change.Live.ID +`},
			},
			folder: "internal/provider/catalog", tests: []string{"TestInvariant07IDsThatLeadElsewhereAreNotUsed"},
		},
		one("what somebody else changed meanwhile is not brought back", "internal/apply/verify.go", "|| !empty(live.Values[f.Name]) {", "|| !empty(live.Values[f.Name]) && false {", e2e,
			"TestInvariant07SomebodyElsesChangeIsNotUndone"),
	}
}
