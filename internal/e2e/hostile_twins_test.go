package e2e

import (
	"strings"
	"testing"

	"regent/internal/emulator"
)

// TestAnAnswerWithAKeyTwiceMixesNoEntries: the ID of one entry and the name of another would be one live entry.
func TestAnAnswerWithAKeyTwiceMixesNoEntries(t *testing.T) {
	t.Parallel()
	for _, twice := range []string{`"registry_id":"1","registry_id":"2"`, `"registry_id":"1","Registry_ID":"2"`} {
		w := newWorld(t, emulator.Options{})
		w.answer.Store(&fixedAnswer{"ListRegistry", `{"total_num":1,"data_list":[{` + twice + `,"registry_name":"hss-1","registry_type":"Harbor"}]}`})
		file := w.file("r.yaml", hssHarbor().file(1))
		w.plan(file).exits(t, 1).says(t, "twice in one object")
		w.apply(file).exits(t, 1)
		w.wrote()
	}
}

// TestTheFileCannotMaskItsOwnReview: a second entry whose login comes from a variable that holds the first one's host, and
// an entry that holds the value of a secret. The error names the place and not the value.
func TestTheFileCannotMaskItsOwnReview(t *testing.T) {
	t.Parallel()
	w := newWorld(t, emulator.Options{})
	w.env["MACHINE"], w.env["SWR_SECRET"] = "dr1.example.com", "cn-north-4-hidden"
	text := strings.Replace(swrHarbor().file(2), "accessKey: robot$swr", "accessKey: {env: MACHINE}", 1)
	r := w.plan(w.file("login.yaml", text)).exits(t, 1).says(t, "login.yaml:12:10: the text here holds the value of a variable")
	if strings.Contains(r.out+r.err, "dr1.example.com") {
		t.Errorf("the value is told: %s", r.err)
	}
	text = strings.Replace(swrHarbor().file(1), "disaster recovery", "in cn-north-4-hidden", 1)
	r = w.apply(w.file("secret.yaml", text)).exits(t, 1).says(t, "secret.yaml:", "the text here holds the value of a variable")
	if strings.Contains(r.out+r.err, "hidden") {
		t.Errorf("the value is told: %s", r.err)
	}
}
