package main

import (
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/json"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

// The parts of CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/) that a Go program needs.
type bom struct {
	Schema       string       `json:"$schema"`
	Format       string       `json:"bomFormat"`
	SpecVersion  string       `json:"specVersion"`
	SerialNumber string       `json:"serialNumber"`
	Version      int          `json:"version"`
	Metadata     metadata     `json:"metadata"`
	Components   []component  `json:"components"`
	Dependencies []dependency `json:"dependencies"`
}

type metadata struct {
	Timestamp string    `json:"timestamp"`
	Component component `json:"component"`
}

type component struct {
	Ref        string     `json:"bom-ref"`
	Type       string     `json:"type"`
	Name       string     `json:"name"`
	Version    string     `json:"version"`
	PURL       string     `json:"purl"`
	Properties []property `json:"properties,omitempty"`
}

type property struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type dependency struct {
	Ref       string   `json:"ref"`
	DependsOn []string `json:"dependsOn,omitempty"`
}

// sbom lists the modules that are in the programs, as the linker recorded them, and Go's standard library. It is one
// list for all platforms. The linker does not record which module needs which, so all hang on the program.
func sbom(version string, when time.Time, programs []string) ([]byte, error) {
	found := map[string]component{}
	for _, program := range programs {
		info, err := buildinfo.ReadFile(program)
		if err != nil {
			return nil, fmt.Errorf("the modules of %s: %w", program, err)
		}
		std := library("std", strings.TrimPrefix(info.GoVersion, "go"), "")
		found[std.Ref] = std
		for _, m := range info.Deps {
			if m.Replace != nil {
				m = m.Replace
			}
			c := module(m)
			found[c.Ref] = c
		}
	}
	self := component{
		Ref: "regent@" + version, Type: "application", Name: "regent", Version: version,
		PURL: "pkg:golang/regent@v" + version,
	}
	refs := slices.Sorted(maps.Keys(found))
	b := bom{
		Schema: "http://cyclonedx.org/schema/bom-1.6.schema.json", Format: "CycloneDX", SpecVersion: "1.6", Version: 1,
		Metadata:     metadata{Timestamp: when.Format(time.RFC3339), Component: self},
		Dependencies: []dependency{{Ref: self.Ref, DependsOn: refs}},
	}
	for _, ref := range refs {
		b.Components = append(b.Components, found[ref])
		b.Dependencies = append(b.Dependencies, dependency{Ref: ref})
	}
	b.SerialNumber = serial(b)
	out, err := json.MarshalIndent(b, "", "  ")
	return append(out, '\n'), err
}

func module(m *debug.Module) component { return library(m.Path, m.Version, m.Sum) }

func library(path, version, sum string) component {
	c := component{Ref: path + "@" + version, Type: "library", Name: path, Version: version}
	// Package URLs of Go are in small letters: https://github.com/package-url/purl-spec, types/golang.
	c.PURL = "pkg:golang/" + strings.ToLower(path) + "@" + strings.ReplaceAll(version, "+", "%2B")
	if sum != "" {
		// It is the hash of go.sum, over a list of files, and so none of the hashes that CycloneDX means.
		c.Properties = []property{{Name: "regent:go.sum", Value: sum}}
	}
	return c
}

// serial names the list by its content: a UUID of version 8 (RFC 9562) from the first bytes of its SHA-256.
func serial(b bom) string {
	text := fmt.Sprintf("%+v", b)
	h := sha256.Sum256([]byte(text))
	h[6] = h[6]&0x0f | 0x80
	h[8] = h[8]&0x3f | 0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", h[0:4], h[4:6], h[6:8], h[8:10], h[10:16])
}
