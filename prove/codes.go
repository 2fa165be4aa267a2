package prove

import (
	"embed"
	"io/fs"
	"strings"

	"penstock/service"
)

//go:embed codes/*.md
var pages embed.FS

// Codes returns the findings that this package reports, by code, each with
// its page. Service rooms add their own.
func Codes() []service.Code {
	names, err := fs.Glob(pages, "codes/*.md")
	if err != nil {
		return nil // the pattern is constant and well formed
	}
	var out []service.Code
	for _, n := range names {
		text, err := pages.ReadFile(n)
		if err != nil {
			continue
		}
		title, _, _ := strings.Cut(string(text), "\n")
		out = append(out, service.Code{
			Code:    strings.TrimSuffix(strings.TrimPrefix(n, "codes/"), ".md"),
			Title:   strings.TrimPrefix(title, "# "),
			Theorem: string(Runs),
			Doc:     string(text),
		})
	}
	return out
}
