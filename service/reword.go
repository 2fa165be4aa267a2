package service

import (
	"strings"

	"penstock/diag"
	"penstock/doc"
)

// Reword is the fix that puts another word in the place of one in a value, as
// it is written there; none where the value comes from somewhere else, such
// as a parameter.
func Reword(n *doc.Node, from, to, message string) []diag.Fix {
	at := n.Where()
	if n == nil || at.IsZero() || strings.Count(at.Text(), from) != 1 {
		return nil
	}
	return []diag.Fix{{Message: message, Edits: []diag.Edit{{Span: at, New: strings.Replace(at.Text(), from, to, 1)}}}}
}
