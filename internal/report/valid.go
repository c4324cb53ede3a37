package report

import (
	"fmt"

	"regent/internal/config"
)

// Valid says in one line what a valid configuration holds.
func Valid(c *config.Config) string {
	n := contentsOf(c)
	return fmt.Sprintf("Valid: %s, %s with %s, %s.",
		Count(n.Accounts, "account", "accounts"), Count(n.Registries, "registry", "registries"),
		Count(n.Registrations, "registration", "registrations"),
		Count(n.ReplicationTargets, "replication target", "replication targets"))
}
