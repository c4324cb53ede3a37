package huawei

import (
	"fmt"

	"regent/internal/cloud"
)

// Service is a Huawei Cloud service as it appears in host names.
type Service string

// The services regent talks to.
const (
	HSS Service = "hss"
	SWR Service = "swr-api"
	IAM Service = "iam"
)

// Endpoint gives the public endpoint of a service in a region. The European site has its own top-level domain
// (region table of the official SDK).
func Endpoint(service Service, region string) string {
	domain := "myhuaweicloud.com"
	if region == "eu-west-101" {
		domain = "myhuaweicloud.eu"
	}
	return fmt.Sprintf("https://%s.%s.%s", service, region, domain)
}

// Gateway is the rate that the API gateway allows by default: 200 requests a second for each API. No second has more,
// wherever it starts, a burst included.
func Gateway() cloud.Rate { return cloud.Rate{Start: 190, Most: 190, Burst: 10} }
