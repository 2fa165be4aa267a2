package prove

import (
	"embed"

	"penstock/service"
)

//go:embed codes/*.md
var pages embed.FS

// Codes returns the findings that this package reports, by code, each with
// its page. Service rooms and the other provers add their own.
func Codes() []service.Code {
	out := service.Pages(pages, string(Runs))
	for i := range out {
		m := mended[out[i].Code]
		out[i].Fix, out[i].Open = m.fix, m.open
	}
	return out
}
