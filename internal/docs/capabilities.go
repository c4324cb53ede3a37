// Package docs renders the parts of the documentation that follow from the code. Its tests hold the documentation
// against the code: tables, commands, flags, exit codes, real output, links and file names. Run them with -update to
// write what they render into the files.
package docs

import (
	"fmt"
	"strings"

	"regent/internal/model"
	"regent/internal/provider"
)

// Capabilities renders what can be done with each field of each provider, from the field tables: one table that
// compares the providers, then one folded table for each.
func Capabilities(providers []*provider.Definition) string {
	var b strings.Builder
	overview(&b, providers)
	for _, p := range providers {
		fmt.Fprintf(&b, "\n<details><summary>%s: every field of %s</summary>\n\n", p.Name, p.Title)
		b.WriteString("| Field of the plan | Key in the file | API name | Add | Modify | Read back | When the file is silent |\n")
		b.WriteString("|---|---|---|---|---|---|---|\n")
		for _, f := range p.Fields {
			row(&b, "`"+f.Name+"`", "`"+f.YAML+"`", code(f.Wire), "sent", modify(f), readBack(f), f.Default)
		}
		b.WriteString("\n</details>\n")
	}
	return b.String()
}

// overview compares the providers, one column each.
func overview(b *strings.Builder, providers []*provider.Definition) {
	lines := []struct {
		title string
		cell  func(*provider.Definition) string
	}{
		{"holds", func(p *provider.Definition) string { return kinds[p.Items] }},
		{"key", fieldsThat(func(f model.Field) bool { return f.Key })},
		{"add sends", func(p *provider.Definition) string { return fmt.Sprintf("all %d fields", len(p.Fields)) }},
		{"modify changes", fieldsThat(func(f model.Field) bool { return !f.Key && f.Immutable == "" && f.Observable() })},
		{"immutable", fieldsThat(func(f model.Field) bool { return !f.Key && f.Immutable != "" })},
		{"decides where a login goes", fieldsThat(func(f model.Field) bool { return f.Destination })},
		{"unobservable", fieldsThat(func(f model.Field) bool { return !f.Observable() })},
		{"delete", func(*provider.Definition) string { return "never" }},
	}
	header, rule := []string{""}, "|---|"
	for _, p := range providers {
		header = append(header, "`"+p.Name+"`")
		rule += "---|"
	}
	row(b, header...)
	b.WriteString(rule + "\n")
	for _, l := range lines {
		cells := []string{"**" + l.title + "**"}
		for _, p := range providers {
			cells = append(cells, l.cell(p))
		}
		row(b, cells...)
	}
}

var kinds = map[model.Kind]string{
	model.Registration:      "registrations",
	model.ReplicationTarget: "replication targets",
}

// fieldsThat lists the names of the fields that have a property.
func fieldsThat(has func(model.Field) bool) func(*provider.Definition) string {
	return func(p *provider.Definition) string {
		var names []string
		for _, f := range p.Fields {
			if has(f) {
				names = append(names, "`"+f.Name+"`")
			}
		}
		return strings.Join(names, ", ")
	}
}

func row(b *strings.Builder, cells ...string) {
	for _, c := range cells {
		b.WriteString("| " + strings.ReplaceAll(c, "|", `\|`) + " ")
	}
	b.WriteString("|\n")
}

// code gives a list of API names as code.
func code(names string) string {
	return "`" + strings.ReplaceAll(names, ", ", "`, `") + "`"
}

// modify words what becomes of a difference in the field.
func modify(f model.Field) string {
	switch {
	case f.Key:
		return "key: another value is another entry"
	case f.Immutable != "" && !f.Observable():
		return "immutable"
	case f.Immutable != "":
		return "immutable: blocked"
	case f.Observable():
		return "yes"
	}
	return "sent with every modify"
}

func readBack(f model.Field) string {
	if f.Observable() {
		return "yes"
	}
	return "no: " + f.Unobservable
}
