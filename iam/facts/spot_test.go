package facts

import (
	"slices"
	"strings"
	"testing"
)

// What the pages of the Service Authorization Reference say about the calls
// of a delivery pipeline: https://docs.aws.amazon.com/service-authorization/
// latest/reference/list_<page>.html. An asterisk is a required resource type.
var spots = []struct {
	page      string
	action    string
	access    Access
	resources string
	keys      string // some of the keys, of the action or of any of its resources
}{
	{"awscodecommit", "codecommit:UploadArchive", Write, "repository*", ""},
	{"awscodecommit", "codecommit:GetUploadArchiveStatus", Read, "repository*", ""},
	{"awscodecommit", "codecommit:CancelUploadArchive", Read, "repository*", ""},
	{"awscodecommit", "codecommit:GitPull", Read, "repository*", ""},
	{"awscodecommit", "codecommit:GitPush", Write, "repository*", "codecommit:References"},
	{"awscodeconnections", "codeconnections:UseConnection", Read, "Connection*", "codeconnections:FullRepositoryId codeconnections:BranchName"},
	{"awscodeconnections", "codeconnections:PassConnection", Read, "Connection*", "codeconnections:PassedToService"},
	{"awscodestarconnections", "codestar-connections:UseConnection", Read, "Connection*", "codestar-connections:FullRepositoryId"},
	{"awscodepipeline", "codepipeline:StartPipelineExecution", Write, "pipeline*", ""},
	{"awscodepipeline", "codepipeline:PutApprovalResult", Write, "action*", ""},
	{"awscodepipeline", "codepipeline:OverrideStageCondition", Write, "stage*", ""},
	{"awscodepipeline", "codepipeline:PutJobSuccessResult", Write, "", ""},
	{"awscodepipeline", "codepipeline:UpdatePipeline", Write, "pipeline*", ""},
	{"awscodebuild", "codebuild:StartBuild", Write, "project*", "codebuild:source.buildspec codebuild:serviceRole codebuild:environment.privilegedMode"},
	{"awscodebuild", "codebuild:BatchGetBuilds", Read, "project*", ""},
	{"awscodebuild", "codebuild:BatchPutTestCases", Write, "report-group*", ""},
	{"awscodedeploy", "codedeploy:CreateDeployment", Write, "deploymentgroup*", ""},
	{"awscodedeploy", "codedeploy:RegisterApplicationRevision", Write, "application*", ""},
	{"awscodedeploy", "codedeploy:GetDeploymentConfig", List, "deploymentconfig*", ""},
	{"awscodedeploy", "codedeploy:PutLifecycleEventHookExecutionStatus", Write, "deploymentgroup*", ""},
	{"awscloudformation", "cloudformation:CreateStack", Write, "stack*", "cloudformation:RoleArn cloudformation:TemplateUrl"},
	{"awscloudformation", "cloudformation:CreateChangeSet", Write, "stack*", "cloudformation:ChangeSetName cloudformation:RoleArn"},
	{"awscloudformation", "cloudformation:ValidateTemplate", Read, "", ""},
	{"awscloudformation", "cloudformation:SetStackPolicy", PermissionsManagement, "stack*", "cloudformation:StackPolicyUrl"},
	{"amazonelasticcontainerservice", "ecs:DescribeTaskDefinition", Read, "", ""},
	{"amazonelasticcontainerservice", "ecs:UpdateService", Write, "service*", "ecs:cluster ecs:enable-execute-command"},
	{"amazonelasticcontainerservice", "ecs:RegisterTaskDefinition", Write, "task-definition*", "ecs:privileged ecs:task-cpu"},
	{"amazonelasticcontainerregistry", "ecr:GetAuthorizationToken", Read, "", ""},
	{"amazonelasticcontainerregistry", "ecr:PutImage", Write, "repository*", ""},
	{"amazonelasticcontainerregistry", "ecr:BatchGetImage", Read, "repository*", ""},
	{"amazons3", "s3:GetBucketVersioning", Read, "bucket*", "s3:ResourceAccount"},
	{"amazons3", "s3:GetObject", Read, "accesspointobject object", "s3:ExistingObjectTag/<key>"},
	{"amazons3", "s3:PutObject", Write, "accesspointobject object", "s3:x-amz-server-side-encryption s3:x-amz-server-side-encryption-aws-kms-key-id"},
	{"amazons3", "s3:PutBucketPolicy", PermissionsManagement, "bucket*", ""},
	{"amazons3", "s3:ListAllMyBuckets", List, "", ""},
	{"awskeymanagementservice", "kms:Decrypt", Write, "key*", "kms:ViaService kms:EncryptionContext:${EncryptionContextKey}"},
	{"awskeymanagementservice", "kms:GenerateDataKey", Write, "key*", "kms:ViaService kms:CallerAccount"},
	{"awskeymanagementservice", "kms:ReEncryptFrom", Write, "key*", "kms:ReEncryptOnSameKey"},
	{"awskeymanagementservice", "kms:CreateAlias", Write, "alias* key*", ""},
	{"awskeymanagementservice", "kms:CreateGrant", PermissionsManagement, "key*", "kms:GrantIsForAWSResource"},
	{"awskeymanagementservice", "kms:ListKeys", List, "", ""},
	{"awssecuritytokenservice", "sts:AssumeRole", Write, "role*", "sts:ExternalId sts:RoleSessionName sts:SourceIdentity"},
	{"awssecuritytokenservice", "sts:GetCallerIdentity", Read, "", ""},
	{"awsidentityandaccessmanagementiam", "iam:PassRole", Write, "role*", "iam:PassedToService iam:AssociatedResourceArn"},
	{"awsidentityandaccessmanagementiam", "iam:CreateRole", Write, "role*", "iam:PermissionsBoundary"},
	{"awsidentityandaccessmanagementiam", "iam:UpdateAssumeRolePolicy", PermissionsManagement, "role*", ""},
	{"awsidentityandaccessmanagementiam", "iam:ListRoles", List, "", ""},
	{"amazoncloudwatchlogs", "logs:CreateLogGroup", Write, "log-group*", "aws:TagKeys"},
	{"amazoncloudwatchlogs", "logs:PutLogEvents", Write, "log-stream*", ""},
	{"awssecretsmanager", "secretsmanager:GetSecretValue", Read, "Secret*", "secretsmanager:VersionStage secretsmanager:SecretId"},
	{"awssystemsmanager", "ssm:GetParameters", Read, "parameter*", "aws:ResourceTag/${TagKey}"},
	{"amazonsns", "sns:Publish", Write, "topic*", ""},
	{"amazoneventbridge", "events:PutTargets", Write, "rule-on-custom-event-bus rule-on-default-event-bus", "events:TargetArn"},
	{"awslambda", "lambda:InvokeFunction", Write, "function*", ""},
	{"awslambda", "lambda:ListFunctions", List, "", ""},
	{"amazonec2", "ec2:DescribeSubnets", List, "", "ec2:Region"},
	{"amazonec2", "ec2:CreateNetworkInterface", Write, "network-interface* security-group subnet*", "ec2:Vpc"},
	{"amazonec2", "ec2:CreateNetworkInterfacePermission", PermissionsManagement, "network-interface*", "ec2:AuthorizedService ec2:Subnet"},
	{"awsstepfunctions", "states:StartExecution", Write, "statemachine*", ""},
	{"awsorganizations", "organizations:ListDelegatedAdministrators", List, "", "organizations:ServicePrincipal"},
	{"amazoncloudwatch", "cloudwatch:DescribeAlarms", Read, "alarm*", ""},
}

func TestSpots(t *testing.T) {
	for _, c := range spots {
		prefix, name, _ := strings.Cut(c.action, ":")
		s, _ := Service(prefix)
		a, ok := s.Action(name)
		if !ok {
			t.Errorf("%s: not found", c.action)
			continue
		}
		if a.Access != c.access {
			t.Errorf("%s: access %v, want %v", c.action, a.Access, c.access)
		}
		keys := slices.Clone(a.ConditionKeys)
		var got []string
		for _, r := range a.Resources {
			mark := ""
			if r.Required {
				mark = "*"
			}
			got = append(got, r.Type+mark)
			rt, _ := s.ResourceType(r.Type)
			keys = slices.Concat(keys, r.ConditionKeys, rt.ConditionKeys)
		}
		if g := strings.Join(got, " "); g != c.resources {
			t.Errorf("%s: resources %q, want %q (list_%s.html)", c.action, g, c.resources, c.page)
		}
		if a.ResourceLevel() != (c.resources != "") {
			t.Errorf("%s: ResourceLevel %t", c.action, a.ResourceLevel())
		}
		for k := range strings.FieldsSeq(c.keys) {
			if !slices.Contains(keys, k) {
				t.Errorf("%s: no condition key %s among %q", c.action, k, keys)
			}
		}
	}
}

// The sources are the pages of the services above and, for aws: keys,
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html.
func TestKeyType(t *testing.T) {
	for _, c := range []struct {
		key  string
		want string // "" for unknown
	}{
		{"aws:SourceIp", "IPAddress"},
		{"AWS:sourceip", "IPAddress"},
		{"aws:VpcSourceIp", "IPAddress"},
		{"aws:SourceVpce", "String"},
		{"aws:PrincipalArn", "ARN"},
		{"aws:SourceArn", "ARN"},
		{"aws:PrincipalOrgPaths", "ArrayOfString"},
		{"aws:CalledVia", "ArrayOfString"},
		{"aws:CalledViaFirst", "String"},
		{"aws:TagKeys", "ArrayOfString"},
		{"aws:PrincipalTag/Team", "String"},
		{"aws:requesttag/a/b:c", "String"},
		{"aws:ResourceTag/", ""},
		{"aws:MultiFactorAuthPresent", "Bool"},
		{"aws:MultiFactorAuthAge", "Numeric"},
		{"aws:CurrentTime", "Date"},
		{"aws:SecureTransport", "Bool"},
		{"aws:ViaAWSService", "Bool"},
		{"aws:Nope", ""},
		{"ec2:SourceInstanceArn", "ARN"},
		{"lambda:SourceFunctionArn", "ARN"},
		{"iam:PassedToService", "String"},
		{"iam:PermissionsBoundary", "ARN"},
		{"kms:ViaService", "String"},
		{"kms:EncryptionContext:aws:s3:arn", "String"},
		{"kms:EncryptionContextKeys", "ArrayOfString"},
		{"kms:GrantIsForAWSResource", "Bool"},
		{"kms:GrantOperations", "ArrayOfString"},
		{"s3:ExistingObjectTag/Env", "String"},
		{"s3:max-keys", "Numeric"},
		{"codebuild:environment.environmentVariables/TOKEN.value", "String"},
		{"codebuild:environment.privilegedMode", "Bool"},
		{"sts:ExternalId", "String"},
		{"sts:TransitiveTagKeys", "ArrayOfString"},
		{"saml:aud", "String"},
		{"token.actions.githubusercontent.com:sub", "String"},
		{"token.actions.githubusercontent.com:job_workflow_ref", "String"},
		{"oidc.eks.eu-west-1.amazonaws.com/id/ABC:aud", "String"},
		{"idp.example.com:amr", "ArrayOfString"},
		{"idp.example.com:role", ""},
		{"secretsmanager:ResourceTag/team", "String"},
		{"ecs:cluster", "ARN"},
		{"nope:x", ""},
		{"nope", ""},
		{"", ""},
		{":", ""},
	} {
		got, ok := KeyType(c.key)
		if ok != (c.want != "") || ok && got.String() != c.want {
			t.Errorf("KeyType(%q) = %v, %t, want %q", c.key, got, ok, c.want)
		}
	}
}

// "events:Metadata/x/Matcher" fits two templates; the longer one wins.
func TestKeyMostLiteral(t *testing.T) {
	s, _ := Service("events")
	for name, want := range map[string]string{
		"events:Metadata/x":         "events:Metadata/${MetadataKey}",
		"events:metadata/x/matcher": "events:Metadata/${MetadataKey}/Matcher",
	} {
		if k, ok := s.ConditionKey(name); !ok || k.Name != want {
			t.Errorf("ConditionKey(%q) = %q, %t, want %q", name, k.Name, ok, want)
		}
	}
}

// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
func TestRCP(t *testing.T) {
	for p, want := range map[string]bool{
		"s3": true, "sts": true, "kms": true, "sqs": true, "secretsmanager": true, "ECR": true, "logs": true,
		"iam": false, "ec2": false, "codedeploy": false, "lambda": false,
	} {
		if got := RCP(p); got != want {
			t.Errorf("RCP(%q) = %t", p, got)
		}
	}
}

// The pages of the types under https://docs.aws.amazon.com/AWSCloudFormation/
// latest/TemplateReference/, sections "Syntax" and "Return values".
func TestCFN(t *testing.T) {
	for _, c := range []struct {
		name       string
		ref        string
		attributes string
		properties string
	}{
		{"AWS::S3::Bucket", "BucketName", "Arn DomainName RegionalDomainName", "BucketEncryption BucketName VersioningConfiguration"},
		{"AWS::IAM::Role", "RoleName", "Arn RoleId", "AssumeRolePolicyDocument ManagedPolicyArns PermissionsBoundary Policies"},
		{"AWS::IAM::ManagedPolicy", "PolicyArn", "PolicyArn", "PolicyDocument Roles"},
		{"AWS::KMS::Key", "KeyId", "Arn KeyId", "KeyPolicy EnableKeyRotation"},
		{"AWS::KMS::Alias", "AliasName", "", "AliasName TargetKeyId"},
		{"AWS::CodePipeline::Pipeline", "Name", "Version", "Stages ArtifactStores PipelineType Triggers"},
		{"AWS::CodeBuild::Project", "Name", "Arn", "ServiceRole EncryptionKey Environment"},
		{"AWS::CodeCommit::Repository", "RepositoryId", "Arn Name CloneUrlHttp", "RepositoryName"},
		{"AWS::CodeDeploy::DeploymentGroup", "DeploymentGroupName", "", "ServiceRoleArn ApplicationName"},
		{"AWS::ECS::Service", "ServiceArn", "Name ServiceArn", "Cluster TaskDefinition"},
		{"AWS::ECR::Repository", "RepositoryName", "Arn RepositoryUri", "RepositoryPolicyText ImageTagMutability"},
		{"AWS::SNS::Topic", "TopicArn", "TopicArn TopicName", "KmsMasterKeyId"},
		{"AWS::SQS::Queue", "QueueUrl", "Arn QueueName", "KmsMasterKeyId"},
		{"AWS::Lambda::Function", "FunctionName", "Arn", "Role Code"},
		{"AWS::Logs::LogGroup", "LogGroupName", "Arn", "KmsKeyId RetentionInDays"},
		{"AWS::SecretsManager::Secret", "Id", "Id", "KmsKeyId Name"},
		{"AWS::CloudFormation::Stack", "StackId", "Outputs.Url", "TemplateURL Parameters"},
	} {
		ty, ok := CFN(c.name)
		if !ok {
			t.Errorf("CFN(%q): not found", c.name)
			continue
		}
		if got := join(ty.Ref); got != c.ref {
			t.Errorf("%s: Ref returns %q, want %q", c.name, got, c.ref)
		}
		for a := range strings.FieldsSeq(c.attributes) {
			if _, ok := ty.Attribute(a); !ok {
				t.Errorf("%s: no attribute %s", c.name, a)
			}
		}
		for p := range strings.FieldsSeq(c.properties) {
			if _, ok := ty.Property(p); !ok {
				t.Errorf("%s: no property %s", c.name, p)
			}
		}
		for _, nope := range []string{"Nope", "arn", ""} {
			if _, ok := ty.Attribute(nope); ok {
				t.Errorf("%s has an attribute %q", c.name, nope)
			}
		}
	}
}

func TestCFNShapes(t *testing.T) {
	p, _ := CFN("AWS::CodePipeline::Pipeline")
	name, _ := p.Property("Name")
	role, _ := p.Property("RoleArn")
	if name.Replace != ReplaceYes || name.Required || role.Replace != ReplaceNo || !role.Required {
		t.Errorf("Name %+v, RoleArn %+v", name, role)
	}
	stages, _ := p.Property("Stages")
	stage, ok := stages.Shape.Elem()
	if !ok || stages.Shape.Kind() != KindList || stage.Kind() != KindObject {
		t.Fatalf("Stages is %c of %c", stages.Shape.Kind(), stage.Kind())
	}
	o, ok := stage.Object()
	if !ok {
		t.Fatal("no definition of a stage")
	}
	actions, _ := o.Property("Actions")
	action, _ := actions.Shape.Elem()
	if o, ok = action.Object(); !ok {
		t.Fatal("no definition of an action")
	}
	if x, ok := o.Property("RoleArn"); !ok || x.Shape.Kind() != KindString {
		t.Errorf("an action has no RoleArn: %q", o.Name)
	}
	// A policy document is JSON or a string.
	r, _ := CFN("AWS::IAM::Role")
	doc, _ := r.Property("AssumeRolePolicyDocument")
	var kinds []Kind
	for s := range doc.Shape.OneOf() {
		kinds = append(kinds, s.Kind())
	}
	if !slices.Equal(kinds, []Kind{KindJSON, KindString}) {
		t.Errorf("AssumeRolePolicyDocument is one of %q", kinds)
	}
	// Every shape can be walked to its end.
	for n := range CFNTypes() {
		ty, _ := CFN(n)
		for _, ps := range [][]CFNProperty{ty.Properties, ty.Attributes} {
			for _, p := range ps {
				if got := shapeLen(p.Shape.code); got != len(p.Shape.code) {
					t.Errorf("%s.%s: shape %q has length %d", n, p.Name, p.Shape.code, got)
				}
				for s := range p.Shape.OneOf() {
					_, _ = s.Elem()
					_, _ = s.Object()
				}
			}
		}
	}
}
