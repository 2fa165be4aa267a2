package compile

import (
	"strings"

	"penstock/blueprint"
)

// A watched is a type of resource of which somebody is told when it is
// changed: by which calls, and how their events name it.
type watched struct {
	rule string // the rule that tells of it
	typ  string
	name string        // property that names it
	arn  blueprint.Sub // its ARN with %s for the name, %r for region, %a for account; "" where the name will do
	attr string        // attribute that holds an ARN with an id that AWS makes up; "" is Arn
	by   []calledBy
	only func(*blueprint.Resource) bool
}

// A calledBy is how events name a resource, and in which calls they do so.
type calledBy struct {
	field   string // below detail; "" where no field tells it for certain
	form    form
	actions []string // IAM actions: the names of their events come from services/cloudtrail
}

// A form says what stands in a field.
type form uint8

const (
	named   form = iota // the name
	holding             // the name, or an ARN that holds it
	whole               // the ARN
	ours                // the ARN with an id that AWS makes up
	inside              // something that begins with the ARN
)

// Rules, by what they tell of.
const (
	rulePipeline = "pipeline"
	ruleCode     = "code"
	ruleKeys     = "keys"
	ruleData     = "data"
	ruleSources  = "sources"
	ruleRoles    = "roles"
	ruleAlerts   = "alerts"
	ruleTrail    = "trail"
)

// titles say in the alert what happened.
var titles = map[string]string{
	rulePipeline: "a change of the pipeline or its gate",
	ruleCode:     "a change of what runs in the pipeline or deploys for it",
	ruleKeys:     "a change of a key or a secret",
	ruleData:     "a change of a bucket or a table",
	ruleSources:  "a change of a repository",
	ruleRoles:    "a change of a role, a policy or a user",
	ruleAlerts:   "a change of the rules that start the pipeline or tell of changes",
	ruleTrail:    "a change of the trail, its log or its alerts",
}

// request is the path of a parameter of the request.
func request(name string) string { return "requestParameters." + name }

// watchTable lists what theorem four asks to be told of (docs/theorems.md,
// section 4), and beyond it what stops or destroys. Whether it is enough is
// proved of what is compiled, not of this table. How events name what they are
// about follows from the request of each operation in AWS's API references.
var watchTable = []watched{
	{rule: rulePipeline, typ: "AWS::CodePipeline::Pipeline", name: "Name", by: []calledBy{
		{request("pipeline.name"), named, []string{"codepipeline:UpdatePipeline"}},
		{request("name"), named, []string{"codepipeline:DeletePipeline"}},
		{request("pipelineName"), named, []string{
			"codepipeline:DisableStageTransition", "codepipeline:EnableStageTransition", "codepipeline:OverrideStageCondition",
			"codepipeline:PutApprovalResult", "codepipeline:RetryStageExecution", "codepipeline:RollbackStage", "codepipeline:StopPipelineExecution",
		}},
	}},
	// These name a job and no pipeline.
	{rule: rulePipeline, typ: "AWS::CodePipeline::Pipeline", only: asksFunctions, by: []calledBy{
		{"", named, []string{"codepipeline:PutJobFailureResult", "codepipeline:PutJobSuccessResult"}},
	}},
	{rule: ruleCode, typ: "AWS::CodeBuild::Project", name: "Name", by: []calledBy{
		{request("name"), named, []string{"codebuild:DeleteProject", "codebuild:UpdateProject"}},
		{request("projectArn"), holding, []string{"codebuild:UpdateProjectVisibility"}},
		{"", named, []string{"codebuild:ImportSourceCredentials"}},
	}},
	{rule: ruleCode, typ: "AWS::Lambda::Function", name: "FunctionName", by: []calledBy{
		{request("functionName"), holding, []string{
			"lambda:AddPermission", "lambda:CreateFunctionUrlConfig", "lambda:DeleteFunction", "lambda:RemovePermission", "lambda:UpdateFunctionUrlConfig", "lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration",
		}},
	}},
	{rule: ruleCode, typ: "AWS::StepFunctions::StateMachine", name: "StateMachineName", arn: "arn:${AWS::Partition}:states:%r:%a:stateMachine:%s", by: []calledBy{
		{request("stateMachineArn"), whole, []string{"states:DeleteStateMachine", "states:UpdateStateMachine"}},
	}},
	{rule: ruleCode, typ: "AWS::CodeDeploy::DeploymentGroup", name: "ApplicationName", by: []calledBy{
		{request("applicationName"), named, []string{"codedeploy:DeleteDeploymentGroup", "codedeploy:UpdateDeploymentGroup"}},
		{"", named, []string{"codedeploy:ContinueDeployment", "codedeploy:StopDeployment"}},
	}},
	{rule: ruleKeys, typ: "AWS::KMS::Key", by: []calledBy{
		{"resources.ARN", ours, []string{"kms:CreateGrant", "kms:DisableKey", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"}},
	}},
	{rule: ruleKeys, typ: "AWS::SecretsManager::Secret", name: "Name", by: []calledBy{
		{request("secretId"), holding, []string{
			"secretsmanager:CancelRotateSecret", "secretsmanager:DeleteResourcePolicy", "secretsmanager:DeleteSecret", "secretsmanager:PutResourcePolicy",
		}},
	}},
	{rule: ruleData, typ: "AWS::S3::Bucket", name: "BucketName", by: []calledBy{
		{request("bucketName"), named, []string{
			"s3:DeleteBucket", "s3:DeleteBucketPolicy", "s3:PutBucketPolicy", "s3:PutBucketPublicAccessBlock", "s3:PutBucketVersioning",
			"s3:PutBucketObjectLockConfiguration", "s3:PutEncryptionConfiguration", "s3:PutLifecycleConfiguration", "s3:PutReplicationConfiguration",
		}},
	}},
	{rule: ruleData, typ: "AWS::DynamoDB::Table", name: "TableName", by: []calledBy{
		{request("tableName"), holding, []string{"dynamodb:DeleteTable", "dynamodb:UpdateTable"}},
		{request("resourceArn"), holding, []string{"dynamodb:DeleteResourcePolicy", "dynamodb:PutResourcePolicy"}},
	}},
	{rule: ruleSources, typ: "AWS::ECR::Repository", name: "RepositoryName", by: []calledBy{
		{request("repositoryName"), named, []string{
			"ecr:BatchDeleteImage", "ecr:DeleteRepository", "ecr:DeleteRepositoryPolicy", "ecr:PutImageTagMutability", "ecr:SetRepositoryPolicy",
		}},
	}},
	{rule: ruleSources, typ: "AWS::CodeCommit::Repository", name: "RepositoryName", by: []calledBy{
		{request("repositoryName"), named, []string{
			"codecommit:DeleteRepository", "codecommit:DisassociateApprovalRuleTemplateFromRepository", "codecommit:PutRepositoryTriggers", "codecommit:UpdateDefaultBranch",
		}},
		{request("oldName"), named, []string{"codecommit:UpdateRepositoryName"}},
	}},
	{rule: ruleSources, typ: "AWS::CodeStarConnections::Connection", attr: "ConnectionArn", by: []calledBy{
		{request("connectionArn"), ours, []string{"codestar-connections:DeleteConnection", "codestar-connections:UpdateConnectionInstallation"}},
		{request("connectionArn"), ours, []string{"codeconnections:DeleteConnection", "codeconnections:UpdateConnectionInstallation"}},
	}},
	{rule: ruleSources, typ: "AWS::CodeConnections::Connection", attr: "ConnectionArn", by: []calledBy{
		{request("connectionArn"), ours, []string{"codestar-connections:DeleteConnection", "codestar-connections:UpdateConnectionInstallation"}},
		{request("connectionArn"), ours, []string{"codeconnections:DeleteConnection", "codeconnections:UpdateConnectionInstallation"}},
	}},
	{rule: ruleRoles, typ: "AWS::SSO::PermissionSet", attr: "PermissionSetArn", by: []calledBy{
		{request("permissionSetArn"), ours, []string{
			"sso:AttachCustomerManagedPolicyReferenceToPermissionSet", "sso:AttachManagedPolicyToPermissionSet", "sso:CreateAccountAssignment",
			"sso:DeletePermissionsBoundaryFromPermissionSet", "sso:PutInlinePolicyToPermissionSet", "sso:PutPermissionsBoundaryToPermissionSet", "sso:UpdatePermissionSet",
		}},
	}},
	{rule: ruleRoles, typ: "AWS::IAM::Role", name: "RoleName", by: []calledBy{
		{request("roleName"), named, []string{
			"iam:AttachRolePolicy", "iam:DeleteRole", "iam:DeleteRolePermissionsBoundary", "iam:DeleteRolePolicy", "iam:DetachRolePolicy",
			"iam:PutRolePermissionsBoundary", "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole",
		}},
	}},
	{rule: ruleRoles, typ: "AWS::IAM::User", name: "UserName", by: []calledBy{
		{request("userName"), named, []string{
			"iam:AddUserToGroup", "iam:AttachUserPolicy", "iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:DeactivateMFADevice",
			"iam:DeleteUserPermissionsBoundary", "iam:PutUserPermissionsBoundary", "iam:PutUserPolicy", "iam:UpdateLoginProfile",
		}},
	}},
	{rule: ruleRoles, typ: "AWS::IAM::Group", name: "GroupName", by: []calledBy{
		{request("groupName"), named, []string{"iam:AddUserToGroup", "iam:AttachGroupPolicy", "iam:DeleteGroupPolicy", "iam:DetachGroupPolicy", "iam:PutGroupPolicy"}},
	}},
	{rule: ruleRoles, typ: "AWS::IAM::OIDCProvider", by: []calledBy{
		{"", named, []string{"iam:AddClientIDToOpenIDConnectProvider", "iam:UpdateOpenIDConnectProviderThumbprint"}},
	}},
	{rule: ruleAlerts, typ: "AWS::Events::Rule", name: "Name", by: []calledBy{
		{request("name"), named, []string{"events:DeleteRule", "events:DisableRule", "events:PutRule"}},
		{request("rule"), named, []string{"events:PutTargets", "events:RemoveTargets"}},
	}},
	{rule: ruleTrail, typ: "AWS::CloudTrail::Trail", by: []calledBy{
		{"", named, []string{
			"cloudtrail:DeleteTrail", "cloudtrail:PutEventSelectors", "cloudtrail:PutInsightSelectors", "cloudtrail:StopLogging", "cloudtrail:UpdateTrail",
		}},
	}},
	{rule: ruleTrail, typ: "AWS::Logs::LogGroup", name: "LogGroupName", only: ofTrail, by: []calledBy{
		{request("logGroupName"), named, []string{"logs:DeleteLogGroup", "logs:DisassociateKmsKey", "logs:PutRetentionPolicy"}},
	}},
	{rule: ruleTrail, typ: "AWS::Logs::MetricFilter", name: "FilterName", by: []calledBy{
		{request("filterName"), named, []string{"logs:DeleteMetricFilter", "logs:PutMetricFilter"}},
	}},
	{rule: ruleTrail, typ: "AWS::CloudWatch::Alarm", name: "AlarmName", by: []calledBy{
		{request("alarmNames"), named, []string{"cloudwatch:DeleteAlarms", "cloudwatch:DisableAlarmActions"}},
		{request("alarmName"), named, []string{"cloudwatch:PutMetricAlarm", "cloudwatch:SetAlarmState"}},
	}},
	// What alerts could not be delivered waits there.
	{rule: ruleTrail, typ: "AWS::SQS::Queue", name: "QueueName", by: []calledBy{
		{request("queueUrl"), holding, []string{"sqs:AddPermission", "sqs:DeleteQueue", "sqs:PurgeQueue", "sqs:RemovePermission", "sqs:SetQueueAttributes"}},
	}},
	{rule: ruleTrail, typ: "AWS::SNS::Topic", name: "TopicName", arn: "arn:${AWS::Partition}:sns:%r:%a:%s", by: []calledBy{
		{request("topicArn"), whole, []string{"sns:AddPermission", "sns:DeleteTopic", "sns:RemovePermission", "sns:SetTopicAttributes"}},
		// Its name goes on below that of the topic.
		{request("subscriptionArn"), inside, []string{"sns:Unsubscribe"}},
	}},
}

// asksFunctions reports whether a pipeline has an action that a function says
// the end of.
func asksFunctions(r *blueprint.Resource) bool {
	for v := range blueprint.Values(r.Props.Get("Stages")) {
		if m, ok := v.(blueprint.Map); ok && m.Get("ActionTypeId", "Category") == "Invoke" && m.Get("ActionTypeId", "Provider") == "Lambda" {
			return true
		}
	}
	return false
}

// ofTrail reports whether a log group is that of the trail.
func ofTrail(r *blueprint.Resource) bool {
	name, _ := r.Props.Get("LogGroupName").(blueprint.Sub)
	return strings.HasPrefix(string(name), "/aws/cloudtrail/")
}
