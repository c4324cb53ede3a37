package alibabasas

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"regent/internal/model"
	"regent/internal/provider"
)

// TestNetworkOfAnUntoldVPC: an entry in a VPC whose ID the list leaves out is not on the Internet, and cannot be
// compared with a VPC of the file.
func TestNetworkOfAnUntoldVPC(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		file string
		want model.Value
	}{
		{internet, vpcNotTold},
		{network("vpc-1"), nil},
	} {
		it := inVPC(t, 0)
		desired := model.Item{Key: it.Key, Values: map[string]model.Value{fieldNetwork: c.file}}
		notes := forgetUntold([]model.Item{desired}, []model.Item{it})
		if got := it.Values[fieldNetwork]; got != c.want {
			t.Errorf("beside %s in the file the network is %v, want %v", c.file, got, c.want)
		}
		if noted := len(notes) == 1 && strings.Contains(notes[0].Text, "not compared"); noted != (c.want == nil) {
			t.Errorf("beside %s in the file the notes are %v", c.file, notes)
		}
	}
}

// TestTwoPortsOnOneHostKeepTheirOwnNetworks: what the file says of one port is not taken for the other, in either order.
func TestTwoPortsOnOneHostKeepTheirOwnNetworks(t *testing.T) {
	t.Parallel()
	onInternet, onVPC := inVPC(t, 443), inVPC(t, 8443)
	desired := []model.Item{
		{Key: onInternet.Key, Values: map[string]model.Value{fieldNetwork: internet}},
		{Key: onVPC.Key, Values: map[string]model.Value{fieldNetwork: network("vpc-1")}},
	}
	for range 2 {
		one, other := inVPC(t, 443), inVPC(t, 8443)
		forgetUntold(desired, []model.Item{one, other})
		if one.Values[fieldNetwork] != vpcNotTold || other.Values[fieldNetwork] != nil {
			t.Errorf("the networks are %v and %v", one.Values[fieldNetwork], other.Values[fieldNetwork])
		}
		slices.Reverse(desired)
	}
}

// inVPC is an entry of the list in a VPC whose ID it leaves out.
func inVPC(t *testing.T, port int) model.Item {
	t.Helper()
	var w provider.Wire
	entry := fmt.Sprintf(`{"Id":7,"RegistryType":"harbor","RegionId":"cn-hangzhou","DomainName":"h.example.com","Port":%d,"NetType":2}`, port)
	if err := json.Unmarshal([]byte(entry), &w); err != nil {
		t.Fatal(err)
	}
	it, err := live(w)
	if err != nil {
		t.Fatal(err)
	}
	return it
}
