// Package catalog lists the providers. A new provider is one folder beside this one and one line here.
package catalog

import (
	"regent/internal/provider"
	"regent/internal/provider/alibabasas"
	"regent/internal/provider/huaweihss"
	"regent/internal/provider/huaweiswr"
)

// Providers gives every provider, in the order of the documentation.
func Providers() []*provider.Definition {
	return []*provider.Definition{
		alibabasas.Definition(),
		huaweihss.Definition(),
		huaweiswr.Definition(),
	}
}
