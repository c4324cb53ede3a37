package alibabasas

import (
	"testing"

	"regent/internal/model"
)

// TestNetworkOfAnUntoldVPC: an entry in a VPC whose ID the list leaves out is not on the Internet, and cannot be
// compared with a VPC of the file.
func TestNetworkOfAnUntoldVPC(t *testing.T) {
	t.Parallel()
	inVPC := int64(2)
	for _, c := range []struct {
		file string
		want model.Value
	}{
		{internet, vpcNotTold},
		{network("vpc-1"), nil},
	} {
		it := live(registry{ID: 1, Type: "harbor", RegionID: "cn-hangzhou", DomainName: "h.example.com", NetType: &inVPC})
		desired := model.Item{Key: it.Key, Values: map[string]model.Value{fieldNetwork: c.file}}
		forgetUntold([]model.Item{desired}, []model.Item{it})
		if got := it.Values[fieldNetwork]; got != c.want {
			t.Errorf("beside %s in the file the network is %v, want %v", c.file, got, c.want)
		}
	}
}
