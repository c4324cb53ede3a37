package cloud_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"regent/internal/cloud"
	"regent/internal/model"
)

func TestInvariant09ErrorTellsWhatFailed(t *testing.T) {
	t.Parallel()
	place := model.Position{File: "registries.yaml", Line: 7, Column: 3}
	for _, c := range []struct {
		name string
		err  cloud.Error
		want string
	}{
		{
			"all of it",
			cloud.Error{
				Provider: "huawei-hss", Account: "host-security", Operation: "AddRegistry", Status: 400, Code: "HSS.0001",
				Message: "invalid parameter", RequestID: "req-1", Position: place,
			},
			"registries.yaml:7:3: huawei-hss AddRegistry (account host-security): invalid parameter [HTTP 400 Bad Request, code HSS.0001, request ID req-1]",
		},
		{"nothing but the operation", cloud.Error{Provider: "huawei-iam", Operation: "CreateToken"}, "huawei-iam CreateToken: no message"},
		{"a status of no name", cloud.Error{Provider: "p", Operation: "o", Status: 599, Message: "m"}, "p o: m [HTTP 599]"},
	} {
		if got := c.err.Error(); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestInvariant05Executed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		err  error
		want bool
	}{
		{"success", nil, false},
		{"not sent", &cloud.Error{Reach: cloud.NotSent}, false},
		{"refused", &cloud.Error{Reach: cloud.Refused}, false},
		{"unknown", &cloud.Error{Reach: cloud.Unknown}, true},
		{"wrapped", fmt.Errorf("add: %w", &cloud.Error{Reach: cloud.Unknown}), true},
		{"raised before it was sent", io.ErrUnexpectedEOF, false},
	} {
		if got := cloud.Executed(c.err); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestInvariant09AtNamesThePlaceOnce(t *testing.T) {
	t.Parallel()
	first, second := model.Position{File: "a.yaml", Line: 1, Column: 1}, model.Position{File: "b.yaml", Line: 2, Column: 2}
	original := &cloud.Error{Provider: "p", Operation: "o", Message: "m", Reach: cloud.Unknown}
	located := cloud.At(original, first)
	switch {
	case !strings.HasPrefix(located.Error(), "a.yaml:1:1: "), !cloud.Executed(located):
		t.Errorf("located: %v", located)
	case !original.Position.IsZero():
		t.Error("the error that others hold was changed")
	case cloud.At(located, second).Error() != located.Error():
		t.Error("a second place replaces the first")
	case cloud.At(io.EOF, first) != io.EOF:
		t.Error("another error is changed")
	case cloud.At(nil, first) != nil:
		t.Error("no error becomes one")
	}
}

func TestErrorUnwraps(t *testing.T) {
	t.Parallel()
	cause := errors.New("cause")
	err := client(cloud.Options{}).Odd(cloud.Call{Operation: "List", Read: true}, &cloud.Answer{Status: 200, RequestID: "req-1"}, cause)
	e, isFault := errors.AsType[*cloud.Error](err)
	if !isFault || !errors.Is(err, cause) || e.Reach != cloud.Refused || e.Status != 200 || e.RequestID != "req-1" {
		t.Errorf("%+v", err)
	}
	if write := client(cloud.Options{}).Odd(cloud.Call{Operation: "Add"}, nil, cause); !cloud.Executed(write) {
		t.Error("an odd answer to a write leaves nothing open")
	}
}
