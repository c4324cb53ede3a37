package emulator_test

import (
	"testing"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/basic"
	swr "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/swr/v2"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/swr/v2/model"

	"regent/internal/emulator"
)

// swrClient is the vendor's own client, unchanged, pointed at the emulator.
func swrClient(t *testing.T, s served) *swr.SwrClient {
	t.Helper()
	credentials, err := basic.NewCredentialsBuilder().
		WithAk(s.env["HUAWEICLOUD_SDK_AK"]).WithSk(s.env["HUAWEICLOUD_SDK_SK"]).WithProjectId(testProject).SafeBuild()
	if err != nil {
		t.Fatal(err)
	}
	client, err := swr.SwrClientBuilder().WithEndpoints([]string{s.url}).WithCredential(credentials).SafeBuild()
	if err != nil {
		t.Fatal(err)
	}
	return swr.NewSwrClient(client)
}

func targetRequest(name string) *model.CreateRegistryRequestBody {
	basicAuth := "basic"
	return &model.CreateRegistryRequestBody{
		Name: name, Type: "swr-pro", Url: "https://harbor.example.com", Insecure: true,
		Credential: &model.Credential{Type: basicAuth, AccessKey: "admin", AccessSecret: `p@ss"<&>`},
	}
}

func TestOfficialSWRClientCreatesListsShowsUpdatesAndDeletes(t *testing.T) {
	s := serve(t, emulator.Options{})
	client := swrClient(t, s)

	created, err := client.CreateInstanceRegistry(&model.CreateInstanceRegistryRequest{InstanceId: testInstance, Body: targetRequest("dr-harbor")})
	if err != nil {
		t.Fatal(err)
	}
	if *created.Id != 1 {
		t.Errorf("first id is %d", *created.Id)
	}
	limit, offset := int32(100), int32(0)
	column := model.GetListInstanceRegistriesRequestOrderColumnEnum().CREATED_AT
	order := model.GetListInstanceRegistriesRequestOrderTypeEnum().ASC
	list, err := client.ListInstanceRegistries(&model.ListInstanceRegistriesRequest{
		InstanceId: testInstance, Limit: &limit, Offset: &offset, OrderColumn: &column, OrderType: &order,
	})
	if err != nil {
		t.Fatal(err)
	}
	if *list.Total != 1 || *(*list.Registries)[0].Name != "dr-harbor" {
		t.Errorf("list is %v", list)
	}

	body := targetRequest("dr-harbor-2")
	body.Credential.AccessSecret = "second"
	if _, err := client.UpdateInstanceRegistry(&model.UpdateInstanceRegistryRequest{
		InstanceId: testInstance, RegistryId: 1, Body: updateBody(body),
	}); err != nil {
		t.Fatal(err)
	}
	shown, err := client.ShowInstanceRegistry(&model.ShowInstanceRegistryRequest{InstanceId: testInstance, RegistryId: 1})
	if err != nil {
		t.Fatal(err)
	}
	if *shown.Name != "dr-harbor-2" || shown.Credential.AccessSecret != "" {
		t.Errorf("show is %v", shown)
	}
	if got := s.State().SWR.Registries[0].Registry.Credential.AccessSecret; got != "second" {
		t.Errorf("the stored secret is %q", got)
	}
	if _, err := client.DeleteInstanceRegistry(&model.DeleteInstanceRegistryRequest{InstanceId: testInstance, RegistryId: 1}); err != nil {
		t.Fatal(err)
	}
	if left := s.State().SWR.Registries; len(left) != 0 {
		t.Errorf("left after delete: %v", left)
	}
}

// updateBody gives the fields of a create body to an update; the two types
// list the same fields.
func updateBody(body *model.CreateRegistryRequestBody) *model.UpdateRegistryRequestBody {
	update := model.UpdateRegistryRequestBody(*body)
	return &update
}
