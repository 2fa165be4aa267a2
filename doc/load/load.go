// Package load reads a document of whichever kind it is, JSON or YAML, into
// the tree of package doc.
//
// A document that can be read may still have findings:
//
//	DOC001  error    a key is written twice in one map
//	DOC002  warning  more than one document in the file; only the first is read
//	DOC003  info     a YAML merge key (<<) is expanded, which CloudFormation refuses
//	DOC004  info     a YAML alias (*name) is expanded, which CloudFormation refuses
//	DOC005  warning  a NUL character was read as U+FFFD
//	DOC006  warning  bare digits that YAML 1.1 reads in base 8 or 60
//	DOC007  info     a bare yes, no, on or off, which YAML 1.1 reads as a boolean
//
// DOC003 and DOC004 are one a document, at the first place, and matter only
// where the document is a template: what CloudFormation supports of YAML is in
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
package load

import (
	"errors"
	"path"
	"strings"

	"penstock/diag"
	"penstock/doc"
	"penstock/doc/internal/intake"
	"penstock/doc/json"
	"penstock/doc/yaml"
	"penstock/source"
)

// Parse reads f as JSON where it begins like JSON, and as YAML otherwise or
// where it turns out to be no JSON after all, unless its name ends in .json.
// The error is a *doc.Error: it names the place, the offending text, and as
// its Hint what would be right; a file that is empty, binary, not UTF-8 or
// larger than 16 MiB is refused. CloudFormation's own limit is 1 MB.
func Parse(f *source.File) (*doc.Node, []diag.Finding, error) {
	start, err := intake.Start(f)
	if err != nil {
		return nil, nil, err
	}
	named := strings.EqualFold(path.Ext(f.Name), ".json")
	if !named && !opens(f.Data[start:]) {
		return yaml.Parse(f)
	}
	n, fs, jerr := json.Parse(f)
	if jerr == nil || named {
		return n, fs, jerr
	}
	n, fs, yerr := yaml.Parse(f)
	if yerr == nil {
		return n, fs, nil
	}
	// Neither. What begins with a quoted key was meant as JSON, unless its
	// name says YAML; else the reader that got further is right.
	ext := strings.ToLower(path.Ext(f.Name))
	if ext != ".yaml" && ext != ".yml" && strings.HasPrefix(strings.TrimLeft(string(f.Data[start:min(len(f.Data), start+4096)]), "{[ \t\r\n"), `"`) {
		return nil, nil, jerr
	}
	je, ok1 := errors.AsType[*doc.Error](jerr)
	ye, ok2 := errors.AsType[*doc.Error](yerr)
	if ok1 && ok2 && ye.At.Start > je.At.Start {
		return nil, nil, yerr
	}
	return nil, nil, jerr
}

// opens reports whether the first thing in data is a bracket or a brace.
func opens(data []byte) bool {
	for _, c := range data {
		switch c {
		case ' ', '\t', '\r', '\n':
		case '{', '[':
			return true
		default:
			return false
		}
	}
	return false
}
