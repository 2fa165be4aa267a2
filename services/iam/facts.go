package iam

import (
	"penstock/doc/json"
	"penstock/iam"
	"penstock/iam/facts"
	"penstock/source"
)

// awsManaged reads an AWS managed policy from the facts, nil where they have
// none of this ARN.
func awsManaged(a string) *iam.Policy {
	text, _, ok := facts.ManagedPolicy(a)
	if !ok {
		return nil
	}
	n, _, err := json.Parse(source.NewFile(a, text))
	if err != nil {
		return nil
	}
	p, _ := iam.Parse(n, iam.Identity)
	return p
}
