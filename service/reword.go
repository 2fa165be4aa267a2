package service

import (
	"strings"

	"penstock/diag"
	"penstock/doc"
	"penstock/source"
)

// Reword is the fix that puts another word in the place of one in a value, as
// it is written there; none where the value comes from somewhere else, such
// as a parameter.
func Reword(n *doc.Node, from, to, message string) []diag.Fix {
	if n == nil {
		return nil
	}
	return Rewrite(n.Where(), from, to, message)
}

// Rewrite is Reword for a place that is no value of a template.
func Rewrite(at source.Span, from, to, message string) []diag.Fix {
	if at.IsZero() || from == "" || strings.Count(at.Text(), from) != 1 {
		return nil
	}
	word := at
	word.Start += strings.Index(at.Text(), from)
	word.End = word.Start + len(from)
	return []diag.Fix{{Message: message, Edits: []diag.Edit{{Span: word, New: to}}}}
}

// Fixed is the fix that some edits make; none where they could not be made.
func Fixed(message string, edits []diag.Edit, err error) []diag.Fix {
	if err != nil || len(edits) == 0 {
		return nil
	}
	return []diag.Fix{{Message: message, Edits: edits}}
}
