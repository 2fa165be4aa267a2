package cfn_test

import (
	"fmt"

	"penstock/iac/cfn"
	"penstock/match"
	"penstock/service"
	"penstock/source"
)

func ExampleLoad() {
	template := `
Parameters:
  Env: {Type: String, AllowedValues: [dev, prod]}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
Resources:
  Logs:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: !Sub "logs-${Env}-${AWS::AccountId}"
  Archive:
    Type: AWS::S3::Bucket
    Condition: IsProd
`
	r, err := cfn.Load(cfn.Input{
		Stacks: []cfn.Stack{{Name: "main", Account: "111111111111", Region: "eu-west-1", Template: "t.yaml"}},
		Read: func(name string) (*source.File, error) {
			return source.NewFile(name, []byte(template)), nil
		},
		Types: func(name string) *service.Type {
			return &service.Type{Name: name, NameProp: "BucketName", ARN: "arn:${Partition}:s3:::${Name}"}
		},
	})
	if err != nil {
		panic(err)
	}
	for _, m := range r.Models {
		fmt.Println(m.Scenario)
		for _, x := range m.Resources {
			fmt.Println(" ", x.ID(), match.Render(x.ARN))
		}
	}
	// Output:
	// [IsProd is true]
	//   main/Logs arn:aws:s3:::logs-prod-111111111111
	//   main/Archive arn:aws:s3:::‹main.Archive›
	// [IsProd is false]
	//   main/Logs arn:aws:s3:::logs-dev-111111111111
}
