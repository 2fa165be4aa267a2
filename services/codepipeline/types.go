package codepipeline

import (
	"penstock/cloud"
	"penstock/service"
)

// page is where AWS describes its CloudFormation types; a type's page follows.
const page = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-codepipeline-"

// types are the resources of CodePipeline. What a pipeline holds is read by
// package pipeline.
var types = []service.Type{
	{
		Name: "AWS::CodePipeline::Pipeline", Source: page + "pipeline.html",
		ARNs:     []string{"RoleArn", "Stages[].Actions[].RoleArn"},
		Names:    []string{"ArtifactStore.Location"},
		NameProp: "Name",
		ARN:      "arn:${Partition}:codepipeline:${Region}:${Account}:${Name}",
		Attrs:    map[string]string{"Version": "${Hole:Version}"},
		Props: []string{
			"ArtifactStore", "ArtifactStores", "DisableInboundStageTransitions", "ExecutionMode", "Name",
			"PipelineType", "RestartExecutionOnUpdate", "RoleArn", "Stages", "Tags", "Triggers", "Variables",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::CodePipeline::Webhook", Source: page + "webhook.html",
		NameProp: "Name",
		ARN:      "arn:${Partition}:codepipeline:${Region}:${Account}:webhook:${Name}",
		Attrs:    map[string]string{"Id": "${Hole:Id}"},
		Props: []string{
			"Authentication", "AuthenticationConfiguration", "Filters", "Name", "RegisterWithThirdParty", "Tags",
			"TargetAction", "TargetPipeline", "TargetPipelineVersion",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::CodePipeline::CustomActionType", Source: page + "customactiontype.html",
		Ref:   "${Hole:Id}",
		ARN:   "arn:${Partition}:codepipeline:${Region}:${Account}:actiontype:Custom/${Prop:Category}/${Prop:Provider}/${Prop:Version}",
		Attrs: map[string]string{"Id": "${Ref}"},
		Props: []string{
			"Category", "ConfigurationProperties", "InputArtifactDetails", "OutputArtifactDetails", "Provider",
			"Settings", "Tags", "Version",
		},
		Declare: cloud.Tagged,
	},
}
