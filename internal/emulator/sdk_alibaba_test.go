package emulator_test

import (
	"errors"
	"strings"
	"testing"

	openapi "github.com/alibabacloud-go/darabonba-openapi/v2/client"
	"github.com/alibabacloud-go/tea/dara"

	"regent/internal/emulator"
)

// alibabaClient is the vendor's own generic client, unchanged, pointed at the
// emulator; algorithm "" is V3, "v2" the legacy scheme.
func alibabaClient(t *testing.T, s served, algorithm string) *openapi.Client {
	t.Helper()
	config := &openapi.Config{
		AccessKeyId:     dara.String(s.env["ALIBABA_CLOUD_ACCESS_KEY_ID"]),
		AccessKeySecret: dara.String(s.env["ALIBABA_CLOUD_ACCESS_KEY_SECRET"]),
		Endpoint:        dara.String(strings.TrimPrefix(s.url, "http://")),
		Protocol:        dara.String("HTTP"),
	}
	if algorithm != "" {
		config.SignatureAlgorithm = dara.String(algorithm)
	}

	client, err := openapi.NewClient(config)
	if err != nil {
		t.Fatal(err)
	}
	client.DisableSDKError = dara.Bool(true) // typed errors, as current product clients ask for
	return client
}

// callAlibaba runs one RPC operation and returns the decoded body.
func callAlibaba(client *openapi.Client, action string, query map[string]string, form map[string]any) (map[string]any, error) {
	result, err := client.CallApi(
		&openapi.Params{
			Action: dara.String(action), Version: dara.String("2018-12-03"), Protocol: dara.String("HTTP"),
			Pathname: dara.String("/"), Method: dara.String("POST"), AuthType: dara.String("AK"), Style: dara.String("RPC"),
			ReqBodyType: dara.String("formData"), BodyType: dara.String("json"),
		},
		&openapi.OpenApiRequest{Query: pointers(query), Body: form},
		&dara.RuntimeOptions{},
	)
	if err != nil {
		return nil, err
	}
	body, isObject := result["body"].(map[string]any)
	if !isObject {
		return nil, errors.New("the answer has no body")
	}
	return body, nil
}

func TestOfficialAlibabaClientAddsListsModifiesAndDeletes(t *testing.T) {
	for name, algorithm := range map[string]string{"V3 signature": "", "legacy signature": "v2"} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, emulator.Options{})
			client := alibabaClient(t, s, algorithm)
			query := map[string]string{}
			params := sasAdd("Password", "", "DomainName", "a b~*.example.com")
			for i := 0; i < len(params); i += 2 {
				query[params[i]] = params[i+1]
			}
			added, err := callAlibaba(client, "AddPrivateRegistry", query, map[string]any{"Password": "p w+&=~*<"})
			if err != nil {
				t.Fatal(err)
			}
			id := added["Data"].(map[string]any)["Id"]
			if _, err := callAlibaba(client, "ModifyImageRegistry",
				map[string]string{"DomainName": "new.example.com"}, map[string]any{"Id": id, "UserName": "robot$ci"}); err != nil {
				t.Fatal(err)
			}
			got := s.State().SAS.Registries[0]
			if got.Password != "p w+&=~*<" || got.UserName != "robot$ci" || got.DomainName != "new.example.com" || got.Port != 8443 {
				t.Errorf("the state is %+v", got)
			}
			page, err := callAlibaba(client, "PageImageRegistry", nil,
				map[string]any{"CurrentPage": 1, "PageSize": 10, "RegistryTypeInList": []string{"harbor", "quay"}})
			if err != nil || len(page["List"].([]any)) != 1 {
				t.Errorf("page is %v, %v", page, err)
			}
			if _, err := callAlibaba(client, "DeletePrivateRegistry", map[string]string{"RegistryId": "66001"}, nil); err != nil {
				t.Fatal(err)
			}
			list, err := callAlibaba(client, "ListPrivateRegistryList", nil, nil)
			if err != nil || len(list["ImageRegistryInfos"].([]any)) != 2 {
				t.Errorf("after the delete the list is %v, %v", list, err)
			}
		})
	}
}

func TestOfficialAlibabaClientReadsErrors(t *testing.T) {
	for name, algorithm := range map[string]string{"V3 signature": "", "legacy signature": "v2"} {
		for _, format := range []string{"json", "xml"} {
			t.Run(name+" "+format, func(t *testing.T) {
				s := withSwitches(t, "sas-error-format", format)
				_, err := callAlibaba(alibabaClient(t, s, algorithm), "AddPrivateRegistry", nil, nil)
				if err == nil || !strings.Contains(err.Error(), "RegistryType is mandatory") {
					t.Errorf("the error is %v", err)
				}
			})
		}
	}
}

func TestOfficialAlibabaClientReadsItsWaitingTime(t *testing.T) {
	s := serve(t, emulator.Options{})
	if err := s.SetFaults([]emulator.Fault{{Operation: "*", Kind: emulator.FaultThrottle, RetryAfter: 2}}); err != nil {
		t.Fatal(err)
	}
	_, err := callAlibaba(alibabaClient(t, s, ""), "ListPrivateRegistryList", nil, nil)
	var throttled *openapi.ThrottlingError
	if !errors.As(err, &throttled) || throttled.RetryAfter == nil || *throttled.RetryAfter < 2000 {
		t.Errorf("the error is %#v", err)
	}
}
