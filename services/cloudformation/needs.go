package cloudformation

import "strings"

// needs says what the create handler of a type calls, as far as is certain:
// "action", with "@" the resource where it is not the resource itself ("*",
// a property that names it, or in braces one that says where an object lies
// that is read with these rights), with "?" the property without which the call
// is not made, and a leading "~" where the schema lists the permission and a
// creation may do without it.
var needs = map[string][]string{
	"AWS::CloudFormation::Stack": {"cloudformation:CreateStack", "~cloudformation:DescribeStacks", "s3:GetObject@{TemplateURL}"},
	"AWS::CloudWatch::Alarm":     {"cloudwatch:PutMetricAlarm", "~cloudwatch:DescribeAlarms"},
	"AWS::CodeBuild::Project":    {"codebuild:CreateProject", "~codebuild:BatchGetProjects"},
	"AWS::CodeCommit::Repository": {
		"codecommit:CreateRepository", "~codecommit:GetRepository", "codecommit:TagResource?Tags",
	},
	"AWS::CodeDeploy::Application":     {"codedeploy:CreateApplication", "~codedeploy:GetApplication"},
	"AWS::CodeDeploy::DeploymentGroup": {"codedeploy:CreateDeploymentGroup", "~codedeploy:GetDeploymentGroup"},
	"AWS::CodePipeline::Pipeline":      {"codepipeline:CreatePipeline", "~codepipeline:GetPipeline", "~codepipeline:GetPipelineState"},
	"AWS::DynamoDB::Table":             {"dynamodb:CreateTable", "~dynamodb:DescribeTable", "dynamodb:TagResource?Tags"},
	"AWS::ECR::Repository": {
		"ecr:CreateRepository", "~ecr:DescribeRepositories", "ecr:TagResource?Tags",
		"ecr:SetRepositoryPolicy?RepositoryPolicyText", "ecr:PutLifecyclePolicy?LifecyclePolicy",
	},
	"AWS::ECS::Cluster":        {"ecs:CreateCluster", "~ecs:DescribeClusters"},
	"AWS::ECS::Service":        {"ecs:CreateService", "~ecs:DescribeServices"},
	"AWS::ECS::TaskDefinition": {"ecs:RegisterTaskDefinition", "~ecs:DescribeTaskDefinition@*"},
	"AWS::Events::Rule":        {"events:PutRule", "~events:DescribeRule", "events:PutTargets?Targets"},
	"AWS::IAM::InstanceProfile": {
		"iam:CreateInstanceProfile", "~iam:GetInstanceProfile", "iam:AddRoleToInstanceProfile?Roles",
	},
	"AWS::IAM::ManagedPolicy": {"iam:CreatePolicy", "~iam:GetPolicy", "iam:AttachRolePolicy@Roles"},
	"AWS::IAM::Policy":        {"iam:PutRolePolicy@Roles", "~iam:GetRolePolicy@Roles"},
	"AWS::IAM::Role": {
		"iam:CreateRole", "~iam:GetRole", "iam:TagRole?Tags", "iam:PutRolePolicy?Policies", "iam:AttachRolePolicy?ManagedPolicyArns",
	},
	"AWS::IAM::RolePolicy": {"iam:PutRolePolicy@RoleName", "~iam:GetRolePolicy@RoleName"},
	"AWS::KMS::Alias":      {"kms:CreateAlias", "~kms:CreateAlias@TargetKeyId"},
	"AWS::KMS::Key": {
		"kms:CreateKey@*", "~kms:DescribeKey", "~kms:PutKeyPolicy", "~kms:EnableKeyRotation?EnableKeyRotation", "~kms:TagResource?Tags",
	},
	"AWS::Lambda::Alias": {"lambda:CreateAlias@FunctionName", "~lambda:GetAlias@FunctionName"},
	"AWS::Lambda::Function": {
		"lambda:CreateFunction", "lambda:GetFunction", "lambda:TagResource?Tags",
		"lambda:PutFunctionConcurrency?ReservedConcurrentExecutions", "lambda:GetLayerVersion@Layers?Layers",
		"ec2:DescribeSecurityGroups@*?VpcConfig", "ec2:DescribeSubnets@*?VpcConfig", "ec2:DescribeVpcs@*?VpcConfig", "s3:GetObject@{Code}", "s3:GetObjectVersion@{Code}?Code.S3ObjectVersion",
	},
	"AWS::Lambda::LayerVersion": {"lambda:PublishLayerVersion", "s3:GetObject@{Content}"},
	"AWS::Lambda::Permission":   {"lambda:AddPermission@FunctionName"},
	"AWS::Lambda::Version":      {"lambda:PublishVersion@FunctionName"},
	"AWS::Logs::LogGroup": {
		"logs:CreateLogGroup", "~logs:DescribeLogGroups", "logs:PutRetentionPolicy?RetentionInDays", "~logs:TagResource?Tags",
	},
	"AWS::S3::Bucket": {
		"s3:CreateBucket", "s3:PutBucketTagging?Tags", "s3:PutBucketVersioning?VersioningConfiguration",
		"s3:PutEncryptionConfiguration?BucketEncryption", "s3:PutBucketPublicAccessBlock?PublicAccessBlockConfiguration",
		"s3:PutBucketOwnershipControls?OwnershipControls", "s3:PutLifecycleConfiguration?LifecycleConfiguration",
		"s3:PutBucketLogging?LoggingConfiguration", "s3:PutBucketNotification?NotificationConfiguration",
		"s3:PutBucketWebsite?WebsiteConfiguration", "s3:PutBucketCORS?CorsConfiguration",
		"s3:PutReplicationConfiguration?ReplicationConfiguration",
	},
	"AWS::S3::BucketPolicy": {"s3:PutBucketPolicy@Bucket", "~s3:GetBucketPolicy@Bucket"},
	"AWS::SNS::Topic": {
		"sns:CreateTopic", "~sns:GetTopicAttributes", "sns:TagResource?Tags", "sns:Subscribe?Subscription",
	},
	"AWS::SNS::TopicPolicy":  {"sns:SetTopicAttributes@Topics"},
	"AWS::SNS::Subscription": {"sns:Subscribe@TopicArn"},
	"AWS::SQS::Queue":        {"sqs:CreateQueue", "~sqs:GetQueueAttributes", "sqs:TagQueue?Tags"},
	"AWS::SQS::QueuePolicy":  {"sqs:SetQueueAttributes@Queues"},
	"AWS::SSM::Parameter":    {"ssm:PutParameter", "~ssm:GetParameters", "ssm:AddTagsToResource?Tags"},
	"AWS::SecretsManager::Secret": {
		"secretsmanager:CreateSecret", "~secretsmanager:DescribeSecret", "secretsmanager:TagResource?Tags",
		"secretsmanager:GetRandomPassword@*?GenerateSecretString",
	},
	"AWS::StepFunctions::StateMachine": {
		"states:CreateStateMachine", "~states:DescribeStateMachine", "states:TagResource?Tags",
	},
}

// owners are the types that the property of a need names.
var owners = map[string][]string{
	"AWS::KMS::Alias":         {"AWS::KMS::Key"},
	"AWS::Lambda::Alias":      {"AWS::Lambda::Function"},
	"AWS::Lambda::Permission": {"AWS::Lambda::Function"},
	"AWS::Lambda::Version":    {"AWS::Lambda::Function"},
	"AWS::S3::BucketPolicy":   {"AWS::S3::Bucket"},
	"AWS::SNS::TopicPolicy":   {"AWS::SNS::Topic"},
	"AWS::SNS::Subscription":  {"AWS::SNS::Topic"},
	"AWS::SQS::QueuePolicy":   {"AWS::SQS::Queue"},

	"AWS::Cognito::UserPoolClient":              {"AWS::Cognito::UserPool"},
	"AWS::EC2::Route":                           {"AWS::EC2::RouteTable"},
	"AWS::EC2::SecurityGroupEgress":             {"AWS::EC2::SecurityGroup"},
	"AWS::EC2::SecurityGroupIngress":            {"AWS::EC2::SecurityGroup"},
	"AWS::EC2::SubnetRouteTableAssociation":     {"AWS::EC2::RouteTable"},
	"AWS::EC2::VPCGatewayAttachment":            {"AWS::EC2::InternetGateway"},
	"AWS::ElasticLoadBalancingV2::Listener":     {"AWS::ElasticLoadBalancingV2::LoadBalancer"},
	"AWS::ElasticLoadBalancingV2::ListenerRule": {"AWS::ElasticLoadBalancingV2::Listener"},
	"AWS::IAM::AccessKey":                       {"AWS::IAM::User"},
	"AWS::Lambda::EventInvokeConfig":            {"AWS::Lambda::Function"},
	"AWS::Lambda::Url":                          {"AWS::Lambda::Function"},
	"AWS::Logs::MetricFilter":                   {"AWS::Logs::LogGroup"},
	"AWS::Logs::SubscriptionFilter":             {"AWS::Logs::LogGroup"},
	"AWS::Route53::RecordSet":                   {"AWS::Route53::HostedZone"},
	"AWS::SecretsManager::ResourcePolicy":       {"AWS::SecretsManager::Secret"},
	"AWS::SecretsManager::RotationSchedule":     {"AWS::SecretsManager::Secret"},
}

// passes says which properties of a type hold a role that is handed to a
// service, which assumes it; "[]" ends a list, of has the property of its
// entries.
var passes = map[string][]struct{ prop, of, service string }{
	"AWS::CodeBuild::Project":          {{"ServiceRole", "", "codebuild.amazonaws.com"}, {"BuildBatchConfig.ServiceRole", "", "codebuild.amazonaws.com"}},
	"AWS::CodeDeploy::DeploymentGroup": {{"ServiceRoleArn", "", "codedeploy.amazonaws.com"}},
	"AWS::CodePipeline::Pipeline":      {{"RoleArn", "", "codepipeline.amazonaws.com"}},
	"AWS::ECS::TaskDefinition":         {{"TaskRoleArn", "", "ecs-tasks.amazonaws.com"}, {"ExecutionRoleArn", "", "ecs-tasks.amazonaws.com"}},
	"AWS::Events::Rule":                {{"Targets[]", "RoleArn", "events.amazonaws.com"}},
	"AWS::IAM::InstanceProfile":        {{"Roles[]", "", "ec2.amazonaws.com"}},
	"AWS::Lambda::Function":            {{"Role", "", "lambda.amazonaws.com"}},
	"AWS::StepFunctions::StateMachine": {{"RoleArn", "", "states.amazonaws.com"}},

	"AWS::CloudTrail::Trail":   {{"CloudWatchLogsRoleArn", "", "cloudtrail.amazonaws.com"}},
	"AWS::EKS::Cluster":        {{"RoleArn", "", "eks.amazonaws.com"}},
	"AWS::Glue::Job":           {{"Role", "", "glue.amazonaws.com"}},
	"AWS::Pipes::Pipe":         {{"RoleArn", "", "pipes.amazonaws.com"}},
	"AWS::RDS::DBInstance":     {{"MonitoringRoleArn", "", "monitoring.rds.amazonaws.com"}},
	"AWS::Scheduler::Schedule": {{"Target.RoleArn", "", "scheduler.amazonaws.com"}},
}

type need struct {
	action, on, when string
	listed           bool
}

func parseNeed(s string) need {
	var n need
	s, n.listed = strings.CutPrefix(s, "~")
	s, n.when, _ = strings.Cut(s, "?")
	n.action, n.on, _ = strings.Cut(s, "@")
	return n
}
