package spec_test

import (
	"fmt"

	"penstock/source"
	"penstock/spec"
)

func Example() {
	s, findings := spec.Read(source.NewFile(spec.FileName, []byte(`
project: shop
region: eu-west-1
accounts: {tools: "111111111111", prod: "222222222222"}
source: {github: example/shop}
build: {push: {ecr: shop}}
stages:
  - approve: {by: leads}
  - {deploy: prod, ecs: {cluster: main, service: shop}}
audit: {alerts: [security@example.com]}
`)))
	fmt.Println(len(findings), s.Stages[0].Name, s.Stages[1].Deploy.Input, s.Seal)
	_, findings = spec.Read(source.NewFile(spec.FileName, []byte("project: shop\nregion: eu-wst-1\naccounts: {}\nsource: {github: a/b}\nstages: [{test: t.yml}]\naudit: false\n")))
	for _, f := range findings {
		fmt.Println(f.At, f.Message)
	}
	// Output:
	// 0 approve-prod build true
	// penstock.yaml:2:9 region is "eu-wst-1": there is no such region, did you mean eu-west-1 or eu-west-2 or eu-west-3?; write a region such as eu-west-1
	// penstock.yaml:3:11 accounts has no tools: name the account that the pipeline is in, tools: "111111111111"
}
