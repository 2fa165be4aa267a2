// Package yaml reads YAML documents into the tree of package doc, with the
// byte span of every value.
//
// What is particular:
//
//   - Tags of one "!" stay on the node as Tag ("!Sub"), whatever it is a tag
//     of. The core tags (!!str …) are obeyed and not kept; others ("!!binary")
//     are kept.
//   - Scalars keep the text that was written, so that 012345678901 is that and
//     no number, and 2012-10-17 is a String. Booleans are those of YAML 1.1
//     without y and n, and their Text is "true" or "false"; what was written
//     is in the Span. Keys are always Strings, as written.
//   - Aliases are expanded, within bounds, as nodes of Style Alias. Merge keys
//     are expanded: the fields that they bring come last and stand elsewhere.
//   - Duplicate keys are kept in order, with a finding.
//
// The tree is for reading. A change to a file is an edit, see package splice.
// The codes of the findings are listed in package doc/load.
package yaml

import (
	"bytes"
	"fmt"
	"io"

	goyaml "go.yaml.in/yaml/v4"

	"penstock/diag"
	"penstock/doc"
	"penstock/doc/internal/intake"
	"penstock/source"
)

// Parse reads the first document of f. That there are more is a finding. The
// error is a *doc.Error: it names the place, the offending text, and as its
// Hint what would be right.
func Parse(f *source.File) (*doc.Node, []diag.Finding, error) {
	docs, fs, err := ParseAll(f)
	if err != nil {
		return nil, nil, err
	}
	if len(docs) > 1 {
		fs = append(fs, diag.Finding{
			Code:      intake.ManyDocs,
			At:        docs[1].Outer(),
			Message:   fmt.Sprintf("the file holds %d documents, and only the first is read", len(docs)),
			Severity:  diag.Warning,
			Certainty: diag.Proved,
		})
	}
	return docs[0], fs, nil
}

// ParseAll reads all documents of f; there is at least one.
func ParseAll(f *source.File) (docs []*doc.Node, fs []diag.Finding, err error) {
	start, err := intake.Start(f)
	if err != nil {
		return nil, nil, err
	}
	if err := printable(f, start); err != nil {
		return nil, nil, err
	}
	r := &reader{file: f, text: newText(f.Data, start), end: start}
	defer func() {
		// The parser reports its own inconsistencies by a panic; such a file
		// is one that we cannot read, not one that may end the program.
		if p := recover(); p != nil {
			docs, fs, err = nil, nil, &doc.Error{
				At:      source.Span{File: f, Start: r.end, End: r.end},
				Message: fmt.Sprintf("the YAML parser failed: %v", p),
				Fix:     "please report this file as a bug",
			}
		}
	}()
	loader, err := goyaml.NewLoader(bytes.NewReader(f.Data[start:]))
	if err != nil {
		return nil, nil, fmt.Errorf("starting the YAML parser: %w", err)
	}
	for {
		var n goyaml.Node
		switch err := loader.Load(&n); {
		case err == io.EOF && len(docs) == 0:
			// Comments only.
			return nil, nil, &doc.Error{
				At:      source.Span{File: f, Start: start, End: start},
				Message: "the file holds no document",
				Fix:     "it must hold YAML beside its comments",
			}
		case err == io.EOF:
			return docs, r.findings, nil
		case err != nil:
			return nil, nil, r.syntax(err)
		}
		root, err := r.document(&n)
		if err != nil {
			return nil, nil, err
		}
		docs = append(docs, root)
	}
}

// printable refuses the characters that YAML does not allow anywhere.
// https://yaml.org/spec/1.2.2/#51-character-set
func printable(f *source.File, start int) error {
	for i := start; i < len(f.Data); i++ {
		c := f.Data[i]
		bad := c < ' ' && c != '\t' && c != '\n' && c != '\r' ||
			c == 0xef && i+2 < len(f.Data) && f.Data[i+1] == 0xbf && f.Data[i+2] >= 0xbe
		if bad {
			return &doc.Error{
				At:      source.Span{File: f, Start: i, End: i + 1},
				Message: fmt.Sprintf("control character 0x%02x, which YAML does not allow", c),
				Fix:     fmt.Sprintf(`remove it, or write it as "\x%02x" in double quotes`, c),
			}
		}
	}
	return nil
}
