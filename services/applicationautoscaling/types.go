package applicationautoscaling

import (
	"penstock/cloud"
	"penstock/service"
)

// page is where AWS describes its CloudFormation types; a type's page follows.
const page = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-applicationautoscaling-"

// types are the resources of Application Auto Scaling.
var types = []service.Type{
	{
		Name: "AWS::ApplicationAutoScaling::ScalableTarget", Source: page + "scalabletarget.html",
		Ref: "${Any:Ref}",
		Props: []string{
			"MaxCapacity", "MinCapacity", "ResourceId", "RoleARN", "ScalableDimension", "ScheduledActions",
			"ServiceNamespace", "SuspendedState", "Tags",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::ApplicationAutoScaling::ScalingPolicy", Source: page + "scalingpolicy.html",
		Ref: "${Any:Ref}",
		Props: []string{
			"PolicyName", "PolicyType", "PredictiveScalingPolicyConfiguration", "ResourceId", "ScalableDimension",
			"ScalingTargetId", "ServiceNamespace", "StepScalingPolicyConfiguration",
			"TargetTrackingScalingPolicyConfiguration",
		},
	},
}
