package cloudformation

// needsLater says what the update and delete handlers of a type call beside
// what the create handler does, in the words of needs: without it the first
// deployment goes through, and the next one, or going back, does not. What
// holds data (tables, buckets, log groups, secrets) is changed and never
// deleted: whoever wants that says so. Trusts of roles stay as they were made.
// (https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html#schema-properties-handlers)
var needsLater = map[string][]string{
	"AWS::CloudFormation::Stack":       {"cloudformation:UpdateStack", "cloudformation:DeleteStack"},
	"AWS::CloudWatch::Alarm":           {"cloudwatch:DeleteAlarms"},
	"AWS::CodeBuild::Project":          {"codebuild:UpdateProject", "codebuild:DeleteProject"},
	"AWS::DynamoDB::Table":             {"dynamodb:UpdateTable"},
	"AWS::ECS::Cluster":                {"ecs:UpdateCluster", "ecs:DeleteCluster"},
	"AWS::ECS::Service":                {"ecs:UpdateService", "ecs:DeleteService"},
	"AWS::ECS::TaskDefinition":         {"ecs:DeregisterTaskDefinition@*"},
	"AWS::Events::Rule":                {"events:DeleteRule", "events:RemoveTargets?Targets"},
	"AWS::IAM::ManagedPolicy":          {"iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:DeletePolicyVersion", "iam:ListPolicyVersions", "iam:DetachRolePolicy@Roles"},
	"AWS::IAM::Policy":                 {"iam:DeleteRolePolicy@Roles"},
	"AWS::IAM::Role":                   {"iam:DeleteRole", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies", "iam:DeleteRolePolicy?Policies", "iam:DetachRolePolicy?ManagedPolicyArns"},
	"AWS::IAM::RolePolicy":             {"iam:DeleteRolePolicy@RoleName"},
	"AWS::Lambda::Alias":               {"lambda:UpdateAlias@FunctionName", "lambda:DeleteAlias@FunctionName"},
	"AWS::Lambda::Function":            {"lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration", "lambda:DeleteFunction"},
	"AWS::Lambda::Permission":          {"lambda:RemovePermission@FunctionName"},
	"AWS::S3::BucketPolicy":            {"s3:DeleteBucketPolicy@Bucket"},
	"AWS::SecretsManager::Secret":      {"secretsmanager:UpdateSecret"},
	"AWS::SNS::Topic":                  {"sns:SetTopicAttributes", "sns:DeleteTopic"},
	"AWS::SQS::Queue":                  {"sqs:SetQueueAttributes", "sqs:DeleteQueue"},
	"AWS::SSM::Parameter":              {"ssm:DeleteParameter"},
	"AWS::StepFunctions::StateMachine": {"states:UpdateStateMachine", "states:DeleteStateMachine"},
}
