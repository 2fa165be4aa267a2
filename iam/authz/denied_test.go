package authz

import (
	"testing"

	"penstock/iam"
)

// The sentences are those of troubleshoot_access-denied.html, and of S3, KMS
// and STS where they have their own.
func TestAccessDenied(t *testing.T) {
	const (
		build = "arn:aws:iam::111111111111:role/team/build"
		run   = "User: arn:aws:sts::111111111111:assumed-role/build/run is not authorized to perform: "
	)
	for _, tt := range []struct {
		name                             string
		principal, action, resource, own string
		d                                Decision
		want                             string
	}{
		{"identity", build, "ecr:GetAuthorizationToken", "*", "", Decision{Layer: "identity"}, run + "ecr:GetAuthorizationToken on resource: * because no identity-based policy allows the ecr:GetAuthorizationToken action"},
		{"boundary, explicit", build, "ssm:GetParameters", "arn:aws:ssm:eu-west-1:111111111111:parameter/p", "", Decision{Layer: "boundary", Explicit: true}, run + "ssm:GetParameters on resource: arn:aws:ssm:eu-west-1:111111111111:parameter/p with an explicit deny in a permissions boundary"},
		{"scp without allow", build, "codebuild:StartBuild", "arn:aws:codebuild:eu-west-1:111111111111:project/p", "", Decision{Layer: "scp"}, run + "codebuild:StartBuild on resource: arn:aws:codebuild:eu-west-1:111111111111:project/p with an explicit deny in a service control policy"},
		{"s3 within the account", build, "s3:GetObject", "arn:aws:s3:::b/k", "111111111111", Decision{Layer: "identity"}, run + `s3:GetObject on resource: "arn:aws:s3:::b/k" because no identity-based policy allows the s3:GetObject action`},
		{"s3 across accounts", build, "s3:GetObject", "arn:aws:s3:::b/k", "222222222222", Decision{Layer: "resource"}, "Access Denied"},
		{"kms across accounts", build, "kms:Decrypt", "arn:aws:kms:eu-west-1:222222222222:key/k", "", Decision{Layer: "resource"}, run + "kms:Decrypt on resource: arn:aws:kms:eu-west-1:222222222222:key/k because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access"},
		{"kms within the account", build, "kms:Decrypt", "arn:aws:kms:eu-west-1:111111111111:key/k", "", Decision{Layer: "resource"}, run + "kms:Decrypt on resource: arn:aws:kms:eu-west-1:111111111111:key/k because no resource-based policy allows the kms:Decrypt action"},
		{"trust", build, "sts:AssumeRole", "arn:aws:iam::222222222222:role/deploy", "", Decision{Layer: "trust"}, run + "sts:AssumeRole on resource: arn:aws:iam::222222222222:role/deploy"},
		{"trust, explicit", build, "sts:AssumeRole", "arn:aws:iam::222222222222:role/deploy", "", Decision{Layer: "trust", Explicit: true}, run + "sts:AssumeRole on resource: arn:aws:iam::222222222222:role/deploy with an explicit deny in the role trust policy"},
		{"endpoint", build, "secretsmanager:GetSecretValue", "arn:aws:secretsmanager:eu-west-1:111111111111:secret:s-AbCdEf", "", Decision{Layer: "endpoint"}, run + "secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:eu-west-1:111111111111:secret:s-AbCdEf because no VPC endpoint policy allows the secretsmanager:GetSecretValue action"},
		{"passing a role", build, "iam:PassRole", "arn:aws:iam::222222222222:role/exec", "", Decision{Layer: "passrole"}, "Cross-account pass role is not allowed."},
		{"anonymous", "*", "s3:GetObject", "arn:aws:s3:::b/k", "222222222222", Decision{Layer: "resource"}, "Access Denied"},
		{"user", "arn:aws:iam::111111111111:user/ann", "iam:ListUsers", "*", "", Decision{Layer: "identity", Explicit: true}, "User: arn:aws:iam::111111111111:user/ann is not authorized to perform: iam:ListUsers on resource: * with an explicit deny in an identity-based policy"},
		{"no denial", build, "s3:GetObject", "*", "", Decision{Verdict: Allow}, ""},
	} {
		req := &iam.Request{Principal: iam.Principal{ARN: tt.principal}, Action: tt.action, Resource: tt.resource, ResourceAccount: tt.own}
		if got := AccessDenied(req, tt.d, "run"); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}
