package emit_test

import "penstock/blueprint"

// trust is the trust policy of a role that a service assumes.
func trust(service string) *blueprint.Policy {
	return &blueprint.Policy{Statements: []*blueprint.Statement{{
		Comment:   "Only for what this account has asked of it.",
		Principal: blueprint.KV("Service", service), Actions: []string{"sts:AssumeRole"},
		Conditions: []blueprint.Condition{{Operator: "StringEquals", Key: "aws:SourceAccount", Values: []blueprint.Sub{"${AWS::AccountId}"}}},
	}}}
}

// example is a set of stacks in two accounts.
func example() *blueprint.Set {
	tools := &blueprint.Stack{Name: "tools", Account: "111111111111", Region: "ap-northeast-1", Description: "The pipeline of shop: source, builds, artifacts"}
	tools.Parameter(blueprint.Parameter{Name: "ProjectName", Value: "shop", Inline: true, Description: "Names everything"})
	tools.Parameter(blueprint.Parameter{Name: "StagingAccount", Value: "222222222222", Inline: true})
	tags := blueprint.List{blueprint.KV("Key", "Project", "Value", blueprint.Sub("${ProjectName}"))}
	tools.Add(&blueprint.Resource{
		ID: "ArtifactKey", Type: "AWS::KMS::Key", Section: "Artifacts", Retain: true,
		Comment: "Everything that a stage hands to the next is encrypted with it,\nand nobody decrypts it who is not named here.",
		Props: blueprint.KV(
			"Description", blueprint.Sub("Artifacts of ${ProjectName}"), "EnableKeyRotation", true, "PendingWindowInDays", 30,
			"KeyPolicy", &blueprint.Policy{Statements: []*blueprint.Statement{
				{Sid: "Administration", Comment: "IAM of the account says who administers it.", Principal: blueprint.KV("AWS", blueprint.Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")), Actions: []string{"kms:*"}, Resources: []blueprint.Sub{"*"}},
				{Sid: "Staging", Principal: blueprint.KV("AWS", blueprint.Sub("arn:${AWS::Partition}:iam::${StagingAccount}:root")), Actions: []string{"kms:Decrypt", "kms:DescribeKey"}, Resources: []blueprint.Sub{"*"},
					Conditions: []blueprint.Condition{{Operator: "StringLike", Key: "kms:ViaService", Values: []blueprint.Sub{"s3.${AWS::Region}.${AWS::URLSuffix}"}}, {Operator: "StringLike", Key: "aws:PrincipalArn", Values: []blueprint.Sub{"arn:*:iam::*:role/${!aws:PrincipalTag/team}-*"}}}},
			}},
			"Tags", tags,
		),
	})
	tools.Add(&blueprint.Resource{ID: "ArtifactKeyAlias", Type: "AWS::KMS::Alias", Props: blueprint.KV("AliasName", blueprint.Sub("alias/${ProjectName}-artifacts"), "TargetKeyId", blueprint.Ref("ArtifactKey"))})
	tools.Add(&blueprint.Resource{
		ID: "ArtifactBucket", Type: "AWS::S3::Bucket", Retain: true,
		Props: blueprint.KV(
			"BucketName", blueprint.Sub("${ProjectName}-artifacts-${AWS::AccountId}-${AWS::Region}"),
			"BucketEncryption", blueprint.KV("ServerSideEncryptionConfiguration", blueprint.List{blueprint.KV("BucketKeyEnabled", true, "ServerSideEncryptionByDefault", blueprint.KV("SSEAlgorithm", "aws:kms", "KMSMasterKeyID", blueprint.Att("ArtifactKey", "Arn")))}),
			"VersioningConfiguration", blueprint.KV("Status", "Enabled"),
			"PublicAccessBlockConfiguration", blueprint.KV("BlockPublicAcls", true, "BlockPublicPolicy", true, "IgnorePublicAcls", true, "RestrictPublicBuckets", true),
			"OwnershipControls", blueprint.KV("Rules", blueprint.List{blueprint.KV("ObjectOwnership", "BucketOwnerEnforced")}),
			"LifecycleConfiguration", blueprint.KV("Rules", blueprint.List{
				blueprint.KV("Id", "expire", "Status", "Enabled", "ExpirationInDays", 90, "NoncurrentVersionExpiration", blueprint.KV("NoncurrentDays", 7)),
				blueprint.KV("Id", "uploads", "Status", "Enabled", "Prefix", "up/", "AbortIncompleteMultipartUpload", blueprint.KV("DaysAfterInitiation", 1)),
			}),
			"Tags", tags,
		),
	})
	tools.Add(&blueprint.Resource{ID: "ArtifactBucketPolicy", Type: "AWS::S3::BucketPolicy", Props: blueprint.KV("Bucket", blueprint.Ref("ArtifactBucket"), "PolicyDocument", &blueprint.Policy{Statements: []*blueprint.Statement{
		{Sid: "TLSOnly", Effect: "Deny", Principal: "*", Actions: []string{"s3:*"}, Resources: []blueprint.Sub{"${ArtifactBucket.Arn}", "${ArtifactBucket.Arn}/*"}, Conditions: []blueprint.Condition{{Operator: "Bool", Key: "aws:SecureTransport", Values: []blueprint.Sub{"false"}}}},
	}})})
	tools.Add(&blueprint.Resource{
		ID: "BuildRole", Type: "AWS::IAM::Role", Section: "Build", Comment: "Runs what the author of a change wrote.",
		Props: blueprint.KV("RoleName", blueprint.Sub("${ProjectName}-build"), "AssumeRolePolicyDocument", trust("codebuild.amazonaws.com"),
			"ManagedPolicyArns", blueprint.Strings("arn:aws:iam::aws:policy/ReadOnlyAccess"),
			"Policies", blueprint.List{blueprint.KV("PolicyName", "build", "PolicyDocument", &blueprint.Policy{Statements: []*blueprint.Statement{
				{Sid: "Logs", Comment: "Opens and writes the log of each build.", Actions: []string{"logs:CreateLogStream", "logs:PutLogEvents"}, Resources: []blueprint.Sub{"arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/codebuild/${ProjectName}-build:*"}},
				{Sid: "Artifacts", Actions: []string{"s3:GetObject", "s3:PutObject"}, Resources: []blueprint.Sub{"${ArtifactBucket.Arn}/*"}},
			}})}, "Tags", tags),
	})
	tools.Add(&blueprint.Resource{ID: "BuildProject", Type: "AWS::CodeBuild::Project", Props: blueprint.KV(
		"Name", blueprint.Sub("${ProjectName}-build"), "ServiceRole", blueprint.Att("BuildRole", "Arn"), "EncryptionKey", blueprint.Att("ArtifactKey", "Arn"),
		"Artifacts", blueprint.KV("Type", "CODEPIPELINE"),
		"Source", blueprint.KV("Type", "CODEPIPELINE", "BuildSpec", "version: 0.2\nphases:\n  build:\n    commands:\n      - echo \"${VERSION}\" %{x}\n"),
		"Environment", blueprint.KV("Type", "LINUX_CONTAINER", "ComputeType", "BUILD_GENERAL1_SMALL", "Image", "aws/codebuild/standard:7.0",
			"EnvironmentVariables", blueprint.List{blueprint.KV("Name", "PROJECT", "Value", blueprint.Sub("${ProjectName}")), blueprint.KV("Name", "TOKEN", "Type", "SECRETS_MANAGER", "Value", blueprint.Sub("${ProjectName}/token#key"))}),
		"LogsConfig", blueprint.KV("CloudWatchLogs", blueprint.KV("Status", "ENABLED", "GroupName", blueprint.Sub("/aws/codebuild/${ProjectName}-build"))),
		"TimeoutInMinutes", 30, "Tags", tags,
	)})
	tools.Add(&blueprint.Resource{ID: "PipelineRole", Type: "AWS::IAM::Role", Section: "Pipeline", Props: blueprint.KV("RoleName", blueprint.Sub("${ProjectName}-pipeline"), "AssumeRolePolicyDocument", trust("codepipeline.amazonaws.com"))})
	tools.Add(&blueprint.Resource{ID: "PipelinePolicy", Type: "AWS::IAM::ManagedPolicy", Props: blueprint.KV("ManagedPolicyName", blueprint.Sub("${ProjectName}-pipeline"), "Roles", blueprint.List{blueprint.Ref("PipelineRole")},
		"PolicyDocument", &blueprint.Policy{Statements: []*blueprint.Statement{{Actions: []string{"codebuild:StartBuild"}, Resources: []blueprint.Sub{"${BuildProject.Arn}"}}}})})
	action := func(name, category, provider string, config blueprint.Map) blueprint.Map {
		return blueprint.KV("Name", name, "ActionTypeId", blueprint.KV("Category", category, "Owner", "AWS", "Provider", provider, "Version", "1"), "Configuration", config, "RunOrder", 1)
	}
	source := action("Source", "Source", "CodeCommit", blueprint.KV("RepositoryName", blueprint.Sub("${ProjectName}"), "BranchName", "main", "PollForSourceChanges", false))
	source.Set("OutputArtifacts", blueprint.List{blueprint.KV("Name", "SourceOutput")})
	build := action("Build", "Build", "CodeBuild", blueprint.KV("ProjectName", blueprint.Ref("BuildProject"), "EnvironmentVariables", blueprint.Sub(`[{"name":"COMMIT","value":"#{Source.CommitId}","type":"PLAINTEXT"},{"name":"P","value":"${ProjectName}"}]`)))
	build.Set("InputArtifacts", blueprint.List{blueprint.KV("Name", "SourceOutput")})
	approve := action("Approve", "Approval", "Manual", blueprint.KV("CustomData", "Ship it?"))
	approve.Set("TimeoutInMinutes", 1440)
	tools.Add(&blueprint.Resource{ID: "Pipeline", Type: "AWS::CodePipeline::Pipeline", DependsOn: []string{"ArtifactBucketPolicy", "PipelinePolicy"}, Props: blueprint.KV(
		"Name", blueprint.Sub("${ProjectName}"), "PipelineType", "V2", "ExecutionMode", "QUEUED", "RoleArn", blueprint.Att("PipelineRole", "Arn"),
		"ArtifactStore", blueprint.KV("Type", "S3", "Location", blueprint.Ref("ArtifactBucket"), "EncryptionKey", blueprint.KV("Type", "KMS", "Id", blueprint.Att("ArtifactKey", "Arn"))),
		"Variables", blueprint.List{blueprint.KV("Name", "Reason", "DefaultValue", "none")},
		"Stages", blueprint.List{
			blueprint.KV("Name", "Source", "Actions", blueprint.List{source}),
			blueprint.KV("Name", "Build", "Actions", blueprint.List{build}, "OnFailure", blueprint.KV("Result", "RETRY", "RetryConfiguration", blueprint.KV("RetryMode", "FAILED_ACTIONS"))),
			blueprint.KV("Name", "Approve", "Actions", blueprint.List{approve}, "BeforeEntry", blueprint.KV("Conditions", blueprint.List{blueprint.KV("Result", "FAIL", "Rules", blueprint.List{
				blueprint.KV("Name", "Window", "RuleTypeId", blueprint.KV("Category", "Rule", "Owner", "AWS", "Provider", "DeploymentWindow", "Version", "1"), "Configuration", blueprint.KV("Cron", "* * * * *", "TimeZone", "UTC")),
			})})),
		},
		"Tags", tags,
	)})
	tools.Output("ArtifactKeyArn", "The key of the artifacts", blueprint.Att("ArtifactKey", "Arn"))

	events := &blueprint.Stack{Name: "tools-us-east-1", Account: "111111111111", Region: "us-east-1", Description: "What is seen in one region only"}
	events.Parameter(blueprint.Parameter{Name: "ProjectName", Value: "shop", Inline: true, Description: "Names everything"})
	events.Parameter(blueprint.Parameter{Name: "HomeKey", From: "tools", Output: "ArtifactKeyArn"})
	events.Add(&blueprint.Resource{ID: "GlobalRole", Type: "AWS::IAM::Role", Props: blueprint.KV("AssumeRolePolicyDocument", trust("events.amazonaws.com"), "Description", blueprint.Sub("in ${AWS::Region}, for ${HomeKey}"))})

	staging := &blueprint.Stack{Name: "staging", Account: "222222222222", Region: "ap-northeast-1", Description: "What the pipeline of shop needs to deploy to staging"}
	staging.Parameter(blueprint.Parameter{Name: "ProjectName", Value: "shop", Inline: true})
	staging.Parameter(blueprint.Parameter{Name: "ArtifactKeyArn", From: "tools", Output: "ArtifactKeyArn", Description: "The key of the artifacts"})
	staging.Parameter(blueprint.Parameter{Name: "Stage", Value: "staging", Allowed: []string{"staging", "production"}, Default: "production"})
	staging.Add(&blueprint.Resource{ID: "DeployRole", Type: "AWS::IAM::Role", Comment: "The pipeline deploys with it.", Props: blueprint.KV("RoleName", blueprint.Sub("${ProjectName}-${Stage}-deploy"),
		"AssumeRolePolicyDocument", &blueprint.Policy{Statements: []*blueprint.Statement{{Principal: blueprint.KV("AWS", "arn:aws:iam::111111111111:root"), Actions: []string{"sts:AssumeRole"}}}},
		"Policies", blueprint.List{blueprint.KV("PolicyName", "deploy", "PolicyDocument", &blueprint.Policy{Statements: []*blueprint.Statement{{Actions: []string{"kms:Decrypt"}, Resources: []blueprint.Sub{"${ArtifactKeyArn}"}}}})})})
	return &blueprint.Set{Stacks: []*blueprint.Stack{tools, events, staging}}
}
