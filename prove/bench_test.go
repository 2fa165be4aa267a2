package prove_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"penstock/internal/provetest"
	"penstock/prove"
)

var large = flag.String("large", "", "write the generated stacks of -resources resources to this folder, for measuring whole processes")
var resources = flag.Int("resources", 500, "how many resources -large writes")

// line is one delivery pipeline of twelve resources, as teams have dozens of.
const line = `  Key%[1]d:
    Type: AWS::KMS::Key
    Properties:
      EnableKeyRotation: true
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:root"}, Action: "kms:*", Resource: "*"}
  Store%[1]d:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: !Sub "line-%[1]d-${AWS::AccountId}"
      VersioningConfiguration: {Status: Enabled}
      BucketEncryption:
        ServerSideEncryptionConfiguration:
          - ServerSideEncryptionByDefault: {SSEAlgorithm: "aws:kms", KMSMasterKeyID: !GetAtt Key%[1]d.Arn}
  StorePolicy%[1]d:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Store%[1]d
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Deny
            Principal: "*"
            Action: "s3:*"
            Resource: [!GetAtt Store%[1]d.Arn, !Sub "${Store%[1]d.Arn}/*"]
            Condition: {Bool: {"aws:SecureTransport": "false"}}
  Logs%[1]d:
    Type: AWS::Logs::LogGroup
    Properties: {LogGroupName: /aws/codebuild/line-%[1]d, RetentionInDays: 30}
  Secret%[1]d:
    Type: AWS::SecretsManager::Secret
    Properties: {Name: line-%[1]d/db, GenerateSecretString: {}}
  Topic%[1]d:
    Type: AWS::SNS::Topic
    Properties: {TopicName: line-%[1]d}
  Limit%[1]d:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Action: ["s3:*", "kms:*", "logs:*", "codebuild:*", "secretsmanager:GetSecretValue", "sns:Publish"], Resource: "*"}
  PipeRole%[1]d:
    Type: AWS::IAM::Role
    Properties:
      PermissionsBoundary: !Ref Limit%[1]d
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {Service: codepipeline.amazonaws.com}, Action: "sts:AssumeRole"}]}
      Policies:
        - PolicyName: p
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - {Effect: Allow, Action: ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:GetBucketVersioning"], Resource: [!GetAtt Store%[1]d.Arn, !Sub "${Store%[1]d.Arn}/*"]}
              - {Effect: Allow, Action: ["kms:Decrypt", "kms:GenerateDataKey"], Resource: !GetAtt Key%[1]d.Arn}
              - {Effect: Allow, Action: ["codebuild:StartBuild", "codebuild:BatchGetBuilds"], Resource: !Sub "arn:aws:codebuild:${AWS::Region}:${AWS::AccountId}:project/line-%[1]d"}
              - {Effect: Allow, Action: "sns:Publish", Resource: !Ref Topic%[1]d}
  BuildRole%[1]d:
    Type: AWS::IAM::Role
    Properties:
      PermissionsBoundary: !Ref Limit%[1]d
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {Service: codebuild.amazonaws.com}, Action: "sts:AssumeRole"}]}
  BuildPolicy%[1]d:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: build
      Roles: [!Ref BuildRole%[1]d]
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Action: ["s3:GetObject", "s3:PutObject"], Resource: !Sub "${Store%[1]d.Arn}/*"}
          - {Effect: Allow, Action: ["kms:Decrypt", "kms:GenerateDataKey"], Resource: !GetAtt Key%[1]d.Arn}
          - {Effect: Allow, Action: "secretsmanager:GetSecretValue", Resource: !Ref Secret%[1]d}
          - {Effect: Allow, Action: ["logs:CreateLogStream", "logs:PutLogEvents"], Resource: !GetAtt Logs%[1]d.Arn}
  Project%[1]d:
    Type: AWS::CodeBuild::Project
    Properties:
      Name: line-%[1]d
      ServiceRole: !GetAtt BuildRole%[1]d.Arn
      EncryptionKey: !GetAtt Key%[1]d.Arn
      Source: {Type: CODEPIPELINE, BuildSpec: "version: 0.2\nenv: {secrets-manager: {DB: line-%[1]d/db}}\nphases: {build: {commands: [make]}}\n"}
      Artifacts: {Type: CODEPIPELINE}
      Environment: {Type: LINUX_CONTAINER, ComputeType: BUILD_GENERAL1_SMALL, Image: "aws/codebuild/standard:7.0"}
  Pipeline%[1]d:
    Type: AWS::CodePipeline::Pipeline
    Properties:
      Name: line-%[1]d
      RoleArn: !GetAtt PipeRole%[1]d.Arn
      ArtifactStore: {Type: S3, Location: !Ref Store%[1]d, EncryptionKey: {Type: KMS, Id: !GetAtt Key%[1]d.Arn}}
      Stages:
        - Name: Source
          Actions:
            - Name: Zip
              ActionTypeId: {Category: Source, Owner: AWS, Provider: S3, Version: "1"}
              Configuration: {S3Bucket: !Ref Store%[1]d, S3ObjectKey: in/app.zip, PollForSourceChanges: "false"}
              OutputArtifacts: [{Name: Src}]
        - Name: Build
          Actions:
            - Name: Compile
              ActionTypeId: {Category: Build, Owner: AWS, Provider: CodeBuild, Version: "1"}
              Configuration: {ProjectName: !Ref Project%[1]d}
              InputArtifacts: [{Name: Src}]
              OutputArtifacts: [{Name: Out}]
        - Name: Gate
          Actions:
            - Name: Approve
              ActionTypeId: {Category: Approval, Owner: AWS, Provider: Manual, Version: "1"}
              Configuration: {NotificationArn: !Ref Topic%[1]d}
`

const perLine = 12

// generated is the files of stacks with n resources, 240 to a template.
func generated(n int) *txtar.Archive {
	a := &txtar.Archive{}
	index := strings.Builder{}
	index.WriteString("stacks:\n")
	for i, stack := 0, 0; i*perLine < n; stack++ {
		var b strings.Builder
		b.WriteString("AWSTemplateFormatVersion: \"2010-09-09\"\nResources:\n")
		for j := 0; j < 20 && i*perLine < n; j++ {
			fmt.Fprintf(&b, line, i)
			i++
		}
		name := fmt.Sprintf("stack%d.yaml", stack)
		a.Files = append(a.Files, txtar.File{Name: name, Data: []byte(b.String())})
		fmt.Fprintf(&index, "  - {name: stack%d, template: %s, account: \"%012d\", region: eu-west-1}\n", stack, name, 100000000000+stack)
	}
	a.Files = append(a.Files, txtar.File{Name: "penstock.stacks.yaml", Data: []byte(index.String())})
	return a
}

func TestWriteLarge(t *testing.T) {
	if *large == "" {
		t.Skip("writes stacks for measuring only with -large DIR")
	}
	for _, f := range generated(*resources).Files {
		if err := os.WriteFile(filepath.Join(*large, f.Name), f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestLarge holds the generated stacks to their purpose: pipelines that run.
func TestLarge(t *testing.T) {
	w := provetest.Archive(t, generated(60))
	rep := prove.Prove(w.Models, w.Options())
	if got := rep.Theorems[0]; got.Outcome != prove.Holds {
		t.Errorf("generated pipelines: %s %s, want %s\n%s", got.Theorem, got.Outcome, prove.Holds, say(rep))
	}
}

// BenchmarkProve reads and proves, each time from the bytes.
func BenchmarkProve(b *testing.B) {
	for _, n := range []int{12, 250, 500, 1000, 2000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			w := provetest.Archive(b, generated(n))
			b.ReportAllocs()
			for b.Loop() {
				models, err := w.Again()
				if err != nil {
					b.Fatal(err)
				}
				prove.Prove(models, w.Options())
			}
		})
	}
}
