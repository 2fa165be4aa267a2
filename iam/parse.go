package iam

import (
	"penstock/diag"
	"penstock/doc"
)

// Parse reads a policy document of the given kind from its tree.
func Parse(n *doc.Node, k Kind) (*Policy, []diag.Finding) {
	return &Policy{Kind: k, Span: n.Where()}, nil
}
