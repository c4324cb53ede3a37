package campaign

import "testing"

// TestSeedsThatFoundSomething plays the runs that failed before what they found was repaired. The same faults have tests of
// their own in internal/apply, which do not depend on what a seed means.
func TestSeedsThatFoundSomething(t *testing.T) {
	t.Parallel()
	for seed, found := range map[uint64]string{
		22:      "a modify that the list did not show yet was called failed, and so was a repair whose answer was lost",
		27:      "an interrupted apply did not say what it had not read back",
		83:      "two entries with the key of an add were called a failure",
		552:     "a modify whose answer was lost was not found after a vendor had cleared what identifies it",
		1695:    "an add that was refused after a lost one was called failed, and was there",
		2367:    "a write that the list showed did not count as written",
		2004942: "an apply that was interrupted with nothing to do ended with exit code 0",
		3003564: "a lost modify of an entry that somebody else then deleted ended with exit code 1, as if nothing had been written",
		6000300: "a modify whose answer was lost was called failed, and was there; the list lagged for longer than it was looked at",
		6003378: "so was one that sent an entry whole after the vendor had cleared fields",
		// The check itself was wrong about this one.
		1008164: "two entries were to be named although the list could not be read: the credentials had been refused",
	} {
		t.Run(found, func(t *testing.T) {
			t.Parallel()
			one(t, seed)
		})
	}
}
