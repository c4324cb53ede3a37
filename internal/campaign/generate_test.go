package campaign

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"regent/internal/emulator"
)

// generator makes the material of one run. What a seed means changes with every edit of this file.
type generator struct {
	*rand.Rand
	m *material
	// counts make names and identifiers that differ.
	names, variables, ids int
}

// generate makes the material of a seed.
func generate(seed uint64) *material {
	g := &generator{Rand: newRand(seed), m: &material{seed: seed, env: map[string]string{}, switches: map[string]string{}}}
	g.m.tokens = g.chance(0.15)
	g.chooseSwitches()
	g.makeAccounts()
	g.makeItems()
	g.makeLive()
	first := g.m.file
	for i := range 1 + g.weighted(55, 28, 17) {
		var edited *file
		if i > 0 && g.chance(0.3) {
			edited = g.edit()
		}
		s := g.makeStep(i)
		s.edited = edited
		g.m.steps = append(g.m.steps, s)
	}
	g.m.file = first
	return g.m
}

func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }

func (g *generator) chance(p float64) bool { return g.Float64() < p }

// between gives a number from low to high, both included.
func (g *generator) between(low, high int) int { return low + g.IntN(high-low+1) }

// weighted gives an index with a probability in proportion to its weight.
func (g *generator) weighted(weights ...int) int {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	n := g.IntN(sum)
	for i, w := range weights {
		if n -= w; n < 0 {
			return i
		}
	}
	return 0
}

func pick[T any](g *generator, from ...T) T { return from[g.IntN(len(from))] }

// refusing are settings with which the emulator refuses what the file asks for.
var refusing = []string{
	"sas-feature=disabled", "sas-secrets-in-body=refuse", "hss-quota=100", "swr-quota=3", "swr-unknown-instance=not-found",
}

// chooseSwitches settles some of the points that the vendors leave open.
func (g *generator) chooseSwitches() {
	server, err := emulator.New(emulator.Options{})
	if err != nil {
		panic(err) // an emulator without options is one
	}
	often := pick(g, 0, 0.1, 0.5)
	for _, s := range server.Switches() {
		value := pick(g, s.Values...)
		if g.chance(often) && !slices.Contains(refusing, s.Name+"="+value) {
			g.m.switches[s.Name] = value
		}
	}
	if g.chance(0.25) { // what takes a partial modify for a replacement
		g.m.switches["sas-modify-omitted"], g.m.switches["hss-put-omitted"] = "clear", "clear"
	}
	if g.chance(0.3) { // what makes a doubled create two entries
		for _, name := range []string{"sas-duplicate", "hss-duplicate-name", "swr-duplicate-name"} {
			g.m.switches[name] = "accept"
		}
	}
}

// marker is in every secret of a campaign and in nothing else: where it shows, a secret shows.
const marker = "kW3xQz9Lm2VbT7"

// secret makes a variable with an awkward value and gives its name.
func (g *generator) secret() string {
	if g.variables > 0 && g.chance(0.3) {
		return fmt.Sprintf("SECRET_%d", g.between(1, g.variables))
	}
	g.variables++
	name := fmt.Sprintf("SECRET_%d", g.variables)
	g.m.env[name] = strings.TrimRight(g.noise(4)+marker+g.noise(12), "\n") // one that ends in a line break is refused
	return name
}

// noise gives up to n characters that need escaping somewhere.
func (g *generator) noise(n int) string {
	const awkward = `abcXYZ019 "'\%+&=/?<>#{}[]$!*~;:,.|^` + "`\t\né漢🙂"
	var b strings.Builder
	for range g.IntN(n + 1) {
		b.WriteRune(pick(g, []rune(awkward)...))
	}
	return b.String()
}

func (g *generator) login() text {
	name := fmt.Sprintf("robot%d", g.between(1, 999))
	if !g.chance(0.2) {
		return text{literal: pick(g, "", "ci+", "robot$") + name}
	}
	variable := fmt.Sprintf("LOGIN_%d", g.between(1, 3))
	if g.m.env[variable] == "" {
		g.m.env[variable] = "login-" + name
	}
	return text{env: variable}
}

const (
	projectA  = emulator.DefaultProjectID
	projectB  = "fedcba9876543210fedcba9876543210"
	instanceA = "5b0c3f1e-0000-4000-8000-000000000001"
	instanceB = "5b0c3f1e-0000-4000-8000-000000000002"
	group     = "2c5eaf94-0000-4000-8000-000000000003"
)

// makeAccounts chooses which providers there are, and sometimes two places of one.
func (g *generator) makeAccounts() {
	add := func(a account) { g.m.accounts = append(g.m.accounts, &a) }
	which := g.between(1, 7)
	if g.chance(0.5) {
		which = 7
	}
	if which&1 != 0 {
		add(account{name: "security-center", provider: sas, secretsInQuery: g.chance(0.05)})
	}
	if which&2 != 0 {
		add(account{name: "host-security", provider: hss, project: projectA, eps: pick(g, "", "", "0", group)})
		if g.chance(0.2) {
			add(account{name: "host security, second", provider: hss, project: projectB})
		}
	}
	if which&4 != 0 {
		add(account{name: "swr-primary", provider: swr, project: projectA, instance: instanceA})
		if g.chance(0.2) {
			add(account{name: "swr-second", provider: swr, project: projectA, instance: instanceB})
		}
	}
}

// makeItems makes 1 to 200 items, mostly few.
func (g *generator) makeItems() {
	wanted := g.between(1, 6)
	switch g.weighted(72, 20, 7, 1) {
	case 1:
		wanted = g.between(7, 25)
	case 2:
		wanted = g.between(26, 70)
	case 3:
		wanted = g.between(71, 200)
	}
	for len(g.m.items(&g.m.file)) < wanted {
		switch a := pick(g, g.m.accounts...); a.provider {
		case swr:
			g.m.targets = append(g.m.targets, g.makeTarget(a))
		default:
			g.m.registries = append(g.m.registries, g.makeRegistry(a))
		}
	}
	g.Shuffle(len(g.m.registries), func(i, j int) {
		g.m.registries[i], g.m.registries[j] = g.m.registries[j], g.m.registries[i]
	})
}

// edit makes the next file: some entries change, some go, some come.
func (g *generator) edit() *file {
	next := &file{accounts: g.m.accounts}
	for _, r := range g.m.registries {
		if g.chance(0.1) {
			continue
		}
		changed := *r
		changed.scans = nil
		for _, s := range r.scans {
			scan := *s
			changed.scans = append(changed.scans, &scan)
		}
		if g.chance(0.4) {
			g.editRegistry(&changed)
		}
		next.registries = append(next.registries, &changed)
	}
	for _, t := range g.m.targets {
		if g.chance(0.1) {
			continue
		}
		changed := *t
		if g.chance(0.4) {
			g.editTarget(&changed)
		}
		next.targets = append(next.targets, &changed)
	}
	g.m.file = *next
	for len(g.m.items(next)) == 0 || g.chance(0.3) {
		if a := pick(g, g.m.accounts...); a.provider == swr {
			next.targets = append(next.targets, g.makeTarget(a))
		} else {
			next.registries = append(next.registries, g.makeRegistry(a))
		}
		g.m.file = *next
	}
	return next
}

// editRegistry changes what can be changed. With the login goes another password, since a password alone is not noticed.
func (g *generator) editRegistry(r *registry) {
	if g.chance(0.5) {
		r.login, r.password = text{literal: "edited" + g.name("")}, g.secret()
	}
	for _, s := range r.scans {
		switch {
		case s.account.provider == hss:
			s.cluster = "6d0c9d1e-0000-4000-8000-00000000edit"
		case g.chance(0.5):
			s.ip = fmt.Sprintf("198.51.100.%d", g.between(1, 250))
		default:
			s.perHour = g.between(51, 99)
		}
	}
}

func (g *generator) editTarget(t *target) {
	if g.chance(0.5) {
		t.key, t.secret = text{literal: "edited" + g.name("")}, g.secret()
	}
	t.description = "edited " + g.name("")
}

func (g *generator) name(prefix string) string {
	g.names++
	return fmt.Sprintf("%s%03d", prefix, g.names)
}

// makeRegistry makes a registry for an account, and sometimes for others that take its type.
func (g *generator) makeRegistry(a *account) *registry {
	r := &registry{
		name: g.name("r"), scheme: pick(g, "https", "https", "http"), version: pick(g, "", "V2", "V1"),
		login: g.login(), password: g.secret(),
	}
	r.host = r.name + "x.example.com"
	if g.m.seed%4 == 0 { // what names have with names: any alone
		r.name += ", \u00e9 (\u0436) <b>|`x`"
	}
	r.port = pick(g, 443, 80, 8443, 5000)
	if n := len(g.m.registries); n > 0 && g.chance(0.1) && g.m.switches["sas-list-port"] != "absent" {
		r.host, r.port = g.m.registries[n-1].host, 9000+g.names // another port of one host
	}
	if r.scheme == "https" && r.port == 80 || r.scheme == "http" && r.port == 443 {
		r.port = 8443
	}
	r.kind = map[string]string{sas: pick(g, "harbor", "harbor", "quay"), hss: pick(g, "harbor", "harbor", "jfrog")}[a.provider]
	r.scans = append(r.scans, g.makeScan(r, a))
	if r.kind != "harbor" {
		return r
	}
	for _, other := range g.m.accounts {
		if other != a && other.provider != swr && g.chance(0.4) {
			r.scans = append(r.scans, g.makeScan(r, other))
		}
	}
	return r
}

func (g *generator) makeScan(r *registry, a *account) *scan {
	s := &scan{account: a}
	if a.provider == hss {
		s.cluster = fmt.Sprintf("6d0c9d1e-0000-4000-8000-%012d", g.between(1, 9))
		if g.chance(0.3) {
			s.namespace = pick(g, "library", "team")
		}
		return s
	}
	s.region, s.ip = pick(g, "cn-hangzhou", "cn-hangzhou", "cn-beijing", "cn-shanghai"), fmt.Sprintf("192.0.2.%d", g.between(1, 250))
	if g.chance(0.2) {
		s.vpc = "vpc-" + pick(g, "a", "b")
	}
	if g.chance(0.7) {
		s.perHour = g.between(1, 50)
	}
	if r.kind == "quay" {
		for i := range g.between(1, 3) {
			s.namespaces = append(s.namespaces, namespace{fmt.Sprintf("space-%d", i), g.secret()})
		}
	}
	return s
}

func (g *generator) makeTarget(a *account) *target {
	t := &target{
		account: a, name: g.name("t"), kind: pick(g, "swr-pro", "swr-pro", "swr-pro-internal", "huawei-SWR"),
		description: pick(g, "", "disaster recovery", `quotes " and <tags>`, "漢字"), key: g.login(), secret: g.secret(), hosts: map[string]string{},
	}
	t.url = pick(g, "https", "https", "http") + "://" + t.name + "x.example.com" + pick(g, "", ":8443", "/base")
	switch t.kind {
	case "swr-pro":
		for range g.between(0, 3) {
			t.hosts[fmt.Sprintf("h%d.example.com", g.between(1, 5))] = fmt.Sprintf("192.0.2.%d", g.between(1, 250))
		}
	case "swr-pro-internal":
		t.project, t.region, t.instance = projectB, pick(g, "cn-east-3", "cn-south-1"), instanceB
		return t // which takes no other insecure than true
	}
	if g.chance(0.5) {
		insecure := g.chance(0.5)
		t.insecure = &insecure
	}
	return t
}
