package ssm

import (
	"slices"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/match"
	"penstock/service"
)

// effects: a SecureString is decrypted with the reader's rights. With the
// account's aws/ssm key its key policy allows everybody of the account who
// may read the parameter
// (https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html).
//
// A template cannot declare a SecureString (AWS::SSM::Parameter, Type: "AWS
// CloudFormation doesn't support creating a SecureString parameter type"), so
// a declared parameter needs no key. The key of one that is not declared is
// nowhere in the material: that it has none of its own is assumed, and said.
var effects = []service.Effect{{
	ID: "ssm.decrypt", Actions: []string{"ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"},
	Source: "https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html", Basis: service.Documented,
	Why:  "Systems Manager decrypts a SecureString with the reader's rights",
	Then: decrypt,
}}

func decrypt(s *service.Site, c *service.Call) []service.Caused {
	a, err := arn.Parse(c.Request.Resource)
	if err != nil || s.Model.Owner(c.Request.Resource) != nil {
		return nil
	}
	name, _ := strings.CutPrefix(a.Resource, "parameter/")
	if match.HasHole(name) {
		return nil
	}
	parameter := "parameter " + name + " of account " + match.Render(a.Account) + ", which no stack declares, "
	if said(s.Model, c.Request.Principal.ARN) {
		s.Model.Assume(parameter + "is encrypted with the key aws/ssm or with one that " + match.Render(c.Request.Principal.ARN) +
			" decrypts with, as needs says in the stacks file")
		return nil
	}
	s.Model.Assume(parameter + "is not encrypted with a customer managed key of its own (with one, kms:Decrypt on that key is needed too)")
	return nil
}

// said reports whether the stacks file states that a principal decrypts with
// some key: then whoever wrote it knows of the key, and the policies are
// compared with what it says.
func said(m *cloud.Model, principal string) bool {
	return slices.ContainsFunc(m.Needs, func(n cloud.Need) bool {
		return n.Principal == principal && slices.Contains(n.Actions, "kms:Decrypt")
	})
}
