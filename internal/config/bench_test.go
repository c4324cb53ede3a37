package config

import (
	"fmt"
	"strings"
	"testing"
)

// manyRegistrations writes a file of n registries, each known to two scanners, and as many replication targets.
func manyRegistrations(n int) []byte {
	var b strings.Builder
	b.WriteString(`version: 1
accounts:
  sas: {provider: alibaba-sas, region: cn-hangzhou}
  hss: {provider: huawei-hss, region: cn-north-4, projectId: p}
  swr: {provider: huawei-swr, region: cn-north-4, projectId: p, instanceId: i}
registries:
`)
	for i := range n {
		fmt.Fprintf(&b, `  - name: harbor-%d
    type: harbor
    url: https://harbor-%d.example.com:8443
    username: robot$scanner
    password: {env: HARBOR_%d_PASSWORD}
    scan:
      - account: sas
        regionId: cn-hangzhou
        hostIp: 192.0.2.10
        imagesPerHour: 10
      - account: hss
        clusterId: 6d0c9d1e-0000-4000-8000-000000000002
        scanComponent: {namespace: library}
`, i, i, i)
	}
	b.WriteString("replicationTargets:\n")
	for i := range n {
		fmt.Fprintf(&b, `  - name: target-%d
    account: swr
    type: swr-pro
    url: https://harbor-%d.example.com
    insecure: true
    accessKey: admin
    accessSecret: {env: TARGET_%d_SECRET}
    hosts: {harbor-%d.example.com: 192.0.2.20}
`, i, i, i, i)
	}
	return []byte(b.String())
}

// BenchmarkLoad10000 loads 10,000 registrations: 3,334 registries with two scanners each and as many targets.
func BenchmarkLoad10000(b *testing.B) {
	data := manyRegistrations(3334)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse("big.yaml", data); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLoad10000Registries loads 10,000 registries with two scanners each, and 10,000 targets.
func BenchmarkLoad10000Registries(b *testing.B) {
	data := manyRegistrations(10000)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse("big.yaml", data); err != nil {
			b.Fatal(err)
		}
	}
}
