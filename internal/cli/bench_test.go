package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkProve reads and proves, everything but the start of the process.
func BenchmarkProve(b *testing.B) {
	for _, example := range []string{"cross-account", "seed-001"} {
		b.Run(example, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if code, _, errs := try("../..", "prove", "examples/"+example); code > exitNo {
					b.Fatal(errs)
				}
			}
		})
	}
	for _, n := range []int{125, 250, 500, 1000} {
		b.Run(fmt.Sprintf("resources-%d", n), func(b *testing.B) {
			dir := b.TempDir()
			large(b, filepath.Join(dir, "t.yaml"), n)
			b.ReportAllocs()
			for b.Loop() {
				if code, _, errs := try(dir, "prove", "t.yaml", "--account", "111111111111", "--region", "eu-west-1"); code > exitNo {
					b.Fatal(errs)
				}
			}
		})
	}
}

// large writes a template of n resources, roles and buckets by turns, around
// one pipeline.
func large(b *testing.B, name string, n int) {
	b.Helper()
	var t strings.Builder
	t.WriteString(`Resources:
  Pipeline:
    Type: AWS::CodePipeline::Pipeline
    Properties:
      Name: large
      RoleArn: !GetAtt Role0.Arn
      ArtifactStore: {Type: S3, Location: !Ref Bucket0}
      Stages:
        - Name: Source
          Actions:
            - Name: Fetch
              ActionTypeId: {Category: Source, Owner: AWS, Provider: S3, Version: "1"}
              Configuration: {S3Bucket: !Ref Bucket0, S3ObjectKey: source.zip, PollForSourceChanges: "false"}
              OutputArtifacts: [{Name: Code}]
        - Name: Release
          Actions:
            - Name: Wait
              ActionTypeId: {Category: Approval, Owner: AWS, Provider: Manual, Version: "1"}
`)
	for i := range n / 2 {
		fmt.Fprintf(&t, `  Role%[1]d:
    Type: AWS::IAM::Role
    Properties:
      RoleName: role-%[1]d
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Principal: {Service: codepipeline.amazonaws.com}, Action: "sts:AssumeRole"}]
      Policies:
        - PolicyName: own
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: ["s3:Get*", "s3:PutObject*"]
                Resource: [!GetAtt "Bucket%[1]d.Arn", !Sub "${Bucket%[1]d.Arn}/*"]
  Bucket%[1]d:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: large-bucket-%[1]d
      VersioningConfiguration: {Status: Enabled}
`, i)
	}
	if err := os.WriteFile(name, []byte(t.String()), 0o666); err != nil {
		b.Fatal(err)
	}
}
