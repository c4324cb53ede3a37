package provider

import (
	"fmt"
	"slices"
	"strings"

	"regent/internal/cloud"
	"regent/internal/config"
	"regent/internal/finding"
	"regent/internal/secret"
)

// CheckEnvironment refuses what would make requests, and the credentials in them, take another way than whoever set a variable
// meant, without a word: a proxy that cannot be read, certificates that are not there, the misspelt name of an endpoint. Names
// lists the environment's variables.
func CheckEnvironment(lookup secret.Lookup, names []string) error {
	return finding.Join(cloud.CheckProxies(lookup), cloud.CheckRoots(lookup), checkEndpointNames(lookup, names))
}

// checkEndpointNames refuses variables that look like those of endpoints and are none. Other names that begin with REGENT_
// may be anybody's: of a workflow's own settings, or of a service of that name in Kubernetes.
func checkEndpointNames(lookup secret.Lookup, names []string) error {
	known := []string{EndpointSAS, EndpointHSS, EndpointSWR, EndpointIAM, EndpointSTS}
	var errs []error
	for _, name := range slices.Sorted(slices.Values(names)) {
		upper := strings.ToUpper(name)
		if v, _ := lookup(name); v == "" || !strings.HasPrefix(upper, "REGENT_") || slices.Contains(known, name) {
			continue
		}
		near := config.Suggest(name, known)
		switch v, _ := lookup(near); {
		case v != "" && upper == near: // one variable, where the system tells no case; else the right one is set as well
		case near != "":
			errs = append(errs, fmt.Errorf("the environment variable %s is not read by anything; did you mean %s? Requests would go to the real cloud", name, near))
		case strings.Contains(upper, "ENDPOINT"):
			errs = append(errs, fmt.Errorf("the environment variable %s is not read by anything; those of endpoints are %s", name, strings.Join(known, ", ")))
		}
	}
	return finding.Join(errs...)
}
