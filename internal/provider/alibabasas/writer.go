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
	query, form := parameters(change)
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

// inForm are the parameters of a change that go into the form: the login everywhere, and what the SDK puts there in a modify.
func inForm(name string, modify bool) bool {
	return name == "UserName" || name == "Password" || modify && name == "TransPerHour"
}

// parameters gives what a request says of the fields.
func parameters(change provider.Write) (query, form url.Values) {
	query, form = url.Values{}, url.Values{}
	for name, v := range rows.Body(change) {
		to := query
		if inForm(name, change.Live != nil) {
			to = form
		}
		if name != wireNetwork {
			to.Set(name, fmt.Sprint(v))
		} else if vpc, ok := strings.CutPrefix(change.Text(fieldNetwork), "vpc "); ok {
			query.Set("NetType", "2")
			query.Set("VpcId", vpc)
		} else {
			query.Set("NetType", "1")
		}
	}
	return query, form
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

// Modify implements [provider.Writer]. The ID is documented as optional and always sent.
func (w *writer) Modify(ctx context.Context, change provider.Write) (provider.Receipt, error) {
	receipt := provider.Receipt{Operation: opModify}
	if change.Live == nil || change.Live.ID == "" {
		return receipt, fmt.Errorf("%s has no ID to modify", change.Desired.Name)
	}
	receipt.ID = change.Live.ID
	for i := range rows {
		if f := &rows[i]; f.Immutable != "" && slices.Contains(change.Changed, f.Name) {
			return receipt, fmt.Errorf("%s of %s cannot be modified", f.Name, change.Desired.Name)
		}
	}
	query, form := parameters(change)
	form.Set("Id", change.Live.ID)
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
