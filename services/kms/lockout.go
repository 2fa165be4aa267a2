package kms

import (
	"fmt"
	"strings"

	"penstock/cloud"
	"penstock/diag"
	"penstock/doc/splice"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
	"penstock/truth"
)

// lockedOut finds a key policy that lets nobody change it, with which KMS makes
// no key: whoever makes the key must be able to set its policy again
// (https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#prevent-unmanageable-key).
// Who makes it is not in the template; that nobody may is. It is a warning: a
// key that is there already may have been given such a policy by who went past
// the check.
func lockedOut(m *cloud.Model, r *cloud.Resource, a cloud.Attachment) {
	if a.Policy == nil || a.Policy.Broken != "" || len(a.Policy.Maybe) > 0 {
		return
	}
	switch v := r.Prop("BypassPolicyLockoutSafetyCheck"); strings.ToLower(cloud.Text(v)) {
	case "", "false":
	default:
		return
	}
	for i := range a.Policy.Statements {
		if administers(&a.Policy.Statements[i]) {
			return
		}
	}
	m.Findings = append(m.Findings, diag.Finding{
		Code: "RUN066", Theorem: "runs", At: a.Span, Severity: diag.Warning, Certainty: diag.Likely,
		Message:  fmt.Sprintf("the key policy of %s lets nobody change it (kms:PutKeyPolicy): KMS makes no key that cannot be managed", r.ID()),
		Fixes:    rootAdministers(r, a),
		AWSError: "The new key policy will not allow you to update the key policy in the future. (Service: Kms, Status Code: 400)",
	})
}

// rootAdministers lets the account's own policies decide who administers the
// key, as the policy does that KMS gives to a key without one
// (https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html).
func rootAdministers(r *cloud.Resource, a cloud.Attachment) []diag.Fix {
	list := a.Node.Get("Statement")
	if list == nil {
		return nil
	}
	f := func(name string, v splice.Value) splice.Field { return splice.Field{Name: name, Value: v} }
	edits, err := splice.Add(list, splice.Map(
		f("Effect", splice.String("Allow")),
		f("Principal", splice.Map(f("AWS", splice.Tagged("!Sub", "arn:${AWS::Partition}:iam::${AWS::AccountId}:root")))),
		f("Action", splice.String("kms:*")), f("Resource", splice.String("*")),
	))
	return service.Fixed("let account "+r.Account+" administer "+r.ID(), edits, err)
}

// administers reports whether a statement may let anybody but a service set
// the key's policy.
func administers(s *iam.Statement) bool {
	if s.Effect != iam.Allow {
		return false
	}
	somebody := s.NotPrincipal || !s.HasPrincipal
	for _, p := range s.Principals {
		somebody = somebody || p.Type != iam.PrincipalService
	}
	covers := false
	for _, e := range s.Actions {
		p := match.CompileFold(e.Text)
		covers = covers || p.Match("kms:putkeypolicy") != truth.No
	}
	return somebody && (covers || s.NotAction)
}

var lockoutCode = service.Code{
	Code: "RUN066", Theorem: "runs",
	Fix:   "a statement that lets the account's policies decide about the key",
	Open:  "the key policy is none that can be added to",
	Title: "a key policy locks everybody out",
	Doc: `
The policy of a key is all that decides about it, its own changes included. KMS refuses a policy that would not let whoever sets
it set it again. A policy that names the users of a key and nobody who manages it is such a one; the policy that KMS gives to a
key that is made without any lets the account's policies decide.

**What AWS shows**: "The new key policy will not allow you to update the key policy in the future."

**Remedy**: a statement for the account: ` + "`Principal: {AWS: arn:aws:iam::ACCOUNT:root}`" + `, ` + "`Action: kms:*`" + `, or the administration
alone, for those who do it.

**Sources**
- https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#prevent-unmanageable-key
- https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html (BypassPolicyLockoutSafetyCheck)
`,
}
