package ssm

import (
	"strings"

	"penstock/arn"
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
	s.Model.Assume("parameter " + name + " of account " + match.Render(a.Account) +
		", which no stack declares, is not encrypted with a customer managed key of its own (with one, kms:Decrypt on that key is needed too)")
	return nil
}
