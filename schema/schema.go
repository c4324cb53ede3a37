// Package schema holds the JSON Schemas of the files people and tools exchange with regent.
package schema

import _ "embed"

//go:embed regent.schema.json
var config string

// ConfigURL is the identifier ($id) of the configuration's schema. Nothing is served under it; editors load the file
// by its path.
const ConfigURL = "urn:regent:schema:config:1"

// Config gives the JSON Schema (draft 2020-12) of the configuration file, as it stands in regent.schema.json.
func Config() string { return config }

//go:embed plan.schema.json
var plan string

// Plan gives the JSON Schema (draft 2020-12) of a saved plan, as it stands in plan.schema.json.
func Plan() string { return plan }
