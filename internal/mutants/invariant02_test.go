package mutants

// secretsStay are the guards of invariant 2. They lie one behind the other: a type that cannot be printed, texts of servers
// that are scrubbed where they come in, a mask on what is planned and told, a mask on every stream, and requests that put
// secrets into bodies. Where two nets would catch the same secret, each has a test with a secret that only it catches.
func secretsStay() []mutant {
	var out []mutant
	for _, some := range [][]mutant{secretType(), masker(), serversTexts(), whatIsTold(), streams(), credentials(), requests()} {
		out = append(out, some...)
	}
	return out
}

func secretType() []mutant {
	const file = "internal/secret/secret.go"
	one := func(guard, from, to, test string) mutant {
		return mutant{guard: guard, edits: in(file, from, to), folder: "internal/secret", tests: []string{test}}
	}
	return []mutant{
		{
			guard: "the text of a secret lies behind a closure, where printers by reflection find an address",
			edits: []edit{
				{file, "	reveal func() string\n}", "	text string\n}"},
				{file, "return Value{reveal: func() string { return text }}", "return Value{text: text}"},
				{file, "	if v.reveal == nil {\n		return \"\"\n	}\n	return v.reveal()\n", "	return v.text\n"},
			},
			folder: "internal/secret", tests: []string{"TestInvariant02NoVerbPrintsAValue"},
		},
		one("no verb formats a secret", "{ _, _ = io.WriteString(f, placeholder) }", "{ _, _ = io.WriteString(f, v.Reveal()) }", "TestInvariant02NoVerbPrintsAValue"),
		one("String of a secret", "String() string { return placeholder }\n\n// GoString", "String() string { return v.Reveal() }\n\n// GoString", "TestInvariant02NoVerbPrintsAValue"),
		one("GoString of a secret", "GoString() string { return placeholder }", "GoString() string { return v.Reveal() }", "TestInvariant02NoMethodGivesTheText"),
		one("JSON of a secret", "return json.Marshal(placeholder)", "return json.Marshal(v.Reveal())", "TestInvariant02NoEncoderWritesAValue"),
		one("text form of a secret", "return []byte(placeholder), nil", "return []byte(v.Reveal()), nil", "TestInvariant02NoEncoderWritesAValue"),
		one("YAML of a secret", "MarshalYAML() (any, error) { return placeholder, nil }", "MarshalYAML() (any, error) { return v.Reveal(), nil }", "TestInvariant02NoEncoderWritesAValue"),
		one("log value of a secret", "slog.StringValue(placeholder)", "slog.StringValue(v.Reveal())", "TestInvariant02NoLoggerWritesAValue"),
	}
}

func masker() []mutant {
	const forms, file, writer = "internal/secret/encodings.go", "internal/secret/masker.go", "internal/secret/writer.go"
	const folds, folded, longer = "internal/secret/fold.go", "TestInvariant02FoldedFormsAreRemoved", "TestInvariant02WriterHoldsBackWhileAFoldedSecretMayGoOn"
	one := func(guard, file, from, to string, tests ...string) mutant {
		return mutant{guard: guard, edits: in(file, from, to), folder: "internal/secret", tests: tests}
	}
	const every = "TestInvariant02EveryFormIsRemoved"
	return []mutant{
		one("regent's own output is masked", file, "return cover(s, 0, m.spans(s, minNetLength))", "return s", "TestInvariant02Mask", every),
		one("texts that servers keep are cut", file, "return cover(s, 0, m.spans(s, minPartLength))", "return s", "TestInvariant02CutLeavesOnlyTheShortest"),
		one("messages of servers are scrubbed", file, "s = cover(s, 0, m.spans(s, minPartLength))", "", "TestInvariant02Scrub", every),
		one("messages with a very short secret are withheld", file, "if m.holdsShort(s) {", "if m.holdsShort(s) && false {", "TestInvariant02Scrub"),
		one("secrets that overlap are covered together", file, "		spans[last].end = max(spans[last].end, p.end)\n", "		spans[last].end += 0\n", "TestInvariant02Mask"),
		one("JSON escapes of a secret are known", forms, "out = append(out, jsonForms(text)...)", "", every),
		one("URL escapes of a secret are known", forms, "out = append(out, urlForms(text)...)", "", every),
		one("HTML and XML escapes of a secret are known", forms, "out = append(out, markupForms(text)...)", "", every),
		one("Markdown escapes of a secret are known", forms, "out = append(out, markdownForms(text)...)", "", every),
		one("quoted forms of a secret are known", forms, "out = append(out, unquote(strconv.Quote(text)), unquote(strconv.QuoteToASCII(text)))", "_ = strconv.Quote", every),
		one("escapes inside escapes are known", forms, "			all.add(escapes(s)...)\n", "", every),
		one("base64 of a secret is known at every alignment", forms, "for offset := range 3 {", "for offset := range 1 {", every),
		one("base64 and hexadecimal digits of a secret are known", forms, "digits.add(packings(s)...)", "", every),
		one("folded base64 and hexadecimal digits are found", file, "return union(m.whole(s, least), m.folded(unfold(s), least))", "return m.whole(s, least)", folded),
		one("line breaks that are written as escapes are folds", folds, "n := escapedFold(u.source[i:]); n > 0 {", "n := escapedFold(u.source[i:]); n < 0 {", folded),
		one("the writer finds folded forms", writer, "spans := union(m.whole(s, minNetLength), m.folded(without, minNetLength))", "spans := m.whole(s, minNetLength)",
			folded, longer),
		one("the writer holds lines back while a folded form may have begun", writer, "max(m.begun(s), m.begunFold(without))", "m.begun(s)", folded, longer),
		one("lines of a secret of several lines are known", forms, `if strings.Contains(text, "\n") {`, `if strings.Contains(text, "\n") && false {`, "TestInvariant02Mask"),
		one("the writer masks lines", writer, "text, used := w.masker.maskLines(string(w.buf[:end]), w.done)", "text, used := string(w.buf[:end]), end",
			"TestInvariant02WriterHoldsBackUntilALineEnds"),
		{
			guard: "the writer holds a line back until it ends (both nets: it masks whole lines, and writes none by halves)",
			edits: []edit{
				{writer, `end := bytes.LastIndexByte(p, '\n')`, `end := max(bytes.LastIndexByte(p, '\n'), len(p)-1)`},
				{writer, `used = max(done, strings.LastIndexByte(s[:used], '\n')+1)`, "used = max(done, used)"},
			},
			folder: "internal/secret", tests: []string{"TestInvariant02WriterHoldsBackUntilALineEnds"},
		},
		one("the writer holds lines back while a secret of several lines may have begun", writer, "max(m.begun(s), m.begunFold(without))", "m.begunFold(without)",
			"TestInvariant02WriterHoldsBackUntilALineEnds"),
		one("the writer masks the rest", writer, "text := w.masker.maskRest(string(w.buf), w.done)", "text := string(w.buf)", "TestInvariant02WriterEqualsMaskOfTheWhole"),
	}
}

func serversTexts() []mutant {
	const client, retry, transport = "internal/cloud/client.go", "internal/cloud/retry.go", "internal/cloud/transport.go"
	one := func(guard, file, from, to string, tests ...string) mutant {
		return mutant{guard: guard, edits: in(file, from, to), folder: "internal/cloud", tests: tests}
	}
	return []mutant{
		one("servers' texts are scrubbed before they are cleaned", client, "	s = c.scrub(s)\n", "", "TestInvariant02TextIsScrubbedBeforeAndAfterItIsCleaned"),
		one("servers' texts are scrubbed again after they are cleaned", client, `s = c.scrub(strings.Join(strings.Fields(s), " "))`, `s = strings.Join(strings.Fields(s), " ")`,
			"TestInvariant02TextIsScrubbedBeforeAndAfterItIsCleaned", "TestInvariant02EchoesAreCleaned"),
		one("code, message and request ID of a refusal are scrubbed", client, "c.told(resp, fault.Code), c.told(resp, fault.Message), c.told(resp, fault.RequestID)",
			"fault.Code, fault.Message, fault.RequestID", "TestInvariant02EchoesAreCleaned"),
		one("the request ID of a success is scrubbed", client, "c.told(resp, c.opts.Dialect.RequestID(resp.Header, text))", "c.opts.Dialect.RequestID(resp.Header, text)",
			"TestInvariant02RequestIDsAreCleaned"),
		one("what signed a request is scrubbed", client, "s = signed.Scrub(s)", "_ = signed.Scrub(s)", "TestInvariant02SignaturesAreNotShown"),
		one("the cause of an error is scrubbed", client, "		e.Message = c.clean(cause.Error())\n", "		e.Message = cause.Error()\n", "TestInvariant02CausesAreCleaned"),
		one("errors leave out the URL", client, "		return ue.Err\n", "		return ue\n", "TestInvariant02ErrorsShowNoURL"),
		one("what retries the requests logs nothing", retry, "c.Logger = nil", "_ = c.Logger", "TestInvariant02RetriesAreNotLogged"),
		one("targets of redirects are kept from the HTTP library, which quotes them", transport, `if target, ok := resp.Header["Location"]; ok {`,
			`if target, ok := resp.Header["Location"]; ok && false {`, "TestInvariant02RedirectTargetsAreNotQuoted"),
		{
			guard: "redirects are not followed (both nets: the library is told, and does not see the target)",
			edits: []edit{
				{retry, "return http.ErrUseLastResponse }", "return nil }"},
				{transport, `if target, ok := resp.Header["Location"]; ok {`, `if target, ok := resp.Header["Location"]; ok && false {`},
			},
			folder: "internal/cloud", tests: []string{"TestInvariant02RedirectsAreNotFollowed"},
		},
	}
}

func whatIsTold() []mutant {
	const file = "internal/reconcile/reconcile.go"
	return []mutant{
		{
			guard:  "every secret of the file is known before the first answer is read",
			edits:  in(file, "	r.learnSecrets()\n", ""),
			folder: "internal/reconcile", tests: []string{"TestInvariant02SecretsAreKnownBeforeTheFirstAnswer"},
		},
		{
			guard: "code, message and request ID of a refusal are scrubbed, seen by the command line",
			edits: in("internal/cloud/client.go", "c.told(resp, fault.Code), c.told(resp, fault.Message), c.told(resp, fault.RequestID)",
				"fault.Code, fault.Message, fault.RequestID"),
			folder: "internal/e2e", tests: []string{"TestInvariant02SecretsAreNotShownWhateverServersAnswer"},
		},
		{
			guard:  "a secret that is resolved is told to the masker",
			edits:  in("internal/provider/session.go", "s.Masker.Add(v)", "_ = v"),
			folder: "internal/provider", tests: []string{"TestInvariant02SecretsAreRegistered"},
		},
		{
			guard:  "what servers told is masked in plans",
			edits:  in(file, "	p.Mask(r.session.Masker.Cut)\n", ""),
			folder: "internal/e2e", tests: []string{"TestInvariant02LiveTextsThatHoldASecret", "TestInvariant02SecretsThatServersMakeIDsAreMasked"},
		},
		{
			guard:  "what servers told is masked in events",
			edits:  in(file, "r.mask(&e.ID, &e.RequestID, &e.Detail)", ""),
			folder: "internal/reconcile", tests: []string{"TestInvariant02WhatAnApplyTellsIsMasked"},
		},
		{
			guard:  "what servers told is masked in the progress",
			edits:  in(file, "		r.mask(&out.ID, &out.RequestID, &out.Detail)\n		progress(", "		progress("),
			folder: "internal/reconcile", tests: []string{"TestInvariant02WhatAnApplyTellsIsMasked"},
		},
		{
			guard:  "what servers told is masked in results",
			edits:  in(file, "		out := &result.Outcomes[i]\n		r.mask(&out.ID, &out.RequestID, &out.Detail)\n", "		_ = result.Outcomes[i]\n"),
			folder: "internal/reconcile", tests: []string{"TestInvariant02WhatAnApplyTellsIsMasked"},
		},
		{
			guard:  "what a panic of a provider says is scrubbed",
			edits:  in(file, "r.session.Masker.Scrub(fallen.Error())", "fallen.Error()"),
			folder: "internal/reconcile", tests: []string{"TestInvariant02PanicsAreScrubbed"},
		},
		{
			guard:  "what any other panic says is scrubbed",
			edits:  in("internal/cli/cli.go", "a.masker.Scrub(e.Error())", "e.Error()"),
			folder: "internal/e2e", tests: []string{"TestInvariant02CrashesShowNoShortSecret"},
		},
	}
}

func streams() []mutant {
	one := func(guard, file, from, to string, tests ...string) mutant {
		return mutant{guard: guard, edits: in(file, from, to), folder: "internal/e2e", tests: tests}
	}
	const inFile, inAction = "TestInvariant02WhatStandsInTheFileIsMasked", "TestInvariant02ActionTextEqualToASecret"
	return []mutant{
		one("standard output is masked", "internal/cli/cli.go", "out: masker.Writer(s.Out),", "out: (&secret.Masker{}).Writer(s.Out),", inFile),
		one("standard error is masked", "internal/cli/cli.go", "err: masker.Writer(s.Err),", "err: (&secret.Masker{}).Writer(s.Err),",
			inFile, "TestInvariant02WhatLibrariesLogIsMasked"),
		one("JSON documents are masked", "internal/cli/json.go", "masked := a.masker.Mask(text)", "masked := text", inFile),
		one("lines of the audit file are masked", "internal/cli/audit.go", "a.app.maskJSON(line)", "line", inFile),
		one("GitHub's runner is told what to mask", "internal/action/workflow.go", "	masker.Announce(w.mask)\n", "", "TestInvariant02ActionShowsNoSecret"),
		one("the log of the Action is masked", "internal/action/workflow.go", "log: masker.Writer(", "log: (&secret.Masker{}).Writer(", inAction),
		{
			guard: "summary and comment of the Action are masked (three nets: values, the finished text, the summary)",
			edits: []edit{
				{"internal/action/action.go", "Footer: r.footer(), Mask: r.masker.Mask,", "Footer: r.footer(),"},
				{"internal/action/action.go", "return r.masker.Mask(b.String())", "return b.String()"},
				{"internal/action/workflow.go", "w.gh.AddStepSummary(w.masker.Mask(markdown))", "w.gh.AddStepSummary(markdown)"},
			},
			folder: "internal/e2e", tests: []string{inAction},
		},
	}
}

func credentials() []mutant {
	one := func(guard, file, from, to string, tests ...string) mutant {
		return mutant{guard: guard, edits: in(file, from, to), folder: "internal/e2e", tests: tests}
	}
	return []mutant{
		{
			guard:  "Alibaba: the keys of the environment are masked",
			edits:  in("internal/cloud/alibaba/credential.go", "		masker.Add(key)\n		masker.Add(token)\n", ""),
			folder: "internal/cloud/alibaba", tests: []string{"TestInvariant02ChainReadsTheEnvironmentFirst"},
		},
		{
			guard:  "Alibaba: the keys that the vendor's library finds are masked",
			edits:  in("internal/cloud/alibaba/credential.go", "		o.masker.Add(k.AccessKeySecret)\n", ""),
			folder: "internal/cloud/alibaba", tests: []string{"TestInvariant02OfficialChain"},
		},
		{
			guard:  "Huawei: the keys that the vendor's library finds are masked",
			edits:  in("internal/cloud/huawei/credential.go", "	masker.Add(c.SecretKey)\n	masker.Add(c.SecurityToken)\n", ""),
			folder: "internal/cloud/huawei", tests: []string{"TestInvariant02OfficialProfile"},
		},
		one("Huawei: the keys, tokens and passwords of the environment are masked", "internal/cloud/huawei/credential.go", "	r.masker.Add(v)\n", "",
			"TestInvariant02CredentialsOfAccountsAreNotShown"),
		one("no file names a variable of the tool's own", "internal/config/check.go", `if why := reservedReason(u.ref.Env, u.account != ""); why != "" {`,
			`if why := reservedReason(u.ref.Env, u.account != ""); why != "" && false {`, "TestInvariant02PullRequestReachingForTheToolsOwnCredentials"),
		one("no secret that equals one of the tool's own is sent", "internal/reconcile/reconcile.go", "errs = append(errs, copied(c, use.Field, use.Env, name))", "_ = name",
			"TestInvariant02PullRequestReachingForCopies"),
		one("no login that equals one of the tool's own secrets is sent", "internal/reconcile/reconcile.go", "errs = append(errs, copied(c, f.Name, env.Ref.Env, name))", "_ = name",
			"TestInvariant02PullRequestReachingForCopies"),
		one("passwords of proxies are masked", "internal/cli/session.go", "	cloud.LearnProxies(a.lookup, a.masker)\n", "	_ = cloud.LearnProxies\n", "TestInvariant02ProxyPasswordsAreNotShown"),
		one("letter case hides no such variable", "internal/config/variables.go", "	upper := fold(variable)\n", "	upper := variable\n",
			"TestInvariant02PullRequestReachingForTheToolsOwnCredentials"),
		one("a library's switch that prints credentials ends the run", "internal/cli/cli.go", "if slices.Contains(words, name) {", "if slices.Contains(words, name) && false {",
			"TestInvariant02LeakyDebugIsRefused"),
		one("the HTTP library's switch that prints headers ends the run", "internal/cli/cli.go", "if strings.Contains(godebug, name) {", "if strings.Contains(godebug, name) && false {",
			"TestInvariant02SwitchesOfLibrariesPrintNoCredentials"),
	}
}

func requests() []mutant {
	const sas = "internal/provider/alibabasas/writer.go"
	one := func(guard, file, from, to string, tests ...string) mutant {
		return mutant{guard: guard, edits: in(file, from, to), folder: "internal/e2e", tests: tests}
	}
	return []mutant{
		one("an add of SAS has its secrets in the body unless the file says otherwise", sas, "if w.inQuery {", "if w.inQuery || true {",
			"TestInvariant02SecretsInQueryIsTheOnlyException", "TestInvariant02SecretsArriveAndAreNeverShown"),
		one("a modify of SAS has its password in the body", sas, `form.Set("Password", p.Reveal())`, `query.Set("Password", p.Reveal())`,
			"TestInvariant02SecretsInQueryIsTheOnlyException"),
		one("with secrets in the query: errors leave out the URL, seen by the command line", "internal/cloud/client.go", "		return ue.Err\n", "		return ue\n",
			"TestInvariant02SecretsInQueryAreInNoMessage"),
		one("a secret that is too short to be kept out of texts is not sent", "internal/reconcile/reconcile.go", `else if why := v.Unfit(); why != "" {`,
			`else if why := v.Unfit(); why != "" && false {`, "TestInvariant02ShortSecretsAreRefusedAtApply"),
	}
}
