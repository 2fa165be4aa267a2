package service

import (
	"testing"

	"penstock/cloud"
	"penstock/iam"
)

func TestRest(t *testing.T) {
	m := cloud.New()
	m.Org = &cloud.Organization{ID: "o-1"}
	m.Stacks = append(m.Stacks, &cloud.Stack{Account: "111111111111"})
	role := &cloud.Principal{Kind: cloud.Role, ARN: "arn:aws:iam::111111111111:role/r", Name: "r", Account: "111111111111", Tags: map[string]string{"Team": "a"}}
	m.AddPrincipal(role)
	project := &cloud.Resource{Type: "AWS::CodeBuild::Project", ARN: "arn:aws:codebuild:eu-west-1:111111111111:project/p", Tags: map[string]string{"Stage": "prod"}}
	m.Add(project)
	byRole := iam.Principal{ARN: role.ARN}
	start := iam.Request{Principal: byRole, Action: "codebuild:StartBuild", Resource: project.ARN, ResourceAccount: "111111111111"}
	describe := iam.Request{Principal: byRole, Action: "autoscaling:DescribeAutoScalingGroups", Resource: "*"}
	get := iam.Request{Principal: byRole, Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k", ResourceAccount: "222222222222"}
	assume := iam.Request{Principal: iam.Principal{Service: "codebuild.amazonaws.com"}, Action: "sts:AssumeRole", Resource: role.ARN, ResourceAccount: "111111111111"}
	decrypt := iam.Request{Principal: byRole, Action: "kms:Decrypt", Resource: "arn:aws:kms:eu-west-1:111111111111:key/k"}
	decrypt.Context.Put("kms:EncryptionContextKeys", iam.ContextValue{State: iam.Known, Values: []string{"SecretARN"}, Multi: true})
	for _, tt := range []struct {
		name  string
		req   iam.Request
		key   string
		state iam.State
		value string
	}{
		{"a tag of the role", start, "aws:principaltag/team", iam.Known, "a"},
		{"a tag that the role lacks", start, "aws:principaltag/stage", iam.Absent, ""},
		{"a tag of the resource", start, "aws:resourcetag/stage", iam.Known, "prod"},
		{"a tag that the resource lacks", start, "aws:resourcetag/team", iam.Absent, ""},
		{"CloudFormation's own tag", start, "aws:resourcetag/aws:cloudformation:stack-name", iam.Unknown, ""},
		{"a tag where no resource is named", describe, "aws:resourcetag/project", iam.Absent, ""},
		{"the organization of an account of the stacks", start, "aws:principalorgid", iam.Known, "o-1"},
		{"the organization of another account", get, "aws:resourceorgid", iam.Unknown, ""},
		{"a service has none", assume, "aws:principalorgid", iam.Absent, ""},
		{"a role sends no source", start, "aws:sourcearn", iam.Absent, ""},
		{"a service may", assume, "aws:sourcearn", iam.Unknown, ""},
		{"nobody sends an external id", assume, "sts:externalid", iam.Absent, ""},
		{"an override of a build", start, "codebuild:source.buildspec", iam.Unknown, ""},
		{"a key of another service", start, "ec2:subnet", iam.Absent, ""},
		{"a key that there is not", start, "aws:principalarns", iam.Absent, ""},
		{"the clock", start, "aws:currenttime", iam.Unknown, ""},
		{"a direct call", get, "aws:viaawsservice", iam.Known, "false"},
		{"an encryption context that the row does not have", decrypt, "kms:encryptioncontext:aws:s3:arn", iam.Absent, ""},
		{"a header of writes", get, "s3:x-amz-acl", iam.Absent, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := Rest(m, tt.req)(tt.key)
			if v.State != tt.state || tt.value != "" && (len(v.Values) != 1 || v.Values[0] != tt.value) {
				t.Errorf("Rest(%s)(%s) = %+v, want state %d %q", tt.req.Action, tt.key, v, tt.state, tt.value)
			}
		})
	}
}

func TestCut(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"short", "short"},
		{"exactly-twenty-chars", "exactly-twenty-chars"},
		{"a-pipeline-with-a-long-name", "a-pipeline-with-a-lo"},
	} {
		if got := cut(tt.in, 20, "h"); got != tt.want {
			t.Errorf("cut(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}
