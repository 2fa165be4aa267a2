package chain_test

import (
	"fmt"
	"runtime"
	"testing"

	"penstock/chain"
	"penstock/cloud"
	"penstock/services/all"

	"github.com/rogpeppe/go-internal/txtar"
)

// manyRoles is an account of n roles: chains of ten by trust, functions and
// builds that run with every fifth, somebody in each group of a hundred who may
// pass roles on, and read rights all round.
func manyRoles(n int) *txtar.Archive {
	var b []byte
	add := func(format string, args ...any) { b = fmt.Appendf(b, format, args...) }
	add("Resources:\n")
	for i := range n {
		trust := `{AWS: "arn:aws:iam::111111111111:root"}`
		switch i % 5 {
		case 1:
			trust = "{Service: lambda.amazonaws.com}"
		case 2:
			trust = "{Service: codebuild.amazonaws.com}"
		}
		add("  R%d:\n    Type: AWS::IAM::Role\n    Properties:\n      RoleName: team%d-r%d\n", i, i/100, i)
		add("      AssumeRolePolicyDocument:\n        Version: '2012-10-17'\n        Statement: [{Effect: Allow, Principal: %s, Action: 'sts:AssumeRole'}]\n", trust)
		add("      Policies:\n        - PolicyName: p\n          PolicyDocument:\n            Version: '2012-10-17'\n            Statement:\n")
		add("              - {Effect: Allow, Action: ['s3:Get*', 's3:List*', 'logs:*'], Resource: '*'}\n")
		if i%10 != 9 {
			add("              - {Effect: Allow, Action: 'sts:AssumeRole', Resource: 'arn:aws:iam::111111111111:role/team%d-r%d'}\n", (i+1)/100, i+1)
		}
		if i%10 == 0 {
			add("              - {Effect: Allow, Action: 'sts:AssumeRole', Resource: 'arn:aws:iam::111111111111:role/team%d-*'}\n", i/100)
		}
		if i%100 == 50 {
			add("              - {Effect: Allow, Action: ['lambda:*', 'codebuild:*'], Resource: '*'}\n")
			add("              - {Effect: Allow, Action: 'iam:PassRole', Resource: 'arn:aws:iam::111111111111:role/team%d-*'}\n", i/100)
		}
		if i == n/2 {
			add("              - {Effect: Allow, Action: '*', Resource: '*'}\n")
		}
		if i%5 == 1 {
			add("  F%d:\n    Type: AWS::Lambda::Function\n    Properties: {FunctionName: f%d, Role: !GetAtt R%d.Arn, Runtime: python3.13, Handler: h, Code: {ZipFile: x}}\n", i, i, i)
		}
		if i%5 == 2 {
			add("  B%d:\n    Type: AWS::CodeBuild::Project\n    Properties: {Name: b%d, ServiceRole: !GetAtt R%d.Arn, Source: {Type: NO_SOURCE, BuildSpec: x}, Artifacts: {Type: NO_ARTIFACTS}, Environment: {Type: LINUX_CONTAINER, Image: x, ComputeType: BUILD_GENERAL1_SMALL}}\n", i, i, i)
		}
	}
	return &txtar.Archive{Files: []txtar.File{{Name: "app.111111111111.eu-west-1.yaml", Data: b}}}
}

// pairs follows the chains of every role and counts the pairs.
func pairs(m *cloud.Model) (roles, edges, reached int) {
	g := chain.New(m, all.Services(), engine())
	for p := range m.Principals() {
		roles++
		edges += len(g.Gains(p.ARN))
	}
	for p := range m.Principals() {
		reached += len(g.From(p.ARN).Nodes) - 1
	}
	return roles, edges, reached
}

// BenchmarkPairs is every role of an account of a thousand against every
// other: five seconds and 500 MiB are the bar.
func BenchmarkPairs(b *testing.B) {
	for _, n := range []int{100, 1000} {
		m := load(b, manyRoles(n))
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				roles, edges, reached := pairs(m)
				b.ReportMetric(float64(edges)/float64(roles), "gains/role")
				b.ReportMetric(float64(reached), "pairs")
			}
			var ms runtime.MemStats
			runtime.ReadMemStats(&ms)
			b.ReportMetric(float64(ms.Sys)/(1<<20), "MiB")
		})
	}
}
