package cloudformation

import (
	"penstock/cloud"
	"penstock/service"
)

// page is where AWS describes its CloudFormation types; a type's page follows.
const page = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-"

// types are the resources of CloudFormation itself. Outputs of a nested stack
// and of a custom resource are the reader's.
var types = []service.Type{
	{
		Name: "AWS::CloudFormation::Stack", Source: page + "stack.html",
		Ref: "${ARN}",
		ARN: "arn:${Partition}:cloudformation:${Region}:${Account}:stack/${Name}/${Hole:StackId}",
		// A nested stack is named after its parent, its logical id and a
		// random suffix; StackName and the rest are in older schemas.
		Attrs: map[string]string{"StackId": "${ARN}"},
		Props: []string{
			"NotificationARNs", "Parameters", "Tags", "TemplateURL", "TimeoutInMinutes",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::CloudFormation::StackSet", Source: page + "stackset.html",
		NameProp: "StackSetName",
		Ref:      "${Name}:${Hole:StackSetId}",
		ARN:      "arn:${Partition}:cloudformation:${Region}:${Account}:stackset/${Name}:${Hole:StackSetId}",
		Attrs:    map[string]string{"StackSetId": "${Ref}"},
		Props: []string{
			"AdministrationRoleARN", "AutoDeployment", "CallAs", "Capabilities", "Description", "ExecutionRoleName",
			"ManagedExecution", "OperationPreferences", "Parameters", "PermissionModel", "StackInstancesGroup",
			"StackSetName", "Tags", "TemplateBody", "TemplateURL",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::CloudFormation::WaitCondition", Source: page + "waitcondition.html",
		Props: []string{
			"Count", "Handle", "Timeout",
		},
	},
	{
		Name: "AWS::CloudFormation::WaitConditionHandle", Source: page + "waitconditionhandle.html",
		Ref: "${Any:Url}",
	},
	{
		Name: "AWS::CloudFormation::Macro", Source: page + "macro.html",
		NameProp: "Name",
		Props: []string{
			"Description", "FunctionName", "LogGroupName", "LogRoleARN", "Name",
		},
	},
	{
		Name: "AWS::CloudFormation::ResourceVersion", Source: page + "resourceversion.html",
		Ref: "${ARN}",
		ARN: "arn:${Partition}:cloudformation:${Region}:${Account}:type/resource/${Hole:TypeName}/${Hole:VersionId}",
		Props: []string{
			"ExecutionRoleArn", "LoggingConfig", "SchemaHandlerPackage", "TypeName",
		},
	},
	{
		Name: "AWS::CloudFormation::ResourceDefaultVersion", Source: page + "resourcedefaultversion.html",
		Ref: "${ARN}",
		ARN: "arn:${Partition}:cloudformation:${Region}:${Account}:type/resource/${Hole:TypeName}",
		Props: []string{
			"TypeName", "TypeVersionArn", "VersionId",
		},
	},
	{
		Name: "AWS::CloudFormation::TypeActivation", Source: page + "typeactivation.html",
		Ref: "${ARN}",
		ARN: "arn:${Partition}:cloudformation:${Region}:${Account}:type/${Hole:Kind}/${Hole:TypeName}",
		Props: []string{
			"AutoUpdate", "ExecutionRoleArn", "LoggingConfig", "MajorVersion", "PublicTypeArn", "PublisherId",
			"Type", "TypeName", "TypeNameAlias", "VersionBump",
		},
	},
	{
		Name: "AWS::CloudFormation::GuardHook", Source: page + "guardhook.html",
		Ref:   "${ARN}",
		ARN:   "arn:${Partition}:cloudformation:${Region}:${Account}:type/hook/${Hole:TypeName}",
		Attrs: map[string]string{"HookArn": "${ARN}"},
		Props: []string{
			"Alias", "ExecutionRole", "FailureMode", "HookStatus", "LogBucket", "Options", "RuleLocation",
			"StackFilters", "TargetFilters", "TargetOperations",
		},
	},
	{
		Name: "AWS::CloudFormation::LambdaHook", Source: page + "lambdahook.html",
		Ref:   "${ARN}",
		ARN:   "arn:${Partition}:cloudformation:${Region}:${Account}:type/hook/${Hole:TypeName}",
		Attrs: map[string]string{"HookArn": "${ARN}"},
		Props: []string{
			"Alias", "AutoUpdate", "ExecutionRole", "FailureMode", "HookStatus", "LambdaFunction", "LoggingConfig",
			"StackFilters", "TargetFilters", "TargetOperations",
		},
	},
}
