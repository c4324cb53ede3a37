package report

import (
	"fmt"

	"regent/internal/config"
)

// Valid says in one line what a valid configuration holds.
func Valid(c *config.Config) string {
	registrations := 0
	for _, r := range c.Registries {
		registrations += len(r.Scan)
	}
	return fmt.Sprintf("Valid: %s, %s with %s, %s.",
		Count(len(c.Accounts), "account", "accounts"), Count(len(c.Registries), "registry", "registries"),
		Count(registrations, "registration", "registrations"),
		Count(len(c.Targets), "replication target", "replication targets"))
}
