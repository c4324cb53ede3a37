package mutants

// secondApplyIsEmpty are the guards of invariant 6: both sides of a comparison are written in one way, what cannot be
// compared is not, and what was written is read back.
func secondApplyIsEmpty() []mutant {
	const (
		canonical = "internal/provider/canonical.go"
		hss       = "internal/provider/huaweihss/reader.go"
		swr       = "internal/provider/huaweiswr"
		sas       = "internal/provider/alibabasas/reader.go"
		verify    = "internal/apply/verify.go"
		spellings = "TestInvariant06SpellingsDoNotDiffer"
	)
	one := func(guard, file, from, to, folder string, tests ...string) mutant {
		return mutant{guard: guard, edits: in(file, from, to), folder: folder, tests: tests}
	}
	const catalog, apply, model = "internal/provider/catalog", "internal/apply", "internal/model"
	return []mutant{
		one("letter case of hosts is no difference", canonical, `strings.TrimSuffix(strings.ToLower(s), ".")`, `strings.TrimSuffix(s, ".")`, catalog, spellings),
		one("a final dot of hosts is no difference", canonical, `strings.TrimSuffix(strings.ToLower(s), ".")`, `strings.ToLower(s)`, catalog, spellings),
		one("brackets around addresses are no difference", canonical, `if bare, ok := strings.CutPrefix(s, "["); ok {`, `if bare, ok := strings.CutPrefix(s, "["); ok && false {`, "internal/provider",
			"TestInvariant06CanonicalAddresses"),
		one("long forms of addresses are no difference", canonical, "		return addr.String()\n", "		_ = addr\n", catalog, spellings),
		one("SAS: whole addresses in the domain name are read", sas, "	host, port := hostAndPort(r)\n", "	host, port := r.DomainName, r.Port\n", catalog, spellings),
		one("HSS: protocol and address are written in one way", hss, "scheme, address := canonical(r)", "scheme, address := r.Protocol, r.Address", catalog, spellings),
		one("SWR: URLs are written in one way", swr+"/reader.go", "		address = u.String()\n", "		_ = u\n", catalog, spellings),
		one("SWR: tables of hosts are written in one way", swr+"/fields.go", "out[provider.Host(name)] = provider.IP(hosts[name])", "out[name] = hosts[name]", catalog, spellings),
		one("the API's words are translated into the file's", hss, "			it.Values[fieldChannel] = channelSWR\n", "			it.Values[fieldChannel] = *r.Channel\n", "internal/e2e",
			"TestInvariant06SecondApplyHasNothingToDo", "TestInvariant06HalfDoneApplyConverges"),
		one("what an API never returns is not compared", "internal/model/compare.go", "if f.Key || !f.Observable() {", "if f.Key {", model, "TestInvariant06Differing"),
		one("what an answer left out is not compared", "internal/model/compare.go", "if !governed || !returned {", "if !governed || !returned && false {", model, "TestInvariant06Differing"),
		one("what comes from an unset variable is not compared", "internal/model/compare.go", "if env, ok := want.(FromEnv); ok && !env.Set {", "if env, ok := want.(FromEnv); ok && !env.Set && false {",
			model, "TestInvariant06Differing"),
		one("what was written is read back", "internal/apply/apply.go", "	r.verify(result)\n", "", apply, "TestInvariant06ReadingBack"),
		one("a change that the list does not show is no success", verify, `r.disprove(o, "the API accepted the change, but the list "+missing)`, "_ = missing", apply, "TestInvariant06ReadingBack"),
		one("what could not be read back is unknown", verify, "		o.Err = err\n", "		o.Err, o.Status = err, Applied\n", apply, "TestInvariant06ReadingBack"),
		one("what could not be read back is unknown, seen by the command line", verify, "		o.Err = err\n", "		o.Err, o.Status = err, Applied\n", "internal/e2e",
			"TestInvariant06UnreadableResultIsUnknownAndConverges"),
		one("a list that lags is waited for before a change is called failed", verify, "last := i == len(r.opts.LookUps)-1", "last := i == 0", apply,
			"TestInvariant06ReadingBackWaitsOutAStaleList"),
		one("fields that a vendor cleared are brought back", verify, "			return settled\n		}\n	}\n	return fieldsCleared\n}", "			return settled\n		}\n	}\n	return settled\n}", apply,
			"TestInvariant06ClearedFieldsAreBroughtBack"),
		one("an entry whose key a vendor cleared is found by its ID", "internal/apply/write.go", "len(matches) == 0 && gone != nil {", "len(matches) == 0 && gone != nil && false {", apply,
			"TestInvariant06ClearedFieldsAreBroughtBackWithoutAnswers"),
	}
}
