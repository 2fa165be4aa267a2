package ecs

import (
	"penstock/cloud"
	"penstock/service"
)

// page is where AWS describes its CloudFormation types; a type's page follows.
const page = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-"

// types are the resources of ECS.
//
// A service's ARN is in the long form, the only one for new services since
// 2021 (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-account-settings.html#ecs-resource-ids).
// The cluster of a service or task set is given by name or ARN, and is the
// cluster "default" where none is given (API_CreateService).
var types = []service.Type{
	{
		Name: "AWS::ECS::Cluster", Source: page + "cluster.html",
		NameProp: "ClusterName",
		ARN:      "arn:${Partition}:ecs:${Region}:${Account}:cluster/${Name}",
		Props: []string{
			"CapacityProviders", "ClusterName", "ClusterSettings", "Configuration",
			"DefaultCapacityProviderStrategy", "ServiceConnectDefaults", "Tags",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::ECS::Service", Source: page + "service.html",
		NameProp: "ServiceName",
		Ref:      "${ARN}",
		ARN:      "arn:${Partition}:ecs:${Region}:${Account}:service/${Last:Cluster=default}/${Name}",
		Attrs:    map[string]string{"ServiceArn": "${ARN}", "Name": "${Name}"},
		Props: []string{
			"AvailabilityZoneRebalancing", "CapacityProviderStrategy", "Cluster", "DeploymentConfiguration",
			"DeploymentController", "DesiredCount", "EnableECSManagedTags", "EnableExecuteCommand",
			"ForceNewDeployment", "HealthCheckGracePeriodSeconds", "LaunchType", "LoadBalancers", "Monitoring",
			"NetworkConfiguration", "PlacementConstraints", "PlacementStrategies", "PlatformVersion",
			"PropagateTags", "Role", "SchedulingStrategy", "ServiceConnectConfiguration", "ServiceName",
			"ServiceRegistries", "Tags", "TaskDefinition", "VolumeConfigurations", "VpcLatticeConfigurations",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::ECS::TaskDefinition", Source: page + "taskdefinition.html",
		NameProp: "Family",
		Ref:      "${ARN}",
		ARN:      "arn:${Partition}:ecs:${Region}:${Account}:task-definition/${Name}:${Hole:Revision}",
		Attrs:    map[string]string{"TaskDefinitionArn": "${ARN}"},
		Props: []string{
			"ContainerDefinitions", "Cpu", "EnableFaultInjection", "EphemeralStorage", "ExecutionRoleArn", "Family",
			"InferenceAccelerators", "IpcMode", "Memory", "NetworkMode", "PidMode", "PlacementConstraints",
			"ProxyConfiguration", "RequiresCompatibilities", "RuntimePlatform", "Tags", "TaskRoleArn", "Volumes",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::ECS::TaskSet", Source: page + "taskset.html",
		Ref:   "${Hole:Id}",
		ARN:   "arn:${Partition}:ecs:${Region}:${Account}:task-set/${Last:Cluster}/${Last:Service}/${Ref}",
		Attrs: map[string]string{"Id": "${Ref}"},
		Props: []string{
			"CapacityProviderStrategy", "Cluster", "ExternalId", "LaunchType", "LoadBalancers",
			"NetworkConfiguration", "PlatformVersion", "Scale", "Service", "ServiceRegistries", "Tags",
			"TaskDefinition",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::ECS::CapacityProvider", Source: page + "capacityprovider.html",
		NameProp: "Name",
		ARN:      "arn:${Partition}:ecs:${Region}:${Account}:capacity-provider/${Name}",
		Props: []string{
			"AutoScalingGroupProvider", "ClusterName", "ManagedInstancesProvider", "Name", "Tags",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::ECS::ClusterCapacityProviderAssociations", Source: page + "clustercapacityproviderassociations.html",
		Ref: "${Prop:Cluster}",
		Props: []string{
			"CapacityProviders", "Cluster", "DefaultCapacityProviderStrategy",
		},
	},
	{
		Name: "AWS::ECS::PrimaryTaskSet", Source: page + "primarytaskset.html",
		Ref: "${Hole:Id}",
		Props: []string{
			"Cluster", "Service", "TaskSetId",
		},
	},
}
