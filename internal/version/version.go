// Package version knows which build this is.
package version

import (
	"runtime"
	"runtime/debug"
)

// number is set at release with -ldflags "-X regent/internal/version.number=1.2.3".
var number = ""

// Number gives the release's version, or the commit a development build was made from.
func Number() string {
	if number != "" {
		return number
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "development"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return "development-" + s.Value[:12]
		}
	}
	return "development"
}

// String gives the line of regent version.
func String() string {
	return "regent " + Number() + " " + runtime.GOOS + "/" + runtime.GOARCH + " " + runtime.Version()
}

// UserAgent names the program in requests.
func UserAgent() string {
	return "regent/" + Number() + " (" + runtime.GOOS + "; " + runtime.GOARCH + ")"
}
