package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAccounts(t *testing.T) {
	runMistakes(t, []mistake{
		{"unknown region", "region: cn-hangzhou\n  hss", "region: cn-hangzhuo\n  hss", []string{
			"5:13: accounts.sas.region: Security Center has no region cn-hangzhuo; did you mean cn-hangzhou?",
		}},
		{"region far from any", "region: cn-hangzhou\n  hss", "region: xx-nowhere-9\n  hss", []string{
			"5:13: accounts.sas.region: Security Center has no region xx-nowhere-9; the nearest are ap-northeast-1, ap-northeast-2, cn-chengdu",
		}},
		{"region that is no part of a host name", "region: cn-hangzhou\n  hss", "region: cn-x.evil.example/#\n  hss", []string{
			"5:13: accounts.sas.region: a region is written like cn-hangzhou or cn-north-4: lower-case letters, digits and dashes",
		}},
		{"key of another provider", "region: cn-hangzhou\n  hss", "region: cn-hangzhou\n    instanceId: i\n  hss", []string{
			"6:5: accounts.sas: instanceId belongs to huawei-swr; account sas is alibaba-sas",
		}},
		{"no project", "    projectId: p1\n  swr", "  swr", []string{
			"6:3: accounts.hss.projectId is missing; every Huawei account needs the ID of its project",
		}},
		{"unknown provider says nothing about its keys", "provider: huawei-hss", "provider: huawei-hsss", []string{
			"7:15: accounts.hss.provider: huawei-hsss is not one of alibaba-sas, huawei-hss, huawei-swr; did you mean huawei-hss?",
		}},
		{"same data center", "  hss:\n", "  sas2: {provider: alibaba-sas, region: cn-shanghai}\n  hss:\n", []string{
			"6:3: accounts.sas2: the same place as account sas (f:3:3): cn-hangzhou and cn-shanghai are one data center with " +
				"one list of registries, and the region to scan from is regionId of the scan entry; keep one of the two",
		}},
		{"other data center", "  hss:\n", "  sas2: {provider: alibaba-sas, region: eu-west-1}\n  hss:\n", nil},
		{"same data center, other owner", "  hss:\n",
			"  sas2: {provider: alibaba-sas, region: cn-shanghai, credentials: {accessKey: {env: A}, secretKey: {env: B}}}\n  hss:\n", nil},
		{"other enterprise project", "  swr:\n",
			"  hss2: {provider: huawei-hss, region: cn-north-4, projectId: p1, enterpriseProjectId: e}\n  swr:\n", nil},
		{"same project", "  swr:\n", "  hss2: {provider: huawei-hss, region: cn-north-4, projectId: p1}\n  swr:\n", []string{
			"10:3: accounts.hss2: the same place as account hss (f:6:3); keep one of the two",
		}},
		{"auth token with keys", "accessKey: {env: SWR_AK}", "authToken: {env: SWR_TOKEN}", []string{
			"17:7: accounts.swr.credentials.secretKey cannot stand beside authToken; write either authToken, or accessKey and secretKey",
		}},
		{"auth token for Alibaba", "region: cn-hangzhou\n  hss", "region: cn-hangzhou\n    credentials: {authToken: {env: T}}\n  hss", []string{
			"6:19: accounts.sas.credentials: authToken belongs to huawei-hss and huawei-swr; account sas is alibaba-sas",
		}},
		{"half a key", "      secretKey: {env: SWR_SK}\n", "", []string{
			"15:5: accounts.swr.credentials.secretKey is missing; write secretKey: {env: SWR_SK} and set that variable",
		}},
		{"name that cannot be shown", "  sas:\n    provider", "  \"s\\e[31m\":\n    provider", []string{
			"3:3: accounts: an account's name has no control characters and no space at its ends, and has 1 to 128 characters",
			"25:18: registries[harbor].scan[sas].account: there is no account sas; the accounts are \"s\\x1b[31m\", hss, swr",
			"37:18: registries[quay].scan[sas].account: there is no account sas; the accounts are \"s\\x1b[31m\", hss, swr",
		}},
	})
}

func TestScans(t *testing.T) {
	const sasEntry = "      - account: sas\n        regionId: cn-hangzhou\n        hostIp: 192.0.2.10\n"
	runMistakes(t, []mistake{
		{"unknown account", "account: hss", "account: hsss", []string{
			"29:18: registries[harbor].scan[hsss].account: there is no account hsss; did you mean hss?",
		}},
		{"account that does not scan", "account: hss\n        clusterId: c1", "account: swr", []string{
			"29:18: registries[harbor].scan[swr].account: account swr is huawei-swr; scan needs an account of alibaba-sas or huawei-hss",
		}},
		{"type the account does not take", "type: quay", "type: jfrog", []string{
			"37:18: registries[quay].scan[sas].account: account sas is alibaba-sas, which takes harbor and quay; this registry is of type jfrog",
		}},
		{"key of the other provider", "clusterId: c1", "clusterId: c1\n        hostIp: 192.0.2.1", []string{
			"31:9: registries[harbor].scan[hss]: hostIp belongs to alibaba-sas; account hss is huawei-hss",
		}},
		{"keys of the other provider only", "clusterId: c1", "network: internet", []string{
			"29:9: registries[harbor].scan[hss].clusterId is missing; accounts of huawei-hss need it",
			"30:9: registries[harbor].scan[hss]: network belongs to alibaba-sas; account hss is huawei-hss",
		}},
		{"slip in a needed key", "clusterId: c1", "clusterID: c1", []string{
			"30:9: registries[harbor].scan[hss].clusterID: unknown key; did you mean clusterId?",
		}},
		{"quay without namespaces", "        namespaces:\n          - name: team\n            authToken: {env: QUAY_TEAM_TOKEN}\n", "", []string{
			"37:9: registries[quay].scan[sas].namespaces is missing; a registry of type quay needs the namespaces to scan, each with its authToken",
		}},
		{"namespaces without quay", "type: quay", "type: harbor", []string{
			"40:9: registries[quay].scan[sas].namespaces goes with type quay only; this registry is of type harbor",
		}},
		{"the same account twice", sasEntry, sasEntry + sasEntry, []string{
			"28:9: registries[harbor].scan[sas]: this registration is declared twice (type harbor, host harbor.example.com, " +
				"port 443, region cn-hangzhou); the first is registries[harbor].scan[sas] at f:25:9",
		}},
		{"the same account from two regions", sasEntry, sasEntry + strings.Replace(sasEntry, "cn-hangzhou", "cn-beijing", 1), nil},
		{"the same cluster account twice", "clusterId: c1", "clusterId: c1\n      - {account: hss, clusterId: c2}", []string{
			"31:9: registries[harbor].scan[hss]: this registration is declared twice (name harbor in one HSS project); " +
				"the first is registries[harbor].scan[hss] at f:29:9",
		}},
		{"images per hour", "imagesPerHour: 10", "imagesPerHour: 0", []string{
			"28:24: registries[harbor].scan[sas].imagesPerHour is 0; it must be from 1 to 1000000",
		}},
		{"images per hour in quotes", "imagesPerHour: 10", `imagesPerHour: "10"`, []string{
			"28:24: registries[harbor].scan[sas].imagesPerHour must be a whole number, without quotes: 10",
		}},
		{"images per hour in words", "imagesPerHour: 10", `imagesPerHour: ten`, []string{
			"28:24: registries[harbor].scan[sas].imagesPerHour must be a whole number, in digits only, such as 10",
		}},
		{"network by VPC", "imagesPerHour: 10", "network: {vpc: vpc-1}", nil},
		{"network by VPC, without the key", "imagesPerHour: 10", "network: vpc-1", []string{
			"28:18: registries[harbor].scan[sas].network must be internet or {vpc: ID}, as in network: {vpc: vpc-bp1aevy8sofi8mh1q0000}",
		}},
		{"IPv6", "hostIp: 192.0.2.10", "hostIp: 2001:db8::1", nil},
		{"no IP", "hostIp: 192.0.2.10", "hostIp: harbor.example.com", []string{
			"27:17: registries[harbor].scan[sas].hostIp: this is not an IPv4 or IPv6 address",
		}},
	})
}

func TestOneNameInEnterpriseProjectsThatOverlap(t *testing.T) {
	const accounts = "  one: {provider: huawei-hss, region: cn-north-4, projectId: p1, enterpriseProjectId: e1}\n" +
		"  two: {provider: huawei-hss, region: cn-north-4, projectId: p1, enterpriseProjectId: e2}\n"
	src := func(first, second string) string {
		out := strings.Replace(base, "  swr:\n", accounts+"  swr:\n", 1)
		return strings.Replace(out, "      - account: hss\n        clusterId: c1\n",
			"      - {account: "+first+", clusterId: c}\n      - {account: "+second+", clusterId: c}\n", 1)
	}
	if got := problems(t, src("one", "two")); got != nil {
		t.Error(got)
	}
	want := []string{"32:9: registries[harbor].scan[two]: this registration is declared twice (name harbor in one HSS project); " +
		"the first is registries[harbor].scan[hss] at f:31:9"}
	if diff := cmp.Diff(want, problems(t, src("hss", "two"))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestLengths(t *testing.T) {
	long := func(n int) string { return strings.Repeat("x", n) }
	runMistakes(t, []mistake{
		{"name", "name: harbor", "name: " + long(129), []string{"19:11: registries[0].name has 129 characters; at most 128"}},
		{"name of a target", "name: dr\n", "name: " + long(65) + "\n", []string{
			"44:11: replicationTargets[0].name has 65 characters; at most 64",
		}},
		{"user name", "username: robot\n    password: {env: QUAY_PASSWORD}", "username: " + long(129) + "\n    password: {env: QUAY_PASSWORD}",
			[]string{"34:15: registries[quay].username has 129 characters; at most 128"}},
		{"login of a target", "accessKey: admin", "accessKey: " + long(129), nil},
		{"empty login", "accessKey: admin", `accessKey: ""`, []string{"49:16: replicationTargets[dr].accessKey is empty"}},
		{"address", "https://dr.example.com", "https://dr.example.com/" + long(512), []string{
			"47:10: replicationTargets[dr].url: the address has 535 characters; at most 512",
		}},
		{"host", "https://dr.example.com", "https://" + long(300), []string{
			"47:10: replicationTargets[dr].url: the host name has more than 253 characters",
		}},
		{"no scanners", "    scan:\n      - account: sas\n        regionId: cn-hangzhou\n        hostIp: 192.0.2.11\n        namespaces:\n" +
			"          - name: team\n            authToken: {env: QUAY_TEAM_TOKEN}\n", "    scan: []\n", []string{
			"36:11: registries[quay].scan is empty; write at least one entry",
		}},
		{"long number", "imagesPerHour: 10", "imagesPerHour: " + strings.Repeat("9", 50), []string{
			"28:24: registries[harbor].scan[sas].imagesPerHour is " + strings.Repeat("9", 40) + "...; it must be from 1 to 1000000",
		}},
		{"large number", "imagesPerHour: 10", "imagesPerHour: 1000001", []string{
			"28:24: registries[harbor].scan[sas].imagesPerHour is 1000001; it must be from 1 to 1000000",
		}},
	})
}

func TestRegistries(t *testing.T) {
	runMistakes(t, []mistake{
		{"declared twice", "name: quay\n    type: quay", "name: harbor\n    type: quay", []string{
			"31:11: registries[harbor].name: this registry is declared twice; the first is at f:19:11",
		}},
		{"path", "https://harbor.example.com", "https://harbor.example.com/library", []string{
			"21:10: registries[harbor].url: a registry's address is protocol, host and port only, as in https://harbor.example.com:8443",
		}},
		{"no protocol", "https://harbor.example.com", "harbor.example.com", []string{
			"21:10: registries[harbor].url: the address must start with https:// or http://",
		}},
		{"host that the pattern lets through", "https://harbor.example.com", "https://harbor..example.com", []string{
			"21:10: registries[harbor].url: the host is neither a DNS name nor an IP address",
		}},
		{"user name of digits", "username: robot\n    password: {env: HARBOR_PASSWORD}", "username: 123\n    password: {env: HARBOR_PASSWORD}", []string{
			`22:15: registries[harbor].username is the number 123; write it in quotes: "123"`,
		}},
		{"slip in a key", "username: robot\n    password: {env: HARBOR_PASSWORD}", "usernme: robot\n    password: {env: HARBOR_PASSWORD}", []string{
			"22:5: registries[harbor].usernme: unknown key; did you mean username?",
		}},
		{"key from elsewhere", "    password: {env: HARBOR_PASSWORD}\n", "    password: {env: HARBOR_PASSWORD}\n    hostIp: 192.0.2.1\n", []string{
			"24:5: registries[harbor].hostIp: this key belongs to an entry of scan",
		}},
		{"unknown key", "    password: {env: HARBOR_PASSWORD}\n", "    password: {env: HARBOR_PASSWORD}\n    colour: red\n", []string{
			"24:5: registries[harbor].colour: unknown key; the keys here are apiVersion, name, password, scan, type, url, username",
		}},
		{"same registration under two names", "name: quay\n    type: quay\n    url: https://quay.example.com",
			"name: again\n    type: harbor\n    url: https://HARBOR.example.com:443/", []string{
				"37:9: registries[again].scan[sas]: this registration is declared twice (type harbor, host harbor.example.com, " +
					"port 443, region cn-hangzhou); the first is registries[harbor].scan[sas] at f:25:9",
				"40:9: registries[again].scan[sas].namespaces goes with type quay only; this registry is of type harbor",
			}},
	})
}

func TestTargets(t *testing.T) {
	runMistakes(t, []mistake{
		{"account that has no targets", "account: swr\n    type: swr-pro\n", "account: sas\n    type: swr-pro\n", []string{
			"45:14: replicationTargets[dr].account: account sas is alibaba-sas; a replication target needs an account of huawei-swr",
		}},
		{"declared twice", "name: east", "name: dr", []string{
			"52:11: replicationTargets[dr].name: this target is declared twice for one instance; the first is at f:44:11",
		}},
		{"no target instance", "    target: {projectId: p2, regionId: cn-east-3, instanceId: i2}\n", "", []string{
			"52:5: replicationTargets[east].target is missing; type swr-pro-internal needs the target's projectId, regionId and instanceId",
		}},
		{"half a target instance", "regionId: cn-east-3, instanceId: i2}", "regionId: cn-east-3}", []string{
			"58:5: replicationTargets[east].target.instanceId is missing",
		}},
		{"hosts with another type", "type: swr-pro\n", "type: huawei-SWR\n", []string{
			"51:5: replicationTargets[dr].hosts goes with type swr-pro only; this one is huawei-SWR",
		}},
		{"target with another type", "type: swr-pro-internal", "type: huawei-SWR", []string{
			"58:5: replicationTargets[east].target goes with type swr-pro-internal only; this one is huawei-SWR",
		}},
		{"type in another spelling", "type: swr-pro-internal", "type: huawei-swr", []string{
			"54:11: replicationTargets[east].type: huawei-swr is not one of swr-pro, swr-pro-internal, huawei-SWR; did you mean huawei-SWR?",
		}},
		{"name with a dot", "name: dr\n", "name: dr.1\n", []string{
			"44:11: replicationTargets[dr.1].name: a target's name has letters, digits, _ and - only",
		}},
		{"yes", "insecure: true", "insecure: yes", []string{
			"48:15: replicationTargets[dr].insecure must be true or false; yes is only a word in YAML 1.2",
		}},
		{"host that is no name", "{dr.example.com: 192.0.2.20}", "{\"dr example\": 192.0.2.20}", []string{
			"51:13: replicationTargets[dr].hosts: this is not a host name, as in harbor.example.com",
		}},
		{"host in two spellings", "{dr.example.com: 192.0.2.20}", "{dr.example.com: 192.0.2.20, DR.example.com: 192.0.2.21}", []string{
			"51:12: replicationTargets[dr].hosts: DR.example.com and dr.example.com are one host name; keep one of them",
		}},
		{"host name that starts with x-", "{dr.example.com: 192.0.2.20}", "{x-dr.example.com: nowhere}", []string{
			"51:31: replicationTargets[dr].hosts[x-dr.example.com]: this is not an IPv4 or IPv6 address",
		}},
	})
}

func TestVariables(t *testing.T) {
	runMistakes(t, []mistake{
		{"of the workflow", "{env: HARBOR_PASSWORD}", "{env: GITHUB_TOKEN}", []string{
			"23:21: registries[harbor].password.env: GITHUB_TOKEN is refused: a variable that starts with GITHUB_ belongs to " +
				"the GitHub workflow itself; use a variable of its own, such as HARBOR_PASSWORD",
		}},
		{"in another case", "{env: DR_SECRET}", "{env: Huaweicloud_sdk_ak}", []string{
			"50:25: replicationTargets[dr].accessSecret.env: Huaweicloud_sdk_ak is refused: a variable that starts with HUAWEICLOUD_ " +
				"holds the cloud account's own credentials; use a variable of its own, such as DR_SECRET",
		}},
		{"of a proxy, in another case", "{env: DR_SECRET}", "{env: https_proxy}", []string{
			"50:25: replicationTargets[dr].accessSecret.env: https_proxy is refused: it may hold the login of a proxy; use a " +
				"variable of its own, such as DR_SECRET",
		}},
		{"of GitHub's command line, in credentials", "{env: SWR_AK}", "{env: GH_TOKEN}", []string{
			"16:24: accounts.swr.credentials.accessKey.env: GH_TOKEN is refused: it holds a token of GitHub; use a variable of " +
				"its own, such as SWR_AK",
		}},
		{"that only starts like one", "{env: DR_SECRET}", "{env: GH_TOKEN_OF_HARBOR}", nil},
		{"of the standard chain, in credentials", "{env: SWR_AK}", "{env: HW_ACCESS_KEY}", []string{
			"16:24: accounts.swr.credentials.accessKey.env: HW_ACCESS_KEY is read without being named; leave the credentials " +
				"block out to use the standard variables",
		}},
		{"of regent, in credentials", "{env: SWR_AK}", "{env: REGENT_X}", []string{
			"16:24: accounts.swr.credentials.accessKey.env: REGENT_X is refused: a variable that starts with REGENT_ is a setting " +
				"of regent itself; use a variable of its own, such as SWR_AK",
		}},
		{"that holds credentials", "{env: HARBOR_PASSWORD}", "{env: SWR_SK}", []string{
			"23:21: registries[harbor].password.env: SWR_SK holds credentials of account swr (f:17:24), which must not be sent to " +
				"a registry; use another variable, such as HARBOR_PASSWORD",
		}},
		{"that holds credentials, as a login", "accessKey: admin", "accessKey: {env: swr_ak}", []string{
			"49:22: replicationTargets[dr].accessKey.env: swr_ak holds credentials of account swr (f:16:24), which must not be sent " +
				"to a registry; use another variable, such as DR_AK",
		}},
		{"in two roles", "accessKey: admin\n    accessSecret: {env: DR_SECRET}", "accessKey: {env: DR}\n    accessSecret: {env: DR}", []string{
			"50:25: replicationTargets[dr].accessSecret.env: DR is a secret here and a login at f:49:22; a variable has one " +
				"role, use another one",
		}},
		{"of a secret as a login", "accessKey: admin", "accessKey: {env: DR_SECRET}", []string{
			"49:22: replicationTargets[dr].accessKey.env: DR_SECRET is named like a secret (SECRET), and vendors show a login to " +
				"everybody; use another variable, such as DR_AK",
		}},
		{"in two roles of accounts", "{env: SWR_SK}", "{env: SWR_AK}", []string{
			"17:24: accounts.swr.credentials.secretKey.env: SWR_AK is the secretKey of an account here and the accessKey of an " +
				"account at f:16:24; a variable has one role, use another one",
		}},
		{"that is no name", "{env: HARBOR_PASSWORD}", "{env: HARBOR-PASSWORD}", []string{
			"23:21: registries[harbor].password.env: this is not the name of an environment variable (letters, digits and _, not " +
				"starting with a digit); write a name such as HARBOR_PASSWORD and set that variable to the value",
		}},
		{"of a namespace", "{env: QUAY_TEAM_TOKEN}", "secret", []string{
			"42:24: registries[quay].scan[sas].namespaces[team].authToken: a secret is never written in the file; " +
				"write {env: QUAY_TEAM_TOKEN} and set that variable",
		}},
	})
}

func TestOwnSecretsAreToldFromSettings(t *testing.T) {
	for name, want := range map[string]bool{
		"ALIBABA_CLOUD_ACCESS_KEY_SECRET": true, "ALIBABA_CLOUD_SECURITY_TOKEN": true, "HUAWEICLOUD_SDK_SK": true, "HUAWEICLOUD_SDK_SECURITY_TOKEN": true,
		"HW_AUTH_TOKEN": true, "HW_SECRET_KEY": true, "hw_user_password": true, "GITHUB_TOKEN": true, "GH_TOKEN": true, "ACTIONS_RUNTIME_TOKEN": true,
		"INPUT_GITHUB-TOKEN": true, "INPUT_PLAN-SIGNING-KEY": true,
		"ALIBABA_CLOUD_ACCESS_KEY_ID": false, "ALIBABA_CLOUD_OIDC_TOKEN_FILE": false, "HUAWEICLOUD_SDK_AK": false, "HW_ACCESS_KEY": false,
		"GITHUB_ACTOR": false, "RUNNER_NAME": false, "HARBOR_PASSWORD": false, "TOKEN": false,
	} {
		if IsOwnSecret(name) != want {
			t.Errorf("%s: %v", name, !want)
		}
	}
}

// TestSuggestedVariablesMayBeNamed: what a finding proposes is not refused in turn.
func TestSuggestedVariablesMayBeNamed(t *testing.T) {
	for _, name := range []string{"gh", "GH enterprise", "http", "hw", "github", "regent", "alibaba-cloud", "input", "all", "1", ""} {
		for key := range variableSuffix {
			proposed := variableFor([]string{name}, key)
			if r, taken := reservedBy(proposed); taken {
				t.Errorf("%s of %q: %s is reserved by %s", key, name, proposed, r.name)
			}
		}
	}
}

func TestWarnings(t *testing.T) {
	for _, tt := range []struct {
		name, old, with string
		want            []string
	}{
		{"none", "name: dr\n", "name: dr\n", nil},
		{"swr-pro without hosts", "    hosts: {dr.example.com: 192.0.2.20}\n", "", []string{
			"f:44:5: replicationTargets[dr].hosts is missing: Huawei's Chinese pages call host addresses (dns_conf) mandatory for " +
				"swr-pro, its English pages optional; write the addresses, or hosts: {} to say that the name resolves publicly (which removes live ones)",
		}},
		{"swr-pro that resolves publicly", "hosts: {dr.example.com: 192.0.2.20}", "hosts: {}", nil},
		{"Chinese name", "name: dr\n", "name: 灾备\n", []string{
			"f:44:11: replicationTargets[灾备].name: Huawei's Chinese pages allow Chinese characters here, its English pages only " +
				"letters, digits, _ and -",
		}},
		{"insecure refused by Huawei", "    target: {", "    insecure: false\n    target: {", []string{
			"f:58:15: replicationTargets[east].insecure: Huawei's Chinese pages accept only true for swr-pro-internal",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cfg, err := Parse("f", []byte(change(t, tt.old, tt.with)))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, w := range cfg.Warnings {
				got = append(got, w.Error())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
