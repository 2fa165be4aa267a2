package prove

import (
	"embed"

	"penstock/service"
)

//go:embed codes/*.md
var pages embed.FS

// Codes returns the findings that this package reports, by code, each with
// its page. Service rooms and the other provers add their own.
func Codes() []service.Code { return service.Pages(pages, string(Runs)) }
