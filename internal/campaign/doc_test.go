// Package campaign runs the command line against an emulator that fails in random ways, and checks after every run that
// nothing was lost, doubled, touched that is not in the file, misreported or leaked. Everything random comes from a seed.
//
//	go test ./internal/campaign -campaign.runs=1000 -campaign.seed=1
//
// A run is a configuration, live state, a choice for each point that the vendors' documentation leaves open, and up to
// three applies, each with faults of its own and perhaps an interrupt. Then the faults end, one more apply has to
// converge, and another has nothing to do. A run that fails prints its seed, its material, and the command that replays it.
//
// What is checked against is written here once more, in the words of the emulator's state: nothing of what decides here
// comes from the packages under test.
package campaign
