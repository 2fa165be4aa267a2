package codedeploy

import (
	"penstock/cloud"
	"penstock/service"
)

// page is where AWS describes its CloudFormation types; a type's page follows.
const page = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-codedeploy-"

// types are the resources of CodeDeploy.
var types = []service.Type{
	{
		Name: "AWS::CodeDeploy::Application", Source: page + "application.html",
		NameProp: "ApplicationName",
		ARN:      "arn:${Partition}:codedeploy:${Region}:${Account}:application:${Name}",
		Props: []string{
			"ApplicationName", "ComputePlatform", "Tags",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::CodeDeploy::DeploymentGroup", Source: page + "deploymentgroup.html",
		ARNs:     []string{"ServiceRoleArn"},
		Names:    []string{"ApplicationName"},
		NameProp: "DeploymentGroupName",
		ARN:      "arn:${Partition}:codedeploy:${Region}:${Account}:deploymentgroup:${Prop:ApplicationName}/${Name}",
		Props: []string{
			"AlarmConfiguration", "ApplicationName", "AutoRollbackConfiguration", "AutoScalingGroups",
			"BlueGreenDeploymentConfiguration", "Deployment", "DeploymentConfigName", "DeploymentGroupName",
			"DeploymentStyle", "ECSServices", "Ec2TagFilters", "Ec2TagSet", "LoadBalancerInfo",
			"OnPremisesInstanceTagFilters", "OnPremisesTagSet", "OutdatedInstancesStrategy", "ServiceRoleArn",
			"Tags", "TerminationHookEnabled", "TriggerConfigurations",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::CodeDeploy::DeploymentConfig", Source: page + "deploymentconfig.html",
		NameProp: "DeploymentConfigName",
		ARN:      "arn:${Partition}:codedeploy:${Region}:${Account}:deploymentconfig:${Name}",
		Props: []string{
			"ComputePlatform", "DeploymentConfigName", "MinimumHealthyHosts", "TrafficRoutingConfig", "ZonalConfig",
		},
	},
}
