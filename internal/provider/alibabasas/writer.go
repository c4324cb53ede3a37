package alibabasas

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"regent/internal/cloud"
	"regent/internal/config"
	"regent/internal/provider"
)

type writer struct {
	client   *cloud.Client
	endpoint string
	// inQuery puts secrets where the official SDK puts those of an add: into the URL. Only the account's explicit
	// secretsInQuery asks for that.
	inQuery bool
}

func openWriter(_ context.Context, s *provider.Session, a *config.Account) (provider.Writer, error) {
	client, endpoint, err := s.Alibaba(a, access(a, true))
	if err != nil {
		return nil, err
	}
	return &writer{client: client, endpoint: endpoint, inQuery: a.SecretsInQuery}, nil
}

// namespace is an entry of ExtraParam.
type namespace struct {
	Namespace string `json:"namespace"`
	AuthToken string `json:"authToken"`
}

// Add implements [provider.Writer]. The SDK declares every parameter of the add as a query parameter; the login goes
// into the form all the same, since a URL ends up in logs.
func (w *writer) Add(ctx context.Context, change provider.Write) (provider.Receipt, error) {
	receipt := provider.Receipt{Operation: opAdd}
	protocol, netType := "2", "1"
	if change.Text(fieldScheme) == "http" {
		protocol = "1"
	}
	query := url.Values{
		"RegistryType":     {change.Text(fieldType)},
		"RegistryVersion":  {change.Text(fieldAPIVersion)},
		"ProtocolType":     {protocol},
		"DomainName":       {change.Text(fieldHost)},
		"RegistryHostIp":   {change.Text(fieldHostIP)},
		"RegistryRegionId": {change.Text(fieldRegion)},
		"Port":             {number(change, fieldPort)},
	}
	if vpc, ok := strings.CutPrefix(change.Text(fieldNetwork), "vpc "); ok {
		netType = "2"
		query.Set("VpcId", vpc)
	}
	query.Set("NetType", netType)
	if n := number(change, fieldPerHour); n != "" {
		query.Set("TransPerHour", n)
	}
	form := login(change)
	if extra, err := extraParam(change); err != nil {
		return receipt, err
	} else if extra != "" {
		form.Set("ExtraParam", extra)
	}
	if w.inQuery {
		maps.Copy(query, form)
		form = nil
	}
	call := rpc(w.endpoint, opAdd, query, form, false)
	answer, err := w.client.Do(ctx, call)
	if err != nil {
		return receipt, w.advise(err)
	}
	receipt.RequestID = answer.RequestID
	var body struct {
		Data *struct {
			ID int64 `json:"Id"`
		} `json:"Data"`
	}
	if err := w.client.Decode(call, answer, &body); err != nil {
		return receipt, err
	}
	if body.Data == nil {
		return receipt, w.client.Odd(call, answer, errors.New("the answer has no data"))
	}
	// The vendor's own example shows 0; the list then tells the ID.
	if body.Data.ID > 0 {
		receipt.ID = strconv.FormatInt(body.Data.ID, 10)
	}
	return receipt, nil
}

// login is the part of the form that every write has.
func login(change provider.Write) url.Values {
	return url.Values{"UserName": {change.Text(fieldUsername)}, "Password": {change.Secrets[fieldPassword].Reveal()}}
}

// advise names the way out when the gateway does not look for the login in the form.
func (w *writer) advise(err error) error {
	ce, ok := errors.AsType[*cloud.Error](err)
	if !ok || w.inQuery || ce.Reach != cloud.Refused {
		return err
	}
	switch ce.Code {
	case "MissingPassword", "MissingUserName", "MissingExtraParam":
		advised := *ce
		advised.Message += "; the gateway did not read the login from the request's body: set secretsInQuery: true on the " +
			"account if you accept that it then travels in the URL"
		return &advised
	}
	return err
}

// extraParam gives the namespaces of a Quay registry with their tokens, sorted by name; empty without namespaces.
func extraParam(change provider.Write) (string, error) {
	var list []namespace
	for _, field := range slices.Sorted(maps.Keys(change.Secrets)) {
		name, ok := strings.CutPrefix(field, fieldNamespaces+"[")
		if ok {
			list = append(list, namespace{strings.TrimSuffix(name, "]"), change.Secrets[field].Reveal()})
		}
	}
	if len(list) == 0 {
		return "", nil
	}
	text, err := json.Marshal(list)
	return string(text), err
}

func number(change provider.Write, field string) string {
	if n, ok := change.Desired.Values[field].(int64); ok {
		return strconv.FormatInt(n, 10)
	}
	return ""
}

// Modify implements [provider.Writer]. The ID is documented as optional and always sent.
func (w *writer) Modify(ctx context.Context, change provider.Write) (provider.Receipt, error) {
	receipt := provider.Receipt{Operation: opModify}
	if change.Live == nil || change.Live.ID == "" {
		return receipt, fmt.Errorf("%s has no ID to modify", change.Desired.Name)
	}
	receipt.ID = change.Live.ID
	query, form := url.Values{}, login(change)
	form.Set("Id", change.Live.ID)
	for _, field := range change.Changed {
		switch field {
		case fieldHost:
			query.Set("DomainName", change.Text(fieldHost))
		case fieldPort:
			query.Set("Port", number(change, fieldPort))
		case fieldHostIP:
			query.Set("RegistryHostIp", change.Text(fieldHostIP))
		case fieldUsername:
			// is in every write
		case fieldPerHour:
			form.Set("TransPerHour", number(change, fieldPerHour))
		default:
			return receipt, fmt.Errorf("%s of %s cannot be modified", field, change.Desired.Name)
		}
	}
	answer, err := w.client.Do(ctx, rpc(w.endpoint, opModify, query, form, false))
	if err != nil {
		return receipt, err
	}
	receipt.RequestID = answer.RequestID
	return receipt, w.confirm(answer)
}

// confirm insists on the flag: an HTTP 200 alone is no success.
func (w *writer) confirm(answer *cloud.Answer) error {
	call := rpc(w.endpoint, opModify, nil, nil, false)
	var body struct {
		Success *bool `json:"Success"`
	}
	if err := w.client.Decode(call, answer, &body); err != nil {
		return err
	}
	if body.Success == nil || !*body.Success {
		return w.client.Odd(call, answer, errors.New("the answer does not say that it succeeded"))
	}
	return nil
}
