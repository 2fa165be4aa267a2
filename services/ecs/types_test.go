package ecs

import (
	"testing"

	"penstock/iac/cfn/cfntest"
	"penstock/match"
)

func TestServiceARN(t *testing.T) {
	m := cfntest.Model(t, types, cfntest.Stack{Name: "app", Template: `
Resources:
  Cluster: {Type: AWS::ECS::Cluster}
  Prod: {Type: AWS::ECS::Cluster, Properties: {ClusterName: prod}}
  ByRef: {Type: AWS::ECS::Service, Properties: {ServiceName: web, Cluster: !Ref Prod}}
  ByARN: {Type: AWS::ECS::Service, Properties: {ServiceName: web2, Cluster: !GetAtt Prod.Arn}}
  Default: {Type: AWS::ECS::Service, Properties: {ServiceName: web3}}
  Made: {Type: AWS::ECS::Service, Properties: {ServiceName: web4, Cluster: !GetAtt Cluster.Arn}}
`})
	const head = "arn:aws:ecs:eu-west-1:111111111111:service/"
	for id, want := range map[string]string{
		"ByRef":   head + "prod/web",
		"ByARN":   head + "prod/web2",
		"Default": head + "default/web3",
		"Made":    head + cfntest.Resource(t, m, "Cluster").Name + "/web4",
	} {
		r := cfntest.Resource(t, m, id)
		if r.ARN != want || r.Ref != want {
			t.Errorf("%s: ARN = %q, Ref = %q, want %q", id, match.Render(r.ARN), match.Render(r.Ref), match.Render(want))
		}
	}
}
