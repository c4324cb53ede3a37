package reconcile

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"regent/internal/config"
	"regent/internal/plan"
	"regent/internal/provider"
	"regent/internal/provider/catalog"
	"regent/internal/report"
	"regent/internal/secret"
	"regent/schema"
)

// everyKey has each key that a configuration can have.
const everyKey = `version: 1
names: plain
accounts:
  sas:
    provider: alibaba-sas
    region: cn-hangzhou
    secretsInQuery: false
    credentials: {accessKey: {env: SAS_AK}, secretKey: {env: SAS_SK}, securityToken: {env: SAS_STS}}
  sas2: {provider: alibaba-sas, region: cn-hangzhou}
  hss:
    provider: huawei-hss
    region: cn-north-4
    projectId: hss-project
    enterpriseProjectId: eps-1
    credentials: {authToken: {env: HSS_AUTH}}
  swr: {provider: huawei-swr, region: cn-north-1, projectId: swr-project, instanceId: instance-1}
  swr2: {provider: huawei-swr, region: cn-north-1, projectId: swr-project, instanceId: instance-9}
registries:
  - name: quay
    type: quay
    url: https://quay.example.com
    apiVersion: V2
    username: {env: QUAY_LOGIN}
    password: {env: QUAY_PASSWORD}
    scan:
      - account: sas
        regionId: cn-hangzhou
        hostIp: 192.0.2.1
        network: {vpc: vpc-1}
        imagesPerHour: 10
        namespaces: [{name: platform, authToken: {env: QUAY_TOKEN}}]
  - name: harbor
    type: harbor
    url: https://harbor.example.com
    username: robot
    password: {env: HARBOR_PASSWORD}
    scan: [{account: hss, clusterId: cluster-1, scanComponent: {namespace: library}}]
replicationTargets:
  - name: dr
    account: swr
    type: swr-pro
    url: https://dr.example.com
    insecure: false
    description: before
    accessKey: {env: DR_LOGIN}
    accessSecret: {env: DR_SECRET}
    hosts: {dr.example.com: 192.0.2.3}
  - {name: basic, account: swr, type: swr-pro, url: 'https://swr.example.com', accessKey: admin, accessSecret: {env: BASIC_SECRET}}
  - name: inner
    account: swr
    type: swr-pro-internal
    url: https://inner.example.com
    accessKey: admin
    accessSecret: {env: INNER_SECRET}
    target: {projectId: there, regionId: cn-east-3, instanceId: instance-2}
`

// flips change one key each: a text of everyKey, what takes its place, and what of it has to be seen.
var flips = map[string][3]string{
	"accounts.*":                           {"  sas:\n    p", "  sos:\n    p", "sos"}, // and its use, below
	"accounts.*.region":                    {"region: cn-north-4", "region: cn-north-9", "cn-north-9"},
	"accounts.*.projectId":                 {"projectId: hss-project", "projectId: other-project", "project other-project"},
	"accounts.*.instanceId":                {"instanceId: instance-1}", "instanceId: instance-3}", "instance instance-3"},
	"accounts.*.enterpriseProjectId":       {"eps-1", "eps-2", "enterprise project eps-2"},
	"accounts.*.secretsInQuery":            {"secretsInQuery: false", "secretsInQuery: true", "secrets in the address of requests"},
	"accounts.*.credentials.accessKey":     {"{env: SAS_AK}", "{env: OTHER}", "access key from env OTHER"},
	"accounts.*.credentials.secretKey":     {"{env: SAS_SK}", "{env: OTHER}", "secret key from env OTHER"},
	"accounts.*.credentials.securityToken": {"{env: SAS_STS}", "{env: OTHER}", "security token from env OTHER"},
	"accounts.*.credentials.authToken":     {"{env: HSS_AUTH}", "{env: OTHER}", "auth token from env OTHER"},

	"registries[].name":                              {"name: harbor", "name: other", "other"},
	"registries[].type":                              {"type: harbor", "type: jfrog", "jfrog"},
	"registries[].url":                               {"https://quay.example.com", "https://other.example.com:8443", "https://other.example.com:8443"},
	"registries[].apiVersion":                        {"V2", "V1", "V1"},
	"registries[].username":                          {"{env: QUAY_LOGIN}", "someone", "someone"},
	"registries[].username.env":                      {"QUAY_LOGIN", "OTHER_LOGIN", "OTHER_LOGIN goes to https://quay.example.com"},
	"registries[].password.env":                      {"QUAY_PASSWORD", "OTHER_PASSWORD", "OTHER_PASSWORD goes to https://quay.example.com"},
	"registries[].scan[].account":                    {"account: sas", "account: sas2", "sas2"},
	"registries[].scan[].regionId":                   {"regionId: cn-hangzhou", "regionId: cn-shanghai", "cn-shanghai"},
	"registries[].scan[].hostIp":                     {"192.0.2.1", "192.0.2.9", "192.0.2.9"},
	"registries[].scan[].network":                    {"{vpc: vpc-1}", "internet", "internet"},
	"registries[].scan[].network.vpc":                {"vpc-1", "vpc-2", "vpc-2"},
	"registries[].scan[].imagesPerHour":              {"imagesPerHour: 10", "imagesPerHour: 11", "11"},
	"registries[].scan[].namespaces[].name":          {"name: platform", "name: other", "namespaces[other]"},
	"registries[].scan[].namespaces[].authToken.env": {"QUAY_TOKEN", "OTHER_TOKEN", "OTHER_TOKEN goes to https://quay.example.com"},
	"registries[].scan[].clusterId":                  {"cluster-1", "cluster-2", "cluster-2"},
	"registries[].scan[].scanComponent":              {"{namespace: library}", "swr", "swr"},
	"registries[].scan[].scanComponent.namespace":    {"library", "other", "other"},

	"replicationTargets[].name":              {"name: dr", "name: other", "other"},
	"replicationTargets[].account":           {"name: dr\n    account: swr", "name: dr\n    account: swr2", "swr2"},
	"replicationTargets[].type":              {"name: basic, account: swr, type: swr-pro", "name: basic, account: swr, type: huawei-SWR", "huawei-SWR"},
	"replicationTargets[].url":               {"https://dr.example.com", "http://dr.example.com", "http://dr.example.com"},
	"replicationTargets[].insecure":          {"insecure: false", "insecure: true", "insecure"},
	"replicationTargets[].description":       {"before", "after", "after"},
	"replicationTargets[].accessKey":         {"{env: DR_LOGIN}", "someone", "someone"},
	"replicationTargets[].accessKey.env":     {"DR_LOGIN", "OTHER_LOGIN", "OTHER_LOGIN goes to https://dr.example.com"},
	"replicationTargets[].accessSecret.env":  {"DR_SECRET", "OTHER_SECRET", "OTHER_SECRET goes to https://dr.example.com"},
	"replicationTargets[].hosts.*":           {"{dr.example.com: 192.0.2.3}", "{dr.example.com: 192.0.2.4}", "192.0.2.4"},
	"replicationTargets[].target.projectId":  {"there", "elsewhere", "elsewhere"},
	"replicationTargets[].target.regionId":   {"cn-east-3", "cn-east-4", "cn-east-4"},
	"replicationTargets[].target.instanceId": {"instance-2", "instance-4", "instance-4"},
}

// unbound are the keys that no plan has to show, with the reason.
var unbound = map[string]string{
	"version":             "1 is the only one",
	"names":               "it decides which names are accepted, and each name is shown",
	"accounts.*.provider": "another provider takes other keys and entries; it is part of the place",
}

// keysOf walks the schema and gives the path of every key that can hold a text, a number or a truth.
func keysOf(t *testing.T) []string {
	t.Helper()
	var root map[string]any
	if err := json.Unmarshal([]byte(schema.Config()), &root); err != nil {
		t.Fatal(err)
	}
	definitions := root["$defs"].(map[string]any)
	found := map[string]bool{}
	var walk func(path string, s map[string]any)
	walk = func(path string, s map[string]any) {
		if ref, ok := s["$ref"].(string); ok {
			merged := maps.Clone(definitions[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any))
			delete(s, "$ref")
			maps.Copy(merged, s)
			walk(path, merged)
			return
		}
		kinds, _ := s["type"].([]any)
		if kind, ok := s["type"].(string); ok {
			kinds = []any{kind}
		}
		properties, _ := s["properties"].(map[string]any)
		for name, inner := range properties {
			walk(strings.TrimPrefix(path+"."+name, "."), inner.(map[string]any))
		}
		if inner, ok := s["additionalProperties"].(map[string]any); ok {
			found[path+".*"] = true
			walk(path+".*", inner)
		}
		if inner, ok := s["items"].(map[string]any); ok {
			walk(path+"[]", inner)
		}
		if slices.ContainsFunc(kinds, func(k any) bool { return k != "object" && k != "array" && k != "null" }) || len(kinds) == 0 {
			found[path] = true
		}
	}
	walk("", root)
	return slices.Sorted(maps.Keys(found))
}

// TestEveryKeyOfTheSchemaIsBoundAndShown changes every key, one by one: the plan has another digest, and its Markdown a line
// that shows the key, or the key stands in a table with the reason.
func TestEveryKeyOfTheSchemaIsBoundAndShown(t *testing.T) {
	t.Parallel()
	digest, before := adds(t, everyKey)
	keys := keysOf(t)
	if len(keys) < 40 {
		t.Fatalf("only %d keys were found: %v", len(keys), keys)
	}
	for _, key := range keys {
		reason, excepted := unbound[key]
		flip, known := flips[strings.TrimSuffix(key, ".env")]
		if !known || strings.HasPrefix(key, "registries") || strings.HasPrefix(key, "replication") {
			flip, known = flips[key]
		}
		if excepted != !known || excepted && reason == "" {
			t.Errorf("%s is a key that no flip changes, or that stands in both tables", key)
			continue
		}
		if excepted {
			continue
		}
		if strings.Count(everyKey, flip[0]) != 1 {
			t.Fatalf("%s: %q stands in the configuration %d times", key, flip[0], strings.Count(everyKey, flip[0]))
		}
		text := strings.Replace(everyKey, flip[0], flip[1], 1)
		if key == "accounts.*" {
			text = strings.Replace(text, "account: sas\n", "account: sos\n", 1)
		}
		now, after := adds(t, text)
		if now == digest {
			t.Errorf("%s: another value has the same digest", key)
		}
		if !slices.ContainsFunc(after, func(line string) bool {
			return strings.Contains(line, flip[2]) && count(after, line) > count(before, line)
		}) {
			t.Errorf("%s: no line shows %s:\n%s", key, flip[2], strings.Join(after, "\n"))
		}
	}
	for key := range flips {
		if !slices.Contains(keys, key) && !slices.Contains(keys, key+".env") {
			t.Errorf("%s is no key of the schema", key)
		}
	}
}

func count(lines []string, line string) int {
	n := 0
	for _, l := range lines {
		if l == line {
			n++
		}
	}
	return n
}

// adds plans a configuration of which nothing is live, and gives the digest and the lines of its Markdown as they are read.
func adds(t *testing.T, yaml string) (digest string, lines []string) {
	t.Helper()
	c, err := config.Parse("registries.yaml", []byte(yaml))
	if err != nil {
		t.Fatal(err)
	}
	r, err := New(c, catalog.Providers(), &provider.Session{Lookup: unset, Masker: &secret.Masker{}}, nil, 1)
	if err != nil {
		t.Fatal(err)
	}
	var inputs []plan.Input
	for _, a := range r.accounts {
		inputs = append(inputs, a.wanted())
	}
	p := plan.New(inputs, func(string) bool { return false })
	var b strings.Builder
	if err := (report.Markdown{}).Plan(&b, p); err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer("`", "", `\`, "", p.Digest, "").Replace(b.String())
	return p.Digest, strings.Split(text, "\n")
}
