package harm_test

import (
	"slices"
	"testing"

	"penstock/harm"
)

func TestOf(t *testing.T) {
	tests := []struct {
		action string
		want   harm.Class
	}{
		{"iam:PutRolePolicy", harm.Rights},
		{"iam:PassRole", harm.Rights},
		{"iam:ListRoles", harm.Look},
		{"STS:assumerole", harm.Rights},
		{"sts:GetCallerIdentity", harm.Look},
		{"kms:PutKeyPolicy", harm.Rights},
		{"kms:CreateGrant", harm.Rights},
		{"kms:Decrypt", harm.Secrets},
		{"s3:PutBucketPolicy", harm.Rights},
		{"s3:GetObject", harm.Secrets},
		{"s3:ListBucket", harm.Look},
		{"s3:PutObject", harm.Write},
		{"s3:DeleteObject", harm.Destroy},
		{"secretsmanager:GetSecretValue", harm.Secrets},
		{"secretsmanager:DescribeSecret", harm.Look},
		{"cloudtrail:StopLogging", harm.Hide},
		{"cloudtrail:PutEventSelectors", harm.Hide},
		{"cloudtrail:LookupEvents", harm.Look},
		{"logs:DeleteLogGroup", harm.Hide},
		{"logs:PutLogEvents", harm.Look},
		{"events:DisableRule", harm.Hide},
		{"cloudwatch:DeleteAlarms", harm.Hide},
		{"ec2:RunInstances", harm.Spend},
		{"ec2:TerminateInstances", harm.Destroy},
		{"ecs:UpdateService", harm.Write},
		{"codepipeline:PutApprovalResult", harm.Write},
		{"organizations:DetachPolicy", harm.Rights},
		{"nosuch:GetThing", harm.Look},
		{"nosuch:DeleteThing", harm.Destroy},
		{"nosuch:Frobnicate", harm.Write},
	}
	for _, tt := range tests {
		if got := harm.Of(tt.action); got != tt.want {
			t.Errorf("Of(%s) = %s, want %s", tt.action, got, tt.want)
		}
	}
}

func TestOrder(t *testing.T) {
	cs := harm.Classes()
	if !slices.IsSortedFunc(cs, func(a, b harm.Class) int { return int(b) - int(a) }) || len(cs) != int(harm.Rights)+1 {
		t.Errorf("Classes() = %v: not all, or not the gravest first", cs)
	}
}
