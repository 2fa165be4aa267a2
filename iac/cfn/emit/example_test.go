package emit_test

import (
	"fmt"

	"penstock/blueprint"
	"penstock/iac/cfn/emit"
)

func ExampleTemplate() {
	st := &blueprint.Stack{Name: "tools", Account: "111111111111", Region: "eu-west-1"}
	st.Parameter(blueprint.Parameter{Name: "ProjectName", Value: "demo", Inline: true})
	st.Add(&blueprint.Resource{
		ID: "Artifacts", Type: "AWS::S3::Bucket", Retain: true, Comment: "What the builds make.",
		Props: blueprint.KV("BucketName", blueprint.Sub("${ProjectName}-artifacts-${AWS::AccountId}")),
	})
	st.Output("BucketArn", "", "${Artifacts.Arn}")
	fmt.Printf("%s", emit.Template(st, emit.Options{}))
	// Output:
	// AWSTemplateFormatVersion: "2010-09-09"
	//
	// Resources:
	//   # What the builds make.
	//   Artifacts:
	//     Type: AWS::S3::Bucket
	//     DeletionPolicy: Retain
	//     UpdateReplacePolicy: Retain
	//     Properties:
	//       BucketName: !Sub demo-artifacts-${AWS::AccountId}
	//
	// Outputs:
	//   BucketArn:
	//     Value: !GetAtt Artifacts.Arn
}
