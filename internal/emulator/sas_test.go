package emulator_test

import (
	"fmt"
	"strings"
	"testing"

	"regent/internal/emulator"
)

func TestSASRefusesParametersOutsideTheDocumentedRules(t *testing.T) {
	s := serve(t, emulator.Options{})
	quay := []string{"RegistryType", "quay"}
	cases := map[string]struct {
		params []string
		code   string
	}{
		"no type":                     {sasAdd("RegistryType", ""), "MissingRegistryType"},
		"acr cannot be added":         {sasAdd("RegistryType", "acr"), "InvalidParameter"},
		"CI/CD cannot be added":       {sasAdd("RegistryType", "CI/CD"), "InvalidParameter"},
		"no version":                  {sasAdd("RegistryVersion", ""), "MissingRegistryVersion"},
		"unknown version":             {sasAdd("RegistryVersion", "v2"), "InvalidParameter"},
		"no protocol":                 {sasAdd("ProtocolType", ""), "MissingProtocolType"},
		"unknown protocol":            {sasAdd("ProtocolType", "3"), "InvalidParameter"},
		"protocol in words":           {sasAdd("ProtocolType", "https"), "InvalidParameter"},
		"no network":                  {sasAdd("NetType", ""), "MissingNetType"},
		"VPC without an identifier":   {sasAdd("NetType", "2"), "MissingVpcId"},
		"no address":                  {sasAdd("RegistryHostIp", ""), "MissingRegistryHostIp"},
		"name instead of an address":  {sasAdd("RegistryHostIp", "harbor.example.com"), "InvalidParameter"},
		"no domain":                   {sasAdd("DomainName", ""), "MissingDomainName"},
		"port 0":                      {sasAdd("Port", "0"), "InvalidParameter"},
		"port 65536":                  {sasAdd("Port", "65536"), "InvalidParameter"},
		"no user":                     {sasAdd("UserName", ""), "MissingUserName"},
		"no password":                 {sasAdd("Password", ""), "MissingPassword"},
		"no region":                   {sasAdd("RegistryRegionId", ""), "MissingRegistryRegionId"},
		"unknown region":              {sasAdd("RegistryRegionId", "mars-1"), "InvalidParameter"},
		"rate in words":               {sasAdd("TransPerHour", "ten"), "InvalidParameter"},
		"rate beyond 32 bits":         {sasAdd("TransPerHour", "2147483648"), "InvalidParameter"},
		"quay without namespaces":     {sasAdd(quay...), "MissingExtraParam"},
		"quay with broken namespaces": {sasAdd(append(quay, "ExtraParam", "[{")...), "InvalidParameter"},
		"quay with no namespace":      {sasAdd(append(quay, "ExtraParam", "[]")...), "InvalidParameter"},
		"quay without a token":        {sasAdd(append(quay, "ExtraParam", `[{"namespace":"a"}]`)...), "InvalidParameter"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			sas(t, s, "AddPrivateRegistry", c.params...).expect(t, 400, c.code)
		})
	}
	if got := s.State().SAS.Registries; len(got) != 0 {
		t.Errorf("refused requests left %v", got)
	}
}

func TestSASListsMaskPasswordsAndShowBuiltIns(t *testing.T) {
	s := serve(t, emulator.Options{})
	sas(t, s, "AddPrivateRegistry", sasAdd()...).expect(t, 200, "")
	got := sas(t, s, "ListPrivateRegistryList")
	items := got.list(t, "ImageRegistryInfos")
	if len(items) != 3 || items[0]["RegistryType"] != "acr" || items[1]["RegistryType"] != "CI/CD" {
		t.Fatalf("the list is %s", got.body)
	}
	if items[2]["Password"] != "Harbo******" || strings.Contains(string(got.body), "Harbor12345") {
		t.Errorf("the password is %v", items[2]["Password"])
	}
	if token := items[2]["Token"]; token == "" || token == nil || token != s.State().SAS.Registries[0].Token {
		t.Errorf("the token is %v", token)
	}
	for kind, want := range map[string]int{"harbor": 1, "quay": 0, "acr": 1, "CI/CD": 1} {
		if got := sas(t, s, "ListPrivateRegistryList", "RegistryType", kind).list(t, "ImageRegistryInfos"); len(got) != want {
			t.Errorf("%s finds %v", kind, got)
		}
	}
	sas(t, s, "ListPrivateRegistryList", "RegistryType", "gitlab").expect(t, 400, "InvalidParameter")
}

func TestSASShortPasswordsAreNeverShownWhole(t *testing.T) {
	s := serve(t, emulator.Options{})
	for i, password := range []string{"x", "xy", "秘密"} {
		sas(t, s, "AddPrivateRegistry", sasAdd("Password", password, "DomainName", fmt.Sprintf("h%d.example.com", i))...).expect(t, 200, "")
	}
	for _, item := range sas(t, s, "ListPrivateRegistryList", "RegistryType", "harbor").list(t, "ImageRegistryInfos") {
		if shown := strings.TrimSuffix(item["Password"].(string), "******"); len([]rune(shown)) > 1 {
			t.Errorf("shown is %q", shown)
		}
	}
}

func TestSASModifyChangesOnlyWhatItMayAndGets(t *testing.T) {
	clock := newTestClock()
	s := serve(t, emulator.Options{Clock: clock.time})
	sas(t, s, "AddPrivateRegistry", sasAdd()...).expect(t, 200, "")
	before := s.State().SAS.Registries[0]
	clock.advance(1e10)
	got := sas(t, s, "ModifyImageRegistry", "Id", "66001", "TransPerHour", "33", "RegistryType", "quay", "NetType", "2", "UserName", "")
	if body := got.object(t); body["Success"] != true || body["Code"] != "200" || body["HttpStatusCode"] != 200.0 {
		t.Errorf("the answer is %s", got.body)
	}
	after := s.State().SAS.Registries[0]
	if after.GmtModified == before.GmtModified {
		t.Error("the time of the change did not move")
	}
	before.TransPerHour, before.GmtModified = 33, after.GmtModified
	if after != before {
		t.Errorf("changed from %+v to %+v", before, after)
	}
	for name, params := range map[string][]string{
		"port":    {"Id", "66001", "Port", "70000"},
		"address": {"Id", "66001", "RegistryHostIp", "host"},
		"id":      {"Id", "x"},
	} {
		t.Run(name, func(t *testing.T) {
			sas(t, s, "ModifyImageRegistry", params...).expect(t, 400, "InvalidParameter")
		})
	}
	sas(t, s, "ModifyImageRegistry", "Id", "1", "UserName", "x").expect(t, 403, "NoPermission")
}

func TestSASLookups(t *testing.T) {
	s := serve(t, emulator.Options{})
	sas(t, s, "AddPrivateRegistry", sasAdd("RegistryType", "quay",
		"ExtraParam", `[{"namespace":"a","authToken":"t1"},{"namespace":"b","authToken":"t2"}]`)...).expect(t, 200, "")
	extra := sas(t, s, "ListImageRegistryExtra", "RegistryId", "66001").list(t, "ImageRegistryExtraInfos")
	if len(extra) != 2 || extra[1]["Namespace"] != "b" || extra[1]["AuthToken"] != "t2" {
		t.Errorf("extra is %v", extra)
	}
	sas(t, s, "ListImageRegistryExtra").expect(t, 400, "MissingRegistryId")
	if regions := sas(t, s, "ListImageRegistryRegion").list(t, "Regions"); regions[0]["RegionId"] != "cn-hangzhou" {
		t.Errorf("regions are %v", regions)
	}
}

func TestSASRegionsOfTheStateReplaceTheBuiltInOnes(t *testing.T) {
	s := serve(t, emulator.Options{State: &emulator.State{Version: 1, SAS: emulator.SASState{Regions: []emulator.SASRegion{{RegionID: "x-1", RegionName: "X"}}}}})
	if got := sas(t, s, "ListImageRegistryRegion").list(t, "Regions"); len(got) != 1 || got[0]["RegionId"] != "x-1" {
		t.Errorf("regions are %v", got)
	}
	sas(t, s, "AddPrivateRegistry", sasAdd()...).expect(t, 400, "InvalidParameter")
	sas(t, s, "AddPrivateRegistry", sasAdd("RegistryRegionId", "x-1")...).expect(t, 200, "")
}
