package sdk

import (
	"strings"

	"penstock/doc"
)

// holds reports whether any text of a tree contains s.
func holds(n *doc.Node, s string) bool {
	if n == nil {
		return false
	}
	if strings.Contains(n.Text, s) {
		return true
	}
	for _, it := range n.Items {
		if holds(it, s) {
			return true
		}
	}
	for _, f := range n.Fields {
		if holds(f.Value, s) {
			return true
		}
	}
	return false
}
