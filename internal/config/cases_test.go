package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestOneMistakeIsOneMessageWithItsCure holds each file of testdata/cases, which makes one mistake, against what is said
// of it. A warning starts with its place, too.
func TestOneMistakeIsOneMessageWithItsCure(t *testing.T) {
	const (
		target   = "replicationTargets[dr]"
		dollar   = target + ".accessKey is taken as text; a variable is written accessKey: {env: DR_USER}, without quotes"
		anew     = "type it anew in ASCII, or delete it"
		notPlain = " stands here, which YAML takes for text; " + anew
	)
	for file, want := range map[string]string{
		// What is taken as a login, and what cannot be one.
		"blanks.yaml":      "13:16: " + target + ".accessKey is empty: it holds nothing but blanks",
		"deck.yaml":        "13:16: " + target + ".accessKey is taken as text; a variable is written accessKey: {env: DECK_DR_USER}, without quotes",
		"dollar.yaml":      "13:16: " + dollar,
		"quoted-ref.yaml":  "13:16: " + dollar,
		"block-login.yaml": "13:16: " + target + ".accessKey holds a line break, as block text (after | or >) does at its end; write it on one line",
		"zwsp-login.yaml":  "13:16: " + target + ".accessKey holds U+200B (zero-width space); write it without",
		"jinja.yaml":       "13:17: {{ ... }} is a placeholder of a template, and templates are not filled in here; write {env: NAME} to read a variable",
		// What cannot be seen.
		"fullwidth-colon.yaml": "10:12: not valid YAML: U+FF1A (full-width :)" + notPlain,
		"nbsp-colon.yaml":      "10:13: not valid YAML: U+00A0 (no-break space)" + notPlain,
		"nbsp-indent.yaml":     "10:1: not valid YAML: U+00A0 (no-break space)" + notPlain,
		"zwsp-account.yaml": "10:14: " + target + ".account: there is no such account; did you mean swr? " +
			"U+200B (zero-width space) stands in column 17 of this line: " + anew,
		"zwsp-key.yaml": `10:5: ` + target + `["acc\u200bount"]: unknown key; did you mean account? ` +
			"U+200B (zero-width space) stands in column 8 of this line: " + anew,
		"zwsp-topkey.yaml": `2:1: ["accounts\u200b"]: unknown key; did you mean accounts? U+200B (zero-width space) stands in column 9 of this line: ` + anew,
		"zwsp-url.yaml":    "12:10: " + target + ".url: the host name holds U+200B (zero-width space); " + anew,
		// Values.
		"bad-ipv4.yaml":      "12:10: " + target + ".url: the host is not an IPv4 address, and no DNS name ends in a number",
		"huge-number.yaml":   "16:24: registries[hp].scan[sas].imagesPerHour is 99999999999999999999; it must be from 1 to 1000000",
		"quoted-bool.yaml":   "15:15: " + target + ".insecure must be true or false, without quotes: true",
		"quoted-number.yaml": "16:24: registries[hp].scan[sas].imagesPerHour must be a whole number, without quotes: 10",
		"hosts-dot.yaml":     "",
		"hosts-idn.yaml":     "15:13: " + target + ".hosts: the host name has letters outside ASCII; write it in its xn-- form",
		"hosts-port.yaml":    "15:13: " + target + ".hosts: a host name stands here without protocol, port and path, as in harbor.example.com",
		// Files.
		"two-merges.yaml":       "16:5: << may stand once in a mapping; write <<: [*first, *second]",
		"escaped-slash.json":    "",
		"conflict-markers.yaml": "12:1: not valid YAML: this is a conflict marker of git; keep one of the two sides, and delete the markers",
		"no-accounts.yaml":      "1:1: no account is declared, so that there is nothing to plan; see accounts in `regent schema`",
	} {
		t.Run(file, func(t *testing.T) {
			c, err := Load([]string{"testdata/cases/" + file})
			if want != "" {
				want = "testdata/cases/" + file + ":" + want
			}
			got := ""
			switch {
			case err != nil:
				got = err.Error()
			case len(c.Warnings) > 0:
				got = c.Warnings[0].Error()
			case c.NoAccounts() != nil:
				got = c.NoAccounts().Error()
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestReferencesOfOtherToolsAreNotTakenSilently: such a login would be sent as it stands.
func TestReferencesOfOtherToolsAreNotTakenSilently(t *testing.T) {
	for login, want := range map[string]bool{
		"{env: ROBOT}": true, "{env:ROBOT}": true, " { env: ROBOT } ": true, "env: ROBOT": true, "${ROBOT}": true, "${ROBOT:-admin}": true,
		"$ROBOT": true, "$R": true, "${{ secrets.ROBOT }}": true, "{{ robot }}": true, "{{lookup('env','ROBOT')}}": true, "%ROBOT%": true,
		"$(ROBOT)": true, "robot-${STAGE}": true,
		"robot$name": false, "robot$NAME": false, "robot$project+name": false, "$robot": false, "admin": false, "a%b%c": false, "{admin}": false, "100%": false,
	} {
		if got := isReference(login); got != want {
			t.Errorf("%q: %v", login, got)
		}
	}
	if got := referredTo("${GITHUB_TOKEN}", []string{"dr"}, "accessKey"); got != "DR_AK" {
		t.Errorf("a reserved variable is proposed: %s", got)
	}
}

// TestImpossibleIPv4AddressesAreNoNames, neither in addresses nor in hosts: no resolver takes a name that ends in a number.
func TestImpossibleIPv4AddressesAreNoNames(t *testing.T) {
	for _, host := range []string{"192.0.2.999", "192.168.1", "10.0.0.256", "123", "0x7f000001", "1.2.3.4.5", "h.example.123"} {
		if _, err := ParseURL("https://" + host); err == nil {
			t.Errorf("%s is taken in an address", host)
		}
		if checkHostName(host) == nil {
			t.Errorf("%s is taken in hosts", host)
		}
	}
	for _, host := range []string{"192.0.2.1", "1password.example.com", "123.example.com", "h.example.c0m", "h-1", "h.0xample"} {
		if _, err := ParseURL("https://" + host); err != nil || checkHostName(host) != nil {
			t.Errorf("%s: %v, %v", host, err, checkHostName(host))
		}
	}
	runMistakes(t, []mistake{
		{"hostIp", "hostIp: 192.0.2.10", "hostIp: 192.0.2.999", []string{
			"27:17: registries[harbor].scan[sas].hostIp: this is not an IPv4 or IPv6 address",
		}},
		{"hosts", "dr.example.com: 192.0.2.20", "192.0.2.999: 192.0.2.20", []string{
			"51:13: replicationTargets[dr].hosts: the host is not an IPv4 address, and no DNS name ends in a number",
		}},
	})
}

// TestEscapedSlashesKeepColumns of what stands behind them.
func TestEscapedSlashesKeepColumns(t *testing.T) {
	runSources(t, []source{
		{"one line", `{"version":1,"names":"any","x-a":["\/\/","\\/\"\/"],"accounts":{"a\/b":{"provider":"huawei-hss","region":"cn-north-4"}},"x":1}`, []string{
			"1:65: accounts[a/b].projectId is missing; every Huawei account needs the ID of its project",
			"1:121: x: unknown key; the keys here are accounts, names, registries, replicationTargets, version",
		}},
		{"two lines", "{\"version\":1,\"x-a\":\"\\/\",\n \"x\":1}", []string{
			"2:2: x: unknown key; the keys here are accounts, names, registries, replicationTargets, version",
		}},
	})
}

// TestFullWidthTextInAValueIsNotBlamed for a mistake in the next line.
func TestFullWidthTextInAValueIsNotBlamed(t *testing.T) {
	runSources(t, []source{
		{"line above", "version: 1\nx-a: 主：备\nx-b c\n", []string{
			"3:1: not valid YAML: a key has no colon after it, or text goes on where a key should start",
		}},
		{"comment", "version: 1\nverson: 1 # 注：\n", []string{
			"2:1: verson: unknown key; the keys here are accounts, names, registries, replicationTargets, version",
		}},
		{"in the value", "version: 1\nx-a: 主：备: x\n", []string{
			"2:1: not valid YAML: a colon and a space stand where no key can be; check the indentation, or put the text in quotes; " +
				"U+FF1A (full-width :) stands in column 7 of this line: type it anew in ASCII, or delete it",
		}},
	})
}

// TestUnknownHuaweiRegionIsAWarning: the SDK's list may lag behind, and the host is made by rule.
func TestUnknownHuaweiRegionIsAWarning(t *testing.T) {
	c, err := Parse("f", []byte(`version: 1
accounts:
  hss: {provider: huawei-hss, region: cn-nrth-4, projectId: p}
  swr: {provider: huawei-swr, region: eu-west-0, projectId: p, instanceId: i}
  old: {provider: huawei-hss, region: eu-west-0, projectId: q}
replicationTargets:
  - {name: dr, account: swr, type: swr-pro-internal, url: 'https://dr.example.com', accessKey: a, accessSecret: {env: S},
     target: {projectId: r, regionId: xx-nowhere-1, instanceId: j}}
`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, w := range c.Warnings {
		got = append(got, w.Error())
	}
	want := []string{
		"f:3:39: accounts.hss.region: the official SDK knows no region cn-nrth-4 of huawei-hss; did you mean cn-north-4?",
		"f:5:39: accounts.old.region: the official SDK knows no region eu-west-0 of huawei-hss; did you mean eu-west-101?",
		"f:8:39: replicationTargets[dr].target.regionId: the official SDK knows no region xx-nowhere-1 of huawei-swr; " +
			"the nearest are af-north-1, cn-north-1, cn-north-11",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestRegionAsProjectIDIsRefused: a project is called after its region, and its ID is another thing.
func TestRegionAsProjectIDIsRefused(t *testing.T) {
	runSources(t, []source{
		{"accounts and targets", `version: 1
accounts:
  hss: {provider: huawei-hss, region: cn-north-4, projectId: cn-north-4}
  swr: {provider: huawei-swr, region: cn-north-4, projectId: cn-north-4_team, instanceId: i}
replicationTargets:
  - {name: dr, account: swr, type: swr-pro-internal, url: 'https://dr.example.com', accessKey: a, accessSecret: {env: S},
     target: {projectId: cn-east-3, regionId: cn-east-3, instanceId: j}}
`, []string{
			"3:62: accounts.hss.projectId: cn-north-4 is the name of a project; write its ID, 32 hexadecimal digits (console: My Credentials)",
			"4:62: accounts.swr.projectId: cn-north-4_team is the name of a project; write its ID, 32 hexadecimal digits (console: My Credentials)",
			"7:26: replicationTargets[dr].target.projectId: cn-east-3 is the name of a project; write its ID, 32 hexadecimal digits (console: My Credentials)",
		}},
	})
}
