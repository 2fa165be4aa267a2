package gate

import (
	"embed"

	"penstock/prove"
	"penstock/service"
)

//go:embed codes/*.md
var pages embed.FS

// Codes returns the findings that this package reports, each with its page.
func Codes() []service.Code { return service.Pages(pages, string(prove.Gate)) }
