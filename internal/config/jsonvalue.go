package config

import (
	"encoding/json"
	"regexp"
	"strconv"
)

// notAWholeNumber stands for scalars that no field takes (fractions, dates, .inf, 0x1F): the schema refuses it
// wherever it stands, and the message is then made from the node.
const notAWholeNumber = json.Number("0.5")

// plainInteger is a whole number as JSON writes it, short enough for an int64.
var plainInteger = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,17})$`)

// jsonValue gives a node as the values a JSON Schema speaks of. Keys that start with x- are left out, but for those
// of hosts, which are host names.
func jsonValue(n *node, keepFree bool) any {
	switch n.shape {
	case mapping:
		out := make(map[string]any, len(n.entries()))
		for _, e := range n.entries() {
			if keepFree || !isFree(e.key) {
				out[e.key] = jsonValue(e.value, e.key == "hosts")
			}
		}
		return out
	case sequence:
		out := make([]any, len(n.items()))
		for i, it := range n.items() {
			out[i] = jsonValue(it.value, false)
		}
		return out
	}
	switch n.tag {
	case tagText:
		return n.text
	case tagNull:
		return nil
	case tagBool:
		truth, _ := strconv.ParseBool(n.text)
		return truth
	case tagInt:
		if plainInteger.MatchString(n.text) {
			return json.Number(n.text)
		}
	}
	return notAWholeNumber
}
