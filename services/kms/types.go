package kms

import (
	"penstock/arn"
	"penstock/cloud"
	"penstock/doc"
	"penstock/iam"
	"penstock/service"
)

// page is where AWS describes its CloudFormation types; a type's page follows.
const page = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-"

// types are the resources of KMS.
//
// Ref of a multi-Region key is its id, "mrk-…", as of any other.
var types = []service.Type{
	{
		Name: "AWS::KMS::Key", Source: page + "key.html",
		Ref:   "${Hole:KeyId}",
		ARN:   "arn:${Partition}:kms:${Region}:${Account}:key/${Ref}",
		Attrs: map[string]string{"KeyId": "${Ref}"},
		Props: []string{
			"BypassPolicyLockoutSafetyCheck", "Description", "EnableKeyRotation", "Enabled", "KeyPolicy", "KeySpec",
			"KeyUsage", "MultiRegion", "Origin", "PendingWindowInDays", "RotationPeriodInDays", "Tags",
		},
		Declare: declareKey,
	},
	{
		Name: "AWS::KMS::ReplicaKey", Source: page + "replicakey.html",
		// A replica has the key id of its primary.
		Ref:   "${Last:PrimaryKeyArn}",
		ARN:   "arn:${Partition}:kms:${Region}:${Account}:key/${Ref}",
		Attrs: map[string]string{"KeyId": "${Ref}"},
		Props: []string{
			"Description", "Enabled", "KeyPolicy", "PendingWindowInDays", "PrimaryKeyArn", "Tags",
		},
		Declare: declareKey,
	},
	{
		Name: "AWS::KMS::Alias", Source: page + "alias.html",
		NameProp: "AliasName",
		ARN:      "arn:${Partition}:kms:${Region}:${Account}:${Name}",
		Props: []string{
			"AliasName", "TargetKeyId",
		},
	},
}

// declareKey attaches the key policy. A key that is made without one gets
// the default key policy of a key made through the API, which lets the
// account's IAM policies decide
// (https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html).
func declareKey(m *cloud.Model, r *cloud.Resource) {
	r.ReadTags("")
	n := r.Prop("KeyPolicy")
	if n == nil || n.Kind == doc.Null {
		r.Policies = append(r.Policies, cloud.Attachment{
			Name: "the default key policy", Policy: defaultPolicy(r), Resource: r, Span: r.Span,
		})
		return
	}
	a := m.Attachment(r, n, iam.Resource, "the key policy")
	r.Policies = append(r.Policies, a)
	lockedOut(m, r, a)
	if len(n.Maybe) > 0 {
		d := cloud.Attachment{Name: "the default key policy", Policy: defaultPolicy(r), Resource: r, Span: r.Span}
		r.Policies = append(r.Policies, d.When(n.Maybe...))
	}
}

func defaultPolicy(r *cloud.Resource) *iam.Policy {
	root := "arn:" + arn.Partition(r.Region) + ":iam::" + r.Account + ":root"
	return &iam.Policy{
		Kind: iam.Resource, Version: "2012-10-17", ID: "key-default-1", Span: r.Span,
		Statements: []iam.Statement{{
			Sid: "Enable IAM User Permissions", Effect: iam.Allow, Span: r.Span,
			HasPrincipal: true,
			Principals:   []iam.PrincipalElem{{Type: iam.PrincipalAWS, Elem: iam.Elem{Text: root, Span: r.Span}}},
			Actions:      []iam.Elem{{Text: "kms:*", Span: r.Span}},
			HasResource:  true,
			Resources:    []iam.Elem{{Text: "*", Span: r.Span}},
		}},
	}
}
