//go:build !unix

package main

// ignoreFileLimit does nothing where files have no limit.
func ignoreFileLimit() {}
