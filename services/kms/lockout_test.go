package kms

import (
	"fmt"
	"slices"
	"testing"

	"penstock/diag"
	"penstock/iac/cfn/cfntest"
)

// TestLockedOut: which key policies KMS takes.
func TestLockedOut(t *testing.T) {
	for _, tt := range []struct {
		name, props string
		want        bool
	}{
		{"the account", `KeyPolicy: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {AWS: "111111111111"}, Action: "kms:*", Resource: "*"}]}`, false},
		{"by pattern", `KeyPolicy: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {AWS: "111111111111"}, Action: "kms:Put*", Resource: "*"}]}`, false},
		{"no policy", `Description: x`, false},
		{"users alone", `KeyPolicy: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {AWS: "111111111111"}, Action: ["kms:Decrypt", "kms:GenerateDataKey*"], Resource: "*"}]}`, true},
		{"a service manages it", `KeyPolicy: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {Service: logs.amazonaws.com}, Action: "kms:*", Resource: "*"}]}`, true},
		{"all but some", `KeyPolicy: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: "*", NotAction: "kms:Decrypt", Resource: "*"}]}`, false},
		{"past the check", `BypassPolicyLockoutSafetyCheck: true, KeyPolicy: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {AWS: "111111111111"}, Action: "kms:Decrypt", Resource: "*"}]}`, false},
		{"a parameter", `KeyPolicy: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {AWS: "111111111111"}, Action: !Ref What, Resource: "*"}]}`, false},
	} {
		m := cfntest.Model(t, types, cfntest.Stack{Name: "s", Template: fmt.Sprintf("Parameters: {What: {Type: String}}\nResources: {Key: {Type: AWS::KMS::Key, Properties: {%s}}}\n", tt.props)})
		if got := slices.ContainsFunc(m.Findings, func(f diag.Finding) bool { return f.Code == "RUN066" }); got != tt.want {
			t.Errorf("%s: found %v, want %v", tt.name, got, tt.want)
		}
	}
}
