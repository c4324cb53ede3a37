package mutants

// readingCannotWrite are the guards of invariant 1. There are two, each alone enough: the type that the planner holds, and
// the list of reads of the transport, which lies in several hands. A reader that writes, with the transport as it is, would
// be no mutant: it takes no guard away.
func readingCannotWrite() []mutant {
	const (
		session = "internal/provider/session.go"
		sas     = "internal/provider/alibabasas"
		hss     = "internal/provider/huaweihss"
		swr     = "internal/provider/huaweiswr"
		lister  = "TestInvariant01ListerCannotWrite"
	)
	method := func(file, of string) edit {
		return edit{
			file, "func openLister(",
			"func (l *lister) Add(context.Context, " + of + "Write) (" + of + "Receipt, error) {\n\treturn " + of + "Receipt{}, nil\n}\n\nfunc openLister(",
		}
	}
	return []mutant{
		{
			guard: "the planner's type has no method that writes",
			edits: []edit{
				{
					"internal/provider/provider.go", "	List(ctx context.Context, desired []model.Item) (Listing, error)\n",
					"	List(ctx context.Context, desired []model.Item) (Listing, error)\n	Add(ctx context.Context, w Write) (Receipt, error)\n",
				},
				method(sas+"/reader.go", "provider."), method(hss+"/reader.go", "provider."), method(swr+"/reader.go", "provider."),
			},
			folder: "internal/e2e", tests: []string{"TestInvariant01PlannerHoldsNoWriteMethod"},
		},
		{
			guard:  "the transport of reads refuses what its list does not have",
			edits:  in("internal/cloud/transport.go", "if !allow(r) {", "if !allow(r) && false {"),
			folder: "internal/cloud", tests: []string{"TestInvariant01ReadOnlySendsNothingElse"},
		},
		{
			guard:  "accounts that are opened for reading have that transport",
			edits:  in(session, "if !a.AllowWrites {", "if false {"),
			folder: "internal/provider", tests: []string{"TestInvariant01ReadersCannotWrite"},
		},
		{
			guard: "with a reader that writes: the same, seen by the command line",
			edits: []edit{
				{session, "if !a.AllowWrites {", "if false {"},
				{
					sas + "/reader.go", "	call := rpc(l.endpoint, opList, nil, nil, true)\n",
					"	_, _ = l.client.Do(ctx, rpc(l.endpoint, opModify, nil, url.Values{\"Id\": {\"1\"}}, true))\n	call := rpc(l.endpoint, opList, nil, nil, true)\n",
				},
			},
			folder: "internal/e2e", tests: []string{"TestInvariant01PlanAndValidateCannotWrite"},
		},
		{
			guard:  "SAS: readers are opened for reading",
			edits:  in(sas+"/reader.go", "access(a, false)", "access(a, true)"),
			folder: sas, tests: []string{lister},
		},
		{
			guard:  "HSS: readers are opened for reading",
			edits:  in(hss+"/reader.go", "access(a, false)", "access(a, true)"),
			folder: hss, tests: []string{lister},
		},
		{
			guard:  "SWR: readers are opened for reading",
			edits:  in(swr+"/reader.go", "access(a, false)", "access(a, true)"),
			folder: swr, tests: []string{lister},
		},
		{
			guard:  "SAS: the list of reads has no operation that writes",
			edits:  in(sas+"/call.go", "case opList, opRegions:", "case opList, opRegions, opModify:"),
			folder: sas, tests: []string{lister},
		},
		{
			guard:  "SAS: an operation that is named in the older signature's way is none of the list",
			edits:  in(sas+"/call.go", `if r.URL.Query().Has("Action") {`, `if r.URL.Query().Has("Action") && false {`),
			folder: sas, tests: []string{lister},
		},
		{
			guard:  "SAS: the list of reads looks at method and path",
			edits:  in(sas+"/call.go", `return r.Method == http.MethodPost && r.URL.Path == "/"`, "return true"),
			folder: sas, tests: []string{lister},
		},
		{
			guard:  "HSS: the list of reads looks at the method",
			edits:  in(hss+"/reader.go", "return r.Method == http.MethodGet && strings.HasPrefix", "return strings.HasPrefix"),
			folder: hss, tests: []string{lister},
		},
		{
			guard:  "HSS: the list of reads looks at the path",
			edits:  in(hss+"/reader.go", ` && strings.HasSuffix(r.URL.Path, "/image/registries")`, ""),
			folder: hss, tests: []string{lister},
		},
		{
			guard:  "SWR: the list of reads looks at the method",
			edits:  in(swr+"/reader.go", "return r.Method == http.MethodGet && readPath", "return readPath"),
			folder: swr, tests: []string{lister},
		},
		{
			guard:  "SWR: the list of reads looks at the path",
			edits:  in(swr+"/reader.go", "r.Method == http.MethodGet && readPath.MatchString(r.URL.Path)", "r.Method == http.MethodGet"),
			folder: swr, tests: []string{lister},
		},
		{
			guard:  "an apply that nobody can be asked about only reads",
			edits:  in("internal/cli/apply.go", "if f.approve {", "if f.approve || !a.inTTY {"),
			folder: "internal/e2e", tests: []string{"TestInvariant01ApplyWithoutConsentCannotWrite"},
		},
		{
			guard:  "an apply that lacks a secret only reads",
			edits:  in("internal/cli/apply.go", "len(missing) > 0 {", "len(missing) > 0 && false {"),
			folder: "internal/e2e", tests: []string{"TestInvariant01ApplyWithoutConsentCannotWrite"},
		},
	}
}
