package model_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"regent/internal/model"
	"regent/internal/secret"
)

func TestFieldIsObservableWithoutAReason(t *testing.T) {
	t.Parallel()
	if (model.Field{Unobservable: "masked"}).Observable() || !(model.Field{}).Observable() {
		t.Error("observable is not the absence of a reason")
	}
}

func TestKey(t *testing.T) {
	t.Parallel()
	key := model.Key{Parts: []model.KeyPart{{Name: "type", Value: "harbor"}, {Name: "host", Value: "harbor.example.com"}}}
	if got := key.String(); got != "type=harbor host=harbor.example.com" {
		t.Errorf("key without port: %s", got)
	}
	ported := key
	ported.Port = 8443
	if got := ported.String(); got != "type=harbor host=harbor.example.com port=8443" {
		t.Errorf("key with port: %s", got)
	}
	if key.Bucket() != ported.Bucket() {
		t.Error("the port decides within a bucket, not between buckets")
	}
	shifted := model.Key{Parts: []model.KeyPart{{Name: "type", Value: "harborharbor"}, {Name: "host", Value: ".example.com"}}}
	if key.Bucket() == shifted.Bucket() {
		t.Error("different parts share a bucket")
	}
}

func TestPosition(t *testing.T) {
	t.Parallel()
	var (
		nowhere = model.Position{}
		file    = model.Position{File: "a.yaml"}
		early   = model.Position{File: "a.yaml", Line: 2, Column: 9}
		later   = model.Position{File: "a.yaml", Line: 10, Column: 1}
		further = model.Position{File: "a.yaml", Line: 10, Column: 3}
		other   = model.Position{File: "b.yaml", Line: 1, Column: 1}
	)
	got := []string{nowhere.String(), file.String(), early.String()}
	if diff := cmp.Diff([]string{"", "a.yaml", "a.yaml:2:9"}, got); diff != "" {
		t.Error(diff)
	}
	ordered := []model.Position{nowhere, file, early, later, further, other}
	for i := range ordered {
		for j := range ordered {
			if ordered[i].Before(ordered[j]) != (i < j) {
				t.Errorf("%v before %v is %v", ordered[i], ordered[j], i >= j)
			}
		}
	}
	if !nowhere.IsZero() || file.IsZero() {
		t.Error("only the zero position is nowhere")
	}
}

func TestItemPositionsAndVariables(t *testing.T) {
	t.Parallel()
	item := model.Item{
		Position: model.Position{File: "a.yaml", Line: 3, Column: 5},
		At:       map[string]model.Position{"url": {File: "a.yaml", Line: 4, Column: 10}, "type": {}},
		Values: map[string]model.Value{
			"username": model.FromEnv{Ref: secret.Ref{Env: "B_USER"}, Value: secret.New("hunter2"), Set: true},
			"login":    model.FromEnv{Ref: secret.Ref{Env: "A_USER"}},
			"url":      "https://harbor.example.com",
		},
		Secrets: map[string]secret.Ref{"password": {Env: "PASSWORD"}},
	}
	if item.FieldPosition("url").Line != 4 || item.FieldPosition("type").Line != 3 || item.FieldPosition("absent").Line != 3 {
		t.Error("a field without a place of its own is where the item is")
	}
	if diff := cmp.Diff([]string{"A_USER", "B_USER"}, item.Environment()); diff != "" {
		t.Error(diff)
	}
	if printed := fmt.Sprintf("%v %+v %#v", item, item, item); strings.Contains(printed, "hunter2") {
		t.Errorf("a value from the environment is printed: %s", printed)
	}
}
