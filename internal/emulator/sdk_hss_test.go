package emulator_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/basic"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/sdkerr"
	hss "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/hss/v5"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/hss/v5/model"

	"regent/internal/emulator"
)

// hssClient is the vendor's own client, unchanged, pointed at the emulator.
func hssClient(t *testing.T, s served) *hss.HssClient {
	t.Helper()
	credentials, err := basic.NewCredentialsBuilder().
		WithAk(s.env["HUAWEICLOUD_SDK_AK"]).WithSk(s.env["HUAWEICLOUD_SDK_SK"]).WithProjectId(testProject).SafeBuild()
	if err != nil {
		t.Fatal(err)
	}
	client, err := hss.HssClientBuilder().WithEndpoints([]string{s.url}).WithCredential(credentials).SafeBuild()
	if err != nil {
		t.Fatal(err)
	}
	return hss.NewHssClient(client)
}

func TestOfficialHSSClientAddsListsUpdatesAndDeletes(t *testing.T) {
	s := serve(t, emulator.Options{})
	client := hssClient(t, s)
	everywhere, kinds, limit := "all_granted_eps", "Harbor,Jfrog", int32(100)

	if _, err := client.AddRegistry(&model.AddRegistryRequest{Body: &model.AddRegistryRequestBody{
		RegistryName: "harbor-prod", RegistryType: "Harbor", ApiVersion: "V2", Protocol: "https",
		RegistryAddr: "harbor.example.com:8443", RegistryUsername: "robot$scanner", RegistryPassword: `p"<&>w`,
		ConnectClusterId: "cluster", GetScanImageChannel: "Swr",
	}}); err != nil {
		t.Fatal(err)
	}
	list := func() model.RegistryInfo {
		t.Helper()
		got, err := client.ListRegistry(&model.ListRegistryRequest{EnterpriseProjectId: &everywhere, RegistryType: &kinds, Limit: &limit})
		if err != nil {
			t.Fatal(err)
		}
		if *got.TotalNum != 1 || len(*got.DataList) != 1 {
			t.Fatalf("list is %v", got)
		}
		return (*got.DataList)[0]
	}
	added := list()
	if *added.RegistryName != "harbor-prod" || *added.Status != "accessing" {
		t.Errorf("first list is %v", added)
	}
	if second := list(); *second.Status != "success" {
		t.Errorf("second list is %v", second)
	}
	password := "changed"
	if _, err := client.UpdateRegistry(&model.UpdateRegistryRequest{
		EnterpriseProjectId: &everywhere, Id: *added.Id, Body: &model.UpdateRegistryRequestBody{RegistryPassword: &password},
	}); err != nil {
		t.Fatal(err)
	}
	if got := s.State().HSS.Registries[0]; got.RegistryPassword != "changed" || got.RegistryUsername != "robot$scanner" {
		t.Errorf("after the update the state is %+v", got)
	}
	statistics, err := client.ListRegistryStatistics(&model.ListRegistryStatisticsRequest{})
	if err != nil || *statistics.SuccessNum != 4 {
		t.Errorf("statistics are %v, %v", statistics, err)
	}
	if _, err := client.DeleteRegistry(&model.DeleteRegistryRequest{Id: *added.Id}); err != nil {
		t.Fatal(err)
	}
	_, err = client.DeleteRegistry(&model.DeleteRegistryRequest{Id: *added.Id})
	var refused *sdkerr.ServiceResponseError
	if !errors.As(err, &refused) || refused.StatusCode != http.StatusBadRequest || refused.ErrorCode != "HSS.0011" || refused.RequestId == "" {
		t.Errorf("the second delete says %v", err)
	}
}

func TestOfficialHSSClientDeletesInBatches(t *testing.T) {
	s := serve(t, emulator.Options{State: &emulator.State{Version: 1, HSS: emulator.HSSState{Registries: []emulator.HSSRegistry{
		{ProjectID: testProject, ID: "a", RegistryName: "a", RegistryType: "Harbor"},
		{ProjectID: testProject, ID: "b", RegistryName: "b", RegistryType: "Harbor"},
		{ProjectID: testProject, ID: "c", RegistryName: "c", RegistryType: "Harbor"},
	}}}})
	if _, err := hssClient(t, s).BatchDeleteRegistry(&model.BatchDeleteRegistryRequest{
		Body: &model.BatchDeleteRegistryRequestBody{Ids: []string{"a", "c"}},
	}); err != nil {
		t.Fatal(err)
	}
	if left := s.State().HSS.Registries; len(left) != 1 || left[0].ID != "b" {
		t.Errorf("left are %v", left)
	}
}
