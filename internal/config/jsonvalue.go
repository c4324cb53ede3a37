package config

import (
	"encoding/json"
	"regexp"
	"strconv"

	"regent/internal/config/yamltree"
)

// notAWholeNumber stands for scalars that no field takes (fractions, dates, .inf, 0x1F): the schema refuses it
// wherever it stands, and the message is then made from the node.
const notAWholeNumber = json.Number("0.5")

// plainInteger is a whole number as JSON writes it, short enough for an int64.
var plainInteger = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,17})$`)

// jsonValue gives a node as the values a JSON Schema speaks of. Keys that start with x- are left out, but for those
// of hosts, which are host names.
func jsonValue(n *yamltree.Node, keepFree bool) any {
	switch n.Shape {
	case yamltree.Mapping:
		out := make(map[string]any, len(n.Entries()))
		for _, e := range n.Entries() {
			if keepFree || !isFree(e.Key) {
				out[e.Key] = jsonValue(e.Value, e.Key == "hosts")
			}
		}
		return out
	case yamltree.Sequence:
		out := make([]any, len(n.Items()))
		for i, it := range n.Items() {
			out[i] = jsonValue(it.Value, false)
		}
		return out
	}
	switch n.Tag {
	case yamltree.TagText:
		return n.Text
	case yamltree.TagNull:
		return nil
	case yamltree.TagBool:
		truth, _ := strconv.ParseBool(n.Text)
		return truth
	case yamltree.TagInt:
		if plainInteger.MatchString(n.Text) {
			return json.Number(n.Text)
		}
	}
	return notAWholeNumber
}
