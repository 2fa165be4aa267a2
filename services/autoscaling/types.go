package autoscaling

import "penstock/service"

// page is where AWS describes its CloudFormation types; a type's page follows.
const page = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-autoscaling-"

// types are the resources of Auto Scaling. The ARN of a group holds an id
// that AWS makes
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2autoscaling.html).
var types = []service.Type{
	{
		Name: groupType, Source: page + "autoscalinggroup.html",
		NameProp: "AutoScalingGroupName",
		ARN:      "arn:${Partition}:autoscaling:${Region}:${Account}:autoScalingGroup:${Hole:GroupId}:autoScalingGroupName/${Name}",
		Attrs:    map[string]string{"AutoScalingGroupARN": "${ARN}"},
		Props: []string{
			"AutoScalingGroupName", "AvailabilityZoneDistribution", "AvailabilityZoneIds",
			"AvailabilityZoneImpairmentPolicy", "AvailabilityZones", "CapacityRebalance",
			"CapacityReservationSpecification", "Context", "Cooldown", "DefaultInstanceWarmup", "DeletionProtection",
			"DesiredCapacity", "DesiredCapacityType", "HealthCheckGracePeriod", "HealthCheckType", "InstanceId",
			"InstanceLifecyclePolicy", "InstanceMaintenancePolicy", "LaunchConfigurationName", "LaunchTemplate",
			"LifecycleHookSpecificationList", "LoadBalancerNames", "MaxInstanceLifetime", "MaxSize",
			"MetricsCollection", "MinSize", "MixedInstancesPolicy", "NewInstancesProtectedFromScaleIn",
			"NotificationConfiguration", "NotificationConfigurations", "PlacementGroup", "ServiceLinkedRoleARN",
			"SkipZonalShiftValidation", "Tags", "TargetGroupARNs", "TerminationPolicies", "TrafficSources",
			"VPCZoneIdentifier",
		},
		Attach: attachGroup,
	},
	{
		Name: "AWS::AutoScaling::LaunchConfiguration", Source: page + "launchconfiguration.html",
		NameProp: "LaunchConfigurationName",
		ARN:      "arn:${Partition}:autoscaling:${Region}:${Account}:launchConfiguration:${Hole:Id}:launchConfigurationName/${Name}",
		Props: []string{
			"AssociatePublicIpAddress", "BlockDeviceMappings", "ClassicLinkVPCId", "ClassicLinkVPCSecurityGroups",
			"EbsOptimized", "IamInstanceProfile", "ImageId", "InstanceId", "InstanceMonitoring", "InstanceType",
			"KernelId", "KeyName", "LaunchConfigurationName", "MetadataOptions", "PlacementTenancy", "RamDiskId",
			"SecurityGroups", "SpotPrice", "UserData",
		},
	},
	{
		Name: "AWS::AutoScaling::LifecycleHook", Source: page + "lifecyclehook.html",
		ARNs:     []string{"NotificationTargetARN", "RoleARN"},
		NameProp: "LifecycleHookName",
		Props: []string{
			"AutoScalingGroupName", "DefaultResult", "HeartbeatTimeout", "LifecycleHookName", "LifecycleTransition",
			"NotificationMetadata", "NotificationTargetARN", "RoleARN",
		},
	},
	{
		Name: "AWS::AutoScaling::ScalingPolicy", Source: page + "scalingpolicy.html",
		Ref:   "${ARN}",
		ARN:   "arn:${Partition}:autoscaling:${Region}:${Account}:scalingPolicy:${Hole:Id}:autoScalingGroupName/${Prop:AutoScalingGroupName}:policyName/${Hole:PolicyName}",
		Attrs: map[string]string{"PolicyName": "${Hole:PolicyName}"},
		Props: []string{
			"AdjustmentType", "AutoScalingGroupName", "Cooldown", "EstimatedInstanceWarmup", "MetricAggregationType",
			"MinAdjustmentMagnitude", "PolicyType", "PredictiveScalingConfiguration", "ScalingAdjustment",
			"StepAdjustments", "TargetTrackingConfiguration",
		},
	},
	{
		Name: "AWS::AutoScaling::ScheduledAction", Source: page + "scheduledaction.html",
		Ref:   "${Hole:ScheduledActionName}",
		Attrs: map[string]string{"ScheduledActionName": "${Ref}"},
		Props: []string{
			"AutoScalingGroupName", "DesiredCapacity", "EndTime", "MaxSize", "MinSize", "Recurrence", "StartTime",
			"TimeZone",
		},
	},
	{
		Name: "AWS::AutoScaling::WarmPool", Source: page + "warmpool.html",
		Ref: "${Prop:AutoScalingGroupName}",
		Props: []string{
			"AutoScalingGroupName", "InstanceReusePolicy", "MaxGroupPreparedCapacity", "MinSize", "PoolState",
		},
	},
}
