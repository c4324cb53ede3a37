// Package examples holds configuration files to start from and the entries of the sandbox.
package examples

import _ "embed"

//go:embed sandbox.json
var sandbox []byte

// Sandbox gives the emulator state that regent plan --sandbox starts from. Do not modify it.
func Sandbox() []byte { return sandbox }
