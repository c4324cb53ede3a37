package secret_test

import (
	"fmt"
	"strings"
	"testing"

	"regent/internal/secret"
)

// TestInvariant02NoMethodGivesTheText: a printer calls one of these, and which one is up to it.
func TestInvariant02NoMethodGivesTheText(t *testing.T) {
	t.Parallel()
	v := secret.New(text)
	inJSON, err1 := v.MarshalJSON()
	asText, err2 := v.MarshalText()
	inYAML, err3 := v.MarshalYAML()
	if err1 != nil || err2 != nil || err3 != nil {
		t.Error(err1, err2, err3)
	}
	for name, got := range map[string]string{
		"String": v.String(), "GoString": v.GoString(), "Format": fmt.Sprintf("%v", v), "MarshalJSON": string(inJSON), "MarshalText": string(asText),
		"MarshalYAML": fmt.Sprint(inYAML), "LogValue": v.LogValue().String(),
	} {
		refuseText(t, name, got)
	}
}

// TestInvariant02EveryFormIsRemoved writes one secret, which every escape changes, in each form that the masker knows.
func TestInvariant02EveryFormIsRemoved(t *testing.T) {
	t.Parallel()
	const awkward = "p@ss\tw\"rd\\/é漢\x01😀 <b>&'%+*~|_1!"
	m := maskerOf(awkward)
	for how, remove := range map[string]func(string) string{"Mask": m.Mask, "Cut": m.Cut} {
		for _, name := range plainEscapers {
			if got := remove("<" + escapers[name](awkward) + ">"); got != "<***>" {
				t.Errorf("%s of %s leaves %q", how, name, got)
			}
		}
		for name, pack := range packers {
			if got := remove(pack("user:" + awkward)); !strings.Contains(got, "***") || len(got) > 24 {
				t.Errorf("%s of %s leaves %q", how, name, got)
			}
		}
	}
}
