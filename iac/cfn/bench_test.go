package cfn_test

import (
	"fmt"
	"strings"
	"testing"

	"penstock/iac/cfn"
	"penstock/service"
	"penstock/source"
)

// big is a template of n resources: roles with a policy that names the key and
// the bucket beside them.
func big(n int) string {
	var b strings.Builder
	b.WriteString("Parameters:\n  Env: {Type: String, Default: prod}\nConditions:\n  IsProd: !Equals [!Ref Env, prod]\nResources:\n")
	for i := range n / 4 {
		fmt.Fprintf(&b, `  Key%[1]d:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}, Action: "kms:*", Resource: "*"}
          - {Effect: Allow, Principal: {AWS: !GetAtt Role%[1]d.Arn}, Action: ["kms:Decrypt", "kms:GenerateDataKey*"], Resource: "*"}
  Bucket%[1]d:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: !Sub "data-${Env}-%[1]d-${AWS::AccountId}"
      BucketEncryption:
        ServerSideEncryptionConfiguration:
          - ServerSideEncryptionByDefault: {SSEAlgorithm: aws:kms, KMSMasterKeyID: !GetAtt Key%[1]d.Arn}
  Role%[1]d:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Principal: {Service: codebuild.amazonaws.com}, Action: sts:AssumeRole}]
  Policy%[1]d:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: p
      Roles: [!Ref Role%[1]d]
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Action: ["s3:GetObject", "s3:PutObject"], Resource: [!GetAtt Bucket%[1]d.Arn, !Sub "${Bucket%[1]d.Arn}/*"]}
          - {Effect: Allow, Action: "kms:Decrypt", Resource: !If [IsProd, !GetAtt Key%[1]d.Arn, "*"]}
`, i)
	}
	return b.String()
}

func BenchmarkLoad(b *testing.B) {
	for _, n := range []int{100, 500, 2000} {
		data := []byte(big(n))
		b.Run(fmt.Sprintf("resources=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				r, err := cfn.Load(cfn.Input{
					Stacks: []cfn.Stack{{Name: "main", Account: "111111111111", Region: "eu-west-1", Template: "t.yaml"}},
					Read:   func(string) (*source.File, error) { return source.NewFile("t.yaml", data), nil },
					Types:  func(n string) *service.Type { return types[n] },
				})
				if err != nil || len(r.Models[0].Resources) != n {
					b.Fatal(err, len(r.Models[0].Resources))
				}
			}
		})
	}
}
