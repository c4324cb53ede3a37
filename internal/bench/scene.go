package main

import (
	"encoding/json"
	"fmt"
	"strings"
)

// The accounts of the scenes; the emulator knows the project.
const (
	project  = "0123456789abcdef0123456789abcdef"
	instance = "5b0c3f1e-0000-4000-8000-000000000001"
)

// The accounts' names.
const (
	sas = "sas"
	hss = "hss"
	swr = "swr"
)

// scene is a configuration of one account with many items, and the live state of which each item is, or is not yet, as
// the configuration wants it.
type scene struct {
	// account is sas, hss or swr.
	account string
	items   int
	// text is the description of every target, or the login of every registry.
	text string
	// hosts makes each target declare a host table, which SWR's list leaves out.
	hosts bool
}

// name gives what one item is called.
func (scene) name(i int) string { return fmt.Sprintf("harbor-%05d", i) }

// secrets are the variables that the configuration names.
func (scene) secrets() map[string]string {
	return map[string]string{"HARBOR_PASSWORD": "correct-horse-battery"}
}

// yaml gives the configuration.
func (s scene) yaml() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `version: 1
accounts:
  sas: {provider: alibaba-sas, region: cn-hangzhou}
  hss: {provider: huawei-hss, region: cn-north-4, projectId: %[1]s}
  swr: {provider: huawei-swr, region: cn-north-4, projectId: %[1]s, instanceId: %[2]s}
`, project, instance)
	if s.account == swr {
		b.WriteString("replicationTargets:\n")
	} else {
		b.WriteString("registries:\n")
	}
	for i := range s.items {
		s.item(&b, i)
	}
	return []byte(b.String())
}

func (s scene) item(b *strings.Builder, i int) {
	if s.account == swr {
		fmt.Fprintf(b, `  - name: %[1]s
    account: swr
    type: %[2]s
    url: https://%[1]s.example.com
    insecure: true
    description: %[3]s
    accessKey: robot
    accessSecret: {env: HARBOR_PASSWORD}
`, s.name(i), s.targetType(), s.text)
		if s.hosts {
			fmt.Fprintf(b, "    hosts: {%s.example.com: 192.0.2.20}\n", s.name(i))
		}
		return
	}
	fmt.Fprintf(b, `  - name: %[1]s
    type: harbor
    url: https://%[1]s.example.com:8443
    username: %[2]s
    password: {env: HARBOR_PASSWORD}
    scan:
`, s.name(i), s.text)
	if s.account == sas {
		b.WriteString("      - {account: sas, regionId: cn-hangzhou, hostIp: 192.0.2.10, imagesPerHour: 10}\n")
	} else {
		b.WriteString("      - {account: hss, clusterId: 6d0c9d1e-0000-4000-8000-000000000002}\n")
	}
}

// targetType gives a type without a host table where none is wanted.
func (s scene) targetType() string {
	if s.hosts {
		return "swr-pro"
	}
	return "huawei-SWR"
}

// object is a JSON object.
type object = map[string]any

// state gives the emulator's state when everything is as the configuration wants it.
func (s scene) state() []byte {
	entries := make([]object, s.items)
	for i := range entries {
		entries[i] = s.entry(i)
	}
	state, err := json.Marshal(object{"version": 1, s.account: object{"registries": entries}})
	if err != nil {
		panic(err) // plain values
	}
	return state
}

func (s scene) entry(i int) object {
	host := s.name(i) + ".example.com"
	switch s.account {
	case sas:
		return object{
			"Id": i + 1000, "RegistryType": "harbor", "RegistryVersion": "V2", "RegionId": "cn-hangzhou", "DomainName": host, "Port": 8443,
			"RegistryHostIp": "192.0.2.10", "ProtocolType": 2, "NetType": 1, "UserName": s.text, "Password": "p", "TransPerHour": 10,
		}
	case hss:
		return object{
			"project_id": project, "enterprise_project_id": "0", "id": fmt.Sprintf("id-%05d", i), "registry_name": s.name(i),
			"registry_type": "Harbor", "api_version": "V2", "protocol": "https", "registry_addr": host + ":8443",
			"registry_username": s.text, "registry_password": "p", "connect_cluster_id": "6d0c9d1e-0000-4000-8000-000000000002",
			"get_scan_image_channel": "Swr",
		}
	}
	target := object{
		"id": i + 1, "name": s.name(i), "type": s.targetType(), "url": "https://" + host, "insecure": true, "description": s.text,
		"credential": object{"type": "basic", "access_key": "robot", "access_secret": "p"},
	}
	if s.hosts {
		target["dns_conf"] = object{"hosts": object{host: "192.0.2.20"}}
	}
	return object{"project_id": project, "instance_id": instance, "registry": target}
}
