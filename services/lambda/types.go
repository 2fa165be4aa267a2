package lambda

import (
	"penstock/cloud"
	"penstock/service"
)

// page is where AWS describes its CloudFormation types; a type's page follows.
const page = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-"

const functionType = "AWS::Lambda::Function"

// types are the resources of Lambda.
var types = []service.Type{
	{
		Name: functionType, Source: page + "function.html",
		ARNs:     []string{"Role", "KmsKeyArn", "DeadLetterConfig.TargetArn"},
		NameProp: "FunctionName",
		Guard:    &service.Guard{Type: "AWS::Lambda::Permission", Grant: permit},
		ARN:      "arn:${Partition}:lambda:${Region}:${Account}:function:${Name}",
		Props: []string{
			"Architectures", "CapacityProviderConfig", "Code", "CodeSigningConfigArn", "DeadLetterConfig",
			"Description", "DurableConfig", "Environment", "EphemeralStorage", "FileSystemConfigs", "FunctionName",
			"FunctionScalingConfig", "Handler", "ImageConfig", "KmsKeyArn", "Layers", "LoggingConfig", "MemorySize",
			"PackageType", "PublishToLatestPublished", "RecursiveLoop", "ReservedConcurrentExecutions", "Role",
			"Runtime", "RuntimeManagementConfig", "SnapStart", "Tags", "TenancyConfig", "Timeout", "TracingConfig",
			"VpcConfig",
		},
		Attach: attachFunction,
	},
	{
		Name: "AWS::Lambda::Permission", Source: page + "permission.html",
		ARNs:  []string{"SourceArn"},
		Ref:   "${Hole:Id}",
		Attrs: map[string]string{"Id": "${Ref}"},
		Props: []string{
			"Action", "EventSourceToken", "FunctionName", "FunctionUrlAuthType", "InvokedViaFunctionUrl",
			"Principal", "PrincipalOrgID", "SourceAccount", "SourceArn",
		},
		Attach: attachPermission,
	},
	{
		Name: "AWS::Lambda::ResourcePolicy", Source: page + "resourcepolicy.html",
		Ref: "${Prop:ResourceArn}",
		Props: []string{
			"PolicyDocument", "ResourceArn",
		},
		Attach: attachPolicy,
	},
	{
		Name: "AWS::Lambda::Alias", Source: page + "alias.html",
		NameProp: "Name",
		Ref:      "${ARN}",
		ARN:      "arn:${Partition}:lambda:${Region}:${Account}:function:${Last:FunctionName}:${Name}",
		Attrs:    map[string]string{"AliasArn": "${ARN}"},
		Props: []string{
			"Description", "FunctionName", "FunctionVersion", "Name", "ProvisionedConcurrencyConfig",
			"RoutingConfig",
		},
	},
	{
		Name: "AWS::Lambda::Version", Source: page + "version.html",
		Ref:   "${ARN}",
		ARN:   "arn:${Partition}:lambda:${Region}:${Account}:function:${Last:FunctionName}:${Hole:Version}",
		Attrs: map[string]string{"Version": "${Hole:Version}", "FunctionArn": "${ARN}"},
		Props: []string{
			"CodeSha256", "Description", "FunctionName", "FunctionScalingConfig", "ProvisionedConcurrencyConfig",
			"RuntimePolicy",
		},
	},
	{
		Name: "AWS::Lambda::Url", Source: page + "url.html",
		Ref: "${Prop:TargetFunctionArn}",
		Props: []string{
			"AuthType", "Cors", "InvokeMode", "Qualifier", "TargetFunctionArn",
		},
	},
	{
		Name: "AWS::Lambda::LayerVersion", Source: page + "layerversion.html",
		NameProp: "LayerName",
		Ref:      "${ARN}",
		ARN:      "arn:${Partition}:lambda:${Region}:${Account}:layer:${Name}:${Hole:Version}",
		Attrs:    map[string]string{"LayerVersionArn": "${ARN}"},
		Props: []string{
			"CompatibleArchitectures", "CompatibleRuntimes", "Content", "Description", "LayerName", "LicenseInfo",
		},
	},
	{
		Name: "AWS::Lambda::LayerVersionPermission", Source: page + "layerversionpermission.html",
		Ref: "${Hole:Id}",
		Props: []string{
			"Action", "LayerVersionArn", "OrganizationId", "Principal",
		},
	},
	{
		Name: "AWS::Lambda::EventSourceMapping", Source: page + "eventsourcemapping.html",
		ARNs:  []string{"EventSourceArn", "DestinationConfig.OnFailure.Destination"},
		Ref:   "${Hole:Id}",
		ARN:   "arn:${Partition}:lambda:${Region}:${Account}:event-source-mapping:${Ref}",
		Attrs: map[string]string{"Id": "${Ref}", "EventSourceMappingArn": "${ARN}"},
		Props: []string{
			"AmazonManagedKafkaEventSourceConfig", "BatchSize", "BisectBatchOnFunctionError", "DestinationConfig",
			"DocumentDBEventSourceConfig", "Enabled", "EventSourceArn", "FilterCriteria", "FunctionName",
			"FunctionResponseTypes", "KmsKeyArn", "LoggingConfig", "MaximumBatchingWindowInSeconds",
			"MaximumRecordAgeInSeconds", "MaximumRetryAttempts", "MetricsConfig", "ParallelizationFactor",
			"ProvisionedPollerConfig", "Queues", "ScalingConfig", "SelfManagedEventSource",
			"SelfManagedKafkaEventSourceConfig", "SourceAccessConfigurations", "StartingPosition",
			"StartingPositionTimestamp", "Tags", "Topics", "TumblingWindowInSeconds",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::Lambda::EventInvokeConfig", Source: page + "eventinvokeconfig.html",
		ARNs: []string{"DestinationConfig.OnFailure.Destination", "DestinationConfig.OnSuccess.Destination"},
		Ref:  "${Hole:Id}",
		Props: []string{
			"DestinationConfig", "FunctionName", "MaximumEventAgeInSeconds", "MaximumRetryAttempts", "Qualifier",
		},
	},
	{
		Name: "AWS::Lambda::CodeSigningConfig", Source: page + "codesigningconfig.html",
		Ref:   "${ARN}",
		ARN:   "arn:${Partition}:lambda:${Region}:${Account}:code-signing-config:${Hole:CodeSigningConfigId}",
		Attrs: map[string]string{"CodeSigningConfigArn": "${ARN}", "CodeSigningConfigId": "${Hole:CodeSigningConfigId}"},
		Props: []string{
			"AllowedPublishers", "CodeSigningPolicies", "Description", "Tags",
		},
		Declare: cloud.Tagged,
	},
}

// attachFunction reads the key of environment variables: one that AWS owns
// where none is named
// (https://docs.aws.amazon.com/lambda/latest/dg/security-encryption-at-rest.html).
func attachFunction(m *cloud.Model, r *cloud.Resource) {
	r.ReadTags("")
	r.Encryption = cloud.EncryptWith(m, r, r.Prop("KmsKeyArn"))
	if r.Encryption == nil {
		r.Encryption = &cloud.Encryption{Mode: cloud.AWSOwned, Span: r.Span}
	}
}
