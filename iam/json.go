package iam

import (
	"fmt"

	"penstock/diag"
	"penstock/doc/json"
	"penstock/source"
)

// ParseJSON is Parse for a document as text. Name stands for its file in what
// the findings say. It fails for a text that is no JSON; a document that AWS
// refuses is no error, see Parse.
func ParseJSON(name string, text []byte, k Kind) (*Policy, []diag.Finding, error) {
	n, found, err := json.Parse(source.NewFile(name, text))
	if err != nil {
		return nil, nil, fmt.Errorf("reading policy %q: %w", name, err)
	}
	p, more := Parse(n, k)
	return p, append(found, more...), nil
}
