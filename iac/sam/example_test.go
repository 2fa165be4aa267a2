package sam_test

import (
	"fmt"

	"penstock/doc/load"
	"penstock/iac/sam"
	"penstock/source"
)

func ExampleExpand() {
	root, _, err := load.Parse(source.NewFile("template.yaml", []byte(`
Transform: AWS::Serverless-2016-10-31
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties: {InlineCode: x, Handler: a.b, Runtime: python3.12, AutoPublishAlias: live}
`)))
	if err != nil {
		fmt.Println(err)
		return
	}
	made, _ := sam.Expand(root)
	for _, r := range made.Get("Resources").Fields {
		fmt.Println(r.Name(), r.Value.Get("Type").Str())
	}
	// Output:
	// Fn AWS::Lambda::Function
	// FnVersion AWS::Lambda::Version
	// FnAliaslive AWS::Lambda::Alias
	// FnRole AWS::IAM::Role
}
