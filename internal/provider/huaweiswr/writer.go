package huaweiswr

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"regent/internal/cloud"
	"regent/internal/config"
	"regent/internal/provider"
)

type writer struct {
	client *cloud.Client
	base   string
}

func openWriter(ctx context.Context, s *provider.Session, a *config.Account) (provider.Writer, error) {
	client, endpoint, err := s.Huawei(ctx, a, access(a, true))
	if err != nil {
		return nil, err
	}
	return &writer{client: client, base: base(endpoint, a)}, nil
}

// request makes the body of an add or a modify. Both send every field: a modify replaces the whole entry, and what is left
// out is lost.
func request(w provider.Write) provider.Body {
	b := rows.Whole(w)
	b.Put("credential.type", "basic")
	for _, name := range []string{"project_id", "region_id", "instance_id"} {
		if b[name] == "" {
			delete(b, name)
		}
	}
	harbor := b["type"] == config.TargetHarbor
	conf, told := b["dns_conf"].(provider.Body)
	hosts, _ := conf["hosts"].(map[string]string)
	switch {
	case !told && w.Live == nil && harbor:
		b.Put("dns_conf.hosts", map[string]string{})
	case told && !harbor && len(hosts) == 0:
		delete(b, "dns_conf") // hosts that nobody told are left out as well: an empty table would clear them for certain
	}
	return b
}

// Add implements [provider.Writer].
func (w *writer) Add(ctx context.Context, change provider.Write) (provider.Receipt, error) {
	call := cloud.Call{Operation: "CreateInstanceRegistry", Method: http.MethodPost, URL: w.base}
	var out struct {
		ID int64 `json:"id"`
	}
	answer, err := w.client.JSON(ctx, call, request(change), &out)
	if err != nil {
		return provider.Receipt{Operation: call.Operation}, err
	}
	receipt := provider.Receipt{Operation: call.Operation, RequestID: answer.RequestID}
	if out.ID <= 0 {
		return receipt, w.client.Odd(call, answer, errors.New("the answer has no ID"))
	}
	receipt.ID = strconv.FormatInt(out.ID, 10)
	return receipt, nil
}

// Modify implements [provider.Writer].
func (w *writer) Modify(ctx context.Context, change provider.Write) (provider.Receipt, error) {
	call := cloud.Call{Operation: "UpdateInstanceRegistry", Method: http.MethodPut}
	if change.Live == nil || change.Live.ID == "" {
		return provider.Receipt{Operation: call.Operation}, fmt.Errorf("%s has no ID to modify", change.Desired.Name)
	}
	call.URL = w.base + "/" + change.Live.ID
	answer, err := w.client.JSON(ctx, call, request(change), nil)
	if err != nil {
		return provider.Receipt{Operation: call.Operation}, err
	}
	return provider.Receipt{ID: change.Live.ID, Operation: call.Operation, RequestID: answer.RequestID}, nil
}
