package alibabasas

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"regent/internal/cloud"
	"regent/internal/config"
	"regent/internal/model"
	"regent/internal/provider"
)

const (
	// maxRegionsShown caps the regions that a message lists.
	maxRegionsShown = 40
	// maxItems bounds what the list may hold. The API knows no pages.
	maxItems = 100_000
)

type lister struct {
	client   *cloud.Client
	endpoint string
}

func openLister(_ context.Context, s *provider.Session, a *config.Account) (provider.Lister, error) {
	client, endpoint, err := s.Alibaba(a, access(a, false))
	if err != nil {
		return nil, err
	}
	return &lister{client: client, endpoint: endpoint}, nil
}

// List implements [provider.Lister].
func (l *lister) List(ctx context.Context, desired []model.Item) (provider.Listing, error) {
	call := rpc(l.endpoint, opList, nil, nil, true)
	call.Entries = maxItems
	answer, err := l.client.Do(ctx, call)
	if err != nil {
		return provider.Listing{}, err
	}
	var body struct {
		// A pointer: an account without registries may answer without the key, but an answer without anything that
		// the API documents is not a list.
		Registries *[]provider.Wire `json:"ImageRegistryInfos"`
		RequestID  string           `json:"RequestId"`
	}
	if err := l.client.Decode(call, answer, &body); err != nil {
		return provider.Listing{}, err
	}
	if body.Registries == nil && body.RequestID == "" {
		return provider.Listing{}, l.client.Odd(call, answer, errors.New("the answer is not a list"))
	}
	var out provider.Listing
	if body.Registries != nil {
		if err := l.sort(call, answer, *body.Registries, &out); err != nil {
			return provider.Listing{}, err
		}
	}
	out.Notes = append(out.Notes, forgetUntold(desired, out.Items)...)
	err = l.checkRegions(ctx, desired, &out)
	return out, err
}

// sort tells the entries that can be managed from the vendor's own.
func (l *lister) sort(call cloud.Call, answer *cloud.Answer, registries []provider.Wire, out *provider.Listing) error {
	unknown := map[string]int{}
	seen := map[string]bool{}
	for _, w := range registries {
		it, err := live(w)
		if err != nil {
			return l.client.Odd(call, answer, err)
		}
		switch typ, _ := it.Values[fieldType].(string); typ {
		case config.TypeHarbor, config.TypeQuay:
			if it.ID == "" || seen[it.ID] {
				return l.client.Odd(call, answer, fmt.Errorf("the list has an entry without an ID, or ID %s twice", it.ID))
			}
			seen[it.ID] = true
			out.Items = append(out.Items, it)
		case "acr", "CI/CD":
			out.BuiltIn++
		default:
			out.BuiltIn++
			unknown[typ]++
		}
	}
	for typ, n := range unknown {
		entries := "entries"
		if n == 1 {
			entries = "entry"
		}
		out.Notes = append(out.Notes, provider.Note{Text: fmt.Sprintf("%d %s of the type %q, which regent does not manage", n, entries, typ)})
	}
	return nil
}

// vpcNotTold is the network of an entry in a VPC whose ID the list leaves out: not the Internet, and otherwise unknown.
const vpcNotTold = "vpc (ID not told)"

// forgetUntold drops that value where the file names a VPC, which cannot be compared with it. Registries on two ports of
// one host may be in different networks.
func forgetUntold(desired, live []model.Item) []provider.Note {
	inVPC := map[string][]int64{} // the ports of the entries that the file puts in a VPC
	for _, d := range desired {
		if d.Values[fieldNetwork] != internet {
			inVPC[d.Key.Bucket()] = append(inVPC[d.Key.Bucket()], d.Key.Port)
		}
	}
	forgotten := 0
	for _, it := range live {
		ports := inVPC[it.Key.Bucket()]
		if it.Values[fieldNetwork] == vpcNotTold && (slices.Contains(ports, it.Key.Port) || it.Key.Port == 0 && len(ports) > 0) {
			delete(it.Values, fieldNetwork)
			forgotten++
		}
	}
	if forgotten == 0 {
		return nil
	}
	return []provider.Note{{Text: fmt.Sprintf("registrations in a VPC whose ID the list leaves out: %d; the VPC of the file is not compared with theirs", forgotten)}}
}

// live makes an entry comparable. Its Password (masked) and Token (a secret in clear) are in no row, and never decoded.
func live(w provider.Wire) (model.Item, error) {
	it, err := rows.Live(w, model.Registration)
	if err != nil {
		return it, err
	}
	identify(&it)
	id, err := provider.GetOr(w, "Id", int64(0))
	if err != nil {
		return it, err
	}
	if id > 0 {
		it.ID = strconv.FormatInt(id, 10)
	}
	host, _ := it.Values[fieldHost].(string)
	name, err := provider.GetOr(w, "RegistryName", "")
	it.Name = cmp.Or(name, host)
	it.Summary = fmt.Sprintf("%s %s in %s", it.Values[fieldType], address(it, host), it.Values[fieldRegion])
	return it, err
}

func liveHost(w provider.Wire) (model.Value, error) {
	host, _, err := hostAndPort(w)
	return host, err
}

func livePort(w provider.Wire) (model.Value, error) {
	_, port, err := hostAndPort(w)
	if port == 0 {
		return nil, err
	}
	return port, err
}

// hostAndPort reads the domain name, into which people write whole addresses. The port is 0 when neither it nor the
// list tells.
func hostAndPort(w provider.Wire) (host string, port int64, err error) {
	domain, err := provider.GetOr(w, "DomainName", "")
	if err != nil {
		return "", 0, err
	}
	port, err = provider.GetOr(w, "Port", int64(0))
	if err != nil {
		return "", 0, err
	}
	_, bare, found := strings.Cut(domain, "://")
	if !found {
		bare = domain
	}
	u, failed := url.Parse("//" + strings.TrimSuffix(bare, "/"))
	if failed != nil || u.Hostname() == "" || u.Path != "" || strings.Count(bare, ":") > 1 && !strings.HasPrefix(bare, "[") {
		return provider.Host(domain), port, nil //nolint:nilerr // what is no address is shown as it is
	}
	if port == 0 && u.Port() != "" {
		port, _ = strconv.ParseInt(u.Port(), 10, 64) // net/url lets only digits pass
	}
	return provider.Host(u.Hostname()), port, nil
}

// liveVersion leaves out "-", which stands for the vendor's default version.
func liveVersion(w provider.Wire) (model.Value, error) {
	v, err := provider.Get[string](w, "RegistryVersion")
	if v == "" || v == "-" {
		return nil, err
	}
	return v, err
}

func liveHostIP(w provider.Wire) (model.Value, error) {
	v, err := provider.Get[string](w, "RegistryHostIp")
	if ip, told := v.(string); told {
		v = provider.IP(ip)
	}
	return v, err
}

func address(it model.Item, host string) string {
	s, _ := it.Values[fieldScheme].(string)
	port, _ := it.Values[fieldPort].(int64)
	if s == "" {
		return host
	}
	u := config.URL{Scheme: s, Host: host, Port: int(port)}
	if port == 0 {
		return s + "://" + host
	}
	return u.String()
}

func liveScheme(w provider.Wire) (model.Value, error) {
	v, err := provider.Get[int64](w, "ProtocolType")
	switch v {
	case nil:
		return nil, err
	case int64(1):
		return "http", nil
	case int64(2):
		return "https", nil
	}
	return fmt.Sprintf("protocol %d", v), nil
}

func liveNetwork(w provider.Wire) (model.Value, error) {
	v, err := provider.Get[int64](w, "NetType")
	if v == nil {
		return nil, err
	}
	vpc, err := provider.GetOr(w, "VpcId", "")
	switch {
	case err != nil:
		return nil, err
	case v == int64(1):
		return internet, nil
	case v != int64(2):
		return fmt.Sprintf("network type %d", v), nil
	case vpc == "":
		return vpcNotTold, nil
	}
	return network(vpc), nil
}

// checkRegions asks the vendor which regions it offers, when the file has one that no live entry uses. A caller
// without the permission for that question is not stopped: the add itself would tell.
func (l *lister) checkRegions(ctx context.Context, desired []model.Item, out *provider.Listing) error {
	used := map[string]bool{}
	for _, it := range out.Items {
		region, _ := it.Values[fieldRegion].(string)
		used[region] = true
	}
	isNew := func(d model.Item) bool { region, _ := d.Values[fieldRegion].(string); return !used[region] }
	if !slices.ContainsFunc(desired, isNew) {
		return nil
	}
	offered, err := l.regions(ctx)
	if ce, ok := errors.AsType[*cloud.Error](err); ok && ce.Reach == cloud.Refused && ce.Status == 403 {
		out.Notes = append(out.Notes, provider.Note{Text: fmt.Sprintf("the regions of the file could not be checked: %s (code %s)", ce.Message, ce.Code)})
		return nil
	}
	if err != nil {
		return err
	}
	for _, d := range desired {
		region, _ := d.Values[fieldRegion].(string)
		if !isNew(d) || slices.Contains(offered, region) {
			continue
		}
		out.Problems = append(out.Problems, provider.Problem{
			Key: d.Key, Position: d.FieldPosition(fieldRegion),
			Text: fmt.Sprintf("Security Center offers no region %s for registries; it offers %s", region, shown(offered)),
		})
	}
	return nil
}

func shown(regions []string) string {
	if len(regions) > maxRegionsShown {
		regions = append(slices.Clone(regions[:maxRegionsShown]), "...")
	}
	return strings.Join(regions, ", ")
}

func (l *lister) regions(ctx context.Context) ([]string, error) {
	call := rpc(l.endpoint, opRegions, url.Values{"Lang": {"en"}}, nil, true)
	answer, err := l.client.Do(ctx, call)
	if err != nil {
		return nil, err
	}
	var body struct {
		Regions []struct {
			ID string `json:"RegionId"`
		} `json:"Regions"`
	}
	if err := l.client.Decode(call, answer, &body); err != nil {
		return nil, err
	}
	var ids []string
	for _, r := range body.Regions {
		ids = append(ids, r.ID)
	}
	slices.Sort(ids)
	if len(ids) == 0 {
		return nil, l.client.Odd(call, answer, errors.New("the answer lists no region"))
	}
	return ids, nil
}
