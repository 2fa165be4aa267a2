package states

import (
	"penstock/cloud"
	"penstock/service"
)

// page is where AWS describes its CloudFormation types; a type's page follows.
const page = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-stepfunctions-"

// types are the resources of Step Functions.
var types = []service.Type{
	{
		Name: "AWS::StepFunctions::StateMachine", Source: page + "statemachine.html",
		ARNs:     []string{"RoleArn"},
		NameProp: "StateMachineName",
		Ref:      "${ARN}",
		ARN:      "arn:${Partition}:states:${Region}:${Account}:stateMachine:${Name}",
		Attrs:    map[string]string{"Name": "${Name}"},
		Props: []string{
			"Definition", "DefinitionS3Location", "DefinitionString", "DefinitionSubstitutions",
			"EncryptionConfiguration", "LoggingConfiguration", "RoleArn", "StateMachineName", "StateMachineType",
			"Tags", "TracingConfiguration",
		},
		Attach: attachEncryption,
	},
	{
		Name: "AWS::StepFunctions::Activity", Source: page + "activity.html",
		NameProp: "Name",
		Ref:      "${ARN}",
		ARN:      "arn:${Partition}:states:${Region}:${Account}:activity:${Name}",
		Attrs:    map[string]string{"Name": "${Name}"},
		Props: []string{
			"EncryptionConfiguration", "Name", "Tags",
		},
		Attach: attachEncryption,
	},
	{
		Name: "AWS::StepFunctions::StateMachineAlias", Source: page + "statemachinealias.html",
		NameProp: "Name",
		Ref:      "${ARN}",
		ARN:      "arn:${Partition}:states:${Region}:${Account}:stateMachine:${Hole:StateMachine}:${Name}",
		Props: []string{
			"DeploymentPreference", "Description", "Name", "RoutingConfiguration", "StateMachineArn",
		},
	},
	{
		Name: "AWS::StepFunctions::StateMachineVersion", Source: page + "statemachineversion.html",
		Ref: "${ARN}",
		ARN: "${Prop:StateMachineArn}:${Hole:Version}",
		Props: []string{
			"Description", "StateMachineArn", "StateMachineRevisionId",
		},
	},
}

// attachEncryption reads the key, one that AWS owns where none is named
// (https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html).
func attachEncryption(m *cloud.Model, r *cloud.Resource) {
	r.ReadTags("")
	r.Encryption = cloud.EncryptWith(m, r, r.Prop("EncryptionConfiguration", "KmsKeyId"))
	if r.Encryption == nil {
		r.Encryption = &cloud.Encryption{Mode: cloud.AWSOwned, Span: r.Span}
	}
}
