package emit_test

import (
	"penstock/blueprint"
)

// sample is a stack in which most of what a template can say is said.
func sample() *blueprint.Stack {
	st := &blueprint.Stack{
		Name: "tools", Account: "111111111111", Region: "ap-northeast-1",
		Description: "The tools account of a delivery pipeline: source, build, artifacts, the pipeline and its gate. Deploy it first, then the others in their accounts.",
	}
	st.Parameter(blueprint.Parameter{Name: "ProjectName", Value: "my-service", Inline: true, Pattern: "[a-z][a-z0-9-]{1,19}", Description: "Names everything that the pipeline is made of; CodePipeline keeps 20 characters of it in object keys, so that it is short"})
	st.Parameter(blueprint.Parameter{Name: "Environment", Value: "prod", Inline: true, Allowed: []string{"prod", "no"}})
	st.Parameter(blueprint.Parameter{Name: "KmsKeyAlias", Value: "alias/pipeline-key", Inline: true})
	st.Parameter(blueprint.Parameter{Name: "StagingAccount", Value: "222222222222", Inline: true, Pattern: "[0-9]{12}"})
	st.Parameter(blueprint.Parameter{Name: "Nobody", Value: "asks", Inline: true})
	st.Parameter(blueprint.Parameter{Name: "SubnetIds", Type: "List<AWS::EC2::Subnet::Id>", Value: "subnet-1, subnet-2", Inline: true})
	st.Parameter(blueprint.Parameter{Name: "ApproverEmail", Value: "a@example.com", Description: "Who is asked"})
	st.Parameter(blueprint.Parameter{Name: "LogKeyArn", From: "audit", Output: "LogKeyArn"})
	st.Parameter(blueprint.Parameter{Name: "Unused", Value: "x"})

	st.Add(&blueprint.Resource{
		ID: "Repository", Type: "AWS::CodeCommit::Repository", Section: "source",
		Props: blueprint.KV("RepositoryName", blueprint.Sub("${ProjectName}"), "Absent", nil, "Tags", blueprint.List{
			blueprint.KV("Key", "Project", "Value", blueprint.Sub("${ProjectName}")),
			blueprint.KV("Key", "Environment", "Value", blueprint.Sub("${Environment}")),
			blueprint.KV("Key", "Stack", "Value", blueprint.Sub("${AWS::StackName}")),
		}),
	})
	st.Add(&blueprint.Resource{
		ID: "Trigger", Type: "AWS::Events::Rule", Comment: "A commit on main starts the pipeline; CodePipeline does not poll. Whoever wrote this broke the line\nwhere it was long, and here goes on.\nBuild: starts it: rule", DependsOn: []string{"Repository"},
		Props: blueprint.KV(
			"Name", blueprint.Sub("${ProjectName}-main"),
			"EventPattern", blueprint.KV(
				"source", blueprint.Strings("aws.codecommit"),
				"detail-type", blueprint.Strings("CodeCommit Repository State Change"),
				"resources", blueprint.Subs("${Repository.Arn}"),
				"detail", blueprint.KV("event", blueprint.Strings("referenceCreated", "referenceUpdated"), "referenceName", blueprint.Strings("main", "on", "1.0"), "none", blueprint.List{}, "on", blueprint.Map{}),
			),
			"Targets", blueprint.List{blueprint.KV("Id", "pipeline", "Arn", blueprint.Sub("arn:${AWS::Partition}:codepipeline:${AWS::Region}:${AWS::AccountId}:${ProjectName}"))},
		),
	})
	key := st.Add(&blueprint.Resource{
		ID: "Key", Type: "AWS::KMS::Key", Section: "artifacts", Retain: true, DependsOn: []string{"Repository", "Trigger"},
		Comment: "Who administers the key cannot use it, and who uses it cannot administer it. This line is so long that it is broken in two.\n\n  Secondly.",
	})
	key.Props = blueprint.KV("Description", "Pipeline artifacts", "EnableKeyRotation", true, "PendingWindowInDays", 30)
	key.Props = append(key.Props, blueprint.Field{Key: "KeyPolicy", Comment: "No action here uses the key.", Value: &blueprint.Policy{Statements: []*blueprint.Statement{
		{
			Sid: "Administration", Comment: "The account administers the key by IAM.",
			Principal: blueprint.KV("AWS", blueprint.Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")),
			Actions: []string{
				"kms:CancelKeyDeletion", "kms:CreateAlias", "kms:DeleteAlias", "kms:DescribeKey", "kms:DisableKey", "kms:EnableKey",
				"kms:EnableKeyRotation", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListGrants", "kms:ListKeyPolicies",
			},
			Resources: subs("*"),
		},
		{
			Sid: "Use", Effect: "Deny", Principal: "*", Actions: []string{"kms:Decrypt", "kms:GenerateDataKey"}, Resources: subs("*"),
			Conditions: []blueprint.Condition{
				{Operator: "Null", Key: "kms:EncryptionContext:aws:s3:arn", Values: subs("false")},
				{Operator: "StringNotEquals", Key: "aws:PrincipalAccount", Values: subs("${AWS::AccountId}", "${StagingAccount}")},
				{Operator: "StringNotEquals", Key: "aws:PrincipalOrgID", Values: subs("o-example")},
			},
			Uses: []blueprint.Use{{Stage: "Build", Row: "s3.get", Call: "kms:Decrypt"}},
		},
	}}})
	st.Add(&blueprint.Resource{ID: "Alias", Type: "AWS::KMS::Alias", Props: blueprint.KV("AliasName", blueprint.Sub("${KmsKeyAlias}"), "TargetKeyId", blueprint.Ref("Key"))})
	st.Add(&blueprint.Resource{
		ID: "Build", Type: "AWS::CodeBuild::Project", Section: "build",
		Props: blueprint.KV(
			"Name", blueprint.Sub("${ProjectName}-build"),
			"Account", blueprint.Sub("${StagingAccount}"),
			"EncryptionKey", blueprint.Sub("${LogKeyArn}"),
			"VpcConfig", blueprint.KV("Subnets", blueprint.Sub("${SubnetIds}")),
			"EnvironmentVariables", blueprint.List{
				blueprint.KV("Name", "EMAIL", "Value", blueprint.Sub("${ApproverEmail}")),
				blueprint.KV("Name", "MODE", "Type", "PLAINTEXT", "Value", "0755"),
			},
			"BuildSpec", blueprint.Sub("version: 0.2\nphases:\n  build:\n    commands:\n      - docker build --tag \"${!IMAGE%%/*}\" .\n\n      - echo ${AWS::Region} > out # ${!A:-${!B}} and ${! never\n"),
			"Plain", blueprint.Sub("version: 0.2\nenv: ${!HOME}\nname: ${ProjectName}"),
			"Dashboard", "{\n  \"widgets\": [\n    {\"a\": \"${x}\"}\n  ]\n}\n",
			"Message", "A sentence that is so long that it does not fit into one line of a template that a person reads, and so is folded.",
			"Pattern", `^v\d+$`, "Both", `say "it's" \ `, "Cr", "a\r\nb", "Lead", "  x\n", "Tab", "\tx", "Hash", "a #b", "Colon", "a: b", "End", "a:", "Nel", "a\u0085b\u2028c",
			"Date", "2012-10-17", "Time", "12:30:45", "Octal", "012", "Under", "1_000", "New", "0o7", "Merge", "<<", "Value", "=", "Yes", "Yes", "Empty", "", "Minus", -1,
			"Nested", blueprint.List{blueprint.Strings("AWS/CodePipeline", "x", "a:b"), blueprint.List{blueprint.KV("A", "b", "C", "d"), "e"}, blueprint.Map{}, blueprint.List{}},
		),
	})
	st.Output("KeyArn", "Parameter KeyArn of the other stacks", "${Key.Arn}")
	st.Output("Account", "", "${StagingAccount}")
	st.Output("BuildName", "", "${Build}")
	return st
}

func subs(s ...blueprint.Sub) []blueprint.Sub { return s }
