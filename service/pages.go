package service

import (
	"io/fs"
	"path"
	"strings"
)

// Pages returns the findings that a package documents in files named after
// their codes, "codes/RUN001.md", each with its title in the first line. A
// file that cannot be read is left out; the files are embedded, so all can.
func Pages(files fs.FS, theorem string) []Code {
	names, err := fs.Glob(files, "codes/*.md")
	if err != nil {
		return nil // the pattern is constant and well formed
	}
	var out []Code
	for _, n := range names {
		text, err := fs.ReadFile(files, n)
		if err != nil {
			continue
		}
		title, _, _ := strings.Cut(string(text), "\n")
		out = append(out, Code{
			Code: strings.TrimSuffix(path.Base(n), ".md"), Title: strings.TrimPrefix(title, "# "), Theorem: theorem, Doc: string(text),
		})
	}
	return out
}
